/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request goes on after its dispatch has returned, and how (Servlet 6.1 section 2.3.3.3).
 *
 * <pre>
 *              startAsync            the dispatch returned
 *   IDLE ────────────────► STARTED ─────────────────────────► SUSPENDED
 *    ▲                      │   ▲ └──complete──► COMPLETED       │  │ │
 *    │                      │   └──timeout, error: listeners hear──┘ │ │
 *    │ its dispatch runs    │ dispatch                               │ │
 *    └───────────────── DISPATCHED ◄──────────────dispatch───────────┘ │
 *                                        COMPLETED ◄───complete────────┘
 *   IDLE or COMPLETED, when the dispatch has returned: ENDED
 * </pre>
 *
 * <p>In STARTED, a call of the container's is on the stack, and what the application decides waits for its return.
 */
final class AsyncFlow {

    /** What the container does after a dispatch has returned. */
    enum Next { FINISH, DISPATCH, WAIT }

    private enum State { IDLE, STARTED, SUSPENDED, DISPATCHED, COMPLETED, ENDED }

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    private final RequestRun run;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Runnable> waiting = new ArrayList<>(2);
    private State state = State.IDLE;
    private @Nullable AsyncHandle handle;
    private @Nullable ScheduledFuture<?> timer;
    private @Nullable Dispatcher target;
    private int round;
    private volatile boolean starting;
    private boolean watching;
    private boolean peerLeft;

    AsyncFlow(RequestRun run) {
        this.run = run;
    }

    private State now() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is in asynchronous mode and nothing has ended that yet. */
    boolean started() {
        State current = now();
        return current == State.STARTED || current == State.SUSPENDED;
    }

    /** What the application is told: what it decides takes effect when the dispatch that started has returned. */
    boolean startedForApplication() {
        return starting || started();
    }

    /** Whether asynchronous mode has nothing to do with what follows the dispatch that is running. */
    boolean idle() {
        return now() == State.IDLE;
    }

    /** The context of all starts. */
    AsyncHandle context() {
        AsyncHandle current = handle;
        if (current == null) {
            throw new IllegalStateException("the request is not asynchronous: call startAsync first");
        }
        return current;
    }

    /** Starts; listeners of an earlier round hear of it, and are forgotten unless they add themselves again. */
    AsyncHandle start(ServletRequest request, ServletResponse response, boolean unnamed) {
        AsyncHandle next;
        Runnable told;
        lock.lock();
        try {
            if (state != State.IDLE) {
                throw new IllegalStateException("startAsync in state " + state
                        + ": start once per dispatch, and before complete and dispatch");
            }
            state = State.STARTED;
            starting = true;
            next = handle == null ? new AsyncHandle(run) : handle;
            handle = next;
            told = next.begin(request, response, unnamed);
        } finally {
            lock.unlock();
        }
        told.run();
        return next;
    }

    /** Throws unless a round is open: neither completed nor dispatched. */
    void requireOpen() {
        lock.lock();
        try {
            if (state != State.STARTED && state != State.SUSPENDED) {
                throw new IllegalStateException("the asynchronous request is in state " + state
                        + ": use its request and response before complete and dispatch");
            }
        } finally {
            lock.unlock();
        }
    }

    /** Throws unless the dispatch that started it is still running, or a call to a stream's listener on this thread. */
    void requireStarted(String what) {
        State current = now();
        if (current != State.STARTED && (current != State.SUSPENDED || !run.calls().current())) {
            throw new IllegalStateException(what + " in state " + current
                    + ": call it before the dispatch that started asynchronous mode returns");
        }
    }

    void complete() {
        if (leave(State.COMPLETED, null)) {
            run.completed();
        }
    }

    void dispatch(Dispatcher to) {
        if (leave(State.DISPATCHED, to)) {
            onWorker(run::settle);
        }
    }

    /** Ends asynchronous mode after an error page, if the page has not. */
    void completeQuietly() {
        completeIn(State.STARTED, State.DISPATCHED);
    }

    /** Where the pending dispatch goes. */
    @Nullable Dispatcher target() {
        return target;
    }

    /** The dispatch on the stack has returned: says what follows. */
    Next returned() {
        watch();
        List<Runnable> works;
        boolean left;
        lock.lock();
        try {
            starting = false;
            switch (state) {
                case STARTED -> {
                    if (!suspend()) {
                        return Next.FINISH;
                    }
                }
                case DISPATCHED -> {
                    state = State.IDLE;
                    return Next.DISPATCH;
                }
                case IDLE, COMPLETED -> {
                    state = State.ENDED;
                    return Next.FINISH;
                }
                default -> {
                    return Next.WAIT;
                }
            }
            works = List.copyOf(waiting);
            waiting.clear();
            left = peerLeft;
        } finally {
            lock.unlock();
        }
        // Without the lock: an executor may run them here.
        works.forEach(run.callbacks()::execute);
        if (left) {
            peerGone();
        }
        return Next.WAIT;
    }

