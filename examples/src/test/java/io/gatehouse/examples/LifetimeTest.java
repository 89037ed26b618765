/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Gatehouse;
import io.gatehouse.claim.ClaimSettings;
import io.gatehouse.claim.Grant;
import io.gatehouse.route.Prefix;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Claimants that die, hang, are replaced and are started, under load: what their clients see. {@code -Dclaims.rolling=100000} makes
 * the rolling replacement as long as that many requests.
 */
@Timeout(600)
final class LifetimeTest {

    private static final int CLIENTS = 8;
    private static final int PER_SECOND = 2_000;
    private static final Prefix ORDERS = Prefix.parse("/orders/");

    /** Held, because a logger that nobody holds forgets its level. */
    private static final Logger LOG = Logger.getLogger("io.gatehouse");

    @TempDir
    private Path directory;

    private Gatehouse gatehouse;

    @BeforeAll
    static void quiet() {
        LOG.setLevel(Level.SEVERE); // what fails here fails on purpose
    }

    @AfterAll
    static void loud() {
        LOG.setLevel(null);
    }

    @AfterEach
    void close() {
        if (gatehouse != null) {
            gatehouse.close();
        }
    }

    private Path control() {
        return directory.resolve("g");
    }

    private Program orders(String transport) throws IOException {
        return Program.orders("/orders/", "listen=gatehouse:" + control(), "transport=" + transport);
    }

    private void start(String transport, UnaryOperator<ClaimSettings> claims) throws IOException {
        start(transport, "http://127.0.0.1:0", claims);
    }

    private void start(String transport, String listen, UnaryOperator<ClaimSettings> claims) throws IOException {
        gatehouse = TestSite.builder(transport).listen(listen).claims(c -> claims.apply(c.withSocket(control())
                .withReservations(Map.of(ORDERS, Grant.parse("everyone"))))).start();
    }

    private int status() throws IOException {
        try (Wire wire = Wire.tcp(gatehouse.uri())) {
            return wire.get("/orders/").answer().status();
        }
    }

