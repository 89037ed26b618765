/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import io.gatehouse.claim.ClaimFailure.Code;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Registration;
import io.gatehouse.route.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who has claimed what, and the routes that follow from it. Any thread; one lock, under which nothing waits.
 *
 * <pre>
 *   a prefix:   (404) ──first claim──► SERVED ──last claim lost──► LINGERING: 503 ──linger──► (404)
 *                            ▲            │ last claim released or drained ─────────────────► (404)
 *                            └────────────┴──── a claim ────┘
 *               reserved, or with a command: always in the table; EMPTY: 503 ◄──► SERVED
 *
 *   a claim:    SERVING, or standing by behind a higher priority ──drain──► DRAINING ──last answer──► over
 *                       └──────────────── release, or loss of the connection ───────────────────────► over
 * </pre>
 */
final class ClaimTable {

    /** The highest priority; the lowest is its negative. */
    static final int MAX_PRIORITY = 1_000;

    /** What a claimant asks for, as far as it could be checked without the table. */
    record Wish(Prefix prefix, Path socket, String user, long pid, boolean pidIsUsers, @Nullable String name, int priority) {}

    /** A claim that holds, or held. */
    static final class Claim {
        private final Wish wish;
        private final Pool.Seat seat;
        private final long since;
        private final CompletableFuture<Void> drained = new CompletableFuture<>();
        private boolean draining; // guarded by the table's lock
        private volatile boolean over; // written under the lock

        private Claim(Wish wish, Pool.Seat seat, long since) {
            this.wish = wish;
            this.seat = seat;
            this.since = since;
        }

        Prefix prefix() {
            return wish.prefix;
        }

        /** Whether nothing is left of it. */
        boolean isOver() {
            return over;
        }
    }

    /** One prefix with its pool; guarded by the table's lock. */
    private static final class Place {
        final Pool pool;
        final Registration registration;
        final boolean kept;
        final @Nullable DemandStart start;
        final List<Claim> claims = new ArrayList<>();
        @Nullable Future<?> linger;
        String user = ""; // of the last claim

        Place(Pool pool, Registration registration, boolean kept, @Nullable DemandStart start) {
            this.pool = pool;
            this.registration = registration;
            this.kept = kept;
            this.start = start;
        }

        void close() {
            registration.close();
            if (start != null) {
                start.close();
            }
            pool.close();
        }
    }

    private final ClaimSettings settings;
    private final Pool.Maker pools;
    private final Function<Route, Registration> mounting;
    private final ScheduledExecutorService timer;
    private final LongSupplier clock;
    private final Function<Prefix, DemandStart.Launch> launches;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Prefix, Place> places = new LinkedHashMap<>(); // guarded by lock
    private int claims; // guarded by lock
    private boolean closed; // guarded by lock

    /**
     * An empty table.
     *
     * @param mounting puts a route into the gatehouse's own table; throws an IllegalStateException if it conflicts
     * @param launches how the command of a prefix is run
     */
    ClaimTable(ClaimSettings settings, Pool.Maker pools, Function<Route, Registration> mounting, ScheduledExecutorService timer,
            LongSupplier clock, Function<Prefix, DemandStart.Launch> launches) {
        this.settings = settings;
        this.pools = pools;
        this.mounting = mounting;
        this.timer = timer;
        this.clock = clock;
        this.launches = launches;
    }

