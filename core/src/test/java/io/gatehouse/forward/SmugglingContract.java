/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.transport.Client;
import io.gatehouse.transport.MalformedRequests;
import io.gatehouse.transport.TransportUnderTest;
import io.gatehouse.transport.Variant.Cut;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What a client sent as one request reaches the origin as one request or not at all; the origin is read by other code than what is under test. */
interface SmugglingContract {

    /** What carries the requests. */
    TransportUnderTest transport();

    /** Whole, and byte by byte. */
    Cut[] CUTS = {Cut.WHOLE, Cut.ONE_BYTE};

    /** The ways to an origin. */
    enum Way {
        /** As a prefix is forwarded. */
        PLAIN,
        /** As a claimed one is: at a Unix-domain socket, which must ask for a body before it gets one. */
        CLAIMED;

        RecordingOrigin open() throws IOException {
            return this == PLAIN ? new RecordingOrigin() : RecordingOrigin.unix();
        }

        ForwardBuilder forward(ForwardBuilder builder) {
            return this == PLAIN ? builder.host("test") : builder.host("test").confirmBodies();
        }
    }

    /** What is to hold for one way and one manner of cutting. */
    @FunctionalInterface
    interface Check {
        void run(Way way, Cut cut, RecordingOrigin origin) throws Exception;
    }

    private static void add(List<DynamicTest> tests, String name, Cut[] cuts, Check check) {
        for (Way way : Way.values()) {
            tests.add(DynamicTest.dynamicTest(name + ", " + way, () -> {
                for (Cut cut : cuts) {
                    try (RecordingOrigin origin = way.open()) {
                        check.run(way, cut, origin);
                    }
                }
            }));
        }
    }

    @TestFactory
    default List<DynamicTest> aMalformedHeadReachesNoOrigin() {
        List<DynamicTest> tests = new ArrayList<>();
        for (MalformedRequests.Row row : MalformedRequests.heads()) {
            add(tests, row.name(), CUTS, (way, cut, origin) -> {
                send(way, origin, row.bytes(), cut);
                assertEquals(List.of("GET /after"), texts(origin), cut + ": " + origin);
            });
        }
        assertTrue(tests.size() >= 2 * 80, "rows: " + tests.size());
        return tests;
    }

    /** Its head may be on its way when the body turns out to be wrong, but what the origin has then is no request. */
    @TestFactory
    default List<DynamicTest> aMalformedBodyReachesNoOriginWhole() {
        List<DynamicTest> tests = new ArrayList<>();
        for (MalformedRequests.Row row : MalformedRequests.bodies()) {
            add(tests, row.name(), CUTS, (way, cut, origin) -> {
                send(way, origin, row.bytes(), cut);
                assertEquals(List.of("GET /after"), texts(origin), cut + ": " + origin);
                assertTrue(origin.begun().size() <= 2, cut + ": " + origin);
            });
        }
        return tests;
    }

    @TestFactory
    default List<DynamicTest> whatIsStrangeAndClearReachesTheOriginAsItWasMeant() {
        List<DynamicTest> tests = new ArrayList<>();
        for (StrangeRequest row : StrangeRequest.all()) {
            add(tests, row.name(), CUTS, (way, cut, origin) -> {
                send(way, origin, row.text().getBytes(ISO_8859_1), cut);
                List<String> came = new ArrayList<>(texts(origin));
                assertEquals("GET /after", came.remove(came.size() - 1), origin.toString());
                int least = row.refusable() ? 0 : row.requests().size();
                assertTrue(came.size() >= least && came.equals(row.requests().subList(0, Math.min(came.size(), row.requests().size()))),
                        cut + ": " + origin);
                row.check().accept(origin.seen());
            });
        }
        return tests;
    }

    private static List<String> texts(RecordingOrigin origin) {
        assertEquals(List.of(), origin.violations(), origin.toString());
        return origin.seen().stream().map(RecordingOrigin.Seen::toString).toList();
    }

    /** Sends it as one client, reads all that is said to it, and then asks as another; the forward ends with that. */
    private void send(Way way, RecordingOrigin origin, byte[] bytes, Cut cut) throws Exception {
        try (ForwardSite site = ForwardSite.open(transport(), origin.text(), false, way::forward)) {
            try (Client client = new Client(transport().connect(site.gatehouse.endpoints().get(0)), cut)) {
                client.sendRefused(bytes);
                finish(client);
                client.endsCut();
            }
            String after = site.get("/after");
            assertTrue(after.startsWith("200 "), after);
        }
        origin.finish();
    }

    private static void finish(Client client) {
        try {
            client.peer().finish();
        } catch (IOException e) {
            // the other side has closed already
        }
    }

    /** Many requests in one packet, of every kind: all of them, in order, and each with its own body. */
    @TestFactory
    default List<DynamicTest> pipelinedRequestsStayApart() {
        List<DynamicTest> tests = new ArrayList<>();
        add(tests, "sixty", Cut.values(), (way, cut, origin) -> {
            StringBuilder all = new StringBuilder();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                String body = i % 3 == 0 ? "" : MalformedRequests.SMUGGLED.substring(0, i % 30) + i;
                String line = (i % 3 == 0 ? "GET" : "POST") + " /" + i;
                all.append(line).append(" HTTP/1.1\r\nHost: test\r\n");
                if (i % 3 == 1) {
                    all.append("Content-Length: ").append(body.length()).append("\r\n\r\n").append(body);
                } else if (i % 3 == 2) {
                    all.append("Transfer-Encoding: chunked\r\n\r\n");
                    for (String part : body.split("(?<=\\G.{7})", -1)) {
                        all.append(part.isEmpty() ? "" : Integer.toHexString(part.length()) + ";x=\"y\"\r\n" + part + "\r\n");
                    }
                    all.append("0\r\n\r\n");
                } else {
                    all.append("\r\n");
                }
                expected.add(line + (body.isEmpty() ? "" : "|" + body));
            }
            expected.add("GET /after");
            send(way, origin, all.toString().getBytes(ISO_8859_1), cut);
            assertEquals(expected, texts(origin), cut.toString());
        });
        return tests;
    }
}