    /** On the stack: the application threw; its listeners may end it, else an error page does. */
    void error(Throwable failure) {
        AsyncHandle current = context();
        current.tell("onError", failure);
        if (started()) {
            run.failures().thrown(failure);
        }
        completeIn(State.STARTED);
    }

    /** On the stack, after the end: listeners hear of it. */
    void ended() {
        run.context().suspended().remove(this);
        AsyncHandle current = handle;
        if (current != null) {
            current.tell("onComplete", null);
        }
    }

    private void timeout() {
        AsyncHandle current = context();
        current.tell("onTimeout", null);
        end(500, new IOException("an asynchronous request took longer than " + current.getTimeout() + " ms"));
    }

    /** On the thread that undeploys, or behind work that took too long: what still waits ends here. */
    void abort(IOException cause) {
        if (claim(-1)) {
            run.turn(() -> {
                AsyncHandle current = context();
                current.tell("onError", cause);
                end(503, cause);
            });
        }
    }

    /** There is no worker for what is to be done next: the request ends here, if it waits. */
    void abandon(Throwable cause) {
        if (claim(-1)) {
            LOG.log(System.Logger.Level.WARNING, "no worker for an asynchronous request: it is cut");
            run.cut(cause);
            completeQuietly();
            run.settle();
        }
    }

    /** On the stack: ends the round with an error page or, where it is too late for one, a cut. */
    private void end(int status, IOException cause) {
        if (started()) {
            if (run.response().buffer().sent()) {
                run.cut(cause);
            } else {
                run.failures().status(status);
            }
        }
        completeIn(State.STARTED);
    }

    private void completeIn(State... states) {
        lock.lock();
        try {
            if (List.of(states).contains(state)) {
                state = State.COMPLETED;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Leaves for another state; true if nothing is on the stack, so that the caller has to go on. */
    private boolean leave(State to, @Nullable Dispatcher dispatcher) {
        lock.lock();
        try {
            if (state != State.STARTED && state != State.SUSPENDED) {
                throw new IllegalStateException("the asynchronous request is in state " + state
                        + ": complete or dispatch it once");
            }
            boolean alone = state == State.SUSPENDED;
            state = to;
            target = dispatcher;
            cancelTimer();
            return alone;
        } finally {
            lock.unlock();
        }
    }

    /** Has work done on a worker as soon as no dispatch of this request is on the stack. */
    void afterReturn(Runnable work) {
        lock.lock();
        try {
            if (state == State.STARTED) {
                waiting.add(work);
                return;
            }
        } finally {
            lock.unlock();
        }
        run.callbacks().execute(work);
    }

    /** Has the peer watched from the first round on, before anything can end the request. */
    private void watch() {
        lock.lock();
        try {
            if (watching || state != State.STARTED) {
                return;
            }
            watching = true;
        } finally {
            lock.unlock();
        }
        run.received().onDisconnect(this::peerGone);
    }

    /** Waits from now on; false if the application has ended, so that there is nobody to wait for. */
    private boolean suspend() {
        if (run.taken()) {
            state = State.ENDED;
            return false;
        }
        state = State.SUSPENDED;
        int current = ++round;
        long bound = run.context().limits().isolation().asyncTime().toMillis();
        long millis = context().getTimeout();
        millis = bound > 0 && (millis <= 0 || millis > bound) ? bound : millis;
        if (millis > 0) {
            try {
                timer = run.context().threads().timer().schedule(
                        () -> event(current, this::timeout), millis, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                run.cut(e);
                state = State.ENDED;
                return false;
            }
        }
        run.context().suspended().add(this);
        return true;
    }

    /** On an I/O thread, or on the stack of {@link #watch}. */
    private void peerGone() {
        int current;
        lock.lock();
        try {
            peerLeft = true;
            current = round;
        } finally {
            lock.unlock();
        }
        event(current, () -> {
            run.peerGone();
            error(new IOException("the peer is gone"));
        });
    }

    /** Something happened in a round that is waiting: its handling goes on the stack of a worker. */
    private void event(int ofRound, Runnable handling) {
        if (claim(ofRound)) {
            onWorker(() -> run.turn(handling::run));
        }
    }

    /** Takes a request that waits, in a round or, with -1, in any; the caller goes on with it. */
    private boolean claim(int ofRound) {
        lock.lock();
        try {
            if (state != State.SUSPENDED || ofRound >= 0 && round != ofRound) {
                return false;
            }
            state = State.STARTED;
            cancelTimer();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Goes on with the request on a worker; where there is none any more, the request ends. */
    private void onWorker(Runnable work) {
        try {
            run.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.WARNING, "no worker for an asynchronous event: the request is cut");
            run.cut(e);
            completeQuietly();
            run.settle();
        }
    }

    private void cancelTimer() {
        ScheduledFuture<?> pending = timer;
        timer = null;
        if (pending != null) {
            pending.cancel(false);
        }
    }
}
