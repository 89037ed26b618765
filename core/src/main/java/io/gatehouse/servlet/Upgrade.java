/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A connection that was handed to an upgrade handler (Servlet 6.1 section 2.3.3.5). Its bytes go through as they are; nothing
 * is held back by a buffer.
 *
 * <pre>
 *   ASKED FOR ──the request is over, 101──► STARTING (init runs, on a worker) ──init returned──► OPEN
 *       │                                        │ closed, failed, peer gone, undeployed           │ the same
 *       │ another status, an error               ▼                                                 ▼
 *       └──► forgotten                        ENDING ──────────init returned──────────────────► ENDED: destroy, once
 * </pre>
 *
 * <p>It is closed by the handler's {@link #close}, by a failed read or write, by a peer that is found to be gone - the
 * transport's idle time among it - and with the application. An end of the peer's direction alone is told by the reads and
 * leaves the other direction to the handler.
 */
final class Upgrade implements WebConnection, ListenerScope {

    private enum State { ASKED_FOR, STARTING, OPEN, ENDING, ENDED }

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    private final RequestRun run;
    private final Response response;
    private final HttpUpgradeHandler handler;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Runnable> waiting = new ArrayList<>(2);
    private final List<Runnable> cleanUps = new CopyOnWriteArrayList<>();
    private final OutputBuffer buffer;
    private final UpgradeInput input;
    private final UpgradeOutput output;
    private State state = State.ASKED_FOR;
    private boolean destroys;
    private @Nullable Completion connection;

    Upgrade(RequestRun run, Response response, HttpUpgradeHandler handler) {
        this.run = run;
        this.response = response;
        this.handler = handler;
        this.buffer = new OutputBuffer(response, () -> Fields.EMPTY);
        this.input = new UpgradeInput(this, new BodyInput(this, run.received(), -1),
                new Discard(run.received(), () -> cut(new IOException("the peer goes on sending after the close"))));
        this.output = new UpgradeOutput(this, new BodyOutput(this, response, buffer));
    }

    /** The request did not end with a 101: nothing begins. */
    void forget() {
        run.context().components().destroy(handler);
    }

    /**
     * The request is over: commits the 101, gives the request's place back and has the handler called.
     *
     * @param held what the application wrote already, to be sent first
     */
    void begin(ByteBuffer held, Completion done) {
        state = State.STARTING;
        response.write(held, false, new Completion() {
            @Override
            public void succeeded() {
                detached(done);
            }

            @Override
            public void failed(Throwable cause) {
                forget();
                done.failed(cause);
            }
        });
    }

    private void detached(Completion done) {
        buffer.unbuffered();
        connection = response.detach();
        run.context().upgrades().add(this);
        done.succeeded();
        try {
            run.execute(this::start);
        } catch (RejectedExecutionException e) {
            cut(e);
            initialised();
            return;
        }
        run.received().onDisconnect(this::peerGone);
    }

    /** On an I/O thread. A read listener hears of it first, as of a failed read, and then it is the end. */
    private void peerGone() {
        IOException cause = new IOException("the peer is gone");
        if (!input.lost(cause)) {
            end(false, cause);
        }
    }

    /** On a worker. */
    private void start() {
        try {
            handler.init(this);
        } catch (Throwable t) {
            LOG.log(System.Logger.Level.ERROR, "init of " + handler.getClass().getName() + " failed", t);
            end(false, t);
        } finally {
            initialised();
        }
    }

    private void initialised() {
        List<Runnable> works;
        boolean over;
        lock.lock();
        try {
            over = state == State.ENDING;
            state = over ? State.ENDED : State.OPEN;
            works = List.copyOf(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        if (over) {
            destroy();
        } else {
            works.forEach(callbacks()::execute);
        }
    }

    /** Ends it, in whatever state: gracefully, so that what was written arrives, or by a cut. */
    private void end(boolean gracefully, Throwable cause) {
        if (!leave()) {
            return;
        }
        cleanUps.forEach(Runnable::run);
        if (gracefully) {
            endOutput();
        } else {
            cut(cause);
        }
        if (destroys) {
            try {
                run.execute(this::destroy);
            } catch (RejectedExecutionException e) {
                destroy();
            }
        }
    }

    /** Leaves for the end; false if it is on its way there. */
    private boolean leave() {
        lock.lock();
        try {
            if (state == State.ENDING || state == State.ENDED || state == State.ASKED_FOR) {
                return false;
            }
            destroys = state == State.OPEN;
            state = destroys ? State.ENDED : State.ENDING;
        } finally {
            lock.unlock();
        }
        run.context().upgrades().remove(this);
        return true;
    }

    /** Sends what is left, then waits for the peer's end; a reader that waits is woken by a cut. */
    private void endOutput() {
        boolean idle = input.discard();
        try {
            buffer.complete(new Completion() {
                @Override
                public void succeeded() {
                    if (!idle) {
                        cut(new IOException("the connection was closed while a thread was reading from it"));
                    }
                }

                @Override
                public void failed(Throwable cause) {
                    cut(cause);
                }
            });
        } catch (RuntimeException e) {
            // Another thread is writing: it would hold up the end.
            cut(e);
        }
    }

    private void cut(Throwable cause) {
        Completion open = connection;
        if (open != null) {
            open.failed(cause);
        }
    }

    private void destroy() {
        try {
            handler.destroy();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.WARNING, "destroy of " + handler.getClass().getName() + " failed", e);
        }
        run.context().components().destroy(handler);
    }

    /** The application ends, on the thread that undeploys it, and with it the connection. */
    void abort() {
        if (leave()) {
            cleanUps.forEach(Runnable::run);
            endOutput();
            if (destroys) {
                destroy();
            }
        }
    }

    /** A read or a write of the application's failed. */
    void failed(Throwable cause) {
        end(false, cause);
    }

    boolean closed() {
        lock.lock();
        try {
            return state == State.ENDING || state == State.ENDED;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ServletInputStream getInputStream() {
        return input;
    }

    @Override
    public ServletOutputStream getOutputStream() {
        return output;
    }

    /** Ends both directions: what was written is sent, what comes is thrown away. Any thread. */
    @Override
    public void close() {
        end(true, new IOException("the handler has closed the connection"));
    }

    @Override
    public void requireListening(String what) {
        if (closed()) {
            throw new IllegalStateException(what + " comes too late: the connection is closed");
        }
    }

    @Override
    public Executor callbacks() {
        return work -> {
            try {
                run.execute(work);
            } catch (RejectedExecutionException e) {
                end(false, e);
            }
        };
    }

    /** Listeners that init sets are called once it has returned. */
    @Override
    public void begin(Runnable first) {
        lock.lock();
        try {
            if (state == State.STARTING) {
                waiting.add(first);
                return;
            }
        } finally {
            lock.unlock();
        }
        callbacks().execute(first);
    }

    @Override
    public void cleanUp(Runnable work) {
        cleanUps.add(work);
    }
}
