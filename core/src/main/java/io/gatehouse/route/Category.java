/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.route;

/** The kinds of host in a prefix, in the order in which they are searched: the first kind with a match decides. */
public enum Category {
    /** {@code +}: every host, before all others. */
    STRONG(0, "strong wildcard"),
    /** A name, compared with the authority of the request. */
    EXPLICIT(1, "explicit host"),
    /** An IP literal, compared with the local address of the connection, whatever host the request names. */
    ADDRESS(2, "IP literal"),
    /** {@code *}: whoever is left. */
    WEAK(3, "weak wildcard");

    /** How many there are. */
    static final int COUNT = 4;

    private final int slot;
    private final String text;

    Category(int slot, String text) {
        this.slot = slot;
        this.text = text;
    }

    /** The place of what a table keeps by category, 0 to 3. */
    int slot() {
        return slot;
    }

    /** As explanations print it. */
    @Override
    public String toString() {
        return text;
    }
}
