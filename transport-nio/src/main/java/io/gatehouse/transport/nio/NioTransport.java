/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.tls.ServerTls;
import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.ExchangeHandler;
import io.gatehouse.transport.Transport;
import io.gatehouse.transport.TransportConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The transport on {@code java.nio}: some loops, the endpoints that feed them, and a few threads that read files.
 *
 * <pre>
 *   NEW ──start──► SERVING ──stop──► STOPPED
 *                               acceptors close, idle connections close, exchanges finish, what is left is cut off
 * </pre>
 */
final class NioTransport implements Transport {

    private static final int FILE_THREADS = 4;

    private enum State { NEW, SERVING, STOPPED }

    private final TransportConfig config;
    private final int backlog;
    private final LongSupplier clock;
    private final Acceptor.Accept accept;
    private final @Nullable ServerTls tls;
    private final List<Loop> loops = new ArrayList<>();
    private State state = State.NEW;
    private @Nullable NioContext context;

    NioTransport(TransportConfig config, int backlog, LongSupplier clock, Acceptor.Accept accept) {
        this.tls = config.serverTls();
        this.config = config;
        this.backlog = backlog;
        this.clock = clock;
        this.accept = accept;
    }

    // Start and stop are rare and may wait for each other: a lock is right here.
    @Override
    public synchronized List<Endpoint> start(ExchangeHandler handler) throws IOException {
        if (state != State.NEW) {
            throw new IllegalStateException("the transport was started before: create another");
        }
        List<Listening> open = new ArrayList<>();
        try {
            for (Endpoint endpoint : config.endpoints()) {
                open.add(Listening.open(endpoint, backlog, config.reusePort()));
            }
            NioContext shared = new NioContext(config, handler, clock, fileThreads(), tls == null ? null : TlsContext.of(tls));
            int count = config.ioThreads() > 0 ? config.ioThreads() : Runtime.getRuntime().availableProcessors();
            for (int i = 0; i < count; i++) {
                loops.add(new Loop(shared, i));
            }
            for (int i = 0; i < open.size(); i++) {
                new Acceptor(shared, open.get(i), accept, loops, loops.get(i % count)).register();
            }
            context = shared;
        } catch (IOException | RuntimeException e) {
            open.forEach(Listening::close);
            loops.forEach(Loop::close);
            loops.clear();
            throw e;
        }
        state = State.SERVING;
        if (tls != null) {
            tls.watch();
        }
        for (Loop loop : loops) {
            loop.thread().start();
        }
        return open.stream().map(Listening::bound).toList();
    }

    @Override
    public synchronized boolean stop(Duration grace) {
        for (Loop loop : loops) {
            if (loop.isCurrent()) {
                throw new IllegalStateException("stop waits for the I/O threads: call it on another");
            }
        }
        NioContext shared = context;
        if (state != State.SERVING || shared == null) {
            state = State.STOPPED;
            return true;
        }
        state = State.STOPPED;
        long until = System.nanoTime() + grace.toNanos();
        shared.stopping = true;
        onAll(Loop::closeAcceptors);
        onAll(Loop::finish);
        boolean interrupted = !join(until);
        AtomicBoolean cut = new AtomicBoolean();
        for (Loop loop : loops) {
            loop.execute(() -> {
                if (loop.cutOff()) {
                    cut.set(true);
                }
            });
        }
        interrupted |= !join(Long.MAX_VALUE);
        shared.fileThreads.shutdownNow();
        TlsContext secured = shared.tls;
        if (secured != null) {
            secured.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !cut.get();
    }

    /** Has all loops do something, and waits until they have. */
    private void onAll(Consumer<Loop> action) {
        CountDownLatch latch = new CountDownLatch(loops.size());
        for (Loop loop : loops) {
            loop.execute(() -> {
                try {
                    action.accept(loop);
                } finally {
                    latch.countDown();
                }
            });
        }
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the loops' threads; false if it was interrupted, which ends the waiting. */
    private boolean join(long until) {
        boolean uninterrupted = true;
        for (Loop loop : loops) {
            while (loop.thread().isAlive()) {
                long left = until == Long.MAX_VALUE ? Long.MAX_VALUE : until - System.nanoTime();
                if (left <= 0) {
                    return uninterrupted;
                }
                try {
                    loop.thread().join(Math.max(1, Math.min(TimeUnit.NANOSECONDS.toMillis(left), 60_000)));
                } catch (InterruptedException e) {
                    if (until != Long.MAX_VALUE) {
                        return false;
                    }
                    uninterrupted = false;
                }
            }
        }
        return uninterrupted;
    }

    private static ExecutorService fileThreads() {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                FILE_THREADS, FILE_THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                task -> new Thread(task, "gatehouse-nio-file-" + number.getAndIncrement()));
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }
}
