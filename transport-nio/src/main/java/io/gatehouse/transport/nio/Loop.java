/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One selector, the thread that runs it, and all that the two share: the state of a loop is here and nowhere else.
 *
 * <pre>
 *   select ─► each ready channel ─► tasks ─► tick, four times a second while there is something to time ─► select
 *   finish(), and nothing left to serve ─► terminated
 * </pre>
 *
 * <p>Whatever is thrown by serving a channel costs that channel; the loop goes on. Other threads speak to it by {@link
 * #execute} alone; all other methods and fields belong to its thread.
 */
final class Loop implements Runnable {

    static final int TICK_MILLIS = 250;

    private static final System.Logger LOG = System.getLogger(Loop.class.getName());
    private static final long TICK_NANOS = TICK_MILLIS * 1_000_000L;

    final NioContext context;
    /** Bytes as they are read; empty between two turns. */
    final ByteBuffer in = ByteBuffer.allocate(32 * 1024).limit(0);
    /** Answers of the connection whose turn it is; empty between two turns. */
    final ByteBuffer out = ByteBuffer.allocateDirect(64 * 1024);
    /** Where bytes go that nobody wants. */
    final ByteBuffer waste = ByteBuffer.allocate(16 * 1024);
    /** The connection whose turn it is. */
    @Nullable HttpConnection turn;

    private final Selector selector;
    private final Thread thread;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Runnable> batch = new ArrayDeque<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final List<HttpConnection> connections = new ArrayList<>();
    private final List<HttpConnection> probed = new ArrayList<>();
    private final List<Acceptor> acceptors = new ArrayList<>();
    private long now;
    private boolean nowIsFresh;
    private long lastTick;
    private int heldBack;
    private boolean finishing;
    private volatile boolean terminated;

    Loop(NioContext context, int number) throws IOException {
        this.context = context;
        this.selector = Selector.open();
        this.thread = new Thread(this, "gatehouse-nio-" + number);
        this.now = context.clock.getAsLong();
    }

    /** The thread, not started. */
    Thread thread() {
        return thread;
    }

    Selector selector() {
        return selector;
    }

    /** Whether the caller is this loop's thread. Any thread. */
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /**
     * Runs a task soon on the loop's thread; after the loop has ended, on the caller's, so that nothing that waits is
     * forgotten. Any thread.
     */
    void execute(Runnable task) {
        tasks.add(task);
        if (!isCurrent() && !woken.get() && woken.compareAndSet(false, true)) {
            selector.wakeup();
        }
        if (terminated) {
            runLateTasks();
        }
    }

    /** The same for a task of one connection: should it throw, that connection closes. Any thread. */
    void execute(HttpConnection connection, Runnable task) {
        execute(() -> guarded(connection, task));
    }

    /** The time as of this turn. */
    long now() {
        return now;
    }

    void add(HttpConnection connection) {
        connection.index = connections.size();
        connections.add(connection);
    }

    void remove(HttpConnection connection) {
        int last = connections.size() - 1;
        HttpConnection moved = connections.get(last);
        connections.set(connection.index, moved);
        moved.index = connection.index;
        connections.remove(last);
    }

    void add(Acceptor acceptor) {
        acceptors.add(acceptor);
    }

    /** Has the next select look whether a connection is dead, although nobody reads from it; see {@link Interest}. */
    void probe(HttpConnection connection) {
        connection.interest.probing(true);
        probed.add(connection);
    }

    /** Keeps the loop alive for an operation that is under way on a file thread. */
    void hold() {
        heldBack++;
    }

    /** Ends what {@link #hold} began. */
    void release() {
        heldBack--;
    }

    /** Closes the acceptors. */
    void closeAcceptors() {
        for (Acceptor acceptor : acceptors) {
            acceptor.close(this);
        }
        acceptors.clear();
    }

    /** Closes idle connections, and ends when the last other has closed. */
    void finish() {
        finishing = true;
        for (HttpConnection connection : new ArrayList<>(connections)) {
            guarded(connection, connection.ending::stopping);
        }
    }

    /** Closes all connections; returns whether one of them had an exchange under way. */
    boolean cutOff() {
        boolean cut = false;
        for (HttpConnection connection : new ArrayList<>(connections)) {
            cut |= connection.ending.cutOff();
        }
        return cut;
    }

    @Override
    public void run() {
        while (selector.isOpen() && !(finishing && connections.isEmpty() && heldBack == 0)) {
            try {
                step();
            } catch (Throwable t) { // the loop outlives every failure
                log("a turn of the I/O loop failed; it goes on", t);
            }
        }
        terminated = true;
        runLateTasks();
        close();
    }

    /** Closes the selector of a loop that has ended or was never started. */
    void close() {
        try {
            selector.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a selector failed", e);
        }
    }

    private void step() throws IOException {
        nowIsFresh = false;
        if (!tasks.isEmpty()) {
            selector.selectNow(this::serve);
        } else {
            selector.select(this::serve, mustTick() ? TICK_MILLIS : 0);
        }
        woken.set(false);
        if (!probed.isEmpty()) {
            probed.forEach(connection -> connection.interest.probing(false));
            probed.clear();
        }
        freshen();
        runTasks();
        if (now - lastTick >= TICK_NANOS) {
            lastTick = now;
            tick();
        }
    }

    private boolean mustTick() {
        if (!connections.isEmpty()) {
            return true;
        }
        for (Acceptor acceptor : acceptors) {
            if (acceptor.paused()) {
                return true;
            }
        }
        return false;
    }

    private void serve(SelectionKey key) {
        if (!key.isValid()) {
            return; // closed since the selector found it ready
        }
        freshen();
        Ready ready = (Ready) key.attachment();
        try {
            ready.ready(key.readyOps());
        } catch (Throwable t) {
            broken(ready, t);
        }
    }

    private void freshen() {
        if (!nowIsFresh) {
            now = context.clock.getAsLong();
            nowIsFresh = true;
        }
    }

    // As many as there are now: what a task adds has to wait until the selector was asked.
    private void runTasks() {
        Runnable task;
        while ((task = tasks.poll()) != null) {
            batch.add(task);
        }
        while ((task = batch.poll()) != null) {
            run(task);
        }
    }

    /** After the end: by who comes, one task to one of them. */
    private void runLateTasks() {
        Runnable task;
        while ((task = tasks.poll()) != null) {
            run(task);
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable t) {
            log("a task of the I/O loop failed; the loop goes on", t);
        }
    }

    private void tick() {
        for (int i = connections.size() - 1; i >= 0; i--) {
            if (i < connections.size()) {
                HttpConnection connection = connections.get(i);
                guarded(connection, connection::tick);
            }
        }
        for (Acceptor acceptor : acceptors) {
            acceptor.tick(now);
        }
    }

    private void guarded(HttpConnection connection, Runnable action) {
        try {
            action.run();
        } catch (Throwable t) {
            broken(connection, t);
        }
    }

    private static void broken(Ready ready, Throwable cause) {
        try {
            ready.broken(cause);
        } catch (Throwable t) {
            t.addSuppressed(cause);
            log("ending a connection failed; the I/O loop goes on", t);
        }
    }

    // Without memory even this may fail, and must not end the loop.
    private static void log(String message, Throwable cause) {
        try {
            LOG.log(Level.ERROR, message, cause);
        } catch (Throwable t) {
            cause.addSuppressed(t);
        }
    }
}
