/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.route;

/** The kinds of host in a prefix, in the order in which they are searched: the first kind with a match decides. */
public enum Category {
    /** {@code +}: every host, before all others. */
    STRONG("strong wildcard"),
    /** A name, compared with the authority of the request. */
    EXPLICIT("explicit host"),
    /** An IP literal, compared with the local address of the connection, whatever host the request names. */
    ADDRESS("IP literal"),
    /** {@code *}: whoever is left. */
    WEAK("weak wildcard");

    private final String text;

    Category(String text) {
        this.text = text;
    }

    /** As explanations print it. */
    @Override
    public String toString() {
        return text;
    }
}
