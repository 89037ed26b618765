/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.forward.ScriptedOrigin.Script;
import io.gatehouse.forward.Target.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In service and out of it: by requests, by checks, by the clock. */
@Timeout(60)
final class HealthTest {

    private static final long SECOND = 1_000_000_000L;
    private static final PassiveHealth PASSIVE = new PassiveHealth(2, Duration.ofSeconds(10), false);
    private static final ActiveHealth ACTIVE = ActiveHealth.of("/health").withCounts(2, 3);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final Script DIES = line -> line.head();

    @TempDir
    private Path directory;

    private final AtomicLong clock = new AtomicLong(SECOND);

    private static TargetHealth health(PassiveHealth passive, ActiveHealth active) {
        return new TargetHealth(passive, active, TargetOptions.DEFAULTS, 0);
    }

    private static void fails(TargetHealth health, long now) {
        health.failed(now, health.begins(), false, false);
    }

    /** What a target goes through, one letter each: f fails, o is fine, t a trial begins, x it tells nothing, + and - checks, . ten seconds. */
    static Stream<Arguments> stories() {
        return Stream.of(
                Arguments.of("", State.UP, true),
                Arguments.of("f", State.UP, true),
                Arguments.of("fof", State.UP, true),
                Arguments.of("ff", State.DOWN, false),
                Arguments.of("ff.", State.DOWN, true),
                Arguments.of("ff.t", State.DOWN, false),
                Arguments.of("ff.tx", State.DOWN, true),
                Arguments.of("ff.to", State.UP, true),
                Arguments.of("ff.tof", State.UP, true),
                Arguments.of("ff.tf", State.DOWN, false),
                Arguments.of("ff.tf.", State.DOWN, true),
                Arguments.of("ffo", State.UP, true),
                Arguments.of("--", State.UP, true),
                Arguments.of("--+-", State.UP, true),
                Arguments.of("---", State.DOWN, false),
                Arguments.of("---.", State.DOWN, false),
                Arguments.of("---+", State.DOWN, false),
                Arguments.of("---+-+", State.DOWN, false),
                Arguments.of("---++", State.UP, true),
                Arguments.of("---o", State.DOWN, false),
                Arguments.of("ff++", State.UP, true),
                Arguments.of("ff+", State.DOWN, false),
                Arguments.of("ff---.", State.DOWN, false),
                Arguments.of("ff---.++", State.UP, true));
    }

    @ParameterizedTest
    @MethodSource("stories")
    void aTargetsStory(String story, State state, boolean admits) {
        TargetHealth health = health(PASSIVE, ACTIVE);
        long now = 0;
        boolean trial = false;
        for (char step : story.toCharArray()) {
            switch (step) {
                case 'f' -> health.failed(now, trial, false, false);
                case 'o' -> health.answered(now);
                case 't' -> trial = health.begins();
                case 'x' -> health.abandoned();
                case '+' -> health.checked(now, true);
                case '-' -> health.checked(now, false);
                default -> now += 10 * SECOND;
            }
            trial = step == 't' && trial;
            if (step == 't') {
                assertTrue(trial);
            }
        }
        assertEquals(state, health.state());
        assertEquals(admits, health.admits(now));
    }

    @Test
    void changesAreToldOnce() {
        TargetHealth health = health(PASSIVE, ACTIVE);
        assertFalse(health.failed(0, false, false, false));
        assertTrue(health.failed(0, false, false, false));
        assertFalse(health.failed(0, false, false, false), "it is out already");
        assertTrue(health.answered(0));
        assertFalse(health.answered(0));
        assertFalse(health.checked(0, false));
        assertFalse(health.checked(0, false));
        assertTrue(health.checked(0, false));
        assertFalse(health.checked(0, true));
        assertTrue(health.checked(0, true));
    }

    @Test
    void aRefusedConnectionMayBeEnough() {
        TargetHealth health = health(PASSIVE.withFailures(100).withRefused(true), null);
        fails(health, 0);
        assertEquals(State.UP, health.state());
        health.failed(0, false, true, false);
        assertEquals(State.DOWN, health.state());
    }

    @Test
    void oneThatIsSparedStays() {
        TargetHealth health = health(PASSIVE.withRefused(true), null);
        for (int i = 0; i < 9; i++) {
            assertFalse(health.failed(0, false, true, true));
        }
        assertEquals(State.UP, health.state());
        assertTrue(health.fall(0), "but not if it is not who it should be");
    }

    @Test
    void neverIsNever() {
        TargetHealth health = health(PassiveHealth.NONE, null);
        for (int i = 0; i < 100_000; i++) {
            fails(health, 0);
        }
        assertEquals(State.UP, health.state());
    }

    @Test
    void noCheckNoVerdict() {
        TargetHealth health = health(PASSIVE, null);
        for (int i = 0; i < 10; i++) {
            assertFalse(health.checked(0, false));
        }
        assertEquals(State.UP, health.state());
    }

