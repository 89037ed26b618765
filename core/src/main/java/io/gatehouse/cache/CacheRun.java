/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.cache.CachedHandler.FlightKey;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.handler.Shortcut.Prepared;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http.RequestHead;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One request on a worker, until it is answered from memory or handed to a {@link Making}.
 *
 * <pre>
 *   select ── fresh ─────────────────────────► answered
 *     │    ── stale, and may be used ────────► answered, and made anew in the background
 *     │    ── only-if-cached ────────────────► 504
 *     ▼
 *   another makes it already? ── no ─────────► Making, which the next ones wait for
 *     │ yes
 *     ▼
 *   wait ── stored ──► select again, once or twice
 *        └─ for itself, or failed, or too slow ──► Making, on its own
 * </pre>
 */
final class CacheRun {

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();
    private static final System.Logger LOG = System.getLogger("io.gatehouse.cache");

    /** How often a request waits for others: once for a key whose variants it does not know, once for its variant. */
    private static final int WAITS = 2;

    private final CachedHandler route;
    private final Request request;
    private final Response response;
    private final Completion done;
    private final RequestHead head;
    private final int traits;
    private final String text;
    private final CacheControl asked;
    private boolean otherVariants;
    private @Nullable StoredAnswer landed;
    private @Nullable Reason unkept;

    CacheRun(CachedHandler route, Request request, Response response, Completion done) {
        this.route = route;
        this.request = request;
        this.response = response;
        this.done = done;
        this.head = request.head();
        this.traits = RequestTraits.of(head.fields());
        this.text = route.keys().text(head, request.target());
        this.asked = (traits & RequestTraits.DIRECTIVES) == 0 || !route.rules().requestDirectives()
                ? CacheControl.NONE : CacheControl.ofRequest(head.fields());
    }

    CachedHandler route() {
        return route;
    }

    Request request() {
        return request;
    }

    Response response() {
        return response;
    }

    Completion done() {
        return done;
    }

    int traits() {
        return traits;
    }

    String text() {
        return text;
    }

    /** The directives of the client that count. */
    CacheControl asked() {
        return asked;
    }

    /** Why the answer can't be kept, as is known by now, so that the handler is asked in the client's own words; else null. */
    @Nullable Reason unkept() {
        return unkept;
    }

    /** The answer can't be kept: the handler is to be asked in the client's own words. */
    void unkept(Reason reason) {
        unkept = reason;
    }

    /** Why the handler is asked, in the words of Cache-Status (RFC 9211 section 2.2). */
    CacheStatus.Forward why(Making.Kind kind, @Nullable StoredAnswer known, long now) {
        return switch (kind) {
            case MISS -> otherVariants ? CacheStatus.Forward.VARY_MISS : CacheStatus.Forward.URI_MISS;
            case VALIDATE, REPLACE -> {
                if (known == null || !known.terms().freshness().isFresh(now) || known.terms().directives().noCache()) {
                    yield CacheStatus.Forward.STALE;
                }
                yield known.part() == null ? CacheStatus.Forward.REQUEST : CacheStatus.Forward.PARTIAL;
            }
            case COMPLETE -> CacheStatus.Forward.PARTIAL;
            case METHOD -> CacheStatus.Forward.METHOD;
            case BYPASS -> CacheStatus.Forward.BYPASS;
        };
    }

    boolean isGet() {
        return head.method().equals("GET");
    }

    /** Whether nobody waits for the answer, since a stale one was sent. */
    boolean isRefresh() {
        return response instanceof NoClient;
    }

