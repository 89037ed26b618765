/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.RefusedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is malformed or ambiguous is answered, the connection closed, nothing of it handled, and the next client served. */
public interface RefusalContract extends TransportUnderTest {

    @TestFactory
    default List<DynamicTest> aMalformedHeadIsRefused() {
        List<DynamicTest> tests = new ArrayList<>();
        for (MalformedRequests.Row row : MalformedRequests.heads()) {
            tests.add(DynamicTest.dynamicTest(row.toString(), () -> {
                refuseHead(row, Variant.PLAIN);
                refuseHead(row, Variant.AWKWARD);
            }));
        }
        assertTrue(tests.size() >= 80, "rows: " + tests.size());
        return tests;
    }

    private void refuseHead(MalformedRequests.Row row, Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.answer(200, turn.path()))) {
            try (Client client = site.client()) {
                Answer answer = client.sendRefused(row.bytes()).answer();
                assertTrue(row.statuses().contains(answer.status()), variant + " got " + answer.status());
                assertTrue(answer.closes(), "Connection: close");
                client.assertEnd();
            }
            assertEquals(0, site.handled(), "handled");
            int status = site.awaitRefused().status();
            assertTrue(row.statuses().contains(status), "told the listener " + status);
            try (Client next = site.client()) {
                assertEquals("/next", next.get("/next").text());
            }
        }
    }

    @TestFactory
    default List<DynamicTest> aMalformedBodyIsRefused() {
        List<DynamicTest> tests = new ArrayList<>();
        for (MalformedRequests.Row row : MalformedRequests.bodies()) {
            tests.add(DynamicTest.dynamicTest(row.toString(), () -> {
                refuseBody(row, Variant.PLAIN);
                refuseBody(row, Variant.AWKWARD);
                ignoreBody(row);
            }));
        }
        return tests;
    }

    private void refuseBody(MalformedRequests.Row row, Variant variant) throws Exception {
        List<String> whole = new CopyOnWriteArrayList<>();
        try (Site site = Site.open(this, variant, turn -> turn.readAll(body -> {
            whole.add(turn.path());
            turn.answer(200, turn.path());
        }, cause -> refuse(turn, cause)))) {
            try (Client client = site.client()) {
                Answer answer = client.sendRefused(row.bytes()).answer();
                assertTrue(row.statuses().contains(answer.status()), variant + " got " + answer.status());
                assertTrue(answer.closes(), "Connection: close");
                client.assertEnd();
            }
            assertEquals(List.of(), whole, "bodies taken for whole");
            assertEquals(1, site.handled(), "handled");
            try (Client next = site.client()) {
                assertEquals("/next", next.get("/next").text());
            }
        }
    }

    /** A handler that does not care for the body answers; the connection can't be kept. */
    private void ignoreBody(MalformedRequests.Row row) throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(200, turn.path()));
                Client client = site.client()) {
            client.sendRefused(row.bytes());
            assertEquals("/", client.answer().text());
            client.assertEnd();
            assertEquals(1, site.handled(), "handled");
        }
    }

    private static void refuse(Turn turn, IOException cause) {
        int status = cause instanceof RefusedException refused ? refused.refusal().status() : 599;
        turn.answer(status, String.valueOf(cause.getMessage()));
    }

    /** A good request before a bad one is answered as ever. */
    @Test
    default void aBadRequestBehindAGoodOneIsRefusedAlone() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(200, turn.path()));
                Client client = site.client()) {
            client.sendRefused("GET /good HTTP/1.1\r\nHost: test\r\n\r\nbroken\r\n\r\n".getBytes());
            assertEquals("/good", client.answer().text());
            assertEquals(400, client.answer().status());
            client.assertEnd();
            assertEquals(1, site.handled());
        }
    }

    @Test
    default void aRefusalIsAnAnswerLikeOthers() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(200, turn.path()));
                Client client = site.client()) {
            Answer answer = client.sendRefused("broken\r\n\r\n".getBytes()).answer();
            assertEquals(1, answer.fields().all("Date").size(), "Date");
            assertEquals(0, answer.fields().all("Server").size(), "Server");
            assertTrue(answer.length() < 1_000, "short: " + answer.length());
            assertEquals(String.valueOf(answer.length()), answer.fields().first("Content-Length"));
        }
    }

    @Test
    default void aConnectionTooManyIsRefused() throws Exception {
        try (Site site = Site.open(
                this, Variant.PLAIN, config -> config.withLimits(config.limits().withConnections(2)),
                turn -> turn.answer(200, turn.path()))) {
            try (Client first = site.client(); Client second = site.client()) {
                first.get("/1");
                second.get("/2");
                try (Client third = site.client()) {
                    Answer answer = third.answer();
                    assertEquals(503, answer.status());
                    assertTrue(answer.closes());
                    third.assertEnd();
                }
                assertEquals("connections", site.awaitRefused().word());
                assertEquals("/1", first.get("/1").text(), "the others do not notice");
            }
            site.awaitClosed();
            site.awaitClosed();
            try (Client next = site.client()) {
                assertEquals("/next", next.get("/next").text());
            }
        }
    }
}
