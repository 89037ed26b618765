/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.claim.ClaimFailure.Code;
import io.gatehouse.claim.ClaimTable.Claim;
import io.gatehouse.claim.ClaimTable.Wish;
import io.gatehouse.handler.Handler;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Route;
import io.gatehouse.route.Routes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Claims and the routes that follow from them, over pools that are not there and a clock that waits for nobody. */
@Timeout(60)
final class ClaimTableTest {

    private static final Prefix ORDERS = Prefix.parse("http://+:80/orders/");
    private static final ClaimSettings SETTINGS = ClaimSettings.NONE.withSocket(Path.of("/run/g.sock"));

    private final Routes routes = new Routes();
    private final FakePool.Factory pools = new FakePool.Factory();
    private final ManualTimer timer = new ManualTimer();
    private final List<String> started = new ArrayList<>();
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();

    private ClaimTable table(ClaimSettings settings) {
        return new ClaimTable(settings, pools, routes::register, timer, timer::now, prefix -> command -> {
            started.add(prefix + " " + command);
            return new DemandStart.Running() {
                @Override
                public CompletableFuture<Integer> exit() {
                    return exit;
                }

                @Override
                public void end() {
                    started.add("end");
                }

                @Override
                public void kill() {
                    started.add("kill");
                }
            };
        });
    }

    private static ClaimSettings reserved(String... prefixes) {
        Map<Prefix, List<Grant>> all = new HashMap<>();
        for (String prefix : prefixes) {
            all.put(Prefix.parse(prefix), Grant.parse("user:alice"));
        }
        return SETTINGS.withReservations(all);
    }

    private static Wish wish(Prefix prefix, String socket) {
        return wish(prefix, socket, "alice", 0);
    }

    private static Wish wish(Prefix prefix, String socket, String user, int priority) {
        return new Wish(prefix, Path.of(socket), user, 4711, true, null, priority);
    }

    private static String states(ClaimTable table) {
        StringBuilder out = new StringBuilder();
        for (PrefixStatus prefix : table.status()) {
            prefix.claimants().forEach(c -> out.append(c.socket()).append(' ').append(c.state()).append(' '));
        }
        return out.toString().strip();
    }

    private static ClaimFailure refused(ClaimTable table, Wish wish) {
        return assertThrows(ClaimFailure.class, () -> table.claim(wish));
    }

    @Test
    void aClaimMakesARouteAndItsReleaseTakesItAway() throws Exception {
        ClaimTable table = table(SETTINGS);
        Claim claim = table.claim(wish(ORDERS, "/s1"));
        Route route = routes.table().at(ORDERS);
        assertSame(ORDERS, claim.prefix());
        assertEquals("whoever claims it", route.holder());
        assertEquals("/s1 alice 1000", seats(pools.last()));
        assertEquals("/s1 up", states(table));
        assertFalse(claim.isOver());
        table.release(claim);
        assertTrue(claim.isOver());
        assertNull(routes.table().at(ORDERS), "404 from now on");
        assertTrue(pools.last().all.get(0).removed);
        pools.last().closed.get(30, TimeUnit.SECONDS);
        table.release(claim);
        table.lost(claim);
        assertEquals(List.of(), table.status());
    }

    private static String seats(FakePool pool) {
        return String.join(", ", pool.seats().stream().map(s -> s.socket + " " + s.user + " " + s.rank).toList());
    }

    @Test
    void severalClaimantsShareAPrefix() throws Exception {
        ClaimTable table = table(SETTINGS);
        Claim first = table.claim(wish(ORDERS, "/s1"));
        Claim second = table.claim(wish(ORDERS, "/s2"));
        assertEquals(1, pools.made.size());
        assertEquals("/s1 alice 1000, /s2 alice 1000", seats(pools.last()));
        table.release(first);
        assertEquals("/s2 alice 1000", seats(pools.last()));
        assertNotNull(routes.table().at(ORDERS));
        table.release(second);
        assertNull(routes.table().at(ORDERS));
    }

