/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Users that a program names, for tests and small tools. Immutable; any thread.
 *
 * <pre>
 *   MemoryIdentityStore.builder()
 *       .user("alice", PasswordHash.parse("pbkdf2-sha512:..."), "admin", "clerk")
 *       .certificate("bob", "CN=Bob,O=Example", "clerk")
 *       .build()
 * </pre>
 */
public final class MemoryIdentityStore implements IdentityStore {

    private final Users users;
    private final PasswordCheck check;

    private MemoryIdentityStore(List<User> users) {
        this.users = new Users(users);
        this.check = new PasswordCheck(Clock.systemUTC(), new SecureRandom());
    }

    /** Begins a store without users. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public @Nullable Identity find(Credentials shown) throws IOException {
        return users.find(shown, check);
    }

    /** Names the users. Used by one thread. */
    public static final class Builder {

        private final List<User> users = new ArrayList<>();

        Builder() {}

        /** Adds a user with a password in plain text, which DIGEST can check too. */
        public Builder plain(String name, String password, String... roles) {
            return add(name, roles, null, password, null);
        }

        /** Adds a user with a hashed password, for BASIC and FORM. */
        public Builder user(String name, PasswordHash password, String... roles) {
            return add(name, roles, password, null, null);
        }

        /**
         * Adds a user with a certificate.
         *
         * @param subject its distinguished name, as {@code CN=Alice,O=Example}
         * @throws IllegalArgumentException if it is none
         */
        public Builder certificate(String name, String subject, String... roles) {
            return add(name, roles, null, null, new X500Principal(subject));
        }

        private Builder add(
                String name, String[] roles, @Nullable PasswordHash hash, @Nullable String password,
                @Nullable X500Principal subject) {
            users.add(new User(Identity.of(name, Set.of(roles)), hash, password, Map.of(), subject));
            return this;
        }

        /**
         * The store.
         *
         * @throws IllegalArgumentException if two users have the same name or certificate
         */
        public MemoryIdentityStore build() {
            return new MemoryIdentityStore(users);
        }
    }
}