    @Test
    void aSlowStartRampsUp() {
        TargetOptions options = TargetOptions.DEFAULTS.withWeight(10).withSlowStart(Duration.ofSeconds(100));
        TargetHealth health = new TargetHealth(PASSIVE, null, options, 0);
        assertEquals(State.SLOW_START, health.state());
        assertEquals(0.1, health.weight(0), 1e-9);
        assertEquals(2.5, health.weight(25 * SECOND), 1e-9);
        assertEquals(9.9, health.weight(99 * SECOND), 1e-9);
        assertEquals(10, health.weight(100 * SECOND), 1e-9);
        assertEquals(State.UP, health.state());
        fails(health, 200 * SECOND);
        fails(health, 200 * SECOND);
        assertEquals(State.DOWN, health.state());
        health.answered(210 * SECOND);
        assertEquals(State.SLOW_START, health.state());
        assertEquals(5, health.weight(260 * SECOND), 1e-9);
        fails(health, 261 * SECOND);
        fails(health, 261 * SECOND);
        assertEquals(State.DOWN, health.state(), "from the ramp too");
    }

    @Test
    void leavingIsForGood() {
        TargetHealth health = health(PASSIVE, ACTIVE);
        health.drain();
        assertEquals(State.DRAINING, health.state());
        assertFalse(health.admits(0));
        fails(health, 0);
        fails(health, 0);
        health.checked(0, true);
        health.checked(0, true);
        assertEquals(State.DRAINING, health.state());
        health.remove();
        health.drain();
        assertEquals(State.REMOVED, health.state());
        assertFalse(health.admits(99 * SECOND));
    }

