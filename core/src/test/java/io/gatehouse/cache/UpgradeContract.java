/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests for another protocol on a route that is cached: the connection is the handler's, as without a cache. */
abstract class UpgradeContract extends HotFilesContract {

    private static CachePolicy policy(String name) {
        return switch (name) {
            case "headers" -> CachePolicy.asHeadersSay();
            case "minute" -> CachePolicy.forDuration(Duration.ofMinutes(1));
            case "status" -> CachePolicy.untilPurged().withStatus(true);
            default -> CachePolicy.never();
        };
    }

    /** Sends back what comes, until the client has ended. */
    private static Void echo(Request request, Response response, Completion connection) throws IOException {
        byte[] part = new byte[100];
        for (int read = request.body().read(part); read >= 0; read = request.body().read(part)) {
            response.body().write(part, 0, read);
            response.body().flush();
        }
        connection.succeeded();
        return null;
    }

    @ParameterizedTest
    @ValueSource(strings = {"headers", "minute", "status", "never"})
    void aSwitchedConnectionIsTheHandlers(String policy) throws Exception {
        ServedSite[] site = new ServedSite[1];
        Handler handler = (request, response) -> {
            if (!request.fields().contains("Upgrade")) {
                response.field("Cache-Control", "max-age=60").send("plain");
                return;
            }
            response.status(101).field("Connection", "Upgrade").field("Upgrade", "echo");
            response.body().flush();
            Completion connection = response.detach();
            site[0].later(() -> echo(request, response, connection)); // goes on when the request is over
        };
        try (ServedSite served = site(policy(policy), handler);
                RawClient client = served.client();
                RawClient other = served.client()) {
            site[0] = served;
            assertEquals("plain", other.ask("GET /chat").text());
            client.send("GET /chat", "Connection: Upgrade", "Upgrade: echo");
            String head = client.until("\r\n\r\n");
            assertTrue(head.startsWith("HTTP/1.1 101 "), head);
            for (String line : new String[] {"hello\n", "GET /chat HTTP/1.1\n", "good bye\n"}) {
                client.sendRaw(line);
                assertEquals(line, client.until("\n"));
            }
            assertEquals(!policy.equals("never"), other.ask("GET /chat").fromMemory());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"headers", "minute"})
    void whatDeclinesToSwitchIsNotKept(String policy) throws Exception {
        Handler handler = (request, response) ->
                response.field("Cache-Control", "max-age=60").send("for " + request.fields().first("Upgrade"));
        try (ServedSite served = site(policy(policy), handler); RawClient client = served.client()) {
            assertEquals("for echo", client.ask("GET /", "Connection: Upgrade", "Upgrade: echo").text());
            assertEquals("for null", client.ask("GET /").text());
            assertTrue(client.ask("GET /").fromMemory());
            assertFalse(client.ask("GET /", "Connection: Upgrade", "Upgrade: echo").fromMemory());
        }
    }
}
