/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 7616: challenges, what a request shows, nonces and their counts. */
class DigestSchemeTest {

    private final HandClock clock = new HandClock();
    private final DigestScheme scheme = new DigestScheme("the realm", clock, new SecureRandom());

    private static String nonce(String challenge) {
        return challenge.replaceAll(".*nonce=\"([^\"]*)\".*", "$1");
    }

    private String nonce() {
        return nonce(scheme.challenges(false).get(0));
    }

    /** What a client sends. */
    private static String field(DigestAlgorithm algorithm, String name, String password, String nonce, String count, String uri) {
        String rest = nonce + ":" + count + ":abc:auth:" + algorithm.hash("GET:" + uri);
        String response = algorithm.hash(algorithm.secret(name, "the realm", password) + ":" + rest);
        return "Digest username=\"" + name + "\", realm=\"the realm\", nonce=\"" + nonce + "\", uri=\"" + uri
                + "\", algorithm=" + algorithm.token() + ", response=\"" + response + "\", qop=auth, nc=" + count
                + ", cnonce=\"abc\"";
    }

    private DigestScheme.Attempt read(String field) {
        return scheme.read(List.of(field), "GET", "/a?b=c");
    }

    private String good() {
        return field(DigestAlgorithm.SHA_256, "alice", "secret", nonce(), "00000001", "/a?b=c");
    }

