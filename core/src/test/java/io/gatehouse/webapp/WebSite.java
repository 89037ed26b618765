/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.GatehouseBuilder;
import io.gatehouse.http.TargetRules;
import io.gatehouse.servlet.conformance.Reply;
import io.gatehouse.servlet.conformance.Wire;
import io.gatehouse.transport.TransportUnderTest;
import java.io.IOException;
import java.util.Map;

/** A whole server with web applications, and a client that has a connection for each request. */
final class WebSite implements AutoCloseable {

    private final TransportUnderTest transport;
    private final Gatehouse gatehouse;

    WebSite(TransportUnderTest transport, WebApplication... applications) throws IOException {
        this.transport = transport;
        GatehouseBuilder builder = Gatehouse.builder().configuration(Configuration.DEFAULTS
                        .withEndpoints(transport.endpoints())
                        .withTarget(TargetRules.STRICT.withPathParameters(true))
                        .withOptions(Map.of(transport.provider().name(), transport.options())))
                .transport(transport.provider());
        for (WebApplication each : applications) {
            builder.webapp(LiveApplication.of(each));
        }
        gatehouse = builder.start();
    }

    Gatehouse gatehouse() {
        return gatehouse;
    }

    /** Sends a message of lines, see {@link Wire}, and reads the answer. */
    Reply ask(String... lines) throws IOException {
        try (Wire wire = new Wire(transport.connect(gatehouse.endpoints().get(0)))) {
            return wire.ask(lines);
        }
    }

    /** What a GET of a path below {@code /app} is answered with: the status, unless it is 200, and the text. */
    String get(String path, String... fields) throws IOException {
        String[] lines = new String[fields.length + 1];
        lines[0] = "GET /app" + path;
        System.arraycopy(fields, 0, lines, 1, fields.length);
        Reply reply = ask(lines);
        return reply.status() == 200 ? reply.utf8() : Integer.toString(reply.status());
    }

    /** The status of a request for a path below {@code /app}. */
    int status(String method, String path, String... fields) throws IOException {
        String[] lines = new String[fields.length + 1];
        lines[0] = method + " /app" + path;
        System.arraycopy(fields, 0, lines, 1, fields.length);
        return ask(lines).status();
    }

    @Override
    public void close() {
        gatehouse.close();
    }
}
