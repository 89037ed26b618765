/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A hash of digest authentication (RFC 7616 section 3.2), the better ones first. */
public enum DigestAlgorithm {
    /** SHA-256. */
    SHA_256("SHA-256"),
    /** MD5, for clients that know nothing else: what it proves rests on a hash that is broken. */
    MD5("MD5");

    private final String token;

    DigestAlgorithm(String token) {
        this.token = token;
    }

    /** The name, in the protocol as in the JDK. */
    public String token() {
        return token;
    }

    /** The algorithm of a name, without case; null if it is another one, the {@code -sess} variants included. */
    static @Nullable DigestAlgorithm of(String token) {
        for (DigestAlgorithm each : values()) {
            if (each.token.equalsIgnoreCase(token)) {
                return each;
            }
        }
        return null;
    }

    /** The hash of a text in UTF-8, in lower hexadecimal digits. */
    public String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance(token).digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + token, e);
        }
    }

    /**
     * What a store keeps of a password that is proved by digest: the hash of name, realm and password. Whoever reads it
     * can log in to that realm with it, so it is as secret as the password.
     */
    public String secret(String name, String realm, String password) {
        return hash(name + ":" + realm + ":" + password);
    }
}