    @Test
    void aHigherPriorityServesAndALowerStandsBy() throws Exception {
        ClaimTable table = table(SETTINGS);
        Claim low = table.claim(wish(ORDERS, "/low", "alice", -5));
        assertEquals("/low up", states(table), "nobody is above it");
        Claim high = table.claim(wish(ORDERS, "/high", "alice", 7));
        assertEquals("/high up /low standby", states(table));
        assertEquals("/low alice 1005, /high alice 993", seats(pools.last()), "a lower rank comes first");
        table.drain(high);
        assertEquals("/low up", states(table));
        table.release(low);
    }

    @Test
    void oneUserAtATimeHasAPrefix() throws Exception {
        ClaimTable table = table(SETTINGS);
        Claim first = table.claim(wish(ORDERS, "/s1"));
        ClaimFailure conflict = refused(table, wish(ORDERS, "/s2", "bob", 0));
        assertEquals(Code.CONFLICT, conflict.code());
        assertEquals("the prefix http://+:80/orders/ is held by user alice, pid 4711: one user at a time has a prefix; wait until it is "
                + "released, or claim another", conflict.text());
        assertEquals("/s1 alice 1000", seats(pools.last()));
        table.release(first);
        table.claim(wish(ORDERS, "/s2", "bob", 0));
        assertEquals("/s2 bob 1000", seats(pools.last()));
    }

    @Test
    void whoDrainsHasGivenThePrefixUp() throws Exception {
        ClaimTable table = table(SETTINGS);
        Claim first = table.claim(wish(ORDERS, "/s1"));
        pools.last().all.get(0).outstanding = 1;
        CompletableFuture<Void> drained = table.drain(first).toCompletableFuture();
        table.claim(wish(ORDERS, "/s2", "bob", 0));
        assertFalse(drained.isDone());
        pools.last().all.get(0).settle();
        assertTrue(drained.isDone() && first.isOver());
        assertEquals("/s2 up", states(table));
    }

    @Test
    void oneSocketIsClaimedOnceForAPrefix() throws Exception {
        ClaimTable table = table(SETTINGS);
        table.claim(wish(ORDERS, "/s1"));
        assertTrue(refused(table, wish(ORDERS, "/s1")).text().contains("claimed for the socket /s1 already"));
        table.claim(wish(Prefix.parse("/other/"), "/s1"));
    }

    @Test
    void whatTheGatehouseServesIsNotForClaimants() throws Exception {
        Handler own = (request, response) -> response.send("own");
        Route route = Route.of(ORDERS, own);
        routes.register(route.withSettings(route.settings().withLabel("the files of /srv")));
        ClaimTable table = table(SETTINGS);
        ClaimFailure conflict = refused(table, wish(ORDERS, "/s1"));
        assertEquals(Code.CONFLICT, conflict.code());
        assertTrue(conflict.text().contains("is held by the files of /srv"), conflict.text());
        assertTrue(pools.last().closed.isDone(), "nothing stays behind");
        assertEquals(List.of(), table.status());
        table.claim(wish(Prefix.parse("http://+:80/orders/eu/"), "/s1"));
        assertTrue(refused(table, wish(Prefix.parse("https://+:80/x/"), "/s1")).text().contains("a port has one scheme"));
    }

    @Test
    void aReservedPrefixAnswersBeforeAndAfter() throws Exception {
        ClaimTable table = table(reserved("http://+:80/orders/", "/parts/"));
        table.keep();
        assertNotNull(routes.table().at(ORDERS));
        assertNotNull(routes.table().at(Prefix.parse("/parts/")));
        assertEquals(2, pools.made.size());
        Claim claim = table.claim(wish(ORDERS, "/s1"));
        assertEquals(2, pools.made.size());
        table.release(claim);
        assertNotNull(routes.table().at(ORDERS), "503, not 404");
        assertFalse(pools.made.stream().anyMatch(pool -> pool.closed.isDone()));
        Claim lost = table.claim(wish(ORDERS, "/s2"));
        table.lost(lost);
        assertEquals(0, timer.waiting());
        assertNotNull(routes.table().at(ORDERS));
    }

