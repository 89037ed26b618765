/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * What a store keeps of one user; compared by identity.
 *
 * @param identity that is told
 * @param hash of the password, or null
 * @param password in plain text, or null
 * @param digests by algorithm, the secrets of digest authentication
 * @param subject of the certificate, or null
 */
record User(
        Identity identity, @Nullable PasswordHash hash, @Nullable String password, Map<DigestAlgorithm, String> digests,
        @Nullable X500Principal subject) {

    User {
        digests = Map.copyOf(digests);
    }

    /** Whether a digest was made with this user's password. */
    boolean proves(Credentials.Digest shown) {
        String secret = digests.get(shown.algorithm());
        if (secret != null) {
            return shown.isOf(secret);
        }
        return shown.isOfPassword(password == null ? "" : password) && password != null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return identity.name();
    }
}
