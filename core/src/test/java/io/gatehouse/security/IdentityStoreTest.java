/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.security.Credentials.Password;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The stores in memory and in a file, and what they have in common. */
class IdentityStoreTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String REST = "nonce:00000001:cnonce:auth:ha2";

    private final HandClock clock = new HandClock();

    @TempDir
    Path directory;

    private static PasswordHash hash(String password) {
        return PasswordHash.of(password, 1000, RANDOM);
    }

    private static Credentials.Digest digest(String name, String realm, DigestAlgorithm algorithm, String password) {
        return new Credentials.Digest(name, realm, algorithm, REST,
                algorithm.hash(algorithm.secret(name, realm, password) + ":" + REST));
    }

    private Path file(String... lines) throws IOException {
        return Files.write(directory.resolve("users.properties"), List.of(lines));
    }

    private PropertiesIdentityStore store(String... lines) throws IOException {
        return new PropertiesIdentityStore(file(lines), clock, RANDOM);
    }

    @Test
    void passwordsInMemory() throws IOException {
        IdentityStore store = MemoryIdentityStore.builder()
                .user("alice", hash("secret"), "admin", "clerk").plain("bob", "open:sesame").build();
        Identity alice = store.find(new Password("alice", "secret"));
        assertNotNull(alice);
        assertEquals("alice", alice.name());
        assertEquals("alice", alice.principal().toString());
        assertEquals(Set.of("admin", "clerk"), alice.roles());
        assertNotNull(store.find(new Password("bob", "open:sesame")));
        for (Password wrong : List.of(new Password("alice", "Secret"), new Password("alice", ""), new Password("bob", "open"),
                new Password("Alice", "secret"), new Password("carol", "secret"), new Password("", ""),
                new Password("bob", ""), new Password("carol", ""), new Password("alice", "x".repeat(2000)))) {
            assertNull(store.find(wrong), wrong.name() + " " + wrong.password());
            assertNull(store.find(wrong), "the second time");
        }
    }

    /** A user without a password must not be let in by an empty one, in a store with hashes or without. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noPasswordIsNoEmptyPassword(boolean hashes) throws IOException {
        MemoryIdentityStore.Builder builder = MemoryIdentityStore.builder().certificate("dave", "CN=Dave,O=Example", "r");
        IdentityStore store = (hashes ? builder.user("alice", hash("secret")) : builder).build();
        assertNull(store.find(new Password("dave", "")));
        assertNull(store.find(new Password("nobody", "")));
        for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
            assertNull(store.find(digest("dave", "realm", algorithm, "")));
            assertNull(store.find(digest("nobody", "realm", algorithm, "")));
        }
    }

    @Test
    void digestsOfPlainPasswords() throws IOException {
        IdentityStore store = MemoryIdentityStore.builder().plain("bob", "secret", "r").user("al", hash("secret")).build();
        for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
            Identity bob = store.find(digest("bob", "realm", algorithm, "secret"));
            assertNotNull(bob);
            assertEquals(Set.of("r"), bob.roles());
            assertNull(store.find(digest("bob", "realm", algorithm, "other")));
            assertNull(store.find(digest("al", "realm", algorithm, "secret")), "a hash can't check a digest");
        }
        // The proof of another realm or another user is no proof.
        Credentials.Digest good = digest("bob", "realm", DigestAlgorithm.SHA_256, "secret");
        assertNull(store.find(new Credentials.Digest("bob", "other", good.algorithm(), good.rest(), good.response())));
        assertNull(store.find(new Credentials.Digest("bob", "realm", DigestAlgorithm.MD5, good.rest(), good.response())));
        assertNull(store.find(new Credentials.Digest("bob", "realm", good.algorithm(), good.rest() + "x", good.response())));
    }

    /** The example of RFC 7616 section 3.9.1, both algorithms. */
    @ParameterizedTest
    @CsvSource({
        "MD5, 8ca523f5e9506fed4657c9700eebdbec",
        "SHA-256, 753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"})
    void theExampleOfRfc7616(String name, String response) throws IOException {
        DigestAlgorithm algorithm = DigestAlgorithm.of(name);
        assertNotNull(algorithm);
        String rest = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v:00000001:"
                + "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ:auth:" + algorithm.hash("GET:/dir/index.html");
        IdentityStore store = MemoryIdentityStore.builder().plain("Mufasa", "Circle of Life").build();
        assertNotNull(store.find(
                new Credentials.Digest("Mufasa", "http-auth@example.org", algorithm, rest, response)));
    }

    @Test
    void algorithmsByName() {
        assertEquals(DigestAlgorithm.SHA_256, DigestAlgorithm.of("sha-256"));
        for (String other : List.of("", "SHA-256-sess", "MD5-sess", "SHA-512-256", "SHA256")) {
            assertNull(DigestAlgorithm.of(other), other);
        }
    }

    @Test
    void nobodyIsKnownToNobody() throws IOException {
        assertNull(IdentityStore.NOBODY.find(new Password("a", "b")));
    }

    @Test
    void secretsAreNotInTexts() {
        assertFalse(new Password("alice", "secret").toString().contains("secret"));
        assertFalse(digest("alice", "r", DigestAlgorithm.MD5, "x").toString().matches(".*[0-9a-f]{32}.*"));
        assertThrows(IllegalArgumentException.class, () -> new Credentials.Certificates(List.of()));
    }

    @Test
    void twoUsersOfOneNameAreRefused() {
        MemoryIdentityStore.Builder twice = MemoryIdentityStore.builder().plain("a", "x").plain("a", "y");
        assertThrows(IllegalArgumentException.class, twice::build);
        MemoryIdentityStore.Builder same = MemoryIdentityStore.builder()
                .certificate("a", "CN=A,O=B").certificate("b", "cn=a, o=b");
        assertThrows(IllegalArgumentException.class, same::build);
        assertThrows(IllegalArgumentException.class, () -> MemoryIdentityStore.builder().certificate("a", "nonsense"));
    }

    @Test
    void aFileOfUsers() throws IOException {
        String secret = DigestAlgorithm.SHA_256.secret("carol", "realm", "pw");
        String md5 = DigestAlgorithm.MD5.secret("carol", "realm", "pw");
        PropertiesIdentityStore store = store(
                "# a comment", "", "alice.password = " + hash("secret"), "alice.roles = admin, clerk",
                "bob.password=plain:with spaces and : colon  ", "first.last@example.org.password: plain:x",
                "carol.digest = SHA-256:" + secret.toUpperCase(java.util.Locale.ROOT) + "   md5:" + md5,
                "gr\u00FCn.password = plain:\u00E4", "onlyroles.roles = r");
        assertEquals(Set.of("admin", "clerk"), store.find(new Password("alice", "secret")).roles());
        assertEquals(Set.of(), store.find(new Password("bob", "with spaces and : colon")).roles());
        assertNotNull(store.find(new Password("first.last@example.org", "x")));
        assertNotNull(store.find(new Password("gr\u00FCn", "\u00E4")));
        assertNotNull(store.find(digest("carol", "realm", DigestAlgorithm.SHA_256, "pw")));
        assertNotNull(store.find(digest("carol", "realm", DigestAlgorithm.MD5, "pw")));
        assertNull(store.find(digest("carol", "realm", DigestAlgorithm.MD5, "other")));
        assertNull(store.find(new Password("carol", "pw")));
        assertNull(store.find(new Password("onlyroles", "")));
        assertNull(store.find(new Password("alice", "plain:secret")));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "alice = secret", "alice.pasword = plain:x", ".password = plain:x", "password = plain:x", "alice.password = topsecret",
        "alice.password = plain:", "alice.password =", "alice.roles = a,,b", "alice.roles = a,", "alice.digest = topsecret",
        "alice.digest = MD5:topsecret", "alice.digest = SHA-256:00112233445566778899aabbccddeeff",
        "alice.digest = SHA-512:00", "alice.certificate = nonsense", "alice.password = pbkdf2-sha512:1:topsecret:x"})
    void whatCantBeReadIsRefusedWithoutTellingSecrets(String line) throws IOException {
        Path file = file("ok.password = plain:x", line);
        String said = assertThrows(IllegalArgumentException.class, () -> new PropertiesIdentityStore(file)).getMessage();
        assertFalse(said.contains("topsecret"), said);
    }

    @Test
    void aLineThatIsThereTwiceIsRefused() throws IOException {
        Path file = file("a.password = plain:x", "a.password = plain:y");
        assertThrows(IllegalArgumentException.class, () -> new PropertiesIdentityStore(file));
        Path digests = file("a.digest = MD5:00112233445566778899aabbccddeeff MD5:00112233445566778899aabbccddeeff");
        assertThrows(IllegalArgumentException.class, () -> new PropertiesIdentityStore(digests));
        assertThrows(IOException.class, () -> new PropertiesIdentityStore(directory.resolve("missing")));
    }

    @Test
    void aFileThatChangesIsReadAgain() throws IOException {
        PropertiesIdentityStore store = store("a.password = plain:one");
        file("a.password = plain:two");
        Files.setLastModifiedTime(directory.resolve("users.properties"), FileTime.fromMillis(1));
        assertNotNull(store.find(new Password("a", "one")), "it was looked at less than a second ago");
        clock.add(1000);
        assertNull(store.find(new Password("a", "one")));
        assertNotNull(store.find(new Password("a", "two")));
    }

    @Test
    void aFileThatBreaksLeavesWhatWasRead() throws IOException {
        PropertiesIdentityStore store = store("a.password = plain:one");
        Path file = file("a.password = broken");
        clock.add(1000);
        assertNotNull(store.find(new Password("a", "one")));
        Files.delete(file);
        clock.add(1000);
        assertNotNull(store.find(new Password("a", "one")));
        file("a.password = plain:new");
        clock.add(1000);
        assertNotNull(store.find(new Password("a", "new")));
        assertNull(store.find(new Password("a", "one")));
    }

    /** What was remembered of a password is void once the user's lines were read again. */
    @Test
    void aChangedPasswordIsNotRemembered() throws IOException {
        PropertiesIdentityStore store = store("a.password = " + hash("one"));
        assertNotNull(store.find(new Password("a", "one")));
        assertNotNull(store.find(new Password("a", "one")));
        Path file = file("a.password = " + hash("two"));
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        clock.add(1000);
        assertNull(store.find(new Password("a", "one")));
    }

    @Test
    void onlyWhatWasRightIsRememberedForAWhile() throws IOException {
        PasswordCheck check = new PasswordCheck(clock, RANDOM);
        User alice = new User(Identity.of("alice"), hash("secret"), null, Map.of(), null);
        assertFalse(check.isRight(alice, new Password("alice", "wrong"), 1000));
        assertFalse(check.isRight(null, new Password("carol", "wrong"), 1000));
        assertEquals(0, check.remembered());
        assertTrue(check.isRight(alice, new Password("alice", "secret"), 1000));
        assertEquals(1, check.remembered());
        clock.add(5 * 60_000 - 1);
        assertTrue(check.isRight(alice, new Password("alice", "secret"), 1000));
        clock.add(1);
        assertFalse(check.isRight(null, new Password("alice", "secret"), 1000));
        assertTrue(check.isRight(alice, new Password("alice", "secret"), 1000));
        // Another user's object under the same name and password has nothing of it.
        User other = new User(Identity.of("alice"), hash("changed"), null, Map.of(), null);
        assertFalse(check.isRight(other, new Password("alice", "secret"), 1000));
        assertFalse(check.isRight(null, new Password("alice", "secret"), 1000));
    }

    @Test
    void whatIsRememberedIsBounded() throws IOException {
        PasswordCheck check = new PasswordCheck(clock, RANDOM);
        for (int i = 0; i < 1_100; i++) {
            User user = new User(Identity.of("u" + i), null, "pw", Map.of(), null);
            assertTrue(check.isRight(user, new Password("u" + i, "pw"), 1));
        }
        assertEquals(1_000, check.remembered());
    }

    /** No more hashes at once than allowed, however many ask; all are answered. */
    @Test
    void hashesAtOnceAreBounded() throws Exception {
        PasswordCheck check = new PasswordCheck(clock, RANDOM, 1);
        User alice = new User(Identity.of("alice"), hash("secret"), null, Map.of(), null);
        AtomicInteger right = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        Thread[] threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            String password = i % 2 == 0 ? "secret" : "wrong";
            threads[i] = new Thread(() -> {
                try {
                    start.await();
                    if (check.isRight(alice, new Password("alice", password), 1000)) {
                        right.incrementAndGet();
                    }
                } catch (InterruptedException | IOException e) {
                    throw new AssertionError(e);
                }
            });
            threads[i].start();
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(4, right.get());
    }

    @Test
    void whoIsInterruptedIsNotLetIn() {
        PasswordCheck check = new PasswordCheck(clock, RANDOM, 0);
        User alice = new User(Identity.of("alice"), hash("secret"), null, Map.of(), null);
        Thread.currentThread().interrupt();
        assertThrows(IOException.class, () -> check.isRight(alice, new Password("alice", "secret"), 1000));
        assertTrue(Thread.interrupted());
    }
}
