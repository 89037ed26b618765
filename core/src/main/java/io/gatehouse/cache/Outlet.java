/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * How the maker's own client is served: from the tape, and past it once the body has outgrown it and nobody else reads along.
 * Owned by the maker, one step at a time; the client belongs to the tape's reader as long as there is one.
 */
final class Outlet {

    private final Response client;
    private final Tape tape;
    private final Runnable served;
    private @Nullable TapeReader reader;
    private volatile @Nullable Throwable failure;

    /**
     * An outlet, closed.
     *
     * @param served run once if it was opened: when the client has all of it, or is gone, or is the maker's alone again
     */
    Outlet(Response client, Tape tape, Runnable served) {
        this.client = client;
        this.tape = tape;
        this.served = served;
    }

    /** Why the client could not be written to, or null. */
    @Nullable Throwable failure() {
        return failure;
    }

    /** Whether the client is sent what is on the tape. */
    boolean isOpen() {
        return reader != null;
    }

    /** The client is sent what is on the tape from now on; its status and fields are set. */
    void open() {
        TapeReader made = new TapeReader(tape, client, true, new Completion() {
            @Override
            public void succeeded() {
                served.run();
            }

            @Override
            public void failed(Throwable cause) {
                failure = cause;
                served.run();
            }
        });
        reader = made;
        tape.attach(made);
    }

    /** Sends what is not recorded: by the tape while others read along, so that the client's pace is the maker's. */
    void spill(ByteBuffer part, boolean last, Completion done) {
        TapeReader own = reader;
        if (own == null) {
            client.write(part, last, done);
            return;
        }
        own.whenDrained(new Then(done, () -> {
            if (tape.readers() <= 1) {
                alone(() -> client.write(part, last, done), done);
                return;
            }
            tape.pour(part);
            if (last) {
                tape.end(true);
            }
            own.whenDrained(done);
        }));
    }

    /** Does something with the client itself, once it has all that is on the tape, which nobody reads from then on. */
    void alone(Runnable step, Completion done) {
        TapeReader own = reader;
        if (own == null) {
            step.run();
            return;
        }
        own.whenDrained(new Then(done, () -> {
            own.retire();
            reader = null;
            tape.cut(new IOException("the rest of the answer is not recorded"));
            served.run();
            step.run();
        }));
    }

    /** A step on the way to a completion. */
    private record Then(Completion done, Runnable step) implements Completion {
        @Override
        public void succeeded() {
            step.run();
        }

        @Override
        public void failed(Throwable cause) {
            done.failed(cause);
        }
    }
}
