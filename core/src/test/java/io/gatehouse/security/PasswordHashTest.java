/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {

    private static final String SALT = Base64.getEncoder().encodeToString(new byte[16]);
    private static final String HASH = Base64.getEncoder().encodeToString(new byte[32]);

    private static PasswordHash of(String password) {
        return PasswordHash.of(password, 1000, new SecureRandom());
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", " ", "with : colon", "grüße", "\uD83D\uDD11", "a\u0000b"})
    void itMatchesItsPasswordAndNoOther(String password) {
        PasswordHash hash = of(password);
        assertTrue(hash.matches(password));
        assertTrue(PasswordHash.parse(hash.toString()).matches(password));
        assertFalse(hash.matches(password + "x"));
        assertFalse(hash.matches(password.toUpperCase(java.util.Locale.ROOT) + " "));
        assertFalse(hash.matches(""));
    }

    @Test
    void eachHasASaltOfItsOwn() {
        assertNotEquals(of("secret").toString(), of("secret").toString());
    }

    /** A known answer of PBKDF2 with HMAC-SHA-512: password, salt, 4096 iterations, its first 32 bytes. */
    @Test
    void aKnownAnswer() {
        // The salt of the published vector is shorter than what is accepted, so another one is worked out by the JDK here.
        byte[] salt = "saltSALTsaltSALT".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        String text = "pbkdf2-sha512:4096:" + Base64.getEncoder().encodeToString(salt) + ":"
                + Base64.getEncoder().encodeToString(derive("password", salt));
        assertTrue(PasswordHash.parse(text).matches("password"));
        assertFalse(PasswordHash.parse(text).matches("passwore"));
    }

    /** PBKDF2 by its definition, from HMAC alone, for one block. */
    private static byte[] derive(String password, byte[] salt) {
        try {
            javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA512");
            mac.init(new javax.crypto.spec.SecretKeySpec(
                    password.getBytes(java.nio.charset.StandardCharsets.UTF_8), "HmacSHA512"));
            mac.update(salt);
            byte[] u = mac.doFinal(HexFormat.of().parseHex("00000001"));
            byte[] out = u.clone();
            for (int i = 1; i < 4096; i++) {
                u = mac.doFinal(u);
                for (int k = 0; k < out.length; k++) {
                    out[k] ^= u[k];
                }
            }
            return java.util.Arrays.copyOf(out, 32);
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theTextIsStable() {
        PasswordHash hash = of("secret");
        assertEquals(hash.toString(), PasswordHash.parse(hash.toString()).toString());
        assertTrue(hash.toString().startsWith("pbkdf2-sha512:1000:"));
        assertTrue(PasswordHash.of("x").toString().startsWith("pbkdf2-sha512:210000:"));
    }

    @ParameterizedTest
    @CsvSource({
        "secret", "pbkdf2-sha512", "pbkdf2-sha512:1000:S", "pbkdf2-sha512:1000:S:H:x", "pbkdf2-sha1:1000:S:H", "PBKDF2-SHA512:1000:S:H",
        "pbkdf2-sha512:999:S:H", "pbkdf2-sha512:5000001:S:H", "pbkdf2-sha512:0:S:H", "pbkdf2-sha512:-1000:S:H",
        "pbkdf2-sha512:01000:S:H", "pbkdf2-sha512:99999999999:S:H", "pbkdf2-sha512:1e3:S:H", "pbkdf2-sha512:1000::H",
        "pbkdf2-sha512:1000:S:", "pbkdf2-sha512:1000:!!!!:H", "pbkdf2-sha512:1000:S:????", "pbkdf2-sha512:1000:AAAA:H",
        "pbkdf2-sha512:1000:S:AAAA"})
    void whatIsNoneIsRefusedWithoutRepeatingIt(String text) {
        String wrong = text.replace(":S", ":" + SALT).replace(":H", ":" + HASH);
        String said = assertThrows(IllegalArgumentException.class, () -> PasswordHash.parse(wrong)).getMessage();
        assertFalse(said.contains(HASH) || said.contains("secret"), said);
        assertTrue(PasswordHash.parse("pbkdf2-sha512:1000:" + SALT + ":" + HASH).iterations() == 1000);
    }

    @Test
    void boundsOfMaking() {
        SecureRandom random = new SecureRandom();
        assertThrows(IllegalArgumentException.class, () -> PasswordHash.of("", 1000, random));
        assertThrows(IllegalArgumentException.class, () -> PasswordHash.of("x".repeat(1025), 1000, random));
        assertThrows(IllegalArgumentException.class, () -> PasswordHash.of("x", 999, random));
        assertThrows(IllegalArgumentException.class, () -> PasswordHash.of("x", 5_000_001, random));
        assertTrue(PasswordHash.of("x".repeat(1024), 1000, random).matches("x".repeat(1024)));
        assertFalse(of("x").matches("x".repeat(1025)));
    }
}