    @Test
    void challengesNameTheBetterHashFirst() {
        List<String> all = scheme.challenges(false);
        assertEquals(2, all.size());
        assertTrue(all.get(0).startsWith("Digest realm=\"the realm\", qop=\"auth\", algorithm=SHA-256, nonce=\""), all.get(0));
        assertTrue(all.get(1).contains("algorithm=MD5"), all.get(1));
        assertTrue(all.get(0).contains("charset=UTF-8") && !all.get(0).contains("stale"), all.get(0));
        assertTrue(scheme.challenges(true).get(1).endsWith("stale=true"));
        Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            nonces.add(nonce());
        }
        assertEquals(1000, nonces.size());
    }

    @ParameterizedTest
    @EnumSource(DigestAlgorithm.class)
    void aProofIsTakenApart(DigestAlgorithm algorithm) {
        DigestScheme.Attempt attempt = read(field(algorithm, "alice", "secret", nonce(), "000000aF", "/a?b=c"));
        assertNotNull(attempt);
        assertEquals("alice", attempt.credentials().name());
        assertEquals(0xAF, attempt.count());
        assertTrue(attempt.credentials().isOfPassword("secret"));
        assertFalse(attempt.credentials().isOfPassword("Secret"));
        assertTrue(scheme.use(attempt));
    }

    /** Without a name of an algorithm it is MD5 (section 3.4). */
    @Test
    void md5IsTheDefault() {
        DigestScheme.Attempt attempt = read(
                field(DigestAlgorithm.MD5, "alice", "secret", nonce(), "00000001", "/a?b=c").replace("algorithm=MD5, ", ""));
        assertNotNull(attempt);
        assertTrue(attempt.credentials().isOfPassword("secret"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Digest |Basic ", "Digest |Digest, ", "realm=\"the realm\"|realm=\"other\"", "realm=\"the realm\", |",
        "username=\"alice\", |", "username=\"alice\"|username=\"alice\", username=\"bob\"",
        "username=\"alice\"|username=\"alice\", username*=UTF-8''alice", "username=\"alice\"|username=\"ali",
        "username=\"alice\"|username=\"\u00E9\"", "username=\"alice\"|username*=UTF-8''%E9", "username=\"alice\"|username*=UTF-8''%4",
        "username=\"alice\"|username*=ISO-8859-1''alice", "username=\"alice\"|username=\"alice\" ,, x=y",
        "username=\"alice\"|username=\"alice\", userhash=true", "uri=\"/a?b=c\"|uri=\"/a\"", "uri=\"/a?b=c\"|uri=\"/A?b=c\"",
        "uri=\"/a?b=c\", |", "qop=auth|qop=auth-int", "qop=auth, |", "nc=00000001|nc=1", "nc=00000001|nc=0000000g",
        "nc=00000001|nc=000000001", "nc=00000001|nc=", "nc=00000001, |", "cnonce=\"abc\"|cnonce=\"\"", "cnonce=\"abc\"|x",
        "cnonce=\"abc\"|cnonce=\"abc", "cnonce=\"abc\"|cnonce=\"abc\\", "cnonce=\"abc\"|cnonce=\"abc\" x",
        "algorithm=SHA-256|algorithm=SHA-256-sess", "algorithm=SHA-256|algorithm=SHA-512-256", "algorithm=SHA-256|algorithm="})
    void whatIsMalformedOrAboutSomethingElseShowsNobody(String what, String with) {
        String field = good();
        assertTrue(field.contains(what), field);
        assertNull(read(field.replace(what, with == null ? "" : with)), with);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Digest", "Digest ", "Digest ,", "Digest a", "Digest a=", "Digest =b", "Digest \"a\"=b", "Negotiate x"})
    void fragmentsShowNobody(String field) {
        assertNull(read(field));
    }

    @Test
    void anythingMayComeAndNothingIsThrown() {
        Random random = new Random(7616);
        String good = good();
        String alphabet = "\", =\\%*'abAB09\t\u00E9";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder field = new StringBuilder(good);
            for (int k = 0; k <= random.nextInt(4); k++) {
                int at = 7 + random.nextInt(field.length() - 7);
                switch (random.nextInt(3)) {
                    case 0 -> field.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
                    case 1 -> field.deleteCharAt(at);
                    default -> field.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
                }
            }
            DigestScheme.Attempt attempt = read(field.toString());
            if (attempt != null) {
                attempt.credentials().isOfPassword("secret");
            }
        }
    }

    @Test
    void namesAndSpacesAreFree() {
        String field = good().replace("username", "USERNAME").replace("Digest ", "digest   ").replace(", ", "\t,")
                .replace("qop=auth", "qop = \"auth\"").replace("algorithm=SHA-256", "algorithm=\"sha-256\"")
                + ", opaque=\"\", unknown=\"x\\\"y\"";
        DigestScheme.Attempt attempt = read(field);
        assertNotNull(attempt, field);
        assertTrue(attempt.credentials().isOfPassword("secret"));
    }

    @Test
    void namesInUtf8() {
        String nonce = nonce();
        String name = "J\u00E4s\u00F8n Doe";
        String plain = field(DigestAlgorithm.SHA_256, name, "pw", nonce, "00000001", "/a?b=c");
        String raw = plain.replace(name, new String(
                name.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.ISO_8859_1));
        assertEquals(name, read(raw).credentials().name());
        String extended = plain.replace("username=\"" + name + "\"", "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe");
        assertEquals(name, read(extended).credentials().name());
        assertTrue(read(extended).credentials().isOfPassword("pw"));
    }

    @Test
    void twoFieldsAreNone() {
        assertNull(scheme.read(List.of(good(), good()), "GET", "/a?b=c"));
        assertNull(scheme.read(List.of(), "GET", "/a?b=c"));
    }

    @Test
    void aProofIsOfItsMethod() {
        DigestScheme.Attempt attempt = scheme.read(List.of(good()), "POST", "/a?b=c");
        assertNotNull(attempt);
        assertFalse(attempt.credentials().isOfPassword("secret"));
    }

    @Test
    void aCountIsUsedOnce() {
        DigestScheme.Attempt attempt = read(good());
        assertTrue(scheme.use(attempt));
        assertFalse(scheme.use(attempt));
        assertFalse(scheme.use(attempt));
    }

    @Test
    void aNonceAges() {
        DigestScheme.Attempt attempt = read(good());
        DigestScheme.Attempt other = read(good());
        clock.add(Nonces.LIFE_MILLIS - 1);
        assertTrue(scheme.use(attempt));
        clock.add(1);
        assertFalse(scheme.use(other));
    }

    @Test
    void aNonceOfTheFutureIsNone() {
        DigestScheme.Attempt attempt = read(good());
        clock.add(-1);
        assertFalse(scheme.use(attempt));
    }

    @Test
    void aNonceOfAnotherIsNone() {
        DigestScheme other = new DigestScheme("the realm", clock, new SecureRandom());
        String nonce = nonce(other.challenges(false).get(0));
        assertFalse(scheme.use(read(field(DigestAlgorithm.MD5, "a", "b", nonce, "00000001", "/a?b=c"))));
    }

    /** Nobody can make one or change one. */
    @Test
    void aNonceIsSigned() {
        Nonces nonces = new Nonces(clock, new SecureRandom());
        String nonce = nonces.make();
        for (int i = 0; i < nonce.length(); i++) {
            char other = nonce.charAt(i) == 'A' ? 'B' : 'A';
            assertFalse(nonces.use(nonce.substring(0, i) + other + nonce.substring(i + 1), 1), "character " + i);
        }
        for (String wrong : List.of("", "x", "!!", nonce + "A", nonce + nonce, nonce.substring(4), nonce + "=")) {
            assertFalse(nonces.use(wrong, 1), wrong);
        }
        assertFalse(nonces.use(nonce, 0));
        assertFalse(nonces.use(nonce, -1));
        assertTrue(nonces.use(nonce, 1));
        assertEquals(1, nonces.kept());
    }

    /** Counts in any order against a set, as far as the window reaches. */
    @Test
    void countsAsAModelSays() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            Nonces nonces = new Nonces(clock, new SecureRandom());
            String nonce = nonces.make();
            Set<Long> used = new HashSet<>();
            long highest = 0;
            for (int i = 0; i < 300; i++) {
                long count = Math.max(1, highest + (random.nextInt(20) == 0 ? random.nextInt(200) : random.nextInt(140) - 130));
                boolean expected = count > highest || highest - count <= Nonces.WINDOW && !used.contains(count);
                assertEquals(expected, nonces.use(nonce, count), "count " + count + " behind " + highest);
                used.add(count);
                highest = Math.max(highest, count);
            }
            assertTrue(nonces.use(nonce, 0xFFFFFFFFL));
            assertFalse(nonces.use(nonce, 0xFFFFFFFFL));
        }
    }

    /** What makes way is void, not new again: a replay needs no more than patience otherwise. */
    @Test
    void whatIsForgottenIsVoid() {
        Nonces nonces = new Nonces(clock, new SecureRandom());
        String first = nonces.make();
        String unused = nonces.make();
        assertTrue(nonces.use(first, 1));
        for (int i = 0; i < Nonces.KEPT; i++) {
            clock.add(i % 100 == 0 ? 1 : 0);
            assertTrue(nonces.use(nonces.make(), 1));
        }
        assertEquals(Nonces.KEPT, nonces.kept());
        assertFalse(nonces.use(first, 1));
        assertFalse(nonces.use(first, 2));
        assertTrue(nonces.use(unused, 1) || nonces.kept() == Nonces.KEPT);
        assertTrue(nonces.use(nonces.make(), 1));
        clock.add(Nonces.LIFE_MILLIS);
        assertTrue(nonces.use(nonces.make(), 1));
        assertEquals(1, nonces.kept(), "what is too old is not kept");
    }

    @Test
    void askingKeepsNothing() {
        Nonces nonces = new Nonces(clock, new SecureRandom());
        for (int i = 0; i < 10_000; i++) {
            nonces.make();
        }
        assertEquals(0, nonces.kept());
    }
}
