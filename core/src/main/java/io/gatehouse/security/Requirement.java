/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

/**
 * What a request must have to be let in (Servlet 6.1 section 13.8.3): all constraints on its method at its path,
 * combined.
 *
 * @param access who may; never {@link Access.DeclaredRoles}
 * @param confidential whether the connection must be protected
 */
public record Requirement(Access access, boolean confidential) {

    /** Nothing is required. */
    public static final Requirement NONE = new Requirement(Access.EVERYONE, false);

    /** Nothing helps. */
    static final Requirement DENIED = new Requirement(Access.NOBODY, false);

    /** Refuses what is not resolved. */
    public Requirement {
        if (access instanceof Access.DeclaredRoles) {
            throw new IllegalArgumentException("the declared roles are not known here: name them");
        }
    }

    /** Whether nobody is let in. */
    public boolean denied() {
        return access instanceof Access.Nobody;
    }

    /** Whether the caller must be known. */
    public boolean needsIdentity() {
        return access instanceof Access.Authenticated || access instanceof Access.Roles;
    }

    /** Whether someone who is known is let in. */
    public boolean admits(Identity identity) {
        if (access instanceof Access.Roles roles) {
            return roles.names().stream().anyMatch(identity.roles()::contains);
        }
        return !denied();
    }
}
