/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * One request in which things go wrong at once: completes, dispatches, errors, timeouts and a peer that leaves race each other,
 * as a seed says. It keeps what every listener hears, and says whether that is as the specification has it.
 */
final class FaultRun {

    private enum Act { COMPLETE, DISPATCH, ERROR, WRITE, THROW, NOTHING }

    private enum Exit { RETURN, THROW, COMPLETE, DISPATCH, ERROR }

    private enum Target { RETURN, AGAIN, THROW, ERROR }

    private enum Heard { NOTHING, COMPLETE, DISPATCH, THROW }

    /** What the client does. */
    enum Client { READ, RESET, HALF, PARTIAL_RESET, PARTIAL }

    /** What an answer may say: that it went well, or what {@code sendError} was given, or that something was thrown. */
    private static final Set<Integer> STATUSES = Set.of(200, 409, 410, 418, 500);

    final Client client;
    final boolean reads;
    private final long seed;
    private final List<Act> acts = new ArrayList<>();
    private final Exit exit;
    private final Target target;
    private final Heard heard;
    private final long timeout;
    private final boolean writes;
    private final boolean closes;
    private final int[] spins = new int[6];
    private final Executor racers;
    private final List<Watch> watches = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final CountDownLatch arrived = new CountDownLatch(1);
    private boolean unheard;
    private int again;

    FaultRun(long seed, Executor racers) {
        this.seed = seed;
        this.racers = racers;
        Random random = new Random(seed);
        int count = random.nextInt(4);
        boolean writer = false;
        for (int i = 0; i < count; i++) {
            Act act = pick(random, Act.values());
            // A response belongs to one thread at a time: one of them may write to it, beside those that complete.
            boolean touches = act == Act.WRITE || act == Act.ERROR;
            acts.add(touches && writer ? Act.COMPLETE : act);
            writer |= touches;
        }
        exit = random.nextInt(3) > 0 ? Exit.RETURN : pick(random, Exit.values());
        target = pick(random, Target.values());
        heard = pick(random, Heard.values());
        reads = random.nextInt(4) == 0;
        writes = !writer && random.nextInt(4) == 0;
        client = reads ? pick(random, Client.values()) : Client.values()[random.nextInt(3)];
        timeout = random.nextInt(3) == 0 ? 1 + random.nextInt(2) : 0;
        closes = timeout == 0 || random.nextBoolean();
        for (int i = 0; i < spins.length; i++) {
            spins[i] = random.nextInt(3) == 0 ? random.nextInt(20_000) : random.nextInt(500);
        }
    }

    private static <T> T pick(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }

    @Override
    public String toString() {
        return "seed " + seed + ": " + acts + " exit " + exit + " target " + target + " heard " + heard + " timeout " + timeout
                + " client " + client + (reads ? " reads" : "") + (writes ? " writes" : "") + (closes ? " closes" : "");
    }

    void spin(int index) {
        for (int i = 0; i < spins[index]; i++) {
            Thread.onSpinWait();
        }
    }

