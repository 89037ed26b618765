/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import java.util.Set;

/** What lies in the store under one key. */
sealed interface Held permits Variants, Fragment, Shelved {

    /** Its weight in bytes, the key's own included. */
    int weight();

    /** The tags that it can be purged by. */
    Set<String> tags();
}
