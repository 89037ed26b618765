/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Forwards to HTTP/1.1 servers, over TCP or Unix-domain sockets, and streams their answers back (RFC 9110 sections 3.7 and 7.6).
 *
 * <pre>
 *   built ──first request, or targets()──► running ──close──► closed: 503
 * </pre>
 *
 * <p>Bodies stream both ways, each held back by whoever takes it slowly. Path and query go on as the client sent them, all
 * fields but a connection's in their order; Host is the target's unless {@linkplain ForwardBuilder#preserveHost told
 * otherwise}. Interim answers and trailers pass. A target that can't be reached, or answers against the rules, makes a 502;
 * one that takes too long a 504; targets whose connections are all in use, or of which none is in service, a 503. An answer that breaks off
 * after it has begun is broken off at the client too. A client that goes away takes its request with it.
 *
 * <p>Several targets share the requests as the {@link Balance} says. A request whose target failed goes to another one only if that
 * is safe: no connection could be made; or the request may be repeated (RFC 9110 section 9.2.2), none of its body was read and nothing of an
 * answer came. No other is ever sent twice.
 *
 * <p>One platform thread, {@code gatehouse-forward-N}, does the forwarding; the worker is free when its call returns. Any
 * thread may call any method.
 */
public final class Forward implements AsyncHandler, AutoCloseable {

    /** A request that was let in, until it is over. */
    private record Admitted(Switchboard board, Completion done) implements Completion {
        /** @throws HttpFailure 503, if too many are under way */
        static Admitted to(Switchboard board, Completion done) {
            board.enter();
            return new Admitted(board, done);
        }

        @Override
        public void succeeded() {
            board.exit();
            done.succeeded();
        }

        @Override
        public void failed(Throwable cause) {
            board.exit();
            done.failed(cause);
        }
    }

    /** A target before there is a board to put it on. */
    record Planned(Origin origin, TargetOptions options) {}

    private final ForwardSettings settings;
    private final List<Planned> planned;
    private final LongSupplier clock;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Switchboard board; // written under the lock
    private volatile boolean closed;

    /**
     * A forward.
     *
     * @param clock as {@link System#nanoTime}
     */
    Forward(ForwardSettings settings, List<Planned> planned, LongSupplier clock) {
        this.settings = settings;
        this.planned = planned;
        this.clock = clock;
    }

    /**
     * Begins to describe a handler that forwards.
     *
     * @param origins the targets to begin with, none if they are all added later; each {@code http://host:port} or {@code
     *     https://host:port}; the same with {@code /path/} behind, which takes the place of the prefix; or {@code unix:/run/app.sock}
     * @throws IllegalArgumentException if one is none of them
     */
    public static ForwardBuilder to(String... origins) {
        ForwardBuilder builder = new ForwardBuilder();
        for (String origin : origins) {
            builder.target(origin, TargetOptions.DEFAULTS);
        }
        return builder;
    }

    @Override
    public void handle(Request request, Response response, Completion done) {
        if (OutwardRules.maxForwards(request.head()) == 0) {
            answerHere(request, response, done);
            return;
        }
        Fields fields = settings.rules().fields(request);
        String key = settings.balance() instanceof Balance.ConsistentHash hash ? hash.key().apply(request) : null;
        Switchboard running = running();
        Departure departure = new Departure(fields, key, settings.upgrades().asked(request));
        Admitted admitted = Admitted.to(running, done);
        Passage passage = new Passage(running, departure, request, response, admitted);
        running.loop().execute(passage::begin);
    }

    /** {@link ForwardLimits} bound what is under way, so that a target which never answers keeps nobody else from a worker. */
    @Override
    public boolean boundsItself() {
        return true;
    }

    /**
     * The targets, to be looked at and changed.
     *
     * @throws HttpFailure 503 if it is closed, or can't run
     */
    public Targets targets() {
        return new Targets(running());
    }

    /** How it stands; opens nothing. */
    public ForwardStatus status() {
        Switchboard running = board;
        if (running == null) {
            TargetCounts none = new TargetCounts(0, 0, 0, 0, 0, 0, 0);
            return new ForwardStatus(0, Duration.ZERO, 0, Duration.ZERO,
                    planned.stream().map(target -> new ForwardStatus.Of(target.origin().text(), Target.State.UP, 0, none)).toList());
        }
        return new ForwardStatus(running.held().count(), running.held().oldest(), running.waiting().count(), running.waiting().oldest(),
                Stream.of(running.targets())
                        .map(target -> new ForwardStatus.Of(target.origin(), target.state(), target.outstanding(), target.counts()))
                        .toList());
    }

    /**
     * Whether a request failed because no connection could be made to any target, so that nobody has seen it. A gateway says 502 to that;
     * who knows that its target is away for a while may say 503.
     *
     * @param failure what the completion was given
     */
    public static boolean isUnseen(Throwable failure) {
        return failure instanceof HttpFailure && failure.getCause() instanceof OriginFailure origin && origin.isUnseen();
    }

    /** Cuts off what is under way, closes the connections and ends the thread; waits for that. Idempotent. */
    @Override
    public void close() {
        Switchboard running;
        lock.lock();
        try {
            closed = true;
            running = board;
        } finally {
            lock.unlock();
        }
        if (running != null) {
            running.loop().close();
        }
    }

    /** Where it forwards to. */
    @Override
    public String toString() {
        Switchboard running = board;
        List<String> names = running == null
                ? planned.stream().map(target -> target.origin().text()).toList()
                : List.of(running.targets()).stream().map(Target::origin).toList();
        return "Forward to " + (names.isEmpty() ? "no target" : String.join(", ", names));
    }

    /** The answer to a request that may go no farther. TRACE, which would show what fields were added on the way, is not answered. */
    private static void answerHere(Request request, Response response, Completion done) {
        if (request.method().equals("TRACE")) {
            throw new HttpFailure(405, "TRACE is not answered here.");
        }
        response.status(204);
        done.succeeded();
    }

    private Switchboard running() {
        Switchboard running = board;
        return running != null ? running : start();
    }

    private Switchboard start() {
        lock.lock();
        try {
            Switchboard running = board;
            if (running != null) {
                return running;
            }
            if (closed) {
                throw new OriginFailure("the forward is closed").busy();
            }
            ForwardLoop loop = new ForwardLoop(clock);
            Switchboard begun = new Switchboard(loop, settings);
            planned.forEach(target -> begun.add(target.origin(), target.options()));
            loop.start(begun);
            board = begun;
            return begun;
        } catch (IOException e) {
            throw new HttpFailure(503, "The server can't forward now.", e);
        } finally {
            lock.unlock();
        }
    }
}
