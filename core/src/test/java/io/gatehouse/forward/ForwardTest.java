/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the origin gets of a request, byte for byte, and what the client gets of the answer. */
@Timeout(60)
final class ForwardTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    private Path directory;

    @Test
    void aRequestGoesOnAsItCame() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK));
                Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientRequest request = ClientRequest.get("/a%20b/c?x=%2F&y=1&y=2", "X-One", "1", "accept", "*/*", "X-One", "2", "X-Empty", "");
            assertEquals(200, new ClientResponse().to(forward, request).answered());
            assertEquals(List.of("GET /a%20b/c?x=%2F&y=1&y=2 HTTP/1.1\r\nHost: " + origin.authority()
                    + "\r\nX-One: 1\r\naccept: */*\r\nX-One: 2\r\nX-Empty: \r\nVia: 1.1 gatehouse\r\n\r\n"), origin.requests());
        }
    }

    @Test
    void anAnswerComesBackAsItWas() throws Exception {
        String answer = "HTTP/1.1 418 Short and stout\r\nSet-Cookie: a=1\r\nx-lower: \u00e9\r\nSet-Cookie: b=2\r\nETag:W/\"1\"\r\n"
                + "Date: Thu, 01 Jan 1998 00:00:00 GMT\r\nContent-Length: 3\r\nVia: 1.1 other\r\n\r\nabc";
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(answer));
                Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientResponse response = new ClientResponse().to(forward, ClientRequest.get("/"));
            assertEquals(418, response.answered());
            assertEquals("abc", response.text());
            assertTrue(response.isWhole());
            assertEquals(Fields.of("Set-Cookie", "a=1", "x-lower", "\u00e9", "Set-Cookie", "b=2", "ETag", "W/\"1\"",
                    "Date", "Thu, 01 Jan 1998 00:00:00 GMT", "Content-Length", "3", "Via", "1.1 other"),
                    response.head().fields());
        }
    }

    @Test
    void fieldsOfAConnectionCrossInNeitherDirection() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nX-Stays: 1\r\nKeep-Alive: timeout=5\r\n"
                + "Proxy-Connection: keep-alive\r\nUpgrade: h2c\r\nTE: gzip\r\nProxy-Authenticate: Basic\r\n"
                + "Proxy-Authentication-Info: x=y\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(answer));
                Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientRequest request = ClientRequest.get("/", "Connection", "x-mine, close, Host", "X-Mine", "1", "Keep-Alive", "5",
                    "TE", "trailers", "Upgrade", "websocket", "Proxy-Authorization", "Basic eA==", "Proxy-Connection", "close",
                    "Transfer-Encoding", "chunked", "X-Other", "1", "Proxy-Authority", "stays");
            ClientResponse response = new ClientResponse().to(forward, request);
            assertEquals(200, response.answered());
            assertEquals(Fields.of("X-Stays", "1"), response.head().fields());
            assertEquals("ok", response.text());
            assertEquals(List.of("GET / HTTP/1.1\r\nHost: " + origin.authority()
                    + "\r\nX-Other: 1\r\nProxy-Authority: stays\r\nVia: 1.1 gatehouse\r\n\r\n"), origin.requests());
        }
    }

    @Test
    void aLengthThatIsSaidToBeTheConnectionsOwnStillFramesTheAnswer() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nConnection: content-length, x\r\nContent-Length: 2\r\nX: 1\r\n\r\nok";
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(answer));
                Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            for (int i = 0; i < 3; i++) {
                ClientResponse response = new ClientResponse().to(forward, ClientRequest.get("/"));
                assertEquals(200, response.answered());
                assertEquals(Fields.EMPTY, response.head().fields());
                assertEquals("ok", response.text());
            }
            assertEquals(1, origin.connections());
        }
    }

    @Test
    void hostIsTheOriginsTheClientsOrWhatIsSet() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK));
                Forward own = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).via(null).build();
                Forward preserved = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).preserveHost().via(null).build();
                Forward fixed = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).host("app.internal:81").via("edge").build()) {
            assertEquals(200, new ClientResponse().to(own, ClientRequest.get("/1")).answered());
            assertEquals(200, new ClientResponse().to(preserved, ClientRequest.get("/2")).answered());
            assertEquals(200, new ClientResponse().to(fixed, ClientRequest.get("/3")).answered());
            assertEquals(200, new ClientResponse().to(preserved, ClientRequest.get("/4").withoutHost()).answered());
            assertEquals(List.of(
                    "GET /1 HTTP/1.1\r\nHost: " + origin.authority() + "\r\n\r\n",
                    "GET /2 HTTP/1.1\r\nHost: example.com\r\n\r\n",
                    "GET /4 HTTP/1.1\r\nHost: " + origin.authority() + "\r\n\r\n",
                    "GET /3 HTTP/1.1\r\nHost: app.internal:81\r\nVia: 1.1 edge\r\n\r\n"), origin.requests());
        }
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"OPTIONS, 5, 4", "TRACE, 1, 0", "OPTIONS, x, x", "OPTIONS, -, -", "GET, 0, 0", "OPTIONS, +1, +1",
        "OPTIONS, 99999999999, 99999999999"})
    void maxForwardsCountsDown(String method, String value, String sent) throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK));
                Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientRequest request = value == null ? ClientRequest.of(method, "/") : ClientRequest.of(method, "/", "Max-Forwards", value);
            assertEquals(200, new ClientResponse().to(forward, request).answered());
            String head = origin.requests().get(0);
            assertEquals(sent != null, head.contains("Max-Forwards: "));
            assertTrue(sent == null || head.contains("\r\nMax-Forwards: " + sent + "\r\n"), head);
        }
    }

    @Test
    void whatMayGoNoFartherIsAnsweredHere() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK));
                Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientResponse options = new ClientResponse().to(forward, ClientRequest.of("OPTIONS", "/", "Max-Forwards", "0"));
            assertNull(options.outcome());
            assertEquals(204, options.status());
            assertEquals(405, new ClientResponse().to(forward, ClientRequest.of("TRACE", "/", "Max-Forwards", "0")).answered());
            assertEquals(0, origin.connections());
        }
    }

    @ParameterizedTest
    @CsvSource({"HTTP_1_0, 1.0", "HTTP_1_1, 1.1", "HTTP_2, 2.0"})
    void viaTellsTheVersionThatTheClientSpoke(HttpVersion version, String told) throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK));
                Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientRequest request = ClientRequest.get("/", "Via", "1.0 before").version(version);
            assertEquals(200, new ClientResponse().to(forward, request).answered());
            assertTrue(origin.requests().get(0).contains("\r\nVia: 1.0 before\r\nVia: " + told + " gatehouse\r\n"));
        }
    }

    @Test
    void aBodyOfKnownLengthKeepsIt() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK));
                Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).via(null).build()) {
            ClientRequest request = ClientRequest.of("POST", "/", "Content-Length", "5").body("hello");
            assertEquals(200, new ClientResponse().to(forward, request).answered());
            assertEquals(List.of("POST / HTTP/1.1\r\nHost: " + origin.authority() + "\r\nContent-Length: 5\r\n\r\nhello"),
                    origin.requests());
        }
    }

    @Test
    void aBodyOfUnknownLengthGoesInChunksWithItsTrailers() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            assertEquals("5\r\nhello\r\n", line.until("hello\r\n"));
            line.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            assertEquals("1\r\n!\r\n0\r\nX-Sum: 6\r\n\r\n", line.until("\r\n\r\n"));
            line.send(OK);
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).via(null).build()) {
            ClientRequest request = ClientRequest.of("POST", "/", "Transfer-Encoding", "chunked").length(-1);
            request.feed("hello");
            ClientResponse response = new ClientResponse().to(forward, request);
            response.awaitWrite(); // the hint: the first part has crossed before the second exists
            request.feed("!");
            request.end("X-Sum", "6", "Content-Length", "1");
            assertEquals(200, response.answered());
            assertEquals(List.of("POST / HTTP/1.1\r\nHost: " + origin.authority() + "\r\nTransfer-Encoding: chunked\r\n\r\n"),
                    origin.requests());
            assertEquals(103, response.interim().get(0).status());
            assertEquals(Fields.of("Link", "</a>"), response.interim().get(0).fields());
        }
    }

    @Test
    void aStreamThatHasEndedAlreadyHasNoBody() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK));
                Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).via(null).build()) {
            ClientRequest request = ClientRequest.get("/").version(HttpVersion.HTTP_2).length(-1);
            request.end();
            assertEquals(200, new ClientResponse().to(forward, request).answered());
            ClientRequest second = ClientRequest.of("POST", "/").version(HttpVersion.HTTP_2).length(-1);
            second.end();
            assertEquals(200, new ClientResponse().to(forward, second).answered());
            assertEquals("GET / HTTP/1.1\r\nHost: " + origin.authority() + "\r\n\r\n", origin.requests().get(0));
            assertEquals("POST / HTTP/1.1\r\nHost: " + origin.authority() + "\r\nContent-Length: 0\r\n\r\n", origin.requests().get(1));
        }
    }

    @Test
    void aStreamWithABodyGoesInChunks() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.until("2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
            line.send(OK);
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientRequest request = ClientRequest.of("PUT", "/").version(HttpVersion.HTTP_2).length(-1);
            request.feed("ab");
            request.feed("c");
            request.end();
            assertEquals(200, new ClientResponse().to(forward, request).answered());
        }
    }

    @Test
    void aUnixDomainSocketServesToo() throws Exception {
        Path socket = directory.resolve("app.sock");
        try (ScriptedOrigin origin = ScriptedOrigin.unix(socket, ScriptedOrigin.always(OK));
                Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).via(null).build()) {
            for (int i = 0; i < 3; i++) {
                assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/x")).answered());
            }
            assertEquals("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n", origin.requests().get(0));
            assertEquals(1, origin.connections());
        }
    }

    @Test
    void thePathOfTheOriginTakesThePlaceOfThePrefix() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK));
                Forward forward = Forward.to(origin.text() + "/app").via(null).build()) {
            for (String target : List.of("/old/a%2Fb?q", "/old/", "/%6Fld/x", "/old", "/old/../old/./y?", "/old//z")) {
                assertEquals(200, new ClientResponse().to(forward, ClientRequest.get(target).prefix("/old/")).answered());
            }
            List<String> targets = origin.requests().stream().map(head -> head.split(" ", -1)[1]).toList();
            assertEquals(List.of("/app/a%2Fb?q", "/app/", "/app/x", "/app/", "/app/y?", "/app//z"), targets);
        }
    }

    @Test
    void headAndAnswersWithoutBodyHaveNone() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            line.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nX: head\r\n\r\n");
            line.request();
            line.send("HTTP/1.1 204 No Content\r\nX: 204\r\n\r\n");
            line.request();
            line.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\nETag: \"x\"\r\n\r\n");
            line.request();
            line.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: chunked head\r\n\r\n");
            line.request();
            line.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientResponse head = new ClientResponse().to(forward, ClientRequest.of("HEAD", "/"));
            assertEquals(200, head.answered());
            assertEquals(Fields.of("Content-Length", "1000", "X", "head"), head.head().fields());
            assertEquals(204, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
            ClientResponse notModified = new ClientResponse().to(forward, ClientRequest.get("/"));
            assertEquals(304, notModified.answered());
            assertEquals("77", notModified.head().fields().first("Content-Length"));
            ClientResponse chunked = new ClientResponse().to(forward, ClientRequest.of("HEAD", "/"));
            assertEquals(200, chunked.answered());
            assertEquals(Fields.of("X", "chunked head"), chunked.head().fields());
            ClientResponse empty = new ClientResponse().to(forward, ClientRequest.get("/"));
            assertEquals(200, empty.answered());
            assertEquals("", head.text() + notModified.text() + chunked.text() + empty.text());
            assertTrue(head.isWhole() && notModified.isWhole() && chunked.isWhole() && empty.isWhole());
            assertEquals(1, origin.connections());
        }
    }

    @Test
    void trailersComeBackEvenIfTheBodyIsThereAtOnce() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n";
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(answer));
                Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientResponse response = new ClientResponse().to(forward, ClientRequest.get("/"));
            assertEquals(200, response.answered());
            assertEquals("abc", response.text());
            assertEquals(Fields.of("X-Sum", "3"), response.sentTrailers());
            response.awaitWrite();
            response.awaitWrite(); // apart from the body, so that a transport knows that it can't give a length
        }
    }

    @Test
    void theHeadLeavesBeforeTheBodyIsThere() throws Exception {
        ClientResponse response = new ClientResponse(ClientResponse.Taking.ELSEWHERE);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            line.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
            assertEquals(200, response.head().status());
            line.send("data: 1\n\n");
            response.awaitWrite();
            response.awaitWrite();
            assertTrue(!response.isOver());
            line.send("data: 2\n\n");
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            response.to(forward, ClientRequest.get("/"));
            assertEquals(200, response.answered());
            assertEquals("data: 1\n\ndata: 2\n\n", response.text());
        }
    }

    @Test
    void nothingIsOpenedBeforeTheFirstRequestAndClosingTwiceIsFine() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK))) {
            Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build();
            assertEquals("Forward to " + origin.text(), forward.toString());
            forward.close();
            assertEquals(503, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
            forward.close();
            assertEquals(0, origin.connections());
        }
    }

    @Test
    void closingCutsOffWhatIsUnderWay() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            line.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
            assertTrue(line.ended());
        })) {
            Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build();
            ClientResponse response = new ClientResponse().to(forward, ClientRequest.get("/"));
            response.awaitWrite();
            forward.close();
            assertTrue(response.outcome().getCause() instanceof OriginFailure);
            assertTrue(!response.isWhole());
            assertEquals(503, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
        }
    }

    @Test
    void theConnectionIsKeptForTheNextRequest() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK));
                Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            for (int i = 0; i < 20; i++) {
                assertNull(new ClientResponse().to(forward, ClientRequest.of(i % 2 == 0 ? "GET" : "POST", "/" + i)).outcome());
            }
            assertEquals(1, origin.connections());
            assertEquals(20, origin.requests().size());
        }
    }
}