    @Test
    void aReservationOfWhatIsServedAlreadyIsAnErrorAtTheStart() {
        Handler own = (request, response) -> response.send("own");
        routes.register(Route.of(ORDERS, own));
        ClaimTable table = table(reserved("http://+:80/orders/"));
        IllegalStateException wrong = assertThrows(IllegalStateException.class, table::keep);
        assertTrue(wrong.getMessage().startsWith("reservation.http://+:80/orders/ can't be kept: the prefix"), wrong.getMessage());
        Prefix other = Prefix.parse("/x/");
        routes.register(Route.of(other, own));
        ClaimTable starting = table(SETTINGS.withStarts(Map.of(other, List.of("run"))));
        assertTrue(assertThrows(IllegalStateException.class, starting::keep).getMessage().startsWith("start./x/ can't be kept"));
    }

    @Test
    void aLossIsForgottenAfterAWhile() throws Exception {
        ClaimTable table = table(SETTINGS.withLinger(Duration.ofSeconds(30)));
        Claim claim = table.claim(wish(ORDERS, "/s1"));
        table.lost(claim);
        assertTrue(claim.isOver() && pools.last().all.get(0).removed, "at once: nothing more is sent there");
        timer.pass(29_999);
        assertNotNull(routes.table().at(ORDERS), "503");
        assertEquals(1, table.status().size());
        timer.pass(1);
        assertNull(routes.table().at(ORDERS), "404");
        pools.last().closed.get(30, TimeUnit.SECONDS);
        assertEquals(List.of(), table.status());
    }

    @Test
    void whoComesBackInTimeFindsItsPrefix() throws Exception {
        ClaimTable table = table(SETTINGS.withLinger(Duration.ofSeconds(30)));
        table.lost(table.claim(wish(ORDERS, "/s1")));
        timer.pass(29_000);
        Claim again = table.claim(wish(ORDERS, "/s1"));
        assertEquals(0, timer.waiting());
        timer.pass(60_000);
        assertEquals(1, pools.made.size());
        assertEquals("/s1 up", states(table));
        table.lost(again);
        timer.pass(30_000);
        assertNull(routes.table().at(ORDERS));
    }

    @Test
    void aPrefixThatWasLostStaysItsUsersForThatTime() throws Exception {
        ClaimTable table = table(SETTINGS.withLinger(Duration.ofSeconds(30)));
        table.lost(table.claim(wish(ORDERS, "/s1")));
        timer.pass(29_000);
        ClaimFailure conflict = refused(table, wish(ORDERS, "/s2", "bob", 0));
        assertEquals(Code.CONFLICT, conflict.code());
        assertEquals("the prefix http://+:80/orders/ was lost by a claimant of user alice, whose it stays for claims.linger=30s: wait for "
                + "that, or claim another", conflict.text());
        timer.pass(1_000);
        table.claim(wish(ORDERS, "/s2", "bob", 0));
        assertEquals("/s2 bob 1000", seats(pools.last()));
    }

    @Test
    void aClaimThatCantBeServedLeavesNothingBehind() throws Exception {
        ClaimTable table = table(SETTINGS.withLinger(Duration.ofSeconds(30)));
        pools.exhausted = true;
        assertEquals(Code.SOCKET, refused(table, wish(ORDERS, "/s1")).code());
        assertNull(routes.table().at(ORDERS));
        pools.exhausted = false;
        table.claim(wish(ORDERS, "/s1"));
        assertEquals("/s1 alice 1000", seats(pools.last()));
    }

    @Test
    void theLossOfOneOfTwoChangesNothingForTheOther() throws Exception {
        ClaimTable table = table(SETTINGS);
        Claim first = table.claim(wish(ORDERS, "/s1"));
        table.claim(wish(ORDERS, "/s2"));
        table.lost(first);
        assertEquals(0, timer.waiting());
        assertEquals("/s2 up", states(table));
    }

