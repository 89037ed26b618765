/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One handle per well-formed request, with its head as it came; pipelined requests in their order. */
public interface RequestContract extends TransportUnderTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#all")
    default void aRequestIsHandledOnceWithItsHead(Variant variant) throws Exception {
        List<RequestHead> heads = new CopyOnWriteArrayList<>();
        try (Site site = Site.open(this, variant, turn -> {
                    heads.add(turn.exchange().head());
                    turn.answer(200, "answer to " + turn.path());
                });
                Client client = site.client()) {
            client.send("GET /a/%2F/../b;c//d?e=f&g HTTP/1.1\r\nHost: Test.Example:81\r\nX-odd-CASE:  two  words \t\r\n"
                    + "empty:\r\nX-Odd-Case: again\r\nX-Latin: \u00e4\r\n\r\n");
            Answer answer = client.answer();
            assertEquals(200, answer.status());
            assertEquals("answer to /a/%2F/../b;c//d?e=f&g", answer.text());
            assertEquals("answer to /second", client.get("/second").text());
            assertEquals(2, site.handled());
        }
        Fields fields = Fields.of(
                "Host", "Test.Example:81", "X-odd-CASE", "two  words", "empty", "", "X-Odd-Case", "again", "X-Latin", "\u00e4");
        assertEquals(
                new RequestHead("GET", scheme(), new Authority("test.example", 81), "/a/%2F/../b;c//d?e=f&g",
                        HttpVersion.HTTP_1_1, fields),
                heads.get(0));
    }

    @Test
    default void everyFormOfTargetArrivesAsItCame() throws Exception {
        List<RequestHead> heads = new CopyOnWriteArrayList<>();
        try (Site site = Site.open(this, Variant.PLAIN, turn -> {
                    heads.add(turn.exchange().head());
                    turn.answer(200, turn.path());
                });
                Client client = site.client()) {
            client.send("GET " + scheme() + "://Test:8080/a?b HTTP/1.1\r\nHost: test:8080\r\n\r\n");
            assertEquals(scheme() + "://Test:8080/a?b", client.answer().text());
            client.send("OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\n\r\n");
            assertEquals("*", client.answer().text());
            client.send("GET /%zz/%00/%c0%af/a\\b?|{}^ HTTP/1.1\r\nHost: test.\r\n\r\n");
            assertEquals("/%zz/%00/%c0%af/a\\b?|{}^", client.answer().text());
            for (String target : List.of("/../../a", "/a/..%2f..;/./b", "/%2e%2E/%", "/.hidden/a.b.c/..", "/%ff?%zz../..")) {
                assertEquals(target, client.get(target).text());
            }
            assertEquals("//", client.get("//").text());
            client.send("GET " + scheme() + "://test?a HTTP/1.1\r\nHost: test\r\n\r\n");
            assertEquals(scheme() + "://test?a", client.answer().text());
        }
        assertEquals(new Authority("test", 8080), heads.get(0).authority());
        assertEquals(new Authority("[::1]", 80), heads.get(1).authority());
        assertEquals(new Authority("test.", -1), heads.get(2).authority());
        assertEquals(new Authority("test", -1), heads.get(9).authority());
    }

    /** An empty Host names nobody (RFC 9112 section 3.2); a server that has no use for such a request may refuse it. */
    @Test
    default void anEmptyHostNamesNobody() throws Exception {
        List<RequestHead> heads = new CopyOnWriteArrayList<>();
        try (Site site = Site.open(this, Variant.PLAIN, turn -> {
                    heads.add(turn.exchange().head());
                    turn.answer(200, turn.path());
                });
                Client client = site.client()) {
            int status = client.send("GET / HTTP/1.1\r\nHost:\r\n\r\n").answer().status();
            assertTrue(status == 200 && heads.get(0).authority() == null || status == 400 && heads.isEmpty(), "got " + status);
        }
        try (Site site = Site.open(this, Variant.PLAIN, turn -> {
                    heads.add(turn.exchange().head());
                    turn.answer(200, turn.path());
                });
                Client client = site.client()) {
            assertEquals(200, client.send("GET / HTTP/1.0\r\n\r\n").answer().status());
            assertNull(heads.get(heads.size() - 1).authority(), "no Host names nobody either");
        }
    }

    @Test
    default void anyMethodArrivesWithItsCase() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(200, turn.exchange().head().method()));
                Client client = site.client()) {
            for (String method : List.of("GET", "get", "PUT", "DELETE", "PATCH", "QUERY", "X-!#$%&'*+.^_`|~9")) {
                client.send(method + " / HTTP/1.1\r\nHost: test\r\n\r\n");
                assertEquals(method, client.answer().text());
            }
        }
    }

    @Test
    default void headsUpToTheLimitsPass() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(200, "" + turn.exchange().head().fields().size()));
                Client client = site.client()) {
            client.send("GET /" + "a".repeat(8_000) + " HTTP/1.1\r\nHost: test\r\n\r\n");
            assertEquals("1", client.answer().text());
            client.send("GET / HTTP/1.1\r\nHost: test\r\n" + "X-A: a\r\n".repeat(99) + "\r\n");
            assertEquals("100", client.answer().text());
            client.send("GET / HTTP/1.1\r\nHost: test\r\nX-A: " + "a".repeat(16_000) + "\r\n\r\n");
            assertEquals("2", client.answer().text());
        }
    }

    @Test
    default void anEmptyLineBeforeARequestIsSkipped() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(200, turn.path()));
                Client client = site.client()) {
            client.send("\r\nGET /a HTTP/1.1\r\nHost: test\r\n\r\n");
            assertEquals("/a", client.answer().text());
            client.send("\r\nGET /b HTTP/1.1\r\nHost: test\r\n\r\n");
            assertEquals("/b", client.answer().text());
        }
    }

    @Test
    default void aConnectionHasOneIdentity() throws Exception {
        List<Connection> connections = new CopyOnWriteArrayList<>();
        try (Site site = Site.open(this, Variant.PLAIN, turn -> {
            connections.add(turn.exchange().connection());
            turn.answer(200, "");
        })) {
            try (Client first = site.client(); Client second = site.client()) {
                first.get("/1");
                first.get("/2");
                second.get("/3");
            }
            List<Long> closed = List.of(site.awaitClosed().id(), site.awaitClosed().id());
            assertTrue(closed.contains(connections.get(0).id()) && closed.contains(connections.get(2).id()), "closed " + closed);
            assertEquals(2, site.opened());
        }
        Connection connection = connections.get(0);
        assertEquals(connection, connections.get(1));
        assertNotEquals(connection.id(), connections.get(2).id());
        assertNotNull(connection.remote());
        assertNotNull(connection.local());
        assertEquals(scheme().equals("https"), connection.secure());
        assertEquals(HttpVersion.HTTP_1_1, connection.protocol());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#all")
    default void pipelinedRequestsAreAnsweredInOrder(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.readAll(
                        body -> turn.answer(200, turn.path() + " " + body.length)));
                Client client = site.client()) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 40; i++) {
                requests.append(i % 3 == 0
                        ? "POST /" + i + " HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello"
                        : i % 3 == 1
                        ? "POST /" + i + " HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
                        : "GET /" + i + " HTTP/1.1\r\nHost: test\r\n\r\n");
            }
            client.send(requests.toString());
            for (int i = 0; i < 40; i++) {
                assertEquals("/" + i + (i % 3 == 2 ? " 0" : " 5"), client.answer().text());
            }
            assertEquals(40, site.handled());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void aPipelinedRequestWaitsForTheAnswerBeforeIt(Variant variant) throws Exception {
        List<Turn> turns = new CopyOnWriteArrayList<>();
        CountDownLatch first = new CountDownLatch(1);
        try (Site site = Site.open(this, variant, turn -> {
                    turns.add(turn);
                    if (turn.path().equals("/1")) {
                        first.countDown();
                    } else {
                        turn.answer(200, turn.path());
                    }
                });
                Client client = site.client()) {
            client.send("GET /1 HTTP/1.1\r\nHost: test\r\n\r\nGET /2 HTTP/1.1\r\nHost: test\r\n\r\nGET /3 HTTP/1.1\r\nHost: test\r\n\r\n");
            assertTrue(first.await(Peer.HANG_SECONDS, TimeUnit.SECONDS));
            try (Client other = site.client()) {
                assertEquals("/other", other.get("/other").text());
            }
            assertEquals(2, site.handled(), "nothing of the first connection but its first request");
            turns.get(0).answer(200, "/1");
            assertEquals("/1", client.answer().text());
            assertEquals("/2", client.answer().text());
            assertEquals("/3", client.answer().text());
        }
    }

    /** Many inline answers on one connection do not keep its I/O thread from the others. */
    @Test
    default void aLongPipelineLetsOthersIn() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        CountDownLatch letIn = new CountDownLatch(1);
        try (Site site = Site.open(this, Variant.PLAIN, config -> config.withIoThreads(1), turn -> {
                    // The one place where I/O threads wait: first until the other connection's request is there too, and then
                    // until it is handled, which a connection that does not make way would prevent for ever.
                    if (turn.path().equals("/0")) {
                        assertTrue(sent.await(Peer.HANG_SECONDS, TimeUnit.SECONDS));
                    } else if (turn.path().equals("/60")) {
                        assertTrue(letIn.await(Peer.HANG_SECONDS, TimeUnit.SECONDS), "no other connection was let in");
                    } else if (turn.path().equals("/other")) {
                        letIn.countDown();
                    }
                    turn.answer(200, turn.path());
                });
                Client other = site.client();
                Client client = site.client()) {
            other.get("/warm");
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                requests.append("GET /").append(i).append(" HTTP/1.1\r\nHost: test\r\n\r\n");
            }
            client.send(requests.toString());
            other.send("GET /other HTTP/1.1\r\nHost: test\r\n\r\n");
            sent.countDown();
            assertEquals("/other", other.answer().text());
            for (int i = 0; i < 200; i++) {
                assertEquals("/" + i, client.answer().text());
            }
        }
    }
}
