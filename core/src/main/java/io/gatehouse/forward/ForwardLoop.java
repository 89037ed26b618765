/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The selector of the connections to origins, and the thread that runs it.
 *
 * <pre>
 *   select ─► each ready connection ─► tasks ─► tick, ten times a second while there is something to time ─► select
 *   close() ─► everything under way fails ─► terminated: tasks run on the thread that brings them
 * </pre>
 *
 * <p>Whatever is thrown by serving a connection costs that connection; the loop goes on. Other threads speak to it by {@link
 * #execute} alone; all other methods belong to its thread.
 */
final class ForwardLoop implements Runnable {

    /** Bytes of a buffer, of which a request on its way holds one each way. */
    static final int BUFFER = 16 * 1024;
    /** Bytes of the buffer that takes its place in a body that has filled one. */
    static final int LARGE_BUFFER = 128 * 1024;

    private static final System.Logger LOG = System.getLogger("io.gatehouse.forward");
    private static final int TICK_MILLIS = 100;
    private static final int KEPT_BUFFERS = 64;
    private static final int KEPT_LARGE_BUFFERS = 16;
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Selector selector;
    private final Thread thread;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Runnable> batch = new ArrayDeque<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    /** Where a byte goes that should not be there. */
    private final ByteBuffer probe = ByteBuffer.allocateDirect(1);
    private final ArrayDeque<ByteBuffer> buffers = new ArrayDeque<>();
    private final ArrayDeque<ByteBuffer> largeBuffers = new ArrayDeque<>();
    private final LongSupplier clock;
    private @Nullable Switchboard board; // set before the start
    private long now;
    private long lastTick;
    private boolean finishing;
    private volatile boolean terminated;

    /**
     * A loop whose thread is not started.
     *
     * @param clock as {@link System#nanoTime}
     */
    ForwardLoop(LongSupplier clock) throws IOException {
        this.clock = clock;
        this.now = clock.getAsLong();
        this.lastTick = now;
        this.selector = Selector.open();
        this.thread = new Thread(this, "gatehouse-forward-" + NUMBER.getAndIncrement());
        thread.setDaemon(true); // the ports keep the process alive, not the way to an origin
    }

    /** Begins, for the connections of one board. */
    void start(Switchboard served) {
        board = served;
        thread.start();
    }

    /** Whether the caller is this loop's thread. Any thread. */
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    Selector selector() {
        return selector;
    }

    /** The time as of this turn, as {@link System#nanoTime}. */
    long now() {
        return now;
    }

    /** The time. Any thread. */
    long time() {
        return clock.getAsLong();
    }

    /** Runs a task soon on the loop's thread; after the end of the loop on the caller's. Any thread. */
    void execute(Runnable task) {
        tasks.add(task);
        if (!isCurrent() && !woken.get() && woken.compareAndSet(false, true)) {
            selector.wakeup();
        }
        if (terminated) {
            runAll(tasks);
        }
    }

    /** A buffer for one byte, to see whether there is one. */
    ByteBuffer probe() {
        return probe.clear();
    }

    /** A heap buffer with nothing in it. */
    ByteBuffer takeBuffer() {
        ByteBuffer buffer = buffers.pollLast();
        return (buffer == null ? ByteBuffer.allocate(BUFFER) : buffer).clear().limit(0);
    }

    /** A direct buffer with nothing in it, for many bytes: they pass from socket to socket without a stop in the heap. */
    ByteBuffer takeLargeBuffer() {
        ByteBuffer buffer = largeBuffers.pollLast();
        return (buffer == null ? ByteBuffer.allocateDirect(LARGE_BUFFER) : buffer).clear().limit(0);
    }

    /** Takes a buffer back that nobody has on loan. */
    void giveBuffer(ByteBuffer buffer) {
        if (buffer.isDirect()) {
            if (largeBuffers.size() < KEPT_LARGE_BUFFERS) {
                largeBuffers.addLast(buffer);
            }
        } else if (buffer.capacity() == BUFFER && buffers.size() < KEPT_BUFFERS) {
            buffers.addLast(buffer);
        }
    }

    /** Fails what is under way, closes every connection and ends the thread; waits for that. Any thread. */
    void close() {
        execute(() -> {
            Switchboard served = board;
            if (served != null) {
                served.close();
            }
            finishing = true;
        });
        boolean interrupted = false;
        while (thread.isAlive() && !isCurrent()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        while (!finishing) {
            try {
                step();
            } catch (Throwable t) { // the loop outlives every failure
                log("a turn of the forwarding loop failed; it goes on", t);
            }
        }
        terminated = true;
        runAll(tasks);
        try {
            selector.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a selector failed", e);
        }
    }

    private void step() throws IOException {
        if (tasks.isEmpty()) {
            Switchboard served = board;
            selector.select(this::serve, served != null && !served.isEmpty() ? TICK_MILLIS : 0);
        } else {
            selector.selectNow(this::serve);
        }
        woken.set(false);
        now = clock.getAsLong();
        runTasks();
        Switchboard served = board;
        if (served != null && now - lastTick >= TICK_MILLIS * 1_000_000L) {
            lastTick = now;
            served.tick(now);
        }
    }

    private void serve(SelectionKey key) {
        if (!key.isValid()) {
            return; // closed since the selector found it ready
        }
        now = clock.getAsLong();
        OriginConnection connection = (OriginConnection) key.attachment();
        try {
            connection.ready(key.readyOps());
        } catch (Throwable t) {
            try {
                connection.broken(t);
            } catch (Throwable again) {
                again.addSuppressed(t);
                log("ending a connection to an origin failed; the loop goes on", again);
            }
        }
    }

    // As many as there are now: what a task adds has to wait until the selector was asked.
    private void runTasks() {
        Runnable next;
        while ((next = tasks.poll()) != null) {
            batch.add(next);
        }
        runAll(batch);
    }

    private static void runAll(Queue<Runnable> queue) {
        Runnable task;
        while ((task = queue.poll()) != null) {
            try {
                task.run();
            } catch (Throwable t) {
                log("a task of the forwarding loop failed; the loop goes on", t);
            }
        }
    }

    private static void log(String message, Throwable cause) {
        try {
            LOG.log(Level.ERROR, message, cause);
        } catch (Throwable t) { // without memory even this may fail, and must not end the loop
            cause.addSuppressed(t);
        }
    }
}