    @Test
    void withoutLingerALossIsTheEnd() throws Exception {
        ClaimTable table = table(SETTINGS.withLinger(Duration.ZERO));
        table.lost(table.claim(wish(ORDERS, "/s1")));
        assertNull(routes.table().at(ORDERS));
    }

    @Test
    void drainingWaitsForTheLastAnswer() throws Exception {
        ClaimTable table = table(SETTINGS);
        Claim claim = table.claim(wish(ORDERS, "/s1"));
        FakePool.FakeSeat seat = pools.last().all.get(0);
        seat.outstanding = 3;
        CompletableFuture<Void> drained = table.drain(claim).toCompletableFuture();
        assertTrue(seat.draining && !seat.removed && !drained.isDone());
        assertEquals("/s1 draining", states(table));
        assertEquals(3, table.status().get(0).claimants().get(0).outstanding());
        assertSame(claim.isOver(), table.drain(claim).toCompletableFuture().isDone(), "asked twice");
        seat.settle();
        assertTrue(drained.isDone() && claim.isOver() && seat.removed);
        assertNull(routes.table().at(ORDERS));
    }

    @Test
    void aReplacementLeavesNoMomentWithoutAnyone() throws Exception {
        ClaimTable table = table(SETTINGS);
        Claim old = table.claim(wish(ORDERS, "/old"));
        FakePool.FakeSeat oldSeat = pools.last().all.get(0);
        for (int round = 0; round < 20; round++) {
            oldSeat.outstanding = 1;
            Claim young = table.claim(wish(ORDERS, "/s" + round));
            FakePool.FakeSeat youngSeat = pools.last().all.get(pools.last().all.size() - 1);
            CompletableFuture<Void> drained = table.drain(old).toCompletableFuture();
            assertEquals(List.of(youngSeat), pools.last().seats());
            oldSeat.settle();
            assertTrue(drained.isDone());
            assertNotNull(routes.table().at(ORDERS));
            old = young;
            oldSeat = youngSeat;
        }
        assertEquals(1, pools.made.size());
    }

    @Test
    void aClaimThatIsLostWhileItDrainsIsOver() throws Exception {
        ClaimTable table = table(SETTINGS.withLinger(Duration.ZERO));
        Claim claim = table.claim(wish(ORDERS, "/s1"));
        pools.last().all.get(0).outstanding = 1;
        CompletableFuture<Void> drained = table.drain(claim).toCompletableFuture();
        table.lost(claim);
        assertTrue(drained.isDone());
        assertNull(routes.table().at(ORDERS));
        assertTrue(table.drain(claim).toCompletableFuture().isDone());
    }

    @Test
    void thereIsABoundOnClaims() throws Exception {
        ClaimTable table = table(SETTINGS.withBounds(10, 2));
        Claim first = table.claim(wish(ORDERS, "/s1"));
        table.claim(wish(Prefix.parse("/b/"), "/s1"));
        ClaimFailure full = refused(table, wish(Prefix.parse("/c/"), "/s1"));
        assertEquals(Code.LIMIT, full.code());
        assertEquals("there are claims.limit=2 claims: release one, or raise it", full.text());
        table.release(first);
        table.claim(wish(Prefix.parse("/c/"), "/s1"));
        assertEquals(Code.LIMIT, refused(table, wish(ORDERS, "/s1")).code());
    }

    @Test
    void holdAndQueueReachThePool() throws Exception {
        ClaimTable table = table(SETTINGS.withHold(Duration.ofSeconds(3), 17));
        table.claim(wish(ORDERS, "/s1"));
        assertEquals(Duration.ofSeconds(3), pools.last().hold);
        assertEquals(17, pools.last().queue);
        assertEquals(Duration.ofSeconds(60), pools.last().answer);
        assertNull(pools.last().wanted);
        pools.last().held = 5;
        PrefixStatus status = table.status().get(0);
        assertEquals(5, status.queued());
        assertEquals(Duration.ofMillis(250), status.oldestQueued());
    }

