/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A password as it is kept: salted and hashed by PBKDF2 with HMAC-SHA-512 (RFC 8018 section 5.2). As a text:
 *
 * <pre>
 *   pbkdf2-sha512:210000:salt:hash        (salt and hash in base64)
 * </pre>
 *
 * <p>Immutable. To make one is slow on purpose, as is each {@link #matches}.
 */
public final class PasswordHash {

    /** How often the function is iterated unless told otherwise, about a tenth of a second's work. */
    public static final int ITERATIONS = 210_000;

    /** More iterations than this are refused: each login would cost seconds. */
    public static final int MAX_ITERATIONS = 5_000_000;

    /** Longer passwords are nobody's, in characters. */
    public static final int MAX_PASSWORD = 1024;

    static final String SCHEME = "pbkdf2-sha512";

    private static final int MIN_ITERATIONS = 1_000;
    private static final int SALT_BYTES = 16;
    private static final int MAX_BYTES = 128;
    private static final int HASH_BYTES = 32;

    private final int iterations;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash) {
        this.iterations = iterations;
        this.salt = salt;
        this.hash = hash;
    }

    /** Hashes a password with a new salt. */
    public static PasswordHash of(String password) {
        return of(password, ITERATIONS, new SecureRandom());
    }

    /**
     * Hashes a password.
     *
     * @param iterations from 1,000 to {@value #MAX_ITERATIONS}
     * @param random that the salt is taken from
     * @throws IllegalArgumentException if the password is empty or too long, or the iterations are out of bounds
     */
    public static PasswordHash of(String password, int iterations, SecureRandom random) {
        requireIterations(iterations);
        if (password.isEmpty() || password.length() > MAX_PASSWORD) {
            throw new IllegalArgumentException("a password has from 1 to " + MAX_PASSWORD + " characters: choose another one");
        }
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new PasswordHash(iterations, salt, derive(password, salt, iterations, HASH_BYTES));
    }

    /**
     * Reads the text of one.
     *
     * @throws IllegalArgumentException if it is none; the message does not repeat it
     */
    public static PasswordHash parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 4 || !parts[0].equals(SCHEME)) {
            throw new IllegalArgumentException("a password hash reads " + SCHEME + ":iterations:salt:hash");
        }
        int iterations = parts[1].matches("[1-9][0-9]{0,8}") ? Integer.parseInt(parts[1]) : 0;
        requireIterations(iterations);
        byte[] salt = bytes(parts[2]);
        byte[] hash = bytes(parts[3]);
        if (salt.length < 8 || salt.length > MAX_BYTES || hash.length < 16 || hash.length > MAX_BYTES) {
            throw new IllegalArgumentException("the salt of a password hash has from 8 to " + MAX_BYTES
                    + " bytes, the hash from 16 to " + MAX_BYTES);
        }
        return new PasswordHash(iterations, salt, hash);
    }

    /** Whether a password is the one that was hashed. Takes as long whether it is or not. */
    public boolean matches(String password) {
        if (password.length() > MAX_PASSWORD) {
            return false;
        }
        return MessageDigest.isEqual(hash, derive(password, salt, iterations, hash.length));
    }

    int iterations() {
        return iterations;
    }

    /** Takes the time of so many iterations. */
    static void spend(String password, int iterations) {
        if (iterations > 0) {
            derive(password, new byte[SALT_BYTES], iterations, HASH_BYTES);
        }
    }

    private static void requireIterations(int iterations) {
        if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
            throw new IllegalArgumentException(
                    "the iterations of a password hash are from " + MIN_ITERATIONS + " to " + MAX_ITERATIONS);
        }
    }

    private static byte[] bytes(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("salt and hash of a password hash are in base64", e);
        }
    }

    private static byte[] derive(String password, byte[] salt, int iterations, int length) {
        char[] characters = password.toCharArray();
        PBEKeySpec spec = new PBEKeySpec(characters, salt, iterations, 8 * length);
        Arrays.fill(characters, '\0');
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512").generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has PBKDF2WithHmacSHA512", e);
        } finally {
            spec.clearPassword();
        }
    }

    /** The text, to be kept in a file. */
    @Override
    public String toString() {
        Base64.Encoder base64 = Base64.getEncoder();
        return SCHEME + ":" + iterations + ":" + base64.encodeToString(salt) + ":" + base64.encodeToString(hash);
    }
}
