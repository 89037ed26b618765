/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One run of the handler under the cache's eyes, and what becomes of its answer.
 *
 * <pre>
 *   run ──► the handler, with conditions of ours where something stale is to be validated
 *             head is about to leave
 *               304 to our condition ──────── DROP ──► stored fields updated ──► answered from there
 *               an error, and stale stands in  DROP ──► answered by the stale one
 *               may be stored ─────────────── KEEP, or HOLD if the client's own conditions were taken away ──► stored
 *               may not ───────────────────── PASS ──► waiters go their own ways at once
                 and the client's own conditions, or its range, would have had less of it
                                             DROP ──► 304 or 412, or the handler is asked again in the client's words
 * </pre>
 */
final class Making implements Watch {

    /** How long requests for a key run side by side after an answer of it could not be stored, in milliseconds. */
    static final long PASS_MILLIS = 10_000;

    /** Why the handler runs. */
    enum Kind {
        /** Nothing is stored that the request may have. */
        MISS,
        /** What is stored is not good enough, and can't be validated. */
        REPLACE,
        /** What is stored is to be validated. */
        VALIDATE,
        /** What is stored is a part, and not the one that is wanted. */
        COMPLETE,
        /** The method is not GET or HEAD. */
        METHOD,
        /** The request passes the cache by. */
        BYPASS
    }

    private final CacheRun run;
    private final CachedHandler route;
    private final @Nullable StoredAnswer known;
    private final @Nullable Lead lead;
    private final Kind kind;
    private final CacheStatus.Forward why;
    private final Fill fill;
    private final RequestHead sent;
    private final boolean held;
    private final long requestMillis;
    private @Nullable Recorder recorder;
    private @Nullable Draft draft;
    private @Nullable StoredAnswer kept;
    private @Nullable Fields notModified;
    private boolean holds;
    private boolean standsIn;
    private boolean again;
    private int errorStatus = -1;

    /**
     * A run, which counts as begun from here on: what is purged later is not stored by it.
     *
     * @param known what is stored and was not good enough; null if nothing is
     * @param lead the flight that others wait for; null if nobody does
     */
    Making(CacheRun run, @Nullable StoredAnswer known, @Nullable Lead lead, Kind kind) {
        this.run = run;
        this.route = run.route();
        this.known = known;
        this.lead = lead;
        this.kind = kind;
        Request request = run.request();
        RequestHead head = request.head();
        this.fill = route.store().begin(new Fill(
                route.index(), head.scheme(), CacheKey.authority(head.scheme(), head.authority()), run.text(),
                route.keys().url(request.target())));
        Fields fields = run.isGet() ? Asking.fields(run, head.fields(), known, kind) : head.fields();
        boolean conditional = (run.traits() & (RequestTraits.CONDITIONS | RequestTraits.RANGE)) != 0;
        this.held = conditional && fields != head.fields();
        this.sent = fields == head.fields() ? head
                : new RequestHead(head.method(), head.scheme(), head.authority(), head.target(), head.version(), fields);
        this.requestMillis = route.now();
        this.why = run.why(kind, known, requestMillis);
    }

    /** Runs the handler on this thread, a worker. Throws nothing: what fails is told to the client's completion. */
    void run() {
        Recorder own = new Recorder(run.response(), this, route.cache().room().tape(route.policy()), route.cache().background().reads());
        recorder = own;
        Request request = run.request();
        boolean kept = kind != Kind.METHOD && kind != Kind.BYPASS; // others would get what its body asked for
        try {
            if (route.policy().earlyHints() && run.isGet() && known != null) {
                hint(known.fields());
            }
            route.inner().handle(kept ? new ChangedRequest(request, sent) : request, own, own);
        } catch (Throwable failure) { // as the engine does: it costs this answer, not the worker
            own.failed(failure);
        }
    }

    /** Sends what the last answer linked to, so that the client can fetch it while this one is made (RFC 8297). */
    private void hint(Fields last) throws IOException {
        Fields.Builder links = Fields.builder();
        for (String link : last.all("Link")) {
            links.add("Link", link);
        }
        if (links.contains("Link")) {
            run.response().inform(ResponseHead.of(103, links.build()));
        }
    }

    /** Ends it without having run. */
    void giveUp() {
        end(Flight.Outcome.APART);
    }

