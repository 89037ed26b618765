/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.List;

/** What a caller shows to be known: for an {@link IdentityStore} to judge. Values; none tells its secret in a log. */
public sealed interface Credentials {

    /**
     * A name and a password, by BASIC, FORM or {@code HttpServletRequest.login}.
     *
     * @param name as it was sent
     * @param password as it was sent
     */
    record Password(String name, String password) implements Credentials {

        /** Whether a password that is known is this one; how long it takes does not tell how much of it is right. */
        public boolean is(String known) {
            return same(known, password);
        }

        @Override
        public String toString() {
            return "password of " + name;
        }
    }

    /**
     * The proof of a password that was not sent, by DIGEST (RFC 7616 section 3.4.1).
     *
     * @param name as it was sent
     * @param realm of the challenge
     * @param algorithm of the hashes
     * @param rest of what the proof is about: nonce, count, client's nonce, qop and the hash of the request, with
     *     colons
     * @param response the proof, in hexadecimal digits
     */
    record Digest(String name, String realm, DigestAlgorithm algorithm, String rest, String response)
            implements Credentials {

        /** Whether it was made with this {@link DigestAlgorithm#secret secret}. */
        public boolean isOf(String secret) {
            return same(algorithm.hash(secret + ":" + rest), response);
        }

        /** Whether it was made with this password. */
        public boolean isOfPassword(String password) {
            return isOf(algorithm.secret(name, realm, password));
        }

        @Override
        public String toString() {
            return algorithm.token() + " digest of " + name;
        }
    }

    /**
     * The chain of certificates of a TLS client, its own first. That the client has the key, and who signed the
     * certificate, was checked by the connection's trust manager.
     *
     * @param chain at least one
     */
    record Certificates(List<X509Certificate> chain) implements Credentials {

        /** Copies the chain. */
        public Certificates {
            chain = List.copyOf(chain);
            if (chain.isEmpty()) {
                throw new IllegalArgumentException("a chain of no certificate: give the client's own at least");
            }
        }

        /** The client's own certificate. */
        public X509Certificate own() {
            return chain.get(0);
        }

        @Override
        public String toString() {
            return "certificate of " + own().getSubjectX500Principal();
        }
    }

    /** Compares two texts in a time that does not depend on where they differ. */
    private static boolean same(String one, String two) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), two.getBytes(StandardCharsets.UTF_8));
    }
}
