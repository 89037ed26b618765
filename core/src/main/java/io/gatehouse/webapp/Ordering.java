/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.util.Set;

/**
 * What a fragment says of its place among the others (Servlet 6.1 section 8.2.2).
 *
 * @param before the names of fragments that come later
 * @param beforeOthers whether it comes before all that are not named
 * @param after the names of fragments that come earlier
 * @param afterOthers whether it comes after all that are not named
 */
record Ordering(Set<String> before, boolean beforeOthers, Set<String> after, boolean afterOthers) {

    /** Says nothing. */
    static final Ordering NONE = new Ordering(Set.of(), false, Set.of(), false);

    boolean says() {
        return !equals(NONE);
    }
}
