/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.transport.Endpoint;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * Takes in the connections of one endpoint and deals them out to the loops in turn. Hangs at one loop's selector.
 *
 * <pre>
 *   LISTENING ──accept fails──► PAUSED ──50 ms, then twice as long each time up to 1 s──► LISTENING
 * </pre>
 *
 * <p>A pause is what helps when the process has run out of descriptors: the connections wait in the kernel's backlog,
 * and the selector is not asked about them in between, which would be a busy loop.
 */
final class Acceptor implements Ready {

    /** How connections are taken; tests put a failure here. */
    @FunctionalInterface
    interface Accept {
        /** The next connection, or null if none waits. */
        SocketChannel accept(ServerSocketChannel server) throws IOException;
    }

    private static final System.Logger LOG = System.getLogger(Acceptor.class.getName());
    private static final int MAX_A_TURN = 64;
    private static final long FIRST_PAUSE_NANOS = 50_000_000L;
    private static final long LONGEST_PAUSE_NANOS = 1_000_000_000L;
    private static final long WARN_NANOS = 10_000_000_000L;

    private final NioContext context;
    private final Listening listening;
    private final Accept accept;
    private final List<Loop> loops;
    private final SelectionKey key;
    private int next;
    private long pause = FIRST_PAUSE_NANOS;
    private long pausedUntil;
    private boolean paused;
    private boolean warned;
    private long warnedAt;

    private final Loop home;

    /** For the loops, at home at one of them. */
    Acceptor(NioContext context, Listening listening, Accept accept, List<Loop> loops, Loop home) throws IOException {
        this.context = context;
        this.listening = listening;
        this.accept = accept;
        this.loops = loops;
        this.home = home;
        this.key = listening.channel().register(home.selector(), 0);
    }

    /** Begins to listen; the loop's thread has not started. */
    void register() {
        key.attach(this);
        key.interestOps(SelectionKey.OP_ACCEPT);
        home.add(this);
    }

    boolean paused() {
        return paused;
    }

    @Override
    public void ready(int operations) {
        for (int i = 0; i < MAX_A_TURN; i++) {
            SocketChannel channel;
            try {
                channel = accept.accept(listening.channel());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                pause(e);
                return;
            }
            if (channel == null) {
                return;
            }
            pause = FIRST_PAUSE_NANOS;
            Loop loop = loops.get(next);
            next = next + 1 == loops.size() ? 0 : next + 1; // a counter would overflow one day
            if (loop.isCurrent()) {
                adopt(channel, loop);
            } else {
                loop.execute(() -> adopt(channel, loop));
            }
        }
    }

    @Override
    public void broken(Throwable cause) {
        pause(cause);
    }

    /** Goes on after a pause that is over. */
    void tick(long now) {
        if (paused && now - pausedUntil >= 0) {
            paused = false;
            key.interestOps(SelectionKey.OP_ACCEPT);
        }
    }

    /** Serves who waits in the backlog on the loop itself, and closes. */
    void close(Loop home) {
        try {
            SocketChannel channel;
            while ((channel = accept.accept(listening.channel())) != null) {
                adopt(channel, home);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the last accept at {0} failed: {1}", listening.bound(), e);
        } finally {
            key.cancel(); // a channel that was lent stays open
            listening.close();
        }
    }

    private void pause(Throwable cause) {
        paused = true;
        pausedUntil = context.clock.getAsLong() + pause;
        pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        if (key.isValid()) {
            key.interestOps(0);
        }
        // A lack of descriptors may last: the log hears of it now and then, the listener each time.
        boolean quiet = warned && pausedUntil - warnedAt < WARN_NANOS;
        if (!quiet) {
            warned = true;
            warnedAt = pausedUntil;
        }
        LOG.log(quiet ? Level.DEBUG : Level.WARNING,
                "accepting at " + listening.bound() + " failed, trying again soon: " + cause);
        Endpoint endpoint = listening.bound();
        context.listener.acceptFailed(endpoint, cause);
    }

    private void adopt(SocketChannel channel, Loop loop) {
        try {
            Admission.open(context, loop, channel, listening.bound());
        } catch (IOException | RuntimeException | Error e) { // without memory too, its descriptor must not be lost
            try {
                channel.close();
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            Level level = e instanceof IOException ? Level.DEBUG : Level.ERROR;
            LOG.log(level, "a connection ended while it was taken in", e);
        }
    }
}
