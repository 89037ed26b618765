/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.forward.ScriptedOrigin.Script;
import io.gatehouse.handler.HttpFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets that must say that they want a body, and targets that must be who they say they are. */
@Timeout(60)
final class ConfirmTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** Asks for the body of each request, and answers with it. */
    private static final Script ECHOES = line -> {
        while (true) {
            String head = line.head();
            if (head == null) {
                return;
            }
            if (head.contains("\r\nExpect: 100-continue\r\n")) {
                line.send("HTTP/1.1 100 Continue\r\n\r\n");
            }
            line.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + (head.contains("Content-Length: 4") ? line.bytes(4) : "none"));
        }
    };

    @TempDir
    private Path directory;

    @Test
    void aBodyIsSentWhenTheTargetHasAskedForIt() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            assertTrue(line.head().contains("\r\nExpect: 100-continue\r\n"));
            asked.countDown();
            go.await();
            line.send("HTTP/1.1 100 Continue\r\n\r\n");
            assertEquals("body", line.bytes(4));
            line.send(OK);
        }); Forward forward = Forward.to(origin.text()).confirmBodies().timeouts(t -> t.withProceed(Duration.ofMinutes(1))).build()) {
            ClientRequest request = ClientRequest.of("POST", "/").length(4);
            request.feed("body");
            ClientResponse response = new ClientResponse().to(forward, request);
            asked.await();
            assertFalse(request.firstRead().isDone(), "nothing was read before");
            go.countDown();
            assertEquals(200, response.answered());
        }
    }

    @Test
    void aRequestWithoutBodyIsNotConfirmed() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ECHOES); Forward forward = Forward.to(origin.text()).confirmBodies().build()) {
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.of("POST", "/")).answered());
            assertFalse(origin.requests().get(0).contains("Expect"));
            assertFalse(origin.requests().get(1).contains("Expect"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "PUT"})
    void aTargetThatDiesBeforeCostsNothing(String method) throws Exception {
        try (ScriptedOrigin dies = ScriptedOrigin.tcp(line -> line.head()); ScriptedOrigin lives = ScriptedOrigin.tcp(ECHOES);
                Forward forward = Forward.to(dies.text(), lives.text()).balance(Balance.roundRobin()).confirmBodies()
                        .health(PassiveHealth.NONE).build()) {
            for (int i = 0; i < 6; i++) {
                ClientResponse response = new ClientResponse().to(forward, ClientRequest.of(method, "/" + i).body("body"));
                assertEquals(200, response.answered());
                assertEquals("body", response.text());
            }
            assertTrue(dies.connections() >= 3);
        }
    }

    @Test
    void aTargetThatDiesAfterItAskedCostsTheRequest() throws Exception {
        try (ScriptedOrigin dies = ScriptedOrigin.tcp(line -> {
            line.head();
            line.send("HTTP/1.1 100 Continue\r\n\r\n");
            line.bytes(4);
        }); ScriptedOrigin lives = ScriptedOrigin.tcp(ECHOES);
                Forward forward = Forward.to(dies.text(), lives.text()).balance(Balance.roundRobin()).confirmBodies().build()) {
            assertEquals(502, new ClientResponse().to(forward, ClientRequest.of("POST", "/").body("body")).answered());
            assertEquals(0, lives.connections());
        }
    }

    @Test
    void aTargetThatDoesNotAskGetsTheBodyLate() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.bytes(4);
            line.send(OK);
        }); Forward forward = Forward.to(origin.text()).confirmBodies().timeouts(t -> t.withProceed(Duration.ofMillis(1))).build()) {
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.of("POST", "/").body("body")).answered());
        }
    }

    @Test
    void theSocketMustBeItsUsers() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.unix(directory.resolve("app.sock"), ScriptedOrigin.always(OK));
                Forward right = Forward.to(origin.text()).peer(System.getProperty("user.name")).build();
                Forward wrong = Forward.to(origin.text()).peer("somebody-else").build()) {
            assertEquals(200, new ClientResponse().to(right, ClientRequest.get("/")).answered());
            HttpFailure failure = assertInstanceOf(
                    HttpFailure.class, new ClientResponse().to(wrong, ClientRequest.get("/")).outcome());
            assertEquals(origin.text() + " is listened on by the user " + System.getProperty("user.name") + " and not by somebody-else",
                    failure.getCause().getMessage());
            assertEquals(502, failure.status());
            assertEquals(Target.State.DOWN, wrong.targets().list().get(0).state());
            assertEquals(1, origin.requests().size(), "nothing was said to it");
            assertEquals(503, new ClientResponse().to(wrong, ClientRequest.get("/")).answered());
        }
    }

    @Test
    void eachTargetMayHaveAUserOfItsOwn() throws Exception {
        TargetOptions mine = TargetOptions.DEFAULTS.withPeer(System.getProperty("user.name"));
        try (ScriptedOrigin origin = ScriptedOrigin.unix(directory.resolve("app.sock"), ScriptedOrigin.always(OK));
                Forward forward = Forward.to().peer("somebody-else").target(origin.text(), mine).build()) {
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
        }
    }

    @Test
    void onlyASocketInTheFileSystemTellsWhoListens() throws Exception {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> Forward.to("http://127.0.0.1:9").peer("app").build());
        assertEquals("http://127.0.0.1:9 can't be bound to the user app: only a Unix-domain socket tells who listens, "
                + "as unix:/run/app.sock", e.getMessage());
        try (Forward forward = Forward.to().peer("app").build()) {
            assertThrows(IllegalArgumentException.class, () -> forward.targets().add("http://127.0.0.1:9"));
        }
    }
}
