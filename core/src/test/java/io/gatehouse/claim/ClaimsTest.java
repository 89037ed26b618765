/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Logged;
import io.gatehouse.forward.ForwardStatus;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Registration;
import io.gatehouse.route.Route;
import io.gatehouse.route.Routes;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The protocol at a real control socket, line by line, with users that the test invents. */
@Timeout(60)
final class ClaimsTest {

    private static final Prefix ORDERS = Prefix.parse("/orders/");

    /** Held, so that what is refused on purpose is not printed. */
    private Logged log;

    @TempDir
    private Path directory;

    private final FakePool.Factory pools = new FakePool.Factory();
    private final Routes routes = new Routes();
    /** Removals of routes, which a test may wait for. */
    private final BlockingQueue<Prefix> gone = new LinkedBlockingQueue<>();
    /** What the kernel would say, of one connection after the other; then it is root. */
    private final Deque<PeerUser> users = new ArrayDeque<>();
    private Path control;
    private Path target;
    private ServerSocketChannel program;
    private ClaimSettings settings;
    private volatile Map<Prefix, ForwardStatus> forwards = Map.of();
    private Claims claims;

    @BeforeEach
    void listen() throws IOException {
        log = new Logged("io.gatehouse.claim");
        control = directory.resolve("control");
        target = directory.resolve("program");
        program = ControlPeer.listen(target);
        settings = ClaimSettings.NONE.withSocket(control).withLinger(Duration.ZERO);
    }

    @AfterEach
    void close() throws IOException {
        if (claims != null) {
            claims.close();
        }
        program.close();
        log.close();
    }

    private Claims open() throws IOException {
        claims = new Claims(settings, this::mount, () -> forwards, pools, this::user, user -> user.equals("bob") ? Set.of("www") : Set.of(), "root");
        claims.keep();
        claims.open(false);
        return claims;
    }

    private synchronized PeerUser user(SocketChannel channel) {
        return users.isEmpty() ? new PeerUser("root", "root") : users.poll();
    }

    private synchronized void users(String... names) {
        users.clear();
        for (String name : names) {
            users.add(new PeerUser(name, name));
        }
    }

    private Registration mount(Route route) {
        Registration inner = routes.register(route);
        return new Registration() {
            @Override
            public Route route() {
                return inner.route();
            }

            @Override
            public void replace(Route other) {
                inner.replace(other);
            }

            @Override
            public void close() {
                if (routes.table().at(route.prefix()) != null) {
                    inner.close();
                    gone.add(route.prefix());
                }
            }
        };
    }

    private void reserve(String... prefixesAndGrants) {
        Map<Prefix, List<Grant>> all = new HashMap<>();
        for (int i = 0; i < prefixesAndGrants.length; i += 2) {
            all.put(Prefix.parse(prefixesAndGrants[i]), Grant.parse(prefixesAndGrants[i + 1]));
        }
        settings = settings.withReservations(all);
    }

    private String claim(String prefix) {
        return "claim prefix=" + prefix + " socket=" + target;
    }

    @Test
    void theGatehouseSpeaksFirst() throws Exception {
        open();
        try (ControlPeer peer = ControlPeer.connect(control)) {
            assertEquals("gatehouse claims=1 user=root ping=5000", peer.line());
        }
    }

    @Test
    void aClaimLivesAsLongAsItsConnection() throws Exception {
        open();
        try (ControlPeer peer = ControlPeer.greeted(control)) {
            assertEquals("ok prefix=/orders/", peer.ask(claim("/orders") + " pid=" + ProcessHandle.current().pid() + " name=shop"));
            assertNotNull(routes.table().at(ORDERS));
            PrefixStatus.Claimant claimant = claims.status().get(0).claimants().get(0);
            assertEquals("root", claimant.user());
            assertEquals("shop", claimant.name());
            assertEquals(ProcessHandle.current().pid(), claimant.pid());
            assertEquals(target, claimant.socket());
            assertTrue(claimant.age().compareTo(Duration.ofMinutes(1)) < 0);
        }
        assertEquals(ORDERS, gone.take());
        assertNull(routes.table().at(ORDERS));
        assertTrue(pools.last().all.get(0).removed);
    }

