/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose certificate a client is shown, where several sites have keys of several types. */
class CurrentKeysTest {

    private static final PrivateKey EC = key("EC");
    private static final PrivateKey RSA = key("RSA");

    private static PrivateKey key(String type) {
        try {
            return KeyPairGenerator.getInstance(type).generateKeyPair().getPrivate();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Credential of(PrivateKey key, String... names) {
        return new Credential(key, List.of(), Set.of(names));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "RSA, a.example,      1.0", "EC, a.example,      -", // not b's, which has a key of the type that the client likes better
        "EC,  b.example,      1.1", "RSA, b.example,     -",
        "EC,  both.example,   1.2", "RSA, both.example,  1.3",
        "EC,  x.wild.example, 1.4", "EC, own.wild.example, -", "RSA, own.wild.example, 1.5",
        "RSA, other.example,  1.0", "EC, other.example,  -",
        "RSA, -,              1.0", "EC, -,              -"})
    void theNameComesBeforeTheType(String type, String name, String alias) {
        CurrentKeys keys = new CurrentKeys();
        keys.exchange(List.of(of(RSA, "a.example"), of(EC, "b.example"), of(EC, "both.example"), of(RSA, "both.example"),
                of(EC, "*.wild.example"), of(RSA, "own.wild.example")));
        assertEquals(alias, keys.choose(type, name));
    }
}