    @Test
    void aRequestStartsTheProgram() throws Exception {
        ClaimTable table = table(SETTINGS.withStarts(Map.of(ORDERS, List.of("/bin/orders", "--port"))));
        table.keep();
        FakePool pool = pools.last();
        assertEquals(Duration.ofSeconds(30), pool.hold, "else nobody could wait for it");
        assertEquals("idle", table.status().get(0).start());
        pool.held = 1;
        pool.wanted.run();
        pool.wanted.run();
        timer.pass(0);
        assertEquals(List.of("http://+:80/orders/ [/bin/orders, --port]"), started);
        assertEquals("running", table.status().get(0).start());
        Claim claim = table.claim(wish(ORDERS, "/s1"));
        pool.held = 0;
        table.lost(claim);
        exit.complete(1);
        assertEquals("backoff", table.status().get(0).start());
        timer.pass(1_000);
        assertEquals("idle", table.status().get(0).start());
        assertEquals(1, started.size(), "nobody asks any more");
    }

    @Test
    void aProgramThatLosesItsClaimAndRunsOnIsReplaced() throws Exception {
        ClaimTable table = table(SETTINGS.withStarts(Map.of(ORDERS, List.of("run"))));
        table.keep();
        FakePool pool = pools.last();
        pool.held = 1;
        pool.wanted.run();
        timer.pass(0);
        table.lost(table.claim(wish(ORDERS, "/s1")));
        timer.pass(DemandStart.LIMIT.toMillis());
        assertEquals(List.of("http://+:80/orders/ [run]", "end"), started);
        exit.complete(143);
        timer.pass(1_000);
        assertEquals("http://+:80/orders/ [run]", started.get(2));
    }

    @Test
    void closingEndsEverything() throws Exception {
        ClaimTable table = table(reserved("/parts/").withStarts(Map.of(ORDERS, List.of("run"))));
        table.keep();
        Claim claim = table.claim(wish(ORDERS, "/s1"));
        Claim lost = table.claim(wish(Prefix.parse("/x/"), "/s1"));
        table.lost(lost);
        CompletableFuture<Void> drained = new CompletableFuture<>();
        pools.made.get(0).all.forEach(seat -> seat.outstanding = 1);
        pools.made.get(1).all.forEach(seat -> seat.outstanding = 1);
        table.drain(claim).whenComplete((done, failure) -> drained.complete(null));
        table.close();
        assertTrue(drained.isDone() && claim.isOver());
        assertEquals(0, routes.table().size());
        assertTrue(pools.made.stream().allMatch(pool -> pool.closed.isDone()));
        assertEquals(0, timer.waiting());
        assertEquals(Code.STOPPING, refused(table, wish(ORDERS, "/s1")).code());
        table.close();
    }

    @Test
    void theStatusTellsOfEveryClaim() throws Exception {
        ClaimTable table = table(reserved("/parts/"));
        table.keep();
        table.claim(new Wish(Prefix.parse("/parts/"), Path.of("/s1"), "alice", 12, true, "shelf", 3));
        table.claim(new Wish(Prefix.parse("/parts/"), Path.of("/s2"), "alice", 13, false, null, 2));
        timer.pass(5_500);
        assertEquals(List.of(
                "prefix name=/parts/ reserved=user:alice queued=0 oldest=0 waiting=0 oldest-waiting=0 start=none",
                "claimant prefix=/parts/ user=alice pid=12 name=shelf priority=3 state=up outstanding=0 requests=10 failures=1 since=5 "
                        + "socket=/s1",
                "claimant prefix=/parts/ user=alice stated-pid=13 name=- priority=2 state=standby outstanding=0 requests=10 failures=1 "
                        + "since=5 socket=/s2"),
                table.status().get(0).lines());
    }
}
