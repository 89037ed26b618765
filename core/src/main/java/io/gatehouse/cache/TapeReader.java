/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Status;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Sends one client what is on a {@link Tape}, at the client's own pace and on no thread of its own: each completion of a write
 * begins the next one, and the maker wakes it when it has come to the end of what there was.
 *
 * <pre>
 *   IDLE ◄──nothing there── next ──► WRITING ──done──► next
 *                             └── the last piece taken, a cut, the client gone ──► OVER
 * </pre>
 *
 * <p>Whoever calls {@link #advance} while another thread is at it only leaves a note: a turn more is taken then, so that
 * nothing is missed, and nothing is done by two.
 */
final class TapeReader implements Completion {

    private final Tape tape;
    private final Response client;
    private final boolean own;
    private final Completion end;
    private final AtomicInteger turns = new AtomicInteger();
    private volatile boolean writing;
    private volatile boolean over;
    private volatile boolean retired;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Completion drained;
    private long position; // of whoever is at it, as is begun
    private boolean begun;
    private boolean ending; // the last piece is handed over

    /**
     * A reader.
     *
     * @param client uncommitted; its status and fields are set, and it is this reader's from the first turn on
     * @param own whether the client is the maker's own
     * @param end told once: that the client has taken the last piece, or why it never will
     */
    TapeReader(Tape tape, Response client, boolean own, Completion end) {
        this.tape = tape;
        this.client = client;
        this.own = own;
        this.end = end;
    }

    /** Sends on what there is, until it is at the end of it or the client is busy. Any thread; does not wait. */
    void advance() {
        if (turns.getAndIncrement() > 0) {
            return;
        }
        int taken = 1;
        do {
            turn();
            taken = turns.addAndGet(-taken);
        } while (taken != 0);
    }

    /**
     * Asks to be told once when the client has taken all that there is, or failed. By the maker, of its own client.
     *
     * @param then inline, or where the client's writes complete
     */
    void whenDrained(Completion then) {
        drained = then;
        advance();
    }

    /** Leaves the client to the maker, when it is drained: this reader is over, and {@code end} is not told. */
    void retire() {
        retired = true;
        over = true;
        tape.detach(this);
    }

    @Override
    public void succeeded() {
        writing = false;
        advance();
    }

    @Override
    public void failed(Throwable cause) {
        failure = cause;
        writing = false;
        advance();
    }

    private void turn() {
        while (!over) {
            Throwable failed = failure;
            if (failed != null) {
                finish(failed);
                return;
            }
            if (ending) {
                if (!writing) {
                    finish(null);
                }
                return;
            }
            Tape.Piece piece;
            try {
                piece = tape.next(position, begun, own);
            } catch (Tape.Interruption e) {
                finish(e); // also while the client is busy: what is cut off must not look whole
                return;
            }
            if (writing) {
                return;
            }
            if (piece == null) {
                tellDrained();
                return;
            }
            send(piece);
        }
        tellDrained();
    }

    private void send(Tape.Piece piece) {
        ByteBuffer bytes = piece.bytes();
        boolean first = !begun;
        begun = true;
        position += bytes.remaining();
        try {
            if (first && piece.last() && !client.fields().contains("Content-Length") && !Status.isBodiless(client.status())) {
                client.fields().set("Content-Length", Integer.toString(bytes.remaining()));
            }
            ending = piece.last();
            writing = true;
            client.write(bytes, ending, this);
        } catch (RuntimeException e) { // the exchange has ended, or the handler's Content-Length is not the body's
            finish(e);
        }
    }

    private void finish(@Nullable Throwable cause) {
        over = true;
        failure = cause;
        tape.detach(this);
        if (cause == null) {
            end.succeeded();
        } else {
            end.failed(cause);
        }
        tellDrained();
    }

    private void tellDrained() {
        Completion then = drained;
        if (then == null || !over && (writing || !tape.isAtEnd(position))) {
            return;
        }
        drained = null;
        Throwable failed = failure;
        if (failed == null || retired) {
            then.succeeded();
        } else {
            then.failed(Objects.requireNonNull(failed));
        }
    }
}
