/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.GatehouseBuilder;
import io.gatehouse.cache.CachePolicy;
import io.gatehouse.transport.Answer;
import io.gatehouse.transport.Client;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.TransportUnderTest;
import io.gatehouse.transport.Variant;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A whole server that forwards everything to one origin, over the transport under test, and its clients. */
final class ForwardSite implements AutoCloseable {

    /** What an answer that is no answer is called. */
    static final String CUT = "cut off";

    final Gatehouse gatehouse;
    private final TransportUnderTest transport;

    private ForwardSite(TransportUnderTest transport, Gatehouse gatehouse) {
        this.transport = transport;
        this.gatehouse = gatehouse;
    }

    /** One that forwards as told; cached answers are kept for an hour. */
    static ForwardSite open(TransportUnderTest transport, String origin, boolean cached, UnaryOperator<ForwardBuilder> change)
            throws IOException {
        return open(transport, cached, builder -> builder.forward("/", change.apply(Forward.to(origin)).build()));
    }

    static ForwardSite open(TransportUnderTest transport, boolean cached, UnaryOperator<GatehouseBuilder> routes) throws IOException {
        return open(transport, cached, Limits.DEFAULTS, routes);
    }

    static ForwardSite open(TransportUnderTest transport, boolean cached, Limits limits, UnaryOperator<GatehouseBuilder> routes)
            throws IOException {
        GatehouseBuilder builder = routes.apply(Gatehouse.builder()
                .configuration(Configuration.DEFAULTS
                        .withEndpoints(transport.endpoints())
                        .withLimits(limits.withBody(1L << 50))
                        .withOptions(Map.of(transport.provider().name(), transport.options())))
                .transport(transport.provider()));
        if (cached) {
            builder.cache("/", CachePolicy.forDuration(Duration.ofHours(1)));
        }
        return new ForwardSite(transport, builder.start());
    }

    Client client() throws IOException {
        return new Client(transport.connect(gatehouse.endpoints().get(0)), Variant.Cut.WHOLE);
    }

    /**
     * What a client makes of the next answer: its status and text, or {@link #CUT}. An answer that breaks the grammar, or does
     * not come in a very long time, fails the test.
     */
    static String outcome(Client client, String method) throws IOException {
        try {
            Answer answer = client.answerTo(method);
            while (answer.status() < 200) {
                answer = client.answerTo(method);
            }
            return answer.status() + (answer.status() == 200 ? " " + answer.text() : "");
        } catch (SocketTimeoutException e) {
            throw new AssertionError("nothing came: it hangs", e);
        } catch (IOException e) {
            return CUT;
        }
    }

    /** Whether a client on a connection of its own gets that text from that path. */
    String get(String path) throws IOException {
        try (Client client = client()) {
            client.send("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");
            return outcome(client, "GET");
        }
    }

    @Override
    public void close() {
        gatehouse.close();
    }
}