    @Test
    void releaseEndsOneClaimOrAll() throws Exception {
        open();
        try (ControlPeer peer = ControlPeer.greeted(control)) {
            peer.ask(claim("/a/"));
            peer.ask(claim("/b/"));
            peer.ask(claim("/c/"));
            assertEquals("ok", peer.ask("release prefix=/b"));
            assertEquals(Prefix.parse("/b/"), gone.take());
            assertEquals("error not-claimed this connection has no claim of /b/: name one that it has", peer.ask("release prefix=/b"));
            assertEquals("ok", peer.ask("release"));
            assertEquals(0, routes.table().size());
            assertEquals("error not-claimed this connection has no claim: claim a prefix first", peer.ask("release"));
            assertEquals("ok prefix=/b/", peer.ask(claim("/b/")), "and may be claimed again");
        }
    }

    @Test
    void drainIsAnsweredAndThenDone() throws Exception {
        open();
        try (ControlPeer peer = ControlPeer.greeted(control)) {
            peer.ask(claim("/a/"));
            peer.ask(claim("/b/"));
            FakePool.FakeSeat a = pools.made.get(0).all.get(0);
            a.outstanding = 1;
            assertEquals("ok", peer.ask("drain prefix=/a/"));
            assertTrue(a.draining);
            assertEquals("ok", peer.ask("ping id=7"), "the connection talks on");
            assertEquals("error conflict this connection has claimed /a/ already: release it first", peer.ask(claim("/a/")));
            a.settle();
            assertEquals("drained prefix=/a/", peer.line());
            assertEquals("ok prefix=/a/", peer.ask(claim("/a/")));
            assertEquals("ok", peer.ask("drain"));
            assertEquals(Set.of("drained prefix=/a/", "drained prefix=/b/"), Set.of(peer.line(), peer.line()));
            assertEquals(0, routes.table().size());
        }
    }

    @Test
    void twoConnectionsShareAPrefixAndOneEnds() throws Exception {
        open();
        Path other = directory.resolve("other");
        try (ServerSocketChannel second = ControlPeer.listen(other); ControlPeer stays = ControlPeer.greeted(control)) {
            assertNotNull(second);
            try (ControlPeer leaves = ControlPeer.greeted(control)) {
                assertEquals("ok prefix=/orders/", leaves.ask(claim("/orders/")));
                assertEquals("ok prefix=/orders/", stays.ask("claim prefix=/orders/ socket=" + other));
                assertEquals(2, pools.last().seats().size());
            }
            pools.last().all.get(0).drained.get(); // its removal completes it
            assertEquals(List.of(other), pools.last().seats().stream().map(seat -> seat.socket).toList());
            assertNotNull(routes.table().at(ORDERS));
        }
    }

    @Test
    void whoMayNotClaimIsToldWhatToWrite() throws Exception {
        reserve("/orders/", "user:alice", "/orders/eu/", "group:www");
        open();
        users("mallory");
        try (ControlPeer peer = ControlPeer.greeted(control)) {
            assertEquals("error forbidden user mallory may not claim /free/: nothing reserves it, so only the gatehouse's own user root "
                    + "may; have its configuration say reservation./free/=user:mallory", peer.ask(claim("/free/")));
            assertEquals("error forbidden user mallory may not claim /orders/: it is reserved by /orders/ for others; have the "
                    + "gatehouse's configuration add user:mallory to reservation./orders/", peer.ask(claim("/orders/")));
            assertEquals("ok", peer.ask("ping"), "a refusal ends nothing");
        }
        users("alice", "alice", "bob", "bob");
        try (ControlPeer alice = ControlPeer.greeted(control)) {
            assertEquals("ok prefix=/orders/", alice.ask(claim("/orders/")));
            try (ControlPeer bob = ControlPeer.greeted(control)) {
                assertEquals("ok prefix=/orders/eu/x/", bob.ask(claim("/orders/eu/x/")), "by a group that is not his first");
            }
        }
    }

