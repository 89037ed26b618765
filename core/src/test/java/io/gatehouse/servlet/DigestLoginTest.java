/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.security.DigestAlgorithm;
import io.gatehouse.security.SecurityConstraint;
import io.gatehouse.security.SecuritySettings;
import jakarta.servlet.ServletException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servlet 6.1 section 13.6.2: DIGEST authentication of requests. */
@ExtendWith(Undeploy.class)
final class DigestLoginTest {

    private static final SecuritySettings DIGEST = SecuritySettings.NONE.withDigest("accounts", SecurityTest.STORE)
            .withConstraints(SecurityConstraint.on("/in/*").roles("clerk"), SecurityConstraint.on("/admin/*").roles("admin"));

    private final TestClock clock = new TestClock();

    private ServletApplication app() throws ServletException {
        return Servlets.deployed(ServletApplication.builder().security(DIGEST).clock(clock)
                .servlet("main", Servlets.servlet(SecurityTest::tell), "/*"));
    }

    private static String nonce(MemoryResponse response, int index) {
        return response.headers("WWW-Authenticate").get(index).replaceAll(".*nonce=\"([^\"]*)\".*", "$1");
    }

    private static String proof(DigestAlgorithm algorithm, String password, String nonce, int count, String method, String uri) {
        String rest = String.format("%s:%08x:cc:auth:%s", nonce, count, algorithm.hash(method + ":" + uri));
        return String.format("Digest username=\"bob\", realm=\"accounts\", nonce=\"%s\", uri=\"%s\", algorithm=%s, response=\"%s\", "
                + "qop=auth, nc=%08x, cnonce=\"cc\"", nonce, uri, algorithm.token(),
                algorithm.hash(algorithm.secret("bob", "accounts", password) + ":" + rest), count);
    }

    private static MemoryResponse get(ServletApplication app, String path, String proof) throws Exception {
        return Call.of(app, "GET", path).field("Authorization", proof).send();
    }

    @ParameterizedTest
    @EnumSource(DigestAlgorithm.class)
    void theWholeWay(DigestAlgorithm algorithm) throws Exception {
        ServletApplication app = app();
        MemoryResponse challenge = Call.get(app, "/in/x?a=b");
        assertEquals(401, challenge.status());
        assertEquals(2, challenge.headers("WWW-Authenticate").size());
        String nonce = nonce(challenge, algorithm.ordinal());
        MemoryResponse right = get(app, "/in/x?a=b", proof(algorithm, "s3cret:x", nonce, 1, "GET", "/in/x?a=b"));
        assertEquals("bob by DIGEST", right.text());
        assertEquals("private", right.header("Cache-Control"));
        assertEquals(200, get(app, "/in/y", proof(algorithm, "s3cret:x", nonce, 2, "GET", "/in/y")).status());
        assertEquals(403, get(app, "/admin/y", proof(algorithm, "s3cret:x", nonce, 3, "GET", "/admin/y")).status());
    }

    @Test
    void aReplayIsNotLetInButMayTryAgain() throws Exception {
        ServletApplication app = app();
        String nonce = nonce(Call.get(app, "/in/x"), 0);
        String proof = proof(DigestAlgorithm.SHA_256, "s3cret:x", nonce, 1, "GET", "/in/x");
        assertEquals(200, get(app, "/in/x", proof).status());
        MemoryResponse again = get(app, "/in/x", proof);
        assertEquals(401, again.status());
        assertTrue(again.header("WWW-Authenticate").endsWith("stale=true"));
        // The proof of one request is none for another.
        assertEquals(401, get(app, "/in/y", proof(DigestAlgorithm.SHA_256, "s3cret:x", nonce, 2, "GET", "/in/x")).status());
        assertEquals(401, Call.of(app, "POST", "/in/x").field("Authorization",
                proof(DigestAlgorithm.SHA_256, "s3cret:x", nonce, 2, "GET", "/in/x")).send().status());
        assertEquals(200, get(app, "/in/x", proof(DigestAlgorithm.SHA_256, "s3cret:x", nonce, 2, "GET", "/in/x")).status());
    }

    @Test
    void anOldNonceIsStaleOnlyForWhoKnowsThePassword() throws Exception {
        ServletApplication app = app();
        String nonce = nonce(Call.get(app, "/in/x"), 0);
        clock.advance(Duration.ofMinutes(5));
        MemoryResponse stale = get(app, "/in/x", proof(DigestAlgorithm.SHA_256, "s3cret:x", nonce, 1, "GET", "/in/x"));
        assertEquals(401, stale.status());
        assertTrue(stale.header("WWW-Authenticate").contains("stale=true"));
        MemoryResponse wrong = get(app, "/in/x", proof(DigestAlgorithm.SHA_256, "wrong", nonce, 1, "GET", "/in/x"));
        assertFalse(wrong.header("WWW-Authenticate").contains("stale"));
        String fresh = nonce(stale, 0);
        assertEquals(200, get(app, "/in/x", proof(DigestAlgorithm.SHA_256, "s3cret:x", fresh, 1, "GET", "/in/x")).status());
    }

    @Test
    void basicIsNoDigest() throws Exception {
        assertEquals(401, get(app(), "/in/x", SecurityTest.basic("bob", "s3cret:x")).status());
    }

    /** One look uses one count, however often the application asks. */
    @Test
    void askingTwiceIsNoReplay() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().security(DIGEST)
                .servlet("main", Servlets.servlet((q, r) -> {
                    q.getUserPrincipal();
                    q.authenticate(r);
                    SecurityTest.tell(q, r);
                }), "/*"));
        String nonce = nonce(Call.get(app, "/in/x"), 0);
        assertEquals("bob by DIGEST",
                get(app, "/in/x", proof(DigestAlgorithm.SHA_256, "s3cret:x", nonce, 1, "GET", "/in/x")).text());
    }
}