    /** Waits until the servlet has the request: what fails before is no matter of the container's. */
    void arrived() {
        try {
            if (!arrived.await(20, TimeUnit.SECONDS)) {
                wrong("the request did not arrive");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void serve(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() == DispatcherType.REQUEST) {
            first(request, response);
            return;
        }
        switch (target) {
            case RETURN -> response.setHeader("X-Target", "reached");
            case THROW -> throw new IllegalStateException("target");
            case ERROR -> {
                if (!response.isCommitted()) {
                    response.sendError(418);
                }
            }
            case AGAIN -> {
                if (request.getDispatcherType() == DispatcherType.ASYNC && again++ < 3) {
                    AsyncContext context = start(request);
                    racers.execute(() -> {
                        spin(3);
                        quietly(context::complete);
                    });
                }
            }
        }
    }

    private AsyncContext start(HttpServletRequest request) {
        AsyncContext context = request.startAsync();
        Watch watch = new Watch();
        synchronized (this) {
            watches.add(watch);
        }
        try {
            context.setTimeout(timeout);
            context.addListener(watch);
        } catch (IllegalStateException e) {
            // Another thread, which holds the context of the cycle before, has completed this one already: nobody hears of it.
            synchronized (this) {
                watches.remove(watch);
                unheard = true;
            }
            over.countDown();
        }
        return context;
    }

    private void first(HttpServletRequest request, HttpServletResponse response) throws IOException {
        AsyncContext context = start(request);
        arrived.countDown();
        if (reads) {
            request.getInputStream().setReadListener(new Reads(context, request.getInputStream()));
        }
        if (writes) {
            response.getOutputStream().setWriteListener(new Writes(context, response.getOutputStream()));
        }
        CountDownLatch acted = new CountDownLatch(acts.size());
        for (int i = 0; i < acts.size(); i++) {
            int number = i;
            racers.execute(() -> {
                spin(number);
                try {
                    act(acts.get(number), context, response);
                } finally {
                    acted.countDown();
                }
            });
        }
        if (closes) {
            racers.execute(() -> {
                try {
                    acted.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                spin(4);
                quietly(context::complete);
            });
        }
        spin(5);
        switch (exit) {
            case RETURN -> { }
            case THROW -> throw new IllegalStateException("exit");
            case COMPLETE -> quietly(context::complete);
            case DISPATCH -> quietly(() -> context.dispatch("/target"));
            case ERROR -> {
                if (acts.stream().noneMatch(act -> act == Act.WRITE || act == Act.ERROR) && !writes) {
                    quietly(() -> {
                        try {
                            response.sendError(409);
                        } catch (IOException e) {
                            wrong("sendError: " + e);
                        }
                    });
                }
            }
        }
    }

    private void act(Act act, AsyncContext context, HttpServletResponse response) {
        switch (act) {
            case COMPLETE -> quietly(context::complete);
            case DISPATCH -> quietly(() -> context.dispatch("/target"));
            case ERROR -> quietly(() -> {
                try {
                    response.sendError(410);
                } catch (IOException e) {
                    wrong("sendError: " + e);
                }
                context.complete();
            });
            case WRITE -> quietly(() -> {
                try {
                    response.getOutputStream().write(new byte[30_000]);
                    response.flushBuffer();
                } catch (IOException e) {
                    // the peer has left, or the response is closed
                }
            });
            case THROW -> quietly(() -> context.start(() -> {
                throw new IllegalStateException("work");
            }));
            case NOTHING -> { }
        }
    }

    /** What comes too late throws, and that is all. */
    private static void quietly(Runnable call) {
        try {
            call.run();
        } catch (IllegalStateException e) {
            // another one was first
        }
    }

    synchronized void wrong(String what) {
        wrong.add(what);
    }

    /** The client has a whole answer. */
    void answered(Reply reply) {
        if (!STATUSES.contains(reply.status())) {
            wrong("the answer is a " + reply.status());
        }
    }

    /** The client has none, or not all of one: as it should be if something was sent when it went wrong, and not else. */
    void cut(IOException failure) {
        if (client != Client.RESET && client != Client.PARTIAL_RESET && !writes && !acts.contains(Act.WRITE)) {
            wrong("the client got no answer: " + failure);
        }
    }

    /** Waits for the end, and says what was wrong; empty if nothing. */
    String outcome() throws InterruptedException {
        if (!over.await(20, TimeUnit.SECONDS)) {
            wrong("it does not end");
        }
        synchronized (this) {
            for (int i = 0; i < watches.size(); i++) {
                boolean last = i == watches.size() - 1;
                if (!last || !unheard) { // after a cycle of which nobody hears there may be one more, or not yet
                    watches.get(i).check(last);
                }
            }
            return String.join("; ", wrong);
        }
    }

    /** One cycle's listener. */
    private final class Watch implements AsyncListener {
        private final List<String> events = new ArrayList<>();

        private void hear(String event, AsyncEvent told) {
            synchronized (FaultRun.this) {
                events.add(event);
            }
            AsyncContext context = told.getAsyncContext();
            switch (heard) {
                case NOTHING -> { }
                case COMPLETE -> quietly(context::complete);
                case DISPATCH -> quietly(() -> context.dispatch("/target"));
                case THROW -> throw new IllegalStateException("listener");
            }
        }

        @Override
        public void onComplete(AsyncEvent event) {
            synchronized (FaultRun.this) {
                events.add("complete");
                if (watches.get(watches.size() - 1) == this) {
                    over.countDown();
                }
            }
            if (heard == Heard.THROW) {
                throw new IllegalStateException("listener");
            }
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            hear("timeout", event);
        }

        @Override
        public void onError(AsyncEvent event) {
            if (event.getThrowable() == null) {
                wrong("an error without a throwable");
            }
            hear("error", event);
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            synchronized (FaultRun.this) {
                events.add("start");
            }
        }

        private void check(boolean last) {
            String seen = String.join(" ", events);
            String end = last ? "complete" : "start";
            long ends = events.stream().filter(event -> event.equals("complete") || event.equals("start")).count();
            boolean twice = events.stream().distinct().count() != events.size();
            if (ends != 1 || !seen.endsWith(end) || twice) {
                wrong("a listener of " + (last ? "the last" : "an earlier") + " cycle heard '" + seen + "'");
            }
        }
    }

    /** Reads to the end, then completes. */
    private final class Reads implements ReadListener {
        private final AsyncContext context;
        private final ServletInputStream in;
        private boolean ended;

        Reads(AsyncContext context, ServletInputStream in) {
            this.context = context;
            this.in = in;
        }

        @Override
        public void onDataAvailable() throws IOException {
            if (ended) {
                wrong("data after the end");
            }
            byte[] buffer = new byte[3];
            while (in.isReady() && in.read(buffer) >= 0) {
                Thread.onSpinWait();
            }
        }

        @Override
        public void onAllDataRead() {
            end("all");
            quietly(context::complete);
        }

        @Override
        public void onError(Throwable failure) {
            end("error");
            quietly(context::complete);
        }

        private void end(String how) {
            if (ended) {
                wrong("a read listener heard of two ends, the second was " + how);
            }
            ended = true;
        }
    }

    /** Writes a few large parts, then completes. */
    private final class Writes implements WriteListener {
        private final AsyncContext context;
        private final ServletOutputStream out;
        private int left = 4;
        private boolean failed;

        Writes(AsyncContext context, ServletOutputStream out) {
            this.context = context;
            this.out = out;
        }

        @Override
        public void onWritePossible() throws IOException {
            if (failed) {
                wrong("a write is possible after the error");
            }
            while (out.isReady()) {
                if (left-- == 0) {
                    quietly(context::complete);
                    return;
                }
                out.write(new byte[40_000]);
            }
        }

        @Override
        public void onError(Throwable failure) {
            if (failed) {
                wrong("a write listener heard of two errors");
            }
            failed = true;
            quietly(context::complete);
        }
    }
}
