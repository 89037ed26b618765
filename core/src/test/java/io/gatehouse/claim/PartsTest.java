/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Logged;
import io.gatehouse.forward.ForwardStatus;
import io.gatehouse.forward.Target;
import io.gatehouse.forward.TargetCounts;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.route.Prefix;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The smaller parts: settings, the control socket's file, started programs, groups, and what a person reads. */
@Timeout(60)
final class PartsTest {

    private static final Path SOCKET = Path.of("/run/g.sock");
    private static final Prefix A = Prefix.parse("/a/");

    private static final Duration ANSWER = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    // ---- settings

    @Test
    void withersChangeOneThingEach() {
        ClaimSettings settings = ClaimSettings.NONE.withSocket(SOCKET).withPing(Duration.ofSeconds(1)).withLinger(Duration.ofSeconds(2))
                .withHold(Duration.ofSeconds(3), 4).withAnswer(Duration.ofSeconds(8)).withBounds(5, 6).withReservations(Map.of(A, Grant.parse("everyone")))
                .withStarts(Map.of(A, List.of("run")));
        assertEquals(new ClaimSettings(SOCKET, "660", null, 5, 6, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3), 4,
                Duration.ofSeconds(8), Map.of(A, List.of(new Grant.Everyone())), Map.of(A, List.of("run")), Map.of()), settings);
        assertEquals(Set.of(A), settings.kept());
        assertEquals(new TenantSettings(List.of(A), 1, "www"),
                TenantSettings.DEFAULTS.withClaims(List.of(A)).withPriority(1).withGroup("www"));
    }

    @Test
    void requestsWaitAsLongAsIsSaidForThem() {
        Prefix b = Prefix.parse("/b/");
        ClaimSettings none = ClaimSettings.NONE.withSocket(SOCKET);
        assertEquals(Duration.ZERO, none.holdOf(A));
        ClaimSettings started = none.withStarts(Map.of(A, List.of("run")));
        assertEquals(Duration.ofSeconds(30), started.holdOf(A), "a program needs its time");
        assertEquals(Duration.ZERO, started.holdOf(b));
        assertEquals(Duration.ofSeconds(3), started.withHold(Duration.ofSeconds(3), 1).holdOf(A));
        ClaimSettings own = new ClaimSettings(SOCKET, "660", null, 5, 6, Duration.ofSeconds(1), Duration.ZERO, Duration.ofSeconds(9), 4,
                Duration.ofSeconds(8), Map.of(), Map.of(), Map.of(b, Duration.ZERO));
        assertEquals(Duration.ofSeconds(9), own.holdOf(A));
        assertEquals(Duration.ZERO, own.holdOf(b));
    }

    @Test
    void whatCannotBeIsRefusedWithItsKey() {
        Map<Prefix, List<Grant>> reserved = Map.of(A, List.of(new Grant.Everyone()));
        assertSaid("claims.socket=/run/gatehouse.sock", () -> ClaimSettings.NONE.withReservations(reserved));
        assertSaid("claims.socket=/run/gatehouse.sock", () -> ClaimSettings.NONE.withStarts(Map.of(A, List.of("x"))));
        ClaimSettings some = ClaimSettings.NONE.withSocket(SOCKET);
        assertSaid("start./a/= has no command: set it to a program", () -> some.withStarts(Map.of(A, List.of())));
        assertSaid("claims.queue=0 lets nobody wait for the program of start./a/",
                () -> some.withHold(Duration.ZERO, 0).withStarts(Map.of(A, List.of("x"))));
        assertSaid("hold./a/=0s lets nobody wait for the program of start./a/", () -> new ClaimSettings(SOCKET, "660", null, 5, 6,
                Duration.ofSeconds(1), Duration.ZERO, Duration.ZERO, 4, Duration.ofSeconds(8), Map.of(), Map.of(A, List.of("x")), Map.of(A, Duration.ZERO)));
        assertSaid("hold./a/=PT2H", () -> new ClaimSettings(SOCKET, "660", null, 5, 6, Duration.ofSeconds(1), Duration.ZERO, Duration.ZERO,
                4, Duration.ofSeconds(8), Map.of(), Map.of(), Map.of(A, Duration.ofHours(2))));
        assertSaid("claims.linger=", () -> some.withLinger(Duration.ofSeconds(-1)));
        assertSaid("claims.hold=", () -> some.withHold(Duration.ofSeconds(-1), 1));
        assertSaid("claims.queue=-1", () -> some.withHold(Duration.ZERO, -1));
        assertSaid("claims.answer=PT0S: set it to 1ms up to 24h", () -> some.withAnswer(Duration.ZERO));
        assertSaid("tenant.priority=1001", () -> TenantSettings.DEFAULTS.withPriority(1_001));
    }

    private static void assertSaid(String part, Runnable action) {
        IllegalArgumentException wrong = assertThrows(IllegalArgumentException.class, action::run);
        assertTrue(wrong.getMessage().contains(part) && wrong.getMessage().contains("set "), wrong.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "'run'|[run]", "' run  -a\tb '|[run, -a, b]", "'\"/opt/my app/run\" \"a b\"c'|[/opt/my app/run, a bc]", "'run \"\"'|[run, ]",
        "'run $HOME ; rm *'|[run, $HOME, ;, rm, *]", "''|[]",
    })
    void commandsAreSplitAtSpacesAndByNoShell(String text, String words) {
        assertEquals(words, ClaimSettings.command(text).toString());
    }

    @Test
    void aQuoteThatIsNotClosedIsSaid() {
        IllegalArgumentException wrong = assertThrows(IllegalArgumentException.class, () -> ClaimSettings.command("run \"a b"));
        assertEquals("has a quote that is not closed: write a second one", wrong.getMessage());
    }

    // ---- the control socket

    @ParameterizedTest
    @CsvSource({"660, rw-rw----", "600, rw-------", "666, rw-rw-rw-", "777, rwxrwxrwx", "640, rw-r-----"})
    void theControlSocketHasItsMode(String mode, String text) throws IOException {
        Path path = directory.resolve("c");
        try (ControlSocket socket = ControlSocket.open(path, mode, null, false)) {
            assertEquals(text, PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            try (ControlPeer peer = ControlPeer.connect(path)) {
                socket.accept().close();
                assertTrue(peer.ended());
            }
        }
        try (var left = Files.list(directory)) {
            assertEquals(List.of(), left.toList(), "nothing stays behind");
        }
    }

    @Test
    void aDeadControlSocketMakesWayAndAFileDoesNot() throws IOException {
        Path path = directory.resolve("c");
        ControlPeer.listen(path).close();
        assertTrue(Files.exists(path));
        ControlSocket.open(path, "660", null, false).close();
        Files.writeString(path, "mine");
        IOException taken = assertThrows(IOException.class, () -> ControlSocket.open(path, "660", null, true));
        assertEquals("claims.socket=" + path + ": the path is taken by something that is no socket: set it to another", taken.getMessage());
        assertEquals("mine", Files.readString(path));
    }

    @Test
    void whereItCantBeMadeIsSaid() {
        Path path = directory.resolve("none/c");
        IOException failed = assertThrows(IOException.class, () -> ControlSocket.open(path, "660", null, false));
        assertTrue(failed.getMessage().startsWith("claims.socket=" + path + ": can't be opened: ")
                && failed.getMessage().endsWith("; set it to a short path in a directory that can be written"), failed.getMessage());
        IOException group = assertThrows(IOException.class,
                () -> ControlSocket.open(directory.resolve("c"), "660", "no-such-group-here", false));
        assertTrue(group.getMessage().contains("and claims.group to a group that this user may give files to"), group.getMessage());
        assertFalse(Files.exists(directory.resolve("c")));
    }

    @Test
    void theGroupOfTheControlSocketCanBeSet() throws IOException {
        String group = Files.readAttributes(directory, PosixFileAttributes.class).group().getName();
        try (ControlSocket socket = ControlSocket.open(directory.resolve("c"), "660", group, false)) {
            assertEquals(group, Files.readAttributes(directory.resolve("c"), PosixFileAttributes.class)
                    .group().getName());
            assertTrue(socket != null);
        }
    }

    // ---- programs

    @Test
    void whatAProgramPrintsIsLogged() throws Exception {
        try (Logged log = new Logged("io.gatehouse.claim.start")) {
            StartedProcess process = StartedProcess.begin(
                    new ProcessBuilder("sh", "-c", "echo one; echo two >&2; printf 'half\\033'; exit 7").redirectErrorStream(true), "/a/");
            assertEquals(7, process.exit().toCompletableFuture().get(30, TimeUnit.SECONDS));
            while (log.from(Level.INFO).size() < 3 && !Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait(); // the reader may be behind
            }
            assertEquals(List.of("/a/: one", "/a/: two", "/a/: half_"), log.from(Level.INFO));
        }
    }

    @Test
    void aProgramIsToldWhereToClaimWhat() throws Exception {
        try (Logged log = new Logged("io.gatehouse.claim.start")) {
            DemandStart.Running process = StartedProcess.launch(Prefix.parse("http://+:80/a/"), SOCKET)
                    .start(List.of("sh", "-c", "env | grep ^GATEHOUSE_ | sort; cat"));
            assertEquals(0, process.exit().toCompletableFuture().get(30, TimeUnit.SECONDS), "its input is empty");
            while (log.from(Level.INFO).size() < 2 && !Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            assertEquals(List.of("http://+:80/a/: GATEHOUSE_LISTEN=gatehouse:/run/g.sock",
                    "http://+:80/a/: GATEHOUSE_TENANT_CLAIMS=http://+:80/a/"), log.from(Level.INFO));
        }
    }

    @Test
    void aProgramIsAskedToEnd() throws Exception {
        StartedProcess process = StartedProcess.begin(new ProcessBuilder("sleep", "1000").redirectErrorStream(true), "/a/");
        process.end();
        assertEquals(143, process.exit().toCompletableFuture().get(30, TimeUnit.SECONDS));
        process.end();
        assertThrows(IOException.class, () -> StartedProcess.launch(A, SOCKET).start(List.of("/no/such/program")));
    }

    @Test
    void groupsAreAskedOfTheSystem() {
        assertEquals(Set.of("a", "b"), Groups.ask("echo", "a", "b", "a"));
        assertEquals(Set.of(), Groups.ask("false"));
        assertEquals(Set.of(), Groups.ask("/no/such/program"));
        assertEquals(Set.of(), Groups.SYSTEM.of("no-such-user-here"));
        assertEquals(Set.of(), Groups.SYSTEM.of("--help"), "a name is never an option");
        assertFalse(Groups.SYSTEM.of(Claims.owner()).isEmpty());
    }

    // ---- what a person reads

    @Test
    void aStatusIsReadable() {
        PrefixStatus.Claimant one = new PrefixStatus.Claimant(
                "alice", 12, true, "shop", 3, "up", 2, 100, 1, Duration.ofSeconds(61), Path.of("/s1"));
        PrefixStatus.Claimant two = new PrefixStatus.Claimant(
                "alice", 13, false, null, 0, "standby", 0, 0, 0, Duration.ofSeconds(5), Path.of("/s2"));
        PrefixStatus.Claimant three = new PrefixStatus.Claimant(
                "alice", -1, false, null, 0, "down", 0, 0, 0, Duration.ZERO, Path.of("/s3"));
        PrefixStatus status = new PrefixStatus(
                A, Grant.parse("user:alice,group:www"), 3, Duration.ofMillis(1_500), 2, Duration.ofMillis(70), "running", List.of(one, two, three));
        assertEquals("""
                /a/  reserved for user:alice, group:www  start running  3 queued, the oldest for 1500 ms  2 waiting, the oldest for 70 ms
                    shop, user alice, pid 12, priority 3, up, 2 outstanding, 100 requests, 1 failed, 61 s, /s1
                    user alice, says pid 13, priority 0, standby, 0 outstanding, 0 requests, 0 failed, 5 s, /s2
                    user alice, priority 0, down, 0 outstanding, 0 requests, 0 failed, 0 s, /s3""", status.toString());
        assertEquals("/a/  nobody serves", new PrefixStatus(A, List.of(), 0, Duration.ZERO, 0, Duration.ZERO, "none", List.of()).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a\nprefix name=/x/", "a=b"})
    void aNameOfAClaimantIsOneWord(String name) throws ClaimFailure {
        PrefixStatus.Claimant claimant = new PrefixStatus.Claimant(
                "al ice", 1, true, name, 0, "up", 0, 0, 0, Duration.ZERO, Path.of("/s"));
        Line line = Line.parse(new PrefixStatus(A, List.of(), 0, Duration.ZERO, 0, Duration.ZERO, "none", List.of(claimant)).lines().get(1));
        assertEquals(11, line.words().size());
        assertEquals("al_ice", line.get("user"));
    }

    // ---- the forward behind it

    @Test
    void withoutATargetAPoolAnswers503() throws Exception {
        try (ForwardPool pool = new ForwardPool(Duration.ZERO, 10, ANSWER, null)) {
            assertEquals(503, new FakeResponse().handledBy(pool.handler(), FakeRequest.get("/")).sentStatus());
            assertEquals(0, pool.held());
            assertEquals(Duration.ZERO, pool.oldestHeld());
            assertEquals(0, pool.waiting());
            assertEquals(Duration.ZERO, pool.oldestWaiting());
            assertTrue(pool.handler().boundsItself());
        }
    }

    @Test
    void aClaimantThatCantBeReachedIsAway() throws Exception {
        try (ForwardPool pool = new ForwardPool(Duration.ZERO, 10, ANSWER, null)) {
            pool.add(directory.resolve("dead"), Claims.owner(), 0);
            FakeResponse response = new FakeResponse().handledBy(pool.handler(), FakeRequest.get("/"));
            assertEquals(503, response.sentStatus(), "not 502: nobody has seen the request");
        }
    }

    /** Its control connection would answer every ping; the kernel takes connections for it, and nobody reads them. */
    @Test
    void aClaimantThatAnswersNothingIsAwayBeforeLong() throws Exception {
        Path path = directory.resolve("s");
        try (ServerSocketChannel server = ControlPeer.listen(path);
                ForwardPool pool = new ForwardPool(Duration.ZERO, 10, Duration.ofMillis(20), null)) {
            assertTrue(server.isOpen());
            Pool.Seat seat = pool.add(path, Claims.owner(), 0);
            for (int i = 0; i < 3; i++) {
                assertEquals(504, new FakeResponse().handledBy(pool.handler(), FakeRequest.get("/")).sentStatus());
            }
            assertEquals("down", seat.state());
            assertEquals(503, new FakeResponse().handledBy(pool.handler(), FakeRequest.get("/")).sentStatus());
            assertEquals(3, seat.requests(), "the fourth was not sent");
        }
    }

    @Test
    void whatIsForwardedHereIsShownToo() throws ClaimFailure {
        TargetCounts counts = new TargetCounts(10, 8, 2, 1, 3, 400, 500);
        ForwardStatus status = new ForwardStatus(1, Duration.ofMillis(2), 3, Duration.ofMillis(4), List.of(
                new ForwardStatus.Of("http://a:9000", Target.State.SLOW_START, 5, counts)));
        assertEquals(List.of("forward name=/a/ queued=1 oldest=2 waiting=3 oldest-waiting=4",
                "target prefix=/a/ origin=http://a:9000 state=slow-start outstanding=5 requests=10 failures=2"), ForwardLines.of(A, status));
        assertEquals("""
                1 held, the oldest for 2 ms; 3 waiting, the oldest for 4 ms
                    http://a:9000, slow-start, 5 outstanding, 10 requests, 2 failed""", status.toString());
    }

    @Test
    void aSocketIsAnAbsolutePath() throws ClaimFailure {
        assertEquals(Path.of("/run/s"), ControlConnection.socket("/run/s"));
        for (String wrong : List.of("run/s", "/run/\0s", "")) {
            assertEquals(ClaimFailure.Code.SOCKET, assertThrows(ClaimFailure.class, () -> ControlConnection.socket(wrong)).code());
        }
    }

    @Test
    void oneUserHasThreeQuartersOfTheConnections() {
        int[] bounds = {1, 2, 3, 4, 64, 10_000};
        int[] own = {1, 2, 3, 3, 48, 7_500};
        for (int i = 0; i < bounds.length; i++) {
            assertEquals(own[i], ClaimSettings.NONE.withBounds(bounds[i], 1).connectionsOfOne());
        }
    }

    @Test
    void aSeatIsATarget() throws Exception {
        Path path = directory.resolve("s");
        try (ServerSocketChannel server = ControlPeer.listen(path); ForwardPool pool = new ForwardPool(Duration.ofSeconds(1), 10, ANSWER, null)) {
            assertTrue(server.isOpen());
            Pool.Seat seat = pool.add(path, Claims.owner(), 0);
            assertEquals("up", seat.state());
            assertEquals(0, seat.outstanding() + seat.requests() + seat.failures());
            seat.drain().toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertEquals("draining", seat.state());
            seat.remove();
            seat.remove();
            assertEquals(503, new FakeResponse().handledBy(pool.handler(), FakeRequest.get("/")).sentStatus());
        }
    }
}