    /** Answers the request, or sees to it that it is answered. */
    void start() throws Exception {
        boolean reads = isGet() || head.isHead();
        if (!reads || (traits & route.bypass()) != 0) {
            route.tally().passed();
            new Making(this, null, null, reads ? Making.Kind.BYPASS : Making.Kind.METHOD).run();
            return;
        }
        for (int waits = 0; ; waits++) {
            Variants there = route.lookUp(head, text);
            StoredAnswer known = there == null ? null : there.select(head.fields());
            known = known != null ? known : landed();
            otherVariants = known == null && there != null && !there.answers().isEmpty();
            long now = route.now();
            boolean fits = known != null && StoredReply.fits(head, traits, known);
            Selection selection = known == null || !fits
                    ? Selection.withoutStored(asked, route.rules())
                    : Selection.of(asked, known.terms(), route.rules(), now);
            if (known != null && fits && selection == Selection.USE) {
                count(known, now);
                serve(known, now, null);
                return;
            }
            if (known != null && fits && selection == Selection.USE_AND_VALIDATE) {
                refresh(known);
                route.tally().staleServed();
                serve(known, now, null);
                return;
            }
            if (selection == Selection.ONLY_IF_CACHED) {
                throw new HttpFailure(504, "Nothing that may be used is stored, and the request wants nothing else.");
            }
            if (known != null && !fits) {
                route.tally().missed();
                new Making(this, known, null, isGet() ? Making.Kind.COMPLETE : Making.Kind.REPLACE).run();
                return;
            }
            if (waits == WAITS || !isShared(there, known, now)) {
                make(known, selection, null);
                return;
            }
            FlightKey key = flightKey(there);
            Flight own = new Flight(false);
            Flight other = route.flights().putIfAbsent(key, own);
            if (other != null && other.begin() && route.flights().replace(key, other, own)) {
                other.land(Flight.Outcome.STORED, null); // it was queued in the background, where it finds itself taken over
                other = null;
            }
            if (other == null && route.lookUp(head, text) != there) {
                route.flights().remove(key, own); // another has landed in between
                own.land(Flight.Outcome.STORED, null);
            } else if (other == null) {
                make(known, selection, new Lead(route.flights(), key, own));
                return;
            } else if (!waitFor(other, known, selection)) {
                return;
            }
        }
    }

    /**
     * Answers from a stored answer: the client's response must be uncommitted.
     *
     * @param status what Cache-Status says if it is told; null for a hit
     */
    void serve(StoredAnswer answer, long nowMillis, @Nullable String status) {
        serve(answer, nowMillis, status, done);
    }

    /** The same, where somebody else is told that the client has taken it, and tells {@link #done}. */
    void serve(StoredAnswer answer, long nowMillis, @Nullable String status, Completion taken) {
        Prepared ready = StoredReply.of(head, traits, answer, nowMillis, Multipart::boundary);
        if (ready == null) {
            throw new IllegalStateException("the part that is stored does not fit the request");
        }
        response.reset();
        response.status(ready.head().status());
        response.fields().addAll(ready.head().fields());
        if (status != null && route.policy().status()) {
            response.fields().set(CacheStatus.FIELD, status);
        }
        response.write(ready.body(), true, taken);
    }

    /** What this request has waited for, if it may have it: the store was free not to keep it. */
    private @Nullable StoredAnswer landed() {
        StoredAnswer made = landed;
        return made != null && made.vary().matches(head.fields()) ? made : null;
    }

    /** Whether others may wait for this request, and it for them. */
    private boolean isShared(@Nullable Variants there, @Nullable StoredAnswer known, long now) {
        if (!route.policy().collapse() || !isGet() || there != null && there.passes(now)) {
            return false;
        }
        if (known == null && route.rules().lifetime() == Rules.NEVER) {
            return false; // it would wait for what is most likely not shared
        }
        if (known != null) {
            // What is stale from the start, or validated each time, is asked for by each client itself.
            return known.terms().freshness().lifetimeMillis() > 0 && !known.terms().freshness().isFresh(now);
        }
        boolean conditional = (traits & (RequestTraits.CONDITIONS | RequestTraits.RANGE)) != 0;
        return !conditional || !Asking.keepsConditions(route);
    }

    /** False if the request is answered, or given up. */
    private boolean waitFor(Flight other, @Nullable StoredAnswer known, Selection selection) throws Exception {
        route.tally().collapsed();
        boolean plain = (traits & (RequestTraits.CONDITIONS | RequestTraits.RANGE)) == 0;
        long patience = route.policy().patience().toNanos();
        Flight.Outcome outcome = other.await(request, patience, plain);
        if (outcome == Flight.Outcome.ROLLING) {
            if (share(other.rolling())) {
                return false;
            }
            outcome = other.await(request, patience, false);
        }
        switch (outcome) {
            case STORED -> {
                landed = other.answer();
                return true;
            }
            case GONE -> done.failed(new RefusedException(Refusal.DISCONNECTED, "the client is gone"));
            case INTERRUPTED -> done.failed(new InterruptedIOException("interrupted while another makes the answer"));
            case STALE -> {
                long now = route.now();
                if (known != null && Selection.standsIn(asked, known.terms(), route.rules(), now)) {
                    route.tally().staleServed();
                    serve(known, now, CacheStatus.standsIn(-1, known.terms().freshness().remaining(now)));
                } else {
                    make(known, selection, null);
                }
            }
            case APART, IMPATIENT, ROLLING -> make(known, selection, null);
        }
        return false;
    }

