/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Logged;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Routes;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tenant, before a gatehouse that the test plays line by line, and before a real one. */
@Timeout(60)
final class TenantTest {

    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final String GREETING = "gatehouse claims=1 user=root ping=5000";

    private Logged log;

    @TempDir
    private Path directory;

    private Path control;
    private Path socket;
    private Tenant tenant;

    @BeforeEach
    void paths() {
        log = new Logged("io.gatehouse.claim");
        control = directory.resolve("control");
        socket = directory.resolve("socket");
    }

    @AfterEach
    void close() {
        if (tenant != null) {
            tenant.close();
        }
        log.close();
    }

    private Tenant tenant(String... prefixes) {
        // Attempts follow each other quickly: four fifths of a pause.
        tenant = new Tenant(control, socket, List.of(prefixes).stream().map(Prefix::parse).toList(), 3, () -> 0);
        return tenant;
    }

    private CompletableFuture<Void> starting(Tenant given) {
        return CompletableFuture.runAsync(() -> {
            try {
                given.start(PATIENCE);
            } catch (IOException e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        });
    }

    private String claim(String prefix) {
        return "claim prefix=" + prefix + " socket=" + socket + " pid=" + ProcessHandle.current().pid() + " priority=3";
    }

    private static ControlPeer accept(ServerSocketChannel server) throws IOException {
        return new ControlPeer(server.accept());
    }

    @Test
    void claimsItsPrefixesAndAnswersPings() throws Exception {
        try (ServerSocketChannel server = ControlPeer.listen(control)) {
            CompletableFuture<Void> started = starting(tenant("http://+:80/a/", "/b/"));
            try (ControlPeer gatehouse = accept(server)) {
                gatehouse.send(GREETING);
                assertEquals(claim("http://+:80/a/"), gatehouse.anyLine());
                assertEquals(claim("/b/"), gatehouse.anyLine());
                gatehouse.send("ok prefix=http://+:80/a/", "ping id=1");
                assertEquals("pong id=1", gatehouse.anyLine());
                assertFalse(tenant.isClaimed() || started.isDone(), "one answer is missing");
                gatehouse.send("ok prefix=/b/");
                started.get();
                assertTrue(tenant.isClaimed());
                assertEquals("tenant of " + control + " for [http://+:80/a/, /b/]", tenant.toString());
                gatehouse.send("something new=1", "ping id=2");
                assertEquals("pong id=2", gatehouse.anyLine(), "what it does not know it passes over");
                tenant.close();
                assertTrue(gatehouse.ended());
            }
        }
    }

    @Test
    void aRefusalEndsTheStart() throws Exception {
        try (ServerSocketChannel server = ControlPeer.listen(control)) {
            CompletableFuture<Void> started = starting(tenant("/a/", "/b/"));
            try (ControlPeer gatehouse = accept(server)) {
                gatehouse.send(GREETING);
                gatehouse.anyLine();
                gatehouse.anyLine();
                gatehouse.send("error forbidden user alice may not claim /a/: write this", "ok prefix=/b/");
                Exception failure = assertThrows(Exception.class, started::get);
                assertEquals("listen=gatehouse:" + control + ": forbidden user alice may not claim /a/: write this",
                        failure.getCause().getMessage());
                assertTrue(gatehouse.ended(), "all or none");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 400 Bad Request", "gatehouse claims=2 user=root ping=5000", "gatehouse", "220 smtp ready",
        "error limit too many connections"})
    void whoeverElseListensThereIsNoRefusalButALoss(String greeting) throws Exception {
        try (ServerSocketChannel server = ControlPeer.listen(control)) {
            CompletableFuture<Void> started = starting(tenant("/a/"));
            try (ControlPeer other = accept(server)) {
                other.send(greeting);
                assertTrue(other.ended());
            }
            started.get();
            assertFalse(tenant.isClaimed());
            try (ControlPeer gatehouse = accept(server)) { // it comes back
                gatehouse.send(GREETING);
                assertEquals(claim("/a/"), gatehouse.anyLine());
            }
        }
    }

    @Test
    void aGatehouseThatIsNotThereIsLookedFor() throws Exception {
        tenant("/a/").start(PATIENCE); // returns: that is no refusal
        assertFalse(tenant.isClaimed());
        assertTrue(tenant.toString().contains("not claimed now"));
        try (ServerSocketChannel server = ControlPeer.listen(control); ControlPeer gatehouse = accept(server)) {
            gatehouse.send(GREETING);
            assertEquals(claim("/a/"), gatehouse.anyLine());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bye\n", "no Line\n"})
    void afterALossItClaimsAgain(String last) throws Exception {
        try (ServerSocketChannel server = ControlPeer.listen(control)) {
            CompletableFuture<Void> started = starting(tenant("/a/"));
            for (int round = 0; round < 4; round++) {
                try (ControlPeer gatehouse = accept(server)) {
                    gatehouse.send(GREETING);
                    assertEquals(claim("/a/"), gatehouse.anyLine());
                    gatehouse.send("ok prefix=/a/");
                    started.get();
                    gatehouse.send("ping id=1");
                    assertEquals("pong id=1", gatehouse.anyLine());
                    gatehouse.raw(last);
                    if (!last.isEmpty()) {
                        assertTrue(gatehouse.ended());
                    }
                }
            }
        }
    }

    @Test
    void aLaterRefusalIsTriedAgain() throws Exception {
        try (ServerSocketChannel server = ControlPeer.listen(control)) {
            CompletableFuture<Void> started = starting(tenant("/a/"));
            try (ControlPeer gatehouse = accept(server)) {
                gatehouse.send(GREETING, "ok prefix=/a/");
                started.get();
            }
            for (int round = 0; round < 3; round++) {
                try (ControlPeer gatehouse = accept(server)) {
                    gatehouse.send(GREETING);
                    gatehouse.anyLine();
                    gatehouse.send("error conflict the prefix /a/ is held by user bob");
                    assertTrue(gatehouse.ended());
                }
            }
        }
    }

    @Test
    void aGatehouseThatSaysNothingAnyMoreIsGivenUp() throws Exception {
        try (ServerSocketChannel server = ControlPeer.listen(control)) {
            starting(tenant("/a/"));
            try (ControlPeer hanging = accept(server)) {
                hanging.send("gatehouse claims=1 user=root ping=10");
                assertEquals(claim("/a/"), hanging.anyLine());
                assertTrue(hanging.ended(), "after three pings that did not come");
            }
            try (ControlPeer next = accept(server)) {
                next.send(GREETING);
                assertEquals(claim("/a/"), next.anyLine());
            }
        }
    }

    @Test
    void drainingWaitsForEveryPrefix() throws Exception {
        try (ServerSocketChannel server = ControlPeer.listen(control)) {
            CompletableFuture<Void> started = starting(tenant("/a/", "/b/"));
            try (ControlPeer gatehouse = accept(server)) {
                gatehouse.send(GREETING);
                gatehouse.anyLine();
                gatehouse.anyLine();
                gatehouse.send("ok prefix=/a/", "ok prefix=/b/");
                started.get();
                CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(() -> tenant.drain(PATIENCE));
                assertEquals("drain", gatehouse.anyLine());
                gatehouse.send("ok", "drained prefix=/b/", "ping id=9");
                assertEquals("pong id=9", gatehouse.anyLine());
                assertFalse(drained.isDone());
                gatehouse.send("drained prefix=/a/");
                assertTrue(drained.get());
                assertTrue(gatehouse.ended());
            }
            assertTrue(tenant.drain(Duration.ZERO), "again");
        }
    }

    @Test
    void drainingGivesUpAfterItsGrace() throws Exception {
        try (ServerSocketChannel server = ControlPeer.listen(control)) {
            CompletableFuture<Void> started = starting(tenant("/a/"));
            try (ControlPeer gatehouse = accept(server)) {
                gatehouse.send(GREETING, "ok prefix=/a/");
                started.get();
                assertFalse(tenant.drain(Duration.ofMillis(1)));
                tenant.close();
            }
        }
    }

    @Test
    void whoHasNoGatehouseHasNothingToDrain() throws Exception {
        tenant("/a/").start(PATIENCE);
        assertTrue(tenant.drain(PATIENCE));
        tenant.close();
        tenant.close();
    }

    @Test
    void aDrainThatComesBeforeTheClaimIsAnsweredWaits() throws Exception {
        try (ServerSocketChannel server = ControlPeer.listen(control)) {
            starting(tenant("/a/"));
            try (ControlPeer gatehouse = accept(server)) {
                gatehouse.send(GREETING);
                gatehouse.anyLine();
                CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(() -> tenant.drain(PATIENCE));
                gatehouse.send("ok prefix=/a/");
                assertEquals("drain", gatehouse.anyLine());
                gatehouse.send("ok", "drained prefix=/a/");
                assertTrue(drained.get());
            }
        }
    }

    @Test
    void nothingToClaimIsSaid() {
        IllegalArgumentException wrong = assertThrows(IllegalArgumentException.class, this::tenant);
        assertTrue(wrong.getMessage().contains("register a route, or set tenant.claims"), wrong.getMessage());
    }

    /** Both sides together: claims, a gatehouse that goes and one that comes, and a drain. */
    @Test
    void aRealGatehouseComesAndGoes() throws Exception {
        FakePool.Factory pools = new FakePool.Factory();
        ClaimSettings settings = ClaimSettings.NONE.withSocket(control);
        BlockingQueue<FakePool> claimed = new LinkedBlockingQueue<>();
        Pool.Maker maker = (hold, queue, answer, wanted) -> {
            FakePool pool = (FakePool) pools.make(hold, queue, answer, wanted);
            claimed.add(pool);
            return pool;
        };
        try (ServerSocketChannel program = ControlPeer.listen(socket)) {
            assertTrue(program.isOpen());
            for (int round = 0; round < 3; round++) {
                try (Claims claims = new Claims(
                        settings, new Routes()::register, Map::of, maker, PeerUser.KERNEL, user -> Set.of(), Claims.owner())) {
                    claims.open(false);
                    if (round == 0) {
                        tenant("/a/").start(PATIENCE);
                    }
                    FakePool pool = claimed.take();
                    while (pool.seats().isEmpty() && !Thread.currentThread().isInterrupted()) {
                        Thread.onSpinWait(); // the seat follows the pool at once
                    }
                    assertEquals(socket, pool.seats().get(0).socket);
                    if (round == 2) {
                        assertTrue(tenant.drain(PATIENCE));
                        assertEquals(List.of(), claims.status());
                    }
                }
            }
        }
    }

    @Test
    void aPrivateSocketIsNobodyElses() throws Exception {
        PrivateSocket place = new PrivateSocket(directory.resolve("p"), null);
        place.close();
        place.make();
        assertEquals("rwx------", mode(directory.resolve("p")));
        try (ServerSocketChannel server = ControlPeer.listen(place.path())) {
            assertTrue(server.isOpen());
            place.share();
            assertEquals("rwx------", mode(directory.resolve("p")));
        }
        place.close();
        assertFalse(Files.exists(directory.resolve("p")));
        place.close();
        assertThrows(IOException.class, new PrivateSocket(directory.resolve("none/p"), null)::make);
    }

    @Test
    void aGroupMayBeLetIn() throws Exception {
        String group = Files.getFileAttributeView(directory, PosixFileAttributeView.class)
                .readAttributes().group().getName();
        PrivateSocket place = new PrivateSocket(directory.resolve("p"), group);
        place.make();
        assertEquals("rwx--x---", mode(directory.resolve("p")));
        try (ServerSocketChannel server = ControlPeer.listen(place.path())) {
            assertTrue(server.isOpen());
            place.share();
            assertEquals("rw-rw----", mode(place.path()));
        }
        place.close();
        PrivateSocket nobodys = new PrivateSocket(directory.resolve("q"), "no-such-group-here");
        IOException wrong = assertThrows(IOException.class, nobodys::make);
        assertTrue(wrong.getMessage().startsWith("tenant.group=no-such-group-here can't have"), wrong.getMessage());
        nobodys.close();
        assertFalse(Files.exists(directory.resolve("q")));
    }

    @Test
    void twoPrivateSocketsHaveTwoNames() {
        Path one = PrivateSocket.of(null).path();
        assertTrue(one.isAbsolute() && one.toString().length() < 100, one.toString());
        assertFalse(one.equals(PrivateSocket.of(null).path()));
        assertFalse(Files.exists(one.getParent()), "nothing is made yet");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
