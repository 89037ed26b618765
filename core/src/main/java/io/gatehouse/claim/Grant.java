/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Somebody who may claim a reserved prefix. */
public sealed interface Grant {

    /** Every process of a user, given by name, or by number if it has none: {@code user:alice}. */
    record User(String name) implements Grant {
        @Override
        public String toString() {
            return "user:" + name;
        }
    }

    /** Every process whose own group this is, or whose user is in it: {@code group:www}. */
    record Group(String name) implements Grant {
        @Override
        public String toString() {
            return "group:" + name;
        }
    }

    /** Whoever can open the control socket: {@code everyone}. */
    record Everyone() implements Grant {
        @Override
        public String toString() {
            return "everyone";
        }
    }

    /**
     * Reads a list: {@code user:alice,group:www}.
     *
     * @throws IllegalArgumentException if it is none; the message ends in what to write
     */
    static List<Grant> parse(String text) {
        List<Grant> grants = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String word = part.strip();
            int colon = word.indexOf(':');
            String name = word.substring(colon + 1);
            boolean named = colon > 0 && !name.isEmpty() && name.chars().noneMatch(c -> c <= ' ' || c == ':' || c == 127);
            if (named && word.startsWith("user:")) {
                grants.add(new User(name));
            } else if (named && word.startsWith("group:")) {
                grants.add(new Group(name));
            } else if (word.equals("everyone")) {
                grants.add(new Everyone());
            } else {
                throw new IllegalArgumentException("says not who: write user:alice, group:www or everyone, separated by commas");
            }
        }
        return List.copyOf(grants);
    }

    /**
     * Whether this grant is for a process.
     *
     * @param group the process' own
     * @param others further groups of its user, asked for only if it matters
     */
    default boolean holds(String user, String group, Supplier<Set<String>> others) {
        if (this instanceof User named) {
            return named.name.equals(user);
        }
        if (this instanceof Group named) {
            return named.name.equals(group) || others.get().contains(named.name);
        }
        return true;
    }
}