    @Override
    public Recorder.Fate opened() {
        Response response = run.response();
        Request request = run.request();
        Fields answer = response.fields().build();
        int status = response.status();
        long now = route.now();
        if (Invalidation.drops(request.method(), status)) {
            route.cache().invalidate(request, answer, fill);
        }
        if (kind == Kind.VALIDATE && status == 304 && sent != request.head()) {
            notModified = answer;
            return Recorder.Fate.DROP;
        }
        if (Selection.isError(status) && mayStandIn(now)) {
            standsIn = true;
            errorStatus = status;
            return Recorder.Fate.DROP;
        }
        boolean oursAlone = kind == Kind.COMPLETE && sent != request.head();
        if (oursAlone && (known == null || !known.isContinuedBy(status, answer))) {
            again = status != 200;
            if (again) {
                return Recorder.Fate.DROP; // an answer to a range that the client has not asked for
            }
        }
        Draft drafted = Draft.of(route, request.head(), status, answer, requestMillis, now);
        StoredAnswer.strip(response.fields(), route.policy());
        if (oursAlone && status == 206) {
            draft = drafted;
            holds = true;
            return Recorder.Fate.HOLD;
        }
        Reason before = run.unkept() != null ? run.unkept() : passes();
        Reason reason = before != null ? before : drafted.refusal();
        if (reason == null && recorder != null && recorder.isHeldElsewhere()) {
            reason = Reason.ELSEWHERE;
        }
        if (reason == null && recorder != null && !recorder.hasRoom(drafted.declaredLength())) {
            reason = Reason.NO_ROOM;
        }
        if (request.head().isHead() && known != null) {
            freshening().byHead(known, status, answer, now);
        }
        if (reason == null) {
            draft = drafted;
        } else if (!request.head().isHead() && run.unkept() == null) {
            refuse(status, reason, drafted.lasting());
        }
        if (reason != Reason.ELSEWHERE && drafted.isZippable()) {
            Zipping.vary(response.fields());
        }
        if (route.policy().status()) {
            response.fields().add(
                    CacheStatus.FIELD, CacheStatus.forwarded(why, status, status, reason == null, reason));
        }
        if (held && reason != null && OwnConditions.shorten(run, status, drafted.terms(), answer, reason)) {
            again = run.unkept() != null;
            return Recorder.Fate.DROP;
        }
        holds = held && reason == null;
        return reason != null ? Recorder.Fate.PASS : held ? Recorder.Fate.HOLD : Recorder.Fate.KEEP;
    }

    @Override
    public void outgrown(Reason reason) {
        draft = null;
        refuse(200, reason, reason.isOfRequest() ? null : reason);
    }

    @Override
    public void rolls(Tape tape) {
        if (lead != null && draft != null) {
            lead.flight().roll(new Rolling(tape, draft, fill, why));
        }
    }

    @Override
    public boolean kept(ByteBuffer record) {
        Draft known = draft;
        if (known == null) {
            return true;
        }
        kept = store(known, record);
        return known.isWhole(record.limit());
    }

    @Override
    public void finished() {
        try {
            if (again) {
                askAgain();
            } else if (notModified != null && known != null) {
                confirmed(known, notModified);
            } else if (standsIn && known != null) {
                standIn(known);
            } else if (holds && draft != null && kept != null) {
                StoredAnswer answer = kept;
                if (answer.part() != null && !StoredReply.fits(run.request().head(), run.traits(), answer)) {
                    letGo();
                    askAgain(); // the parts did not make the whole
                } else {
                    String status = CacheStatus.forwarded(why, -1, answer.status(), true, null);
                    run.serve(answer, route.now(), status, new Taken(this::letGo, run.done()));
                }
            } else {
                end(Flight.Outcome.APART);
                succeed();
            }
        } catch (RuntimeException | Error e) {
            letGo();
            end(Flight.Outcome.APART);
            run.done().failed(e);
        }
    }