    /**
     * Puts in the prefixes that stay: those with a reservation or a command.
     *
     * @throws IllegalStateException if one conflicts with what the gatehouse serves itself
     */
    void keep() {
        lock.lock();
        try {
            for (Prefix prefix : settings.kept()) {
                try {
                    places.put(prefix, open(prefix, true));
                } catch (IllegalStateException e) {
                    throw new IllegalStateException((settings.reservations().containsKey(prefix) ? "reservation." : "start.") + prefix
                            + " can't be kept: " + e.getMessage(), e);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes a claim hold; who may, was asked before.
     *
     * @throws ClaimFailure if somebody else has the prefix, or too many are held
     */
    Claim claim(Wish wish) throws ClaimFailure {
        lock.lock();
        try {
            if (closed) {
                throw new ClaimFailure(Code.STOPPING, "the gatehouse is stopping: come back when it is up again");
            }
            if (claims >= settings.claims()) {
                throw new ClaimFailure(Code.LIMIT, "there are claims.limit=" + settings.claims() + " claims: release one, or raise it");
            }
            Place place = places.get(wish.prefix);
            if (place == null) {
                place = open(wish.prefix, false);
                places.put(wish.prefix, place);
            }
            if (place.linger != null && !place.user.equals(wish.user)) {
                throw new ClaimFailure(Code.CONFLICT, "the prefix " + wish.prefix + " was lost by a claimant of user " + place.user
                        + ", whose it stays for claims.linger=" + settings.linger().toSeconds() + "s: wait for that, or claim another");
            }
            for (Claim other : place.claims) {
                if (!other.draining && !other.wish.user.equals(wish.user)) {
                    throw new ClaimFailure(Code.CONFLICT, "the prefix " + wish.prefix + " is held by user " + other.wish.user
                            + (other.wish.pid < 0 ? "" : ", pid " + other.wish.pid)
                            + ": one user at a time has a prefix; wait until it is released, or claim another");
                }
                if (!other.draining && other.wish.socket.equals(wish.socket)) {
                    throw new ClaimFailure(Code.CONFLICT, "the prefix " + wish.prefix + " is claimed for the socket " + wish.socket
                            + " already: release that claim, or listen on a socket of your own");
                }
            }
            Claim claim = new Claim(wish, seat(place, wish), clock.getAsLong());
            if (place.linger != null) {
                place.linger.cancel(false);
                place.linger = null;
            }
            place.claims.add(claim);
            place.user = wish.user;
            claims++;
            if (place.start != null) {
                place.start.claimed();
            }
            return claim;
        } catch (IllegalStateException e) {
            throw new ClaimFailure(Code.CONFLICT, String.valueOf(e.getMessage()));
        } finally {
            lock.unlock();
        }
    }

    /** Ends a claim at once, as its claimant wishes. Idempotent. */
    void release(Claim claim) {
        end(claim, false);
    }

    /** Ends a claim whose claimant is gone, and may come back. Idempotent. */
    void lost(Claim claim) {
        end(claim, true);
    }

    /** Gives a claim no new requests; completes when its last answer has left, and the claim is over. */
    CompletionStage<Void> drain(Claim claim) {
        lock.lock();
        try {
            Place place = places.get(claim.wish.prefix);
            if (!claim.draining && place != null) {
                claim.draining = true;
                claim.seat.drain().whenComplete((done, failure) -> end(claim, false));
            }
            return claim.drained;
        } finally {
            lock.unlock();
        }
    }

    /** All prefixes that are claimed or reserved. */
    List<PrefixStatus> status() {
        lock.lock();
        try {
            List<PrefixStatus> all = new ArrayList<>();
            places.forEach((prefix, place) -> {
                int top = place.claims.stream().filter(claim -> !claim.draining).mapToInt(claim -> claim.wish.priority).max()
                        .orElse(Integer.MIN_VALUE);
                List<PrefixStatus.Claimant> claimants = place.claims.stream()
                        .sorted(Comparator.comparingInt((Claim claim) -> -claim.wish.priority))
                        .map(claim -> status(claim, top))
                        .toList();
                all.add(new PrefixStatus(prefix, settings.reservations().getOrDefault(prefix, List.of()), place.pool.held(),
                        place.pool.oldestHeld(), place.pool.waiting(), place.pool.oldestWaiting(), place.start == null ? "none" : place.start.state(), claimants));
            });
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Takes all prefixes out, and cuts off what is in flight. */
    void close() {
        List<Place> all;
        lock.lock();
        try {
            closed = true;
            all = new ArrayList<>(places.values());
            places.clear();
            for (Place place : all) {
                if (place.linger != null) {
                    place.linger.cancel(false);
                }
                for (Claim claim : place.claims) {
                    claim.over = true;
                    claim.drained.complete(null);
                }
            }
        } finally {
            lock.unlock();
        }
        all.forEach(Place::close); // which waits for the threads of the pools
    }

    private PrefixStatus.Claimant status(Claim claim, int top) {
        Pool.Seat seat = claim.seat;
        Wish wish = claim.wish;
        String state = claim.draining ? "draining" : wish.priority < top ? "standby" : seat.state();
        return new PrefixStatus.Claimant(wish.user, wish.pid, wish.pidIsUsers, wish.name, wish.priority, state,
                seat.outstanding(), seat.requests(), seat.failures(), Duration.ofNanos(clock.getAsLong() - claim.since), wish.socket);
    }

    /** Takes a seat; a place that was opened for it goes again if there is none. */
    private Pool.Seat seat(Place place, Wish wish) throws ClaimFailure {
        try {
            return place.pool.add(wish.socket, wish.user, MAX_PRIORITY - wish.priority);
        } catch (HttpFailure e) { // no descriptors are left to forward with
            if (place.claims.isEmpty() && place.linger == null && !place.kept) {
                takeOut(wish.prefix, place);
                closeElsewhere(place);
            }
            throw new ClaimFailure(Code.SOCKET, "nothing can be sent to the socket " + wish.socket + " now: "
                    + (e.getCause() == null ? e.publicMessage() : e.getCause().getMessage()) + ": try again later");
        }
    }

    private void takeOut(Prefix prefix, Place place) {
        places.remove(prefix, place);
        place.registration.close(); // here, so that the next claim finds its place free
    }

    private Place open(Prefix prefix, boolean kept) {
        List<String> command = settings.starts().get(prefix);
        DemandStart[] start = new DemandStart[1]; // the pool and the start know each other
        Pool pool = pools.make(settings.holdOf(prefix), settings.queue(), settings.answer(), command == null ? null : () -> start[0].wanted());
        if (command != null) {
            start[0] = new DemandStart(
                    prefix.toString(), command, launches.apply(prefix), timer, clock, () -> pool.held() > 0);
        }
        try {
            Route route = Route.of(prefix, pool.handler());
            Registration registration = mounting.apply(route.withSettings(route.settings().withLabel("whoever claims it")));
            return new Place(pool, registration, kept, start[0]);
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    private void end(Claim claim, boolean lost) {
        Place gone = null;
        lock.lock();
        try {
            if (claim.over) {
                return;
            }
            claim.over = true;
            claim.draining = true;
            claims--;
            Place place = places.get(claim.wish.prefix);
            if (place != null) {
                place.claims.remove(claim);
                claim.seat.remove();
                if (place.claims.isEmpty() && place.start != null) {
                    place.start.lost();
                }
                if (place.claims.isEmpty() && !place.kept) {
                    if (lost && !settings.linger().isZero()) {
                        place.user = claim.wish.user;
                        place.linger = timer.schedule(
                                () -> forget(claim.wish.prefix, place), settings.linger().toNanos(), TimeUnit.NANOSECONDS);
                    } else {
                        takeOut(claim.wish.prefix, place);
                        gone = place;
                    }
                }
            }
        } finally {
            lock.unlock();
        }
        claim.drained.complete(null);
        if (gone != null) {
            closeElsewhere(gone);
        }
    }

    private void forget(Prefix prefix, Place place) {
        lock.lock();
        try {
            if (!place.claims.isEmpty() || !places.remove(prefix, place)) {
                return;
            }
            place.registration.close();
        } finally {
            lock.unlock();
        }
        closeElsewhere(place);
    }

    /** The end of a pool waits for its thread, which may be this one. */
    private static void closeElsewhere(Place place) {
        new Thread(place::close, "gatehouse-claims-end").start();
    }
}