    /** Begins to send what another makes, as it is made; false if this request may not have it, or comes too late. */
    private boolean share(@Nullable Rolling rolling) {
        if (rolling == null) {
            return false;
        }
        StoredAnswer answer = rolling.draft().with(EMPTY, null);
        long now = route.now();
        if (rolling.fill().isDoomed(answer.tags()) || !answer.vary().matches(head.fields()) || answer.status() == 206
                || Selection.of(asked, answer.terms(), route.rules(), now) != Selection.USE) {
            return false;
        }
        response.reset();
        response.status(answer.status());
        response.fields().addAll(answer.fieldsAt(now).build());
        if (route.policy().status()) {
            response.fields().set(CacheStatus.FIELD, CacheStatus.collapsed(rolling.why()));
        }
        String length = rolling.draft().declaredLength();
        if (length != null) {
            response.fields().set("Content-Length", length);
        }
        TapeReader reader = new TapeReader(rolling.tape(), response, false, new Shared());
        if (!rolling.tape().attach(reader)) {
            response.reset();
            return false;
        }
        reader.advance();
        return true;
    }

    private void make(@Nullable StoredAnswer known, Selection selection, @Nullable Lead lead) {
        route.tally().missed();
        Making.Kind kind = known == null ? Making.Kind.MISS
                : selection == Selection.REPLACE ? Making.Kind.REPLACE : Making.Kind.VALIDATE;
        new Making(this, known, lead, kind).run();
    }

    /** Makes it anew behind the client's back, unless that is being done. */
    private void refresh(StoredAnswer known) {
        RequestHead get = new RequestHead(
                "GET", head.scheme(), head.authority(), head.target(), head.version(), Validation.unconditional(head.fields()));
        FlightKey key = flightKey(route.lookUp(head, text));
        Flight own = new Flight(true);
        if (route.flights().putIfAbsent(key, own) != null) {
            return;
        }
        DetachedRequest detached = DetachedRequest.of(new ChangedRequest(request, get));
        CacheRun run = new CacheRun(route, detached, new NoClient(), new Refreshed());
        Making.Kind kind = known.terms().validates() ? Making.Kind.VALIDATE : Making.Kind.REPLACE;
        Making making = new Making(run, known, new Lead(route.flights(), key, own), kind);
        try {
            route.cache().background().refreshes().execute(() -> {
                if (own.begin()) {
                    making.run();
                } else {
                    making.giveUp(); // a request did not want to wait for it
                }
            });
        } catch (RejectedExecutionException e) { // the next one tries again
            making.giveUp();
            LOG.log(System.Logger.Level.DEBUG, "no thread is free to make a stale answer of " + route + " anew");
        }
    }

    private FlightKey flightKey(@Nullable Variants there) {
        VaryKey variant = there == null || there.answers().isEmpty() || there.answers().get(0).vary().equals(VaryKey.NONE)
                ? VaryKey.NONE : VaryKey.of(there.answers().get(0).fields(), head.fields());
        return new FlightKey(head.scheme(), CacheKey.authority(head.scheme(), head.authority()), text, variant);
    }

    private void count(StoredAnswer answer, long now) {
        if (answer.terms().freshness().isFresh(now)) {
            route.tally().hit();
        } else {
            route.tally().staleServed();
        }
    }

    /** Ends a request that shares another's answer, or runs the handler for it if nothing was sent. */
    private final class Shared implements Completion {
        @Override
        public void succeeded() {
            done.succeeded();
        }

        @Override
        public void failed(Throwable cause) {
            if (response.committed()) {
                done.failed(cause);
                return;
            }
            response.reset();
            route.tally().missed();
            Making making = new Making(CacheRun.this, null, null, Making.Kind.MISS);
            try {
                route.cache().background().asks().execute(making::run);
            } catch (RejectedExecutionException e) {
                making.giveUp();
                done.failed(cause);
            }
        }
    }

    /** Tells of handlers that fail where no client sees it. */
    private final class Refreshed implements Completion {
        @Override
        public void succeeded() {}

        @Override
        public void failed(Throwable cause) {
            LOG.log(System.Logger.Level.WARNING,
                    () -> "a stale answer of " + route + " at " + request.path() + " could not be made anew", cause);
        }
    }
}