    @Override
    public void failed(Throwable cause, boolean sentAlready) {
        try {
            if (!sentAlready && known != null && isError(cause) && mayStandIn(route.now())) {
                standIn(known);
                return;
            }
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
        end(Flight.Outcome.APART);
        run.done().failed(cause);
    }

    /** Stores the answer if its body is whole; it is returned all the same. */
    private StoredAnswer store(Draft made, ByteBuffer body) {
        boolean whole = made.isWhole(body.limit());
        Draft.Joined joined = made.join(known, body);
        String askedRange = joined.draft() == made && made.isPart() ? sent.fields().joined("Range") : null;
        ByteBuffer laid = whole ? route.store().memory().lay(joined.body()) : joined.body();
        StoredAnswer answer = joined.draft().with(laid, askedRange);
        boolean stored = whole && joined.draft().refusal() == null && route.store().put(fill, answer, known);
        if (stored) {
            route.tally().stored();
            route.zipLater(fill, answer);
        } else if (!whole) {
            route.tally().refused(Reason.TRUNCATED);
        }
        land(stored ? answer : null);
        return answer;
    }

    /** The handler says that what is stored is still good (RFC 9111 section 4.3.4). */
    private void confirmed(StoredAnswer old, Fields answer) {
        long now = route.now();
        Draft made = freshening().by304(old, answer, now);
        StoredAnswer fresh = made.renewed(old);
        route.tally().validated();
        boolean stored = made.refusal() == null && route.store().put(fill, fresh, old);
        if (stored) {
            route.zipLater(fill, fresh);
        }
        if (made.lasting() != null) {
            route.store().drop(fill, old);
        }
        land(stored ? fresh : null);
        run.serve(fresh, now, CacheStatus.forwarded(why, 304, 200, stored, made.refusal()));
    }

    private Freshening freshening() {
        return new Freshening(route, fill, run.request().head(), requestMillis);
    }

    private void standIn(StoredAnswer stale) {
        route.tally().staleServed();
        end(Flight.Outcome.STALE);
        long now = route.now();
        run.serve(stale, now, CacheStatus.standsIn(errorStatus, stale.terms().freshness().remaining(now)));
    }

    /** Whether a failure is one that something stale stands in for: to say 404 is no failure of the handler's. */
    private static boolean isError(Throwable cause) {
        return !(cause instanceof HttpFailure failure) || Selection.isError(failure.status());
    }

    private boolean mayStandIn(long now) {
        return known != null && kind != Kind.COMPLETE && StoredReply.fits(run.request().head(), run.traits(), known)
                && Selection.standsIn(run.asked(), known.terms(), route.rules(), now);
    }

    /** Why the request passes the cache by, so that nothing is stored of it; null if it does not. */
    private @Nullable Reason passes() {
        int traits = run.traits() & route.bypass();
        if (kind == Kind.METHOD) {
            traits &= ~(RequestTraits.BODY | RequestTraits.UPGRADE); // those methods have one
        }
        return kind == Kind.BYPASS || kind == Kind.METHOD && traits != 0 ? RequestTraits.bypass(traits) : null;
    }

    /**
     * The answer is not stored. Those who wait need not any more, and for a while nobody begins to, unless it is an error that
     * will pass, or an affair of this request. What is stored is out of date if nobody waits for this one, because a stale one
     * was sent: the next request is not to be sent it too (RFC 9111 section 4.3.3).
     *
     * @param lasting why no other answer like this is stored either; null if that is not so
     */
    private void refuse(int status, Reason reason, @Nullable Reason lasting) {
        route.tally().refused(reason);
        if (lasting != null && known != null && run.isRefresh() && !Selection.isError(status)) {
            route.store().drop(fill, known);
        }
        if (lead == null) {
            return;
        }
        if (!Selection.isError(status) && !reason.isOfRequest()) {
            route.store().pass(fill, route.now() + PASS_MILLIS);
        }
        lead.land(Flight.Outcome.APART, null);
    }

    /** What came is of no use for this client: the handler is asked for all that it wants, on a thread that may wait. */
    private void askAgain() {
        route.store().end(fill);
        run.response().reset();
        Making next = new Making(run, null, run.unkept() == null ? lead : null, Kind.MISS);
        try {
            route.cache().background().asks().execute(next::run);
        } catch (RejectedExecutionException e) {
            next.giveUp();
            run.done().failed(new HttpFailure(503, "No thread is free to ask for the rest.", e));
        }
    }

    /** The client has all of it, or gets the rest now, unless it went away meanwhile. */
    private void succeed() {
        Throwable gone = recorder == null ? null : recorder.clientFailure();
        if (gone == null) {
            run.done().succeeded();
        } else {
            run.done().failed(gone);
        }
    }

    private void letGo() {
        if (recorder != null) {
            recorder.letGo();
        }
    }

    /** What was made is for those who wait too, or for none of them. */
    private void land(@Nullable StoredAnswer answer) {
        route.store().end(fill);
        if (lead != null) {
            lead.land(answer == null ? Flight.Outcome.APART : Flight.Outcome.STORED, answer);
        }
    }

    private void end(Flight.Outcome outcome) {
        route.store().end(fill);
        if (lead != null) {
            lead.land(outcome, null);
        }
    }
}