    @Test
    void nobodyPointsAtASocketOfSomebodyElse() throws Exception {
        reserve("/", "everyone");
        open();
        users("mallory", "root");
        try (ControlPeer peer = ControlPeer.greeted(control)) {
            assertEquals("error socket the socket " + target + " is listened on by user root and not by mallory: listen there as the user "
                    + "that claims", peer.ask(claim("/orders/")));
            assertEquals(1, pools.made.size(), "that of the reservation");
        }
    }

    @Test
    void aSocketThatIsNotThereIsToldAtOnce() throws Exception {
        open();
        try (ControlPeer peer = ControlPeer.greeted(control)) {
            String missing = peer.ask("claim prefix=/a/ socket=" + directory.resolve("none"));
            assertTrue(missing.startsWith("error socket the socket " + directory.resolve("none") + " can't be reached: ")
                    && missing.endsWith(": listen there before the claim, with a path that is short enough"), missing);
            assertTrue(peer.ask("claim prefix=/a/ socket=relative").startsWith("error socket socket=relative is no absolute path"));
            Path file = Files.writeString(directory.resolve("file"), "");
            assertTrue(peer.ask("claim prefix=/a/ socket=" + file).startsWith("error socket"));
            assertTrue(peer.ask("claim prefix=/a/ socket=/" + "x".repeat(200)).startsWith("error socket"));
            program.close();
            assertTrue(peer.ask(claim("/a/")).startsWith("error socket"), "nobody listens there any more");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "claim                          | error unknown claim needs the word prefix=...",
        "claim prefix=/a/               | error unknown claim needs the word socket=...",
        "claim prefix=a/ socket=/s      | error unknown the prefix 'a/' begins with neither a scheme nor a slash",
        "claim prefix=ftp://x/ socket=/s | error unknown the prefix 'ftp://x/' has the scheme",
        "claim prefix=/a/ socket=/s speed=1 | error unknown claim has no word speed: use name, pid, prefix, priority, socket",
        "claim prefix=/a/ socket=/s pid=0 | error unknown pid=0 is wrong: write a number from 1",
        "claim prefix=/a/ socket=/s priority=1001 | error unknown priority=1001 is wrong: write a number from -1000 to 1000",
        "drain prefix=/a/               | error not-claimed this connection has no claim of /a/",
        "status all=yes                 | error unknown status has no word all: leave it out",
        "hello                          | error unknown there is no verb hello: use claim, drain, release, status, ping or pong",
        "pong x=1                       | error unknown pong has no word x",
    })
    void whatIsWrongIsSaidAndTheConnectionStays(String line, String answer) throws Exception {
        open();
        try (ControlPeer peer = ControlPeer.greeted(control)) {
            String said = peer.ask(line);
            assertTrue(said.startsWith(answer), said);
            assertEquals("ok", peer.ask("ping"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n | error malformed the line ends in CR LF: end it by LF alone",
        "CLAIM prefix=/a/\\n   | error malformed the line begins with no verb",
        "claim  prefix=/a/\\n  | error malformed the line has two spaces in a row",
        "claim prefix\\n       | error malformed 'prefix' is no word",
        "\\n                   | error malformed the line begins with no verb",
    })
    void aMalformedLineEndsTheConnection(String bytes, String answer) throws Exception {
        open();
        try (ControlPeer peer = ControlPeer.greeted(control)) {
            peer.ask(claim("/a/"));
            peer.raw(bytes.strip().replace("\\r", "\r").replace("\\n", "\n"));
            String said = peer.line();
            assertTrue(said.startsWith(answer), said);
            assertTrue(peer.ended());
            assertEquals(Prefix.parse("/a/"), gone.take(), "and its claims");
        }
    }

    @Test
    void aLineWithoutEndIsNotCollectedForEver() throws Exception {
        open();
        try (ControlPeer peer = ControlPeer.greeted(control)) {
            peer.raw("x".repeat(Line.LIMIT));
            assertTrue(peer.line().startsWith("error malformed the line is longer than 4096 bytes"));
            assertTrue(peer.ended());
        }
    }

    @Test
    void whoHangsLosesItsClaims() throws Exception {
        settings = settings.withPing(Duration.ofMillis(20));
        open();
        try (ControlPeer hanging = ControlPeer.greeted(control)) {
            hanging.ask(claim("/orders/"));
            assertTrue(hanging.anyLine().startsWith("ping id="));
            // From here on it says nothing more.
            assertEquals(ORDERS, gone.take());
            List<String> rest = new ArrayList<>();
            assertThrows(EOFException.class, () -> {
                while (true) {
                    rest.add(hanging.anyLine());
                }
            });
            assertTrue(rest.stream().allMatch(line -> line.startsWith("ping id=")), rest.toString());
        }
    }

    @Test
    void whoAnswersPingsKeepsThem() throws Exception {
        settings = settings.withPing(Duration.ofMillis(10));
        open();
        try (ControlPeer peer = ControlPeer.greeted(control)) {
            peer.ask(claim("/orders/"));
            for (int i = 1; i <= 5; i++) {
                String ping = peer.anyLine();
                assertTrue(ping.startsWith("ping id="), ping);
                peer.send("pong" + ping.substring(4));
            }
            assertEquals("ok", peer.ask("ping"));
            assertNotNull(routes.table().at(ORDERS));
        }
    }

    @Test
    void thereIsABoundOnConnections() throws Exception {
        settings = settings.withBounds(2, 10);
        open();
        try (ControlPeer first = ControlPeer.greeted(control); ControlPeer second = ControlPeer.greeted(control)) {
            try (ControlPeer third = ControlPeer.connect(control)) {
                assertEquals("error limit there are claims.connections=2 connections: close one, or raise it", third.line());
                assertTrue(third.ended());
            }
            assertEquals("ok", first.ask("ping"));
            assertEquals("ok", second.ask("ping"));
        }
    }

    @Test
    void noUserKeepsAllOthersOut() throws Exception {
        settings = settings.withBounds(4, 10);
        open();
        users("mallory", "mallory", "mallory", "mallory", "alice", "alice");
        List<ControlPeer> peers = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                peers.add(ControlPeer.greeted(control));
            }
            try (ControlPeer fourth = ControlPeer.connect(control)) {
                assertEquals("error limit user mallory has 3 connections, of claims.connections=4 as many as one may have: close one, or "
                        + "raise it", fourth.line());
                assertTrue(fourth.ended());
            }
            try (ControlPeer alice = ControlPeer.greeted(control)) {
                assertEquals("ok", alice.ask("ping"));
            }
        } finally {
            for (ControlPeer peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void aClaimThatCantBeForwardedToIsNone() throws Exception {
        open();
        pools.exhausted = true;
        try (ControlPeer peer = ControlPeer.greeted(control)) {
            assertEquals("error socket nothing can be sent to the socket " + target + " now: Too many open files: try again later",
                    peer.ask(claim("/orders/")));
            assertEquals(ORDERS, gone.take(), "nothing stays behind");
            pools.last().closed.get();
            pools.exhausted = false;
            assertEquals("ok prefix=/orders/", peer.ask(claim("/orders/")), "and the connection lives");
        }
    }

    @Test
    void theStatusIsForWhoeverAsks() throws Exception {
        reserve("/parts/", "user:alice,group:www");
        open();
        try (ControlPeer peer = ControlPeer.greeted(control)) {
            peer.ask(claim("/orders/") + " name=shop priority=4");
            pools.made.get(0).held = 2;
            pools.made.get(0).waiting = 1;
            forwards = Map.of(Prefix.parse("/legacy/"), new ForwardStatus(0, Duration.ZERO, 0, Duration.ZERO, List.of()));
            assertEquals("prefix name=/parts/ reserved=user:alice,group:www queued=2 oldest=250 waiting=1 oldest-waiting=125 start=none", peer.ask("status"));
            assertEquals("prefix name=/orders/ reserved=no queued=0 oldest=0 waiting=0 oldest-waiting=0 start=none", peer.line());
            assertEquals("claimant prefix=/orders/ user=root pid=- name=shop priority=4 state=up outstanding=0 requests=10 failures=1 "
                    + "since=0 socket=" + target, peer.line().replaceAll("since=\\d+", "since=0"));
            assertEquals("forward name=/legacy/ queued=0 oldest=0 waiting=0 oldest-waiting=0", peer.line());
            assertEquals("ok prefixes=2 forwards=1", peer.line());
        }
    }

    @Test
    void linesInOnePieceAreAnsweredInOrder() throws Exception {
        open();
        try (ControlPeer peer = ControlPeer.greeted(control)) {
            peer.send("ping", claim("/a/"), "nonsense", claim("/b/"), "release prefix=/a/");
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                answers.add(peer.line());
            }
            assertEquals(List.of("ok", "ok prefix=/a/",
                    "error unknown there is no verb nonsense: use claim, drain, release, status, ping or pong", "ok prefix=/b/", "ok"),
                    answers);
        }
    }

    @Test
    void leavingLetsGoOfClaimantsAndServesOn() throws Exception {
        open();
        try (ControlPeer peer = ControlPeer.greeted(control)) {
            peer.ask(claim("/orders/"));
            claims.leave();
            assertEquals("bye", peer.line());
            assertTrue(peer.ended());
            assertFalse(Files.exists(control));
            assertThrows(IOException.class, () -> ControlPeer.connect(control));
            assertNotNull(routes.table().at(ORDERS), "what is in flight is answered");
            assertEquals(1, pools.last().seats().size());
        }
        claims.close();
        assertNull(routes.table().at(ORDERS));
        assertTrue(pools.last().closed.isDone());
        claims.close();
    }

    @Test
    void nothingIsClaimedWhileItLeaves() throws Exception {
        Claims opened = open();
        opened.close();
        assertThrows(IllegalStateException.class, () -> opened.open(false));
        assertThrows(IllegalArgumentException.class, () -> Claims.of(ClaimSettings.NONE, routes::register, Map::of));
    }

    @Test
    void aSecondGatehouseIsAnErrorUnlessItIsToRelieveTheFirst() throws Exception {
        open();
        Claims second = new Claims(settings, new Routes()::register, Map::of, pools, this::user, user -> Set.of(), "root");
        IOException taken = assertThrows(IOException.class, () -> second.open(false));
        assertEquals("claims.socket=" + control + ": another process listens there: stop it, or set it to another path", taken.getMessage());
        try (ControlPeer old = ControlPeer.greeted(control)) {
            old.ask(claim("/orders/"));
            second.open(true);
            try (ControlPeer young = ControlPeer.greeted(control)) {
                assertEquals("ok prefix=/young/", young.ask(claim("/young/")));
                assertEquals(Prefix.parse("/young/"), second.status().get(0).prefix());
            }
            claims.close();
            assertEquals("bye", old.line());
            assertTrue(Files.exists(control), "it is the second one's by now");
        } finally {
            second.close();
        }
        assertFalse(Files.exists(control));
    }

    @Test
    void theKernelsWordIsTaken() throws Exception {
        claims = Claims.of(settings, this::mount, Map::of);
        claims.open(false);
        String me = Claims.owner();
        try (ControlPeer peer = ControlPeer.connect(control)) {
            assertEquals("gatehouse claims=1 user=" + me + " ping=5000", peer.line());
            assertEquals("ok prefix=/orders/", peer.ask(claim("/orders/")));
            assertEquals(me, claims.status().get(0).claimants().get(0).user());
        }
        assertEquals(ORDERS, gone.take());
        assertEquals("claims at " + control, claims.toString());
    }
}
