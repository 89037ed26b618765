/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import io.gatehouse.cache.OutputCache;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http.Status;
import io.gatehouse.transport.Exchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A handler's view of an exchange's response.
 *
 * <pre>
 *   OPEN ──first write, full buffer, flush──► COMMITTED ──write with last──► LAST
 *     └──────────────────── commit with last ────────────────────────────────┘
 *   COMMITTED with a 101 ──detach──► COMMITTED, and the handler's completion ends it no more
 * </pre>
 *
 * <p>Owned by the handler's thread; only completions come from elsewhere.
 */
final class ExchangeResponse implements Response {

    static final int DEFAULT_BUFFER = 16 * 1024;

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final Exchange exchange;
    private final Fields.Builder fields = Fields.builder();
    private final Completion ending;
    private final Runnable switching;
    private int status = 200;
    private int bufferSize = DEFAULT_BUFFER;
    private boolean committed;
    private boolean last;
    private volatile boolean detached;
    private volatile boolean peerFailed;
    private boolean hasTrailers;
    private @Nullable BodyOutput body;

    /**
     * A response.
     *
     * @param ending hears what becomes of the last write, where the handler does not wait for it
     * @param switching hears of a 101 before it is committed
     */
    ExchangeResponse(Exchange exchange, Completion ending, Runnable switching) {
        this.exchange = exchange;
        this.switching = switching;
        this.ending = new Watched(ending);
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public Response status(int status) {
        requireOpen();
        if (status < 100 || status > 599) {
            throw new IllegalArgumentException("status " + status + " is not one of HTTP's: use 101, or 200 to 599");
        }
        if (status < 200 && status != 101) {
            throw new IllegalArgumentException("status " + status + " is interim and can't end a request: use inform");
        }
        this.status = status;
        return this;
    }

    @Override
    public Fields.Builder fields() {
        return fields;
    }

    @Override
    public boolean committed() {
        return committed;
    }

    /** Whether the exchange has failed under a write. */
    boolean peerFailed() {
        return peerFailed;
    }

    @Override
    public void reset() {
        requireOpen();
        status = 200;
        fields.clear();
        if (body != null) {
            body.discard();
        }
        if (hasTrailers) {
            trailers(Fields.EMPTY);
        }
    }

    @Override
    public Response bufferSize(int bytes) {
        requireOpen();
        if (bytes < 0) {
            throw new IllegalArgumentException("a buffer of " + bytes + " bytes: set it to 0 or more");
        }
        bufferSize = bytes;
        return this;
    }

    int bufferSize() {
        return bufferSize;
    }

    @Override
    public OutputStream body() {
        BodyOutput stream = body;
        if (stream == null) {
            stream = new BodyOutput(this);
            body = stream;
        }
        return stream;
    }

    @Override
    public void send(byte[] bytes) throws IOException {
        requireOpen();
        fields.set("Content-Length", Integer.toString(bytes.length));
        writeAndWait(ByteBuffer.wrap(bytes), true);
    }

    @Override
    public void write(ByteBuffer part, boolean isLast, Completion done) {
        start(part, isLast, new Watched(done));
    }

    @Override
    public void transfer(FileChannel file, long from, long count, boolean isLast, Completion done) {
        Completion watched = new Watched(done);
        requireNotLast();
        if (committed) {
            last = isLast;
            exchange.transfer(file, from, count, isLast, watched);
            return;
        }
        requireLength(count, isLast);
        commit(EMPTY, false, isLast,
                before(watched, () -> exchange.transfer(file, from, count, isLast, watched)));
    }

    /** A completion of the commit, behind which the body, or its end, is sent. */
    private static Completion before(Completion done, Runnable next) {
        return new Completion() {
            @Override
            public void succeeded() {
                try {
                    next.run();
                } catch (RuntimeException e) { // the exchange has ended meanwhile
                    done.failed(e);
                }
            }

            @Override
            public void failed(Throwable cause) {
                done.failed(cause);
            }
        };
    }

    @Override
    public void trailers(Fields trailers) {
        exchange.trailers(trailers);
        hasTrailers = trailers.size() > 0;
    }

    @Override
    public void inform(ResponseHead head) throws IOException {
        requireOpen();
        Wait wait = new Wait(exchange);
        exchange.inform(head, wait);
        awaitPeer(wait);
    }

    @Override
    public void inform(ResponseHead head, Completion done) {
        requireOpen();
        exchange.inform(head, new Watched(done));
    }

    /** Writes, and waits until the transport has taken it. */
    void writeAndWait(ByteBuffer part, boolean isLast) throws IOException {
        Wait wait = new Wait(exchange);
        start(part, isLast, wait);
        awaitPeer(wait);
    }

    /** Whether the end has been written. */
    boolean ended() {
        return last;
    }

    /** Sends what is left, without waiting for the peer: the buffer is the transport's from here on. */
    void end() {
        if (last) {
            return;
        }
        ByteBuffer rest = body == null ? EMPTY : body.rest();
        if (!committed && !fields.contains("Content-Length") && lengthIsKnown(rest)) {
            fields.set("Content-Length", Integer.toString(rest.remaining()));
        }
        start(rest, true, ending);
    }

    /** Whether the connection goes on without the handler. */
    boolean detached() {
        return detached;
    }

    @Override
    public Completion detach(Duration silence) {
        Completion end = detach();
        exchange.silence(silence);
        return end;
    }

    @Override
    public Completion detach() {
        if (!committed || status != 101 || last) {
            throw new IllegalStateException("no 101 is committed: commit one before the connection is parted from the request");
        }
        detached = true;
        return new Completion() {
            @Override
            public void succeeded() {
                end();
            }

            @Override
            public void failed(Throwable cause) {
                exchange.abort(cause);
            }
        };
    }

    /** Answers with a failure page in the place of everything that was set so far. */
    void fail(int failureStatus, String message) {
        reset();
        byte[] page = FailurePage.body(failureStatus, message);
        committed = true;
        last = true;
        status = failureStatus;
        exchange.commit(FailurePage.head(failureStatus, page.length), ByteBuffer.wrap(page), true, ending);
    }

    void abort(Throwable cause) {
        exchange.abort(cause);
    }

    /** To HEAD an empty body says nothing about how long the answer to GET would be; 204, 304 and 1xx have no length at all. */
    private boolean lengthIsKnown(ByteBuffer rest) {
        return !Status.isBodiless(status) && (rest.hasRemaining() || !exchange.head().isHead());
    }

    private void start(ByteBuffer part, boolean isLast, Completion done) {
        requireNotLast();
        if (!committed) {
            requireLength(part.remaining(), isLast);
            if (isLast && hasTrailers) {
                // A body that is whole at the commit is framed by its length, which carries no trailers.
                commit(part, false, true, before(done, () -> exchange.write(EMPTY, true, done)));
                return;
            }
            commit(part, isLast, isLast, done);
            return;
        }
        last = isLast;
        exchange.write(part, isLast, done);
    }

    /**
     * Commits. What the exchange refuses changes nothing, so that a failure page can still be sent in its place.
     *
     * @param whole whether the body is whole with the part
     * @param isLast whether nothing may be written any more
     */
    private void commit(ByteBuffer part, boolean whole, boolean isLast, Completion done) {
        fields.remove(OutputCache.LIFETIME); // for a cache in front of the handler, of which there may be none
        ResponseHead head = ResponseHead.of(status, fields.build());
        committed = true;
        last = isLast;
        if (status == 101) {
            switching.run();
        }
        try {
            exchange.commit(head, part, whole, done);
        } catch (IllegalStateException e) {
            committed = false;
            last = false;
            throw e;
        }
    }

    /** A body that is known not to have its declared length is refused while a failure page can still say so. */
    private void requireLength(long length, boolean isLast) {
        String declared = fields.first("Content-Length");
        if (declared == null || Status.isBodiless(status) || exchange.head().isHead()) {
            return;
        }
        long number = number(declared);
        if (number < 0 || length > number || isLast && length < number) {
            throw new IllegalStateException("Content-Length is '" + declared + "' and the body has "
                    + (isLast ? "" : "at least ") + length + " bytes: set it to the body's length, or leave it out");
        }
    }

    private static long number(String text) {
        try {
            return text.startsWith("+") ? -1 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private void awaitPeer(Wait wait) throws IOException {
        try {
            wait.await();
        } catch (IOException e) {
            peerFailed |= wait.peerFailed();
            throw e;
        }
    }

    private void requireOpen() {
        if (committed) {
            throw new IllegalStateException("the response is committed: its status and fields have left");
        }
    }

    private void requireNotLast() {
        if (last) {
            throw new IllegalStateException("the response has ended: write before last, or before the stream is closed");
        }
    }

    /** Notes a failure, so that the log can tell a peer that went away from a handler that failed. */
    private final class Watched implements Completion {
        private final Completion done;

        private Watched(Completion done) {
            this.done = done;
        }

        @Override
        public void succeeded() {
            done.succeeded();
        }

        @Override
        public void failed(Throwable cause) {
            peerFailed |= cause instanceof IOException;
            done.failed(cause);
        }
    }
}
