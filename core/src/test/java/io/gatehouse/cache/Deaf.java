/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

/** Rules of a route that does not listen to what requests say about caching. */
final class Deaf {

    private Deaf() {}

    static Rules rules(Rules rules) {
        return new Rules(rules.lifetime(), rules.errors(), rules.heuristics(), false, rules.staleWhileRevalidate(), rules.staleIfError());
    }
}