    @Test
    void rulesAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> PASSIVE.withFailures(0));
        assertThrows(IllegalArgumentException.class, () -> PASSIVE.withPause(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> ACTIVE.withEvery(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> ACTIVE.withTimeout(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> ACTIVE.withStatus(199, 299));
        assertThrows(IllegalArgumentException.class, () -> ACTIVE.withStatus(200, 600));
        assertThrows(IllegalArgumentException.class, () -> ACTIVE.withStatus(300, 299));
        assertThrows(IllegalArgumentException.class, () -> ACTIVE.withCounts(0, 1));
        assertThrows(IllegalArgumentException.class, () -> ACTIVE.withCounts(1, 0));
        for (String path : List.of("", "health", "/a b", "/a\r\nX: y", "/#x", "/\u00e9")) {
            assertThrows(IllegalArgumentException.class, () -> ActiveHealth.of(path));
        }
        assertThrows(IllegalArgumentException.class, () -> Forward.to().hold(Duration.ZERO, 1));
        assertThrows(IllegalArgumentException.class, () -> Forward.to().hold(Duration.ofSeconds(1), 0));
        assertThrows(IllegalArgumentException.class, () -> Forward.to().whenWanted(() -> {}).build());
    }

    // ---- through the forward, whose clock the test holds

    private static int ask(Forward forward) throws Exception {
        return new ClientResponse().to(forward, ClientRequest.get("/")).answered();
    }

    /** Waits for what the loop does soon, without asking oftener than it can. */
    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.yield();
        }
    }

    @Test
    void aTargetThatFailsGetsNoRequestsForAWhileThenOne() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(DIES, DIES, DIES, ScriptedOrigin.always(OK));
                Forward forward = Forward.to(origin.text()).health(PASSIVE).build(clock::get)) {
            assertEquals(502, ask(forward));
            assertEquals(502, ask(forward));
            assertEquals(503, ask(forward));
            assertEquals(2, origin.connections());
            clock.addAndGet(10 * SECOND);
            assertEquals(502, ask(forward), "the trial");
            assertEquals(503, ask(forward));
            clock.addAndGet(10 * SECOND);
            assertEquals(200, ask(forward));
            assertEquals(200, ask(forward));
            assertEquals(4, origin.connections());
            assertEquals(State.UP, forward.targets().list().get(0).state());
        }
    }

    @Test
    void oneThatStandsAloneIsAlwaysAskedUnlessToldOtherwise() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(DIES); Forward forward = Forward.to(origin.text()).build(clock::get)) {
            for (int i = 0; i < 10; i++) {
                assertEquals(502, ask(forward));
            }
            assertEquals(10, origin.connections());
        }
    }

    @Test
    void aTrialTakesOneRequestAtATime() throws Exception {
        Semaphore arrived = new Semaphore(0);
        Semaphore go = new Semaphore(0);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(DIES, DIES, line -> {
            line.request();
            arrived.release();
            go.acquire();
            line.send(OK);
        }); Forward forward = Forward.to(origin.text()).health(PASSIVE).build(clock::get)) {
            assertEquals(502, ask(forward));
            assertEquals(502, ask(forward));
            clock.addAndGet(10 * SECOND);
            ClientRequest leaving = ClientRequest.get("/");
            ClientResponse trial = new ClientResponse().to(forward, leaving);
            arrived.acquire();
            assertEquals(503, ask(forward));
            leaving.disconnect();
            assertEquals("the client is gone", trial.outcome().getMessage());
            ClientResponse next = new ClientResponse().to(forward, ClientRequest.get("/"));
            arrived.acquire();
            go.release(2);
            assertEquals(200, next.answered());
        }
    }

    @Test
    void aHeldRequestIsTheTrial() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(DIES, DIES, ScriptedOrigin.always(OK));
                Forward forward = Forward.to(origin.text()).health(PASSIVE).hold(Duration.ofSeconds(60), 5).build(clock::get)) {
            assertEquals(502, new ClientResponse().to(forward, ClientRequest.of("POST", "/")).answered());
            ClientResponse first = new ClientResponse().to(forward, ClientRequest.get("/"));
            Targets targets = forward.targets();
            await(() -> targets.held() == 1);
            ClientResponse second = new ClientResponse().to(forward, ClientRequest.of("POST", "/"));
            await(() -> targets.held() == 2);
            clock.addAndGet(9 * SECOND);
            assertEquals(2, targets.held());
            assertEquals(Duration.ofSeconds(9), targets.oldestHeld());
            clock.addAndGet(SECOND);
            assertEquals(200, first.answered());
            assertEquals(200, second.answered());
        }
    }

    @Test
    void nobodyListensIsKnownAtOnce() throws Exception {
        Path socket = directory.resolve("app.sock");
        PassiveHealth rule = PassiveHealth.DEFAULTS.withRefused(true);
        try (Forward forward = Forward.to("unix:" + socket).health(rule).build(clock::get)) {
            assertEquals(503, ask(forward));
            assertEquals(State.DOWN, forward.targets().list().get(0).state());
            try (ScriptedOrigin origin = ScriptedOrigin.unix(socket, ScriptedOrigin.always(OK))) {
                assertEquals(503, ask(forward));
                clock.addAndGet(5 * SECOND);
                assertEquals(200, ask(forward));
                assertEquals(1, origin.connections());
            }
        }
    }

    /** Answers health checks with what stands in the status, and all else with 200. */
    private static Script checked(AtomicInteger status, Semaphore checks) {
        return line -> {
            for (String head = line.request(); head != null; head = line.request()) {
                boolean check = head.startsWith("GET /health?x HTTP/1.1\r\n");
                line.send("HTTP/1.1 " + (check ? status.get() : 200) + " X\r\nContent-Length: 2\r\n\r\nok");
                if (check) {
                    assertTrue(head.contains("\r\nConnection: close\r\n"), head);
                    assertTrue(line.ended(), "a connection of its own");
                    checks.release();
                }
            }
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {503, 404, 599})
    void checksTakeATargetOutAndBack(int bad) throws Exception {
        AtomicInteger status = new AtomicInteger(204);
        Semaphore checks = new Semaphore(0);
        ActiveHealth rule = ActiveHealth.of("/health?x").withEvery(Duration.ofSeconds(5)).withCounts(2, 3).withStatus(200, 299);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(checked(status, checks));
                Forward forward = Forward.to(origin.text()).health(rule).build(clock::get)) {
            Target target = forward.targets().list().get(0);
            clock.addAndGet(SECOND);
            checks.acquire();
            assertEquals(200, ask(forward));
            status.set(bad);
            while (target.state() != State.DOWN) {
                clock.addAndGet(5 * SECOND);
                assertTrue(checks.tryAcquire(30, TimeUnit.SECONDS));
            }
            assertEquals(503, ask(forward));
            status.set(200);
            while (target.state() != State.UP) {
                clock.addAndGet(5 * SECOND);
                assertTrue(checks.tryAcquire(30, TimeUnit.SECONDS));
            }
            assertEquals(200, ask(forward));
            assertEquals(0, target.counts().failures(), "checks are not counted");
        }
    }

    @Test
    void aCheckThatIsNotAnsweredIsBad() throws Exception {
        ActiveHealth rule = ActiveHealth.of("/health").withTimeout(Duration.ofSeconds(1)).withCounts(1, 1);
        Semaphore arrived = new Semaphore(0);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            arrived.release();
            line.ended();
        }); Forward forward = Forward.to(origin.text()).health(rule).build(clock::get)) {
            Target target = forward.targets().list().get(0);
            clock.addAndGet(SECOND);
            arrived.acquire();
            assertEquals(State.UP, target.state());
            clock.addAndGet(SECOND);
            await(() -> target.state() == State.DOWN);
        }
    }

    @Test
    void aCheckOfNobodyIsBad() throws Exception {
        ActiveHealth rule = ActiveHealth.of("/health").withCounts(1, 1);
        try (Forward forward = Forward.to("unix:" + directory.resolve("none")).health(rule).build(clock::get)) {
            Target target = forward.targets().list().get(0);
            clock.addAndGet(SECOND);
            await(() -> target.state() == State.DOWN);
            assertEquals(0, target.outstanding());
        }
    }

    @Test
    void checksSayTheHostThatRequestsSay() throws Exception {
        Semaphore arrived = new Semaphore(0);
        ActiveHealth rule = ActiveHealth.of("/health");
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            line.send(OK);
            arrived.release();
        }); Forward forward = Forward.to(origin.text()).host("app.internal").health(rule).build(clock::get)) {
            forward.targets();
            clock.addAndGet(SECOND);
            arrived.acquire();
            assertEquals("GET /health HTTP/1.1\r\nHost: app.internal\r\nConnection: close\r\n\r\n", origin.requests().get(0));
        }
    }
}
