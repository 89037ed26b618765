/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.security.Principal;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A caller who is known, and the roles that the caller has.
 *
 * @param principal who it is; its name is what {@code getRemoteUser} tells
 * @param roles by name; the groups of a store are roles of the same name
 */
public record Identity(Principal principal, Set<String> roles) {

    /** A principal that is nothing but a name. */
    private record Named(String name) implements Principal {

        @Override
        public String getName() {
            return name;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Copies the roles. */
    public Identity {
        roles = Set.copyOf(roles);
    }

    /** An identity with a name and roles. */
    public static Identity of(String name, String... roles) {
        return new Identity(new Named(name), new TreeSet<>(List.of(roles)));
    }

    /** An identity with a name and roles. */
    public static Identity of(String name, Set<String> roles) {
        return new Identity(new Named(name), roles);
    }

    /** The principal's name. */
    public String name() {
        return principal.getName();
    }
}