    /** Asks until the answer has this status; the test's time limit ends it. */
    private void until(int status) throws IOException {
        while (status() != status) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aClaimantThatIsKilledCostsItsRequestsInFlight(String transport) throws Exception {
        start(transport, c -> c);
        assertEquals(503, status(), "reserved, and nobody there");
        try (Program first = orders(transport); Load load = Load.of(gatehouse.uri(), "/orders/", CLIENTS, PER_SECOND)) {
            first.serves();
            load.await(200, 2_000);
            first.kill();
            load.await(503, 1_000);
            long back;
            try (Program second = orders(transport)) {
                second.serves();
                back = System.nanoTime();
                load.await(200, 1);
                back = System.nanoTime() - back;
                load.await(200, 2_000);
                List<List<Integer>> all = load.end();
                for (List<Integer> own : all) {
                    String words = own.stream().map(String::valueOf).collect(Collectors.joining(" ", "", " "));
                    assertTrue(words.matches("(503 )*(200 )+(502 )?(503 )+(200 )+"),
                            () -> words.replaceAll("(\\d+ )\\1{9,}", "$1... "));
                }
            }
            System.out.println("killed on " + transport + ": " + load.answers() + " answers, " + load.answers(502) + " with 502, "
                    + load.answers(503) + " with 503, back after " + back / 1_000_000 + " ms");
        }
    }

    /** Neither requests nor bodies: a claimant that drains finishes what it has begun to read. */
    @ParameterizedTest
    @CsvSource({"nio, 0", "nio, 20000", "jetty, 0", "jetty, 20000"})
    void aRollingReplacementCostsNothing(String transport, int body) throws Exception {
        long requests = Long.getLong("claims.rolling", 5_000);
        start(transport, c -> c);
        Program serving = orders(transport).serves();
        int replaced = 0;
        try (Load load = Load.posting(gatehouse.uri(), "/orders/", "x".repeat(body), CLIENTS, PER_SECOND)) {
            while (load.answers() < requests || replaced < 2) {
                Program next = orders(replaced % 2 == 0 ? transport : "nio").serves();
                serving.terminate();
                int code = serving.exitCode();
                assertEquals(143, code, () -> "ended otherwise than in order");
                serving = next;
                replaced++;
            }
            long failed = load.end().stream().flatMap(List::stream).filter(status -> status != 200).count();
            System.out.println("replaced on " + transport + ", bodies of " + body + " bytes: " + replaced + " times under " + load.answers() + " requests, " + failed
                    + " failed");
            assertEquals(0, failed);
        } finally {
            serving.close();
        }
        until(503);
    }

    /** Its control thread would answer for ever; so many requests that each would hold a place among those in flight. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aClaimantThatAnswersNothingCostsNobodyElse(String transport) throws Exception {
        gatehouse = TestSite.builder(transport).listen("http://127.0.0.1:0").limits(l -> l.withInFlight(2))
                .handle("/own/", (request, response) -> response.send("own"))
                .claims(c -> c.withSocket(control()).withReservations(Map.of(ORDERS, Grant.parse("everyone")))
                        .withAnswer(Duration.ofSeconds(2))).start();
        List<Wire> waiting = new ArrayList<>();
        try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                        .bind(UnixDomainSocketAddress.of(directory.resolve("s")), 50);
                Wire claimant = Wire.unix(control())) {
            claimant.send("claim prefix=/orders/ socket=" + silent.getLocalAddress() + "\n");
            while (gatehouse.claims().get(0).claimants().isEmpty()) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < 8; i++) {
                waiting.add(Wire.tcp(gatehouse.uri()).get("/orders/" + i));
            }
            try (Wire wire = Wire.tcp(gatehouse.uri())) {
                assertEquals("own", wire.get("/own/").answer().text());
            }
            for (Wire wire : waiting) {
                assertEquals(504, wire.answer().status());
            }
            assertEquals("down", gatehouse.claims().get(0).claimants().get(0).state());
            until(503);
        } finally {
            for (Wire wire : waiting) {
                wire.close();
            }
        }
    }

    @Test
    void aClaimantThatHangsIsFoundAndComesBack() throws Exception {
        start("nio", c -> c.withPing(Duration.ofMillis(200)));
        try (Program hanging = orders("nio").serves()) {
            until(200);
            hanging.signal("STOP");
            until(503);
            assertEquals(503, status());
            hanging.signal("CONT");
            until(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void theGatehouseRestartsAndClaimantsReclaim(String transport) throws Exception {
        start(transport, c -> c);
        URI uri = gatehouse.uri();
        try (Program java = orders("nio").serves(); Program python = Program.python(control(), "/orders/python/").says("claimed")) {
            assertTrue(java.pid() != python.pid());
            until(200);
            gatehouse.close();
            start(transport, "http://127.0.0.1:" + uri.getPort(), c -> c.withHold(Duration.ofSeconds(60), 100));
            assertEquals(200, status(), "held until the claimant was back");
            try (Wire wire = Wire.tcp(gatehouse.uri())) {
                python.says("claimed");
                Answer answer = wire.get("/orders/python/").answer();
                assertTrue(answer.status() == 200 && answer.text().startsWith("python "), answer.toString());
            }
        }
    }

    @Test
    void aRequestStartsTheProgramThatServesIt() throws Exception {
        String script = Path.of("src/main/python/orders.py").toAbsolutePath().toString();
        start("nio", c -> c.withReservations(Map.of())
                .withStarts(Map.of(ORDERS, List.of("python3", script, control().toString(), "/orders/"))));
        assertEquals("idle", gatehouse.claims().get(0).start());
        try (Wire wire = Wire.tcp(gatehouse.uri())) {
            assertTrue(wire.get("/orders/x").answer().text().startsWith("python "));
        }
        assertEquals("running", gatehouse.claims().get(0).start());
        ProcessHandle started = ProcessHandle.of(gatehouse.claims().get(0).claimants().get(0).pid()).orElseThrow();
        gatehouse.close();
        started.onExit().join(); // it was asked to end
    }

    @Test
    void aProgramThatIsStartedIsATenantWithoutAWordOfItsOwn() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        start("nio", c -> c.withStarts(Map.of(ORDERS, List.of(java.toString(), "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("java.class.path"), Orders.class.getName()))));
        try (Wire wire = Wire.tcp(gatehouse.uri())) {
            assertTrue(wire.get("/orders/").answer().text().startsWith("java "));
        }
    }
}
