/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.forward.ClientResponse.Taking;
import io.gatehouse.forward.ScriptedOrigin.Script;
import io.gatehouse.handler.HttpFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many requests a forward has in hand: what is told of them, and the bound on them. */
@Timeout(60)
final class UnderWayTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** Answers each request when the test lets it. */
    private static Script held(Semaphore arrived, Semaphore go) {
        return line -> {
            while (line.request() != null) {
                arrived.release();
                go.acquire();
                line.send(OK);
            }
        };
    }

    /** Requests that wait for a connection show in the counts, with the time of the first of them. */
    @Test
    void whoWaitsForAConnectionIsCounted() throws Exception {
        Semaphore arrived = new Semaphore(0);
        Semaphore go = new Semaphore(0);
        AtomicLong clock = new AtomicLong(1);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(held(arrived, go)); Forward forward = Forward.to(origin.text())
                .limits(l -> l.withConnections(1)).timeouts(t -> t.withQueue(Duration.ofHours(1)).withAnswer(Duration.ofHours(1)))
                .build(clock::get)) {
            assertEquals("0 held; 0 waiting\n    " + origin.text() + ", up, 0 outstanding, 0 requests, 0 failed", forward.status().toString());
            List<ClientResponse> responses = new ArrayList<>();
            responses.add(new ClientResponse().to(forward, ClientRequest.get("/1")));
            arrived.acquire();
            responses.add(new ClientResponse().to(forward, ClientRequest.get("/2")));
            responses.add(new ClientResponse().to(forward, ClientRequest.get("/3")));
            Targets targets = forward.targets();
            while (targets.waiting() < 2) {
                Thread.onSpinWait();
            }
            clock.addAndGet(Duration.ofSeconds(7).toNanos());
            assertEquals(Duration.ofSeconds(7), targets.oldestWaiting());
            assertEquals(new ForwardStatus(0, Duration.ZERO, 2, Duration.ofSeconds(7), List.of(new ForwardStatus.Of(
                    origin.text(), Target.State.UP, 1, targets.list().get(0).counts()))), forward.status());
            go.release(3);
            for (ClientResponse response : responses) {
                assertEquals(200, response.answered());
            }
            assertEquals(Duration.ZERO, targets.oldestWaiting());
        }
    }

    /** Whoever is slow to take its answer is under way as well: so many more, and no more than that. */
    @Test
    void whatIsUnderWayIsBoundedToo() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK));
                Forward forward = Forward.to(origin.text()).limits(l -> l.withConnections(2).withQueue(1)).build()) {
            assertTrue(forward.boundsItself());
            List<ClientResponse> slow = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                ClientResponse response = new ClientResponse(Taking.HELD).to(forward, ClientRequest.get("/" + i));
                response.awaitWrite();
                slow.add(response);
            }
            HttpFailure busy = assertInstanceOf(HttpFailure.class, new ClientResponse().to(forward, ClientRequest.get("/6")).outcome());
            assertEquals(503, busy.status());
            assertEquals("5 requests are under way to " + origin.text() + ", twice what connections=2 to each can take, and those that may "
                    + "wait", busy.getCause().getMessage());
            for (ClientResponse response : slow) {
                response.takeAll();
                assertEquals(200, response.answered());
            }
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/7")).answered());
        }
    }
}
