/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who may: the {@code auth-constraint} of Servlet 6.1 section 13.8. What {@link SecurityConstraints} finds for a
 * request is one of the first four; {@link DeclaredRoles} is resolved by it.
 */
public sealed interface Access {

    /** Everyone, known or not: there is no authorization constraint. */
    Access EVERYONE = new Everyone();

    /** Nobody: the authorization constraint names no role. */
    Access NOBODY = new Nobody();

    /** Everyone who is known: the authorization constraint names {@code **}. */
    Access AUTHENTICATED = new Authenticated();

    /** Everyone, known or not. */
    record Everyone() implements Access {}

    /** Nobody, under no circumstances. */
    record Nobody() implements Access {}

    /** Everyone who is known, whatever the roles. */
    record Authenticated() implements Access {}

    /**
     * Whoever has one of these roles. No name has a special meaning here. Of no role: who is known, and then nobody.
     *
     * @param names of the roles
     */
    record Roles(Set<String> names) implements Access {

        /** Copies the names. */
        public Roles {
            names = Set.copyOf(names);
        }
    }

    /**
     * Whoever has one of the roles that the application declares, or one of these: the authorization constraint names
     * {@code *}.
     *
     * @param others that are named besides
     */
    record DeclaredRoles(Set<String> others) implements Access {

        /** Copies the names. */
        public DeclaredRoles {
            others = Set.copyOf(others);
        }
    }

    /** Whoever has one of these roles; names have no special meaning. */
    static Access roles(String... names) {
        return new Roles(new TreeSet<>(List.of(names)));
    }

    /**
     * What the {@code role-name} elements of an {@code auth-constraint} say: none is {@link #NOBODY}, {@code **}
     * everyone who is known unless the application declares a role of that name, {@code *} the roles that it declares.
     *
     * @param names as the descriptor has them
     * @param declared the roles that the application declares, {@code security-role}
     */
    static Access ofRoleNames(Collection<String> names, Collection<String> declared) {
        if (names.isEmpty()) {
            return NOBODY;
        }
        Set<String> plain = new TreeSet<>(names);
        if (!declared.contains("**") && plain.remove("**")) {
            return AUTHENTICATED;
        }
        return plain.remove("*") ? new DeclaredRoles(plain) : new Roles(plain);
    }

    /** As {@link #ofRoleNames(Collection, Collection)}, for an application that declares no role named {@code **}. */
    static Access ofRoleNames(Collection<String> names) {
        return ofRoleNames(names, Set.of());
    }
}
