/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.HttpFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** A pool without sockets: the test says what is outstanding and who waits, and sees who has a seat. */
final class FakePool implements Pool {

    /** Makes pools, and keeps them in their order. */
    static final class Factory implements Pool.Maker {
        final List<FakePool> made = new CopyOnWriteArrayList<>();
        /** Whether nothing is left to forward with. */
        volatile boolean exhausted;

        @Override
        public Pool make(Duration hold, int queue, Duration answer, Runnable wanted) {
            FakePool pool = new FakePool(hold, queue, answer, wanted);
            pool.exhausted = exhausted;
            made.add(pool);
            return pool;
        }

        FakePool last() {
            return made.get(made.size() - 1);
        }
    }

    /** One place. */
    static final class FakeSeat implements Pool.Seat {
        final Path socket;
        final String user;
        final int rank;
        final CompletableFuture<Void> drained = new CompletableFuture<>();
        volatile boolean draining;
        volatile boolean removed;
        volatile int outstanding;

        FakeSeat(Path socket, String user, int rank) {
            this.socket = socket;
            this.user = user;
            this.rank = rank;
        }

        /** The last answer has left. */
        void settle() {
            outstanding = 0;
            drained.complete(null);
        }

        @Override
        public String state() {
            return "up";
        }

        @Override
        public int outstanding() {
            return outstanding;
        }

        @Override
        public long requests() {
            return 10;
        }

        @Override
        public long failures() {
            return 1;
        }

        @Override
        public CompletionStage<Void> drain() {
            draining = true;
            if (outstanding == 0) {
                drained.complete(null);
            }
            return drained;
        }

        @Override
        public void remove() {
            removed = true;
            drained.complete(null);
        }
    }

    final Duration hold;
    final int queue;
    final Duration answer;
    final Runnable wanted;
    private boolean exhausted;
    final List<FakeSeat> all = new CopyOnWriteArrayList<>();
    final CompletableFuture<Void> closed = new CompletableFuture<>();
    volatile int held;
    volatile int waiting;

    private FakePool(Duration hold, int queue, Duration answer, Runnable wanted) {
        this.hold = hold;
        this.queue = queue;
        this.answer = answer;
        this.wanted = wanted;
    }

    /** The places that get requests, in the order of their coming. */
    List<FakeSeat> seats() {
        return new ArrayList<>(all.stream().filter(seat -> !seat.removed && !seat.draining).toList());
    }

    @Override
    public AsyncHandler handler() {
        return (request, response, done) -> {
            List<FakeSeat> serving = seats();
            if (serving.isEmpty()) {
                throw new HttpFailure(503, "nobody serves this");
            }
            response.send(serving.get(0).socket.toString());
            done.succeeded();
        };
    }

    @Override
    public Seat add(Path socket, String user, int rank) {
        if (exhausted) {
            throw new HttpFailure(503, "The server can't forward now.", new IOException("Too many open files"));
        }
        FakeSeat seat = new FakeSeat(socket, user, rank);
        all.add(seat);
        return seat;
    }

    @Override
    public int held() {
        return held;
    }

    @Override
    public Duration oldestHeld() {
        return Duration.ofMillis(held == 0 ? 0 : 250);
    }

    @Override
    public int waiting() {
        return waiting;
    }

    @Override
    public Duration oldestWaiting() {
        return Duration.ofMillis(waiting == 0 ? 0 : 125);
    }

    @Override
    public void close() {
        closed.complete(null);
    }
}
