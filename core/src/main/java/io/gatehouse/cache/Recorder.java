/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The response that a cached handler is given: what passes through to the client is recorded on its way.
 *
 * <pre>
 *   OPEN ──first byte that can't be held back, or the end──► the watch decides the body's fate:
 *     PASS   to the client only
 *     KEEP   to the client and on record ── over the limit ──► PASS
 *     HOLD   on record only              ── over the limit ──► PASS, the record first
 *     DROP   nowhere: the watch answers in its place
 *   ──completed, once──► the watch is told, with the record if there is a whole one
 * </pre>
 *
 * <p>A client that goes away while its answer is kept does not end the handler: others may wait for what it makes. Owned by
 * the handler's thread, as every response.
 */
final class Recorder implements Response, Completion {

    /** What becomes of a body. */
    enum Fate { PASS, KEEP, HOLD, DROP }

    private final Response client;
    private final Watch watch;
    private final Executor executor;
    private final BodyRecord record;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Fields.Builder late = Fields.builder();
    private int bufferSize = RecorderBody.DEFAULT_BUFFER;
    private @Nullable RecorderBody body;
    private @Nullable Fate fate;
    private boolean settled;
    private boolean elsewhere;
    private @Nullable Throwable clientFailure;

    /**
     * A recorder.
     *
     * @param limit how many bytes it records
     * @param executor reads files that are to be kept
     */
    Recorder(Response client, Watch watch, int limit, Executor executor) {
        this.client = client;
        this.watch = watch;
        this.record = new BodyRecord(limit);
        this.executor = executor;
    }

    /** Why the client could not be written to while its answer was kept, or null. */
    @Nullable Throwable clientFailure() {
        return clientFailure;
    }

    /** The handler keeps the answer by itself. */
    void heldElsewhere() {
        elsewhere = true;
    }

    boolean isHeldElsewhere() {
        return elsewhere;
    }

    @Override
    public int status() {
        return client.status();
    }

    @Override
    public Response status(int status) {
        requireOpen();
        client.status(status);
        return this;
    }

    @Override
    public Fields.Builder fields() {
        return fate == null ? client.fields() : late;
    }

    @Override
    public boolean committed() {
        return fate != null;
    }

    @Override
    public void reset() {
        requireOpen();
        client.reset();
        if (body != null) {
            body.discard();
        }
    }

    @Override
    public Response bufferSize(int bytes) {
        requireOpen();
        client.bufferSize(bytes);
        bufferSize = bytes;
        return this;
    }

    int bufferSize() {
        return bufferSize;
    }

    @Override
    public OutputStream body() {
        RecorderBody stream = body;
        if (stream == null) {
            stream = new RecorderBody(this);
            body = stream;
        }
        return stream;
    }

    @Override
    public void send(byte[] bytes) throws IOException {
        requireOpen();
        fields().set("Content-Length", Integer.toString(bytes.length));
        ByteBuffer out = take(ByteBuffer.wrap(bytes));
        settle(true);
        if (out != null) {
            try {
                client.send(bytes);
            } catch (IOException e) {
                survive(e);
            }
        }
    }

    @Override
    public void write(ByteBuffer part, boolean last, Completion done) {
        ByteBuffer out = take(part);
        settle(last);
        if (out != null) {
            client.write(out, last, record.isOn() ? new Surviving(done) : done);
        } else if (isPointless()) {
            done.failed(lost());
        } else {
            done.succeeded();
        }
    }

    @Override
    public void transfer(FileChannel file, long from, long count, boolean last, Completion done) {
        open();
        if (!record.isOn()) {
            if (fate == Fate.DROP) {
                done.succeeded();
            } else {
                client.transfer(file, from, count, last, done);
            }
        } else if (!record.fits(count) || !isReadLater(file, from, (int) count, last, done)) {
            ByteBuffer held = outgrow();
            if (isPointless()) {
                done.failed(lost());
            } else if (held == null) {
                client.transfer(file, from, count, last, done);
            } else {
                client.write(held, false, new Completion() {
                    @Override
                    public void succeeded() {
                        client.transfer(file, from, count, last, done);
                    }

                    @Override
                    public void failed(Throwable cause) {
                        done.failed(cause);
                    }
                });
            }
        }
    }

    @Override
    public void trailers(Fields trailers) {
        client.trailers(trailers);
    }

    @Override
    public void inform(ResponseHead head) throws IOException {
        requireOpen();
        client.inform(head);
    }

    @Override
    public void inform(ResponseHead head, Completion done) {
        requireOpen();
        client.inform(head, done);
    }

    @Override
    public void succeeded() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        try {
            open();
            if (body != null) {
                body.finish(); // what is held back fits into the client's own buffer, so that nothing waits here
            }
            settle(true);
        } catch (IOException | RuntimeException | Error e) {
            watch.failed(e, isSent());
            return;
        }
        watch.finished(fate == Fate.HOLD && record.isOn() ? record.whole() : null);
    }

    @Override
    public void failed(Throwable cause) {
        if (ended.compareAndSet(false, true)) {
            watch.failed(cause, isSent());
        }
    }

    /** Decides the fate of the body if it is not decided. */
    Fate open() {
        Fate known = fate;
        if (known == null) {
            known = watch.opened();
            fate = known;
            if (known == Fate.KEEP || known == Fate.HOLD) {
                record.begin(client.fields().first("Content-Length"));
            }
        }
        return known;
    }

    /** Sends bytes of the blocking stream on their way. */
    void put(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer out = take(ByteBuffer.wrap(bytes, offset, length));
        settle(false);
        if (isPointless()) {
            throw new IOException("the client is gone", lost());
        }
        if (out != null) {
            try {
                client.body().write(out.array(), out.arrayOffset() + out.position(), out.remaining());
            } catch (IOException e) {
                survive(e);
            }
        }
    }

    /** Flushes, or ends, the client's stream if it has any part in this. */
    void pass(boolean close) throws IOException {
        Fate known = open();
        settle(close);
        if (known == Fate.PASS || known == Fate.KEEP && clientFailure == null) {
            try {
                if (close) {
                    client.body().close();
                } else {
                    client.body().flush();
                }
            } catch (IOException e) {
                survive(e);
            }
        }
    }

    /** Records a part if it is to be; returns what the client gets now, or null for nothing. */
    private @Nullable ByteBuffer take(ByteBuffer part) {
        Fate known = open();
        if (record.isOn()) {
            if (settled || record.fits(part.remaining())) {
                if (!settled) {
                    record.add(part);
                }
                return known == Fate.KEEP && clientFailure == null ? part : null;
            }
            ByteBuffer held = outgrow();
            if (held == null || !held.hasRemaining()) {
                return isPointless() ? null : part;
            }
            ByteBuffer joined = ByteBuffer.allocate(held.remaining() + part.remaining());
            return joined.put(held).put(part.duplicate()).flip();
        }
        return known == Fate.DROP ? null : part;
    }

    /** Tells that the body is whole if it is: said so, or as long as declared. */
    private void settle(boolean last) {
        if (fate == Fate.KEEP && !settled && record.isOn() && (last || record.isFull())) {
            settled = true;
            watch.kept(record.whole());
        }
    }

    /** The record is given up; what the client has not had of it is returned, null if it had all. */
    private @Nullable ByteBuffer outgrow() {
        ByteBuffer held = fate == Fate.HOLD ? record.whole() : null;
        record.giveUp();
        fate = Fate.PASS;
        watch.outgrown();
        return held;
    }

    /** False if no thread is free to read a part of a file, which then passes by. */
    private boolean isReadLater(FileChannel file, long from, int count, boolean last, Completion done) {
        try {
            executor.execute(() -> read(file, from, count, last, done));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void read(FileChannel file, long from, int count, boolean last, Completion done) {
        ByteBuffer part = ByteBuffer.allocate(count);
        try {
            while (part.hasRemaining()) {
                if (file.read(part, from + part.position()) < 0) {
                    throw new IOException("the file ended " + part.remaining() + " bytes early");
                }
            }
        } catch (IOException | RuntimeException e) {
            done.failed(e);
            return;
        }
        write(part.flip(), last, done);
    }

    /** Whether nobody is left who wants what the handler makes. */
    private boolean isPointless() {
        return clientFailure != null && !record.isOn();
    }

    private Throwable lost() {
        Throwable cause = clientFailure;
        return cause == null ? new IOException("the client is gone") : cause;
    }

    private void survive(IOException cause) throws IOException {
        clientFailure = cause;
        if (!record.isOn()) {
            throw cause;
        }
    }

    private boolean isSent() {
        return fate == Fate.PASS || fate == Fate.KEEP;
    }

    private void requireOpen() {
        if (fate != null) {
            throw new IllegalStateException("the response is committed: its status and fields have left");
        }
    }

    /** Goes on without the client while the answer is kept. */
    private final class Surviving implements Completion {
        private final Completion done;

        private Surviving(Completion done) {
            this.done = done;
        }

        @Override
        public void succeeded() {
            done.succeeded();
        }

        @Override
        public void failed(Throwable cause) {
            clientFailure = cause;
            if (record.isOn()) {
                done.succeeded();
            } else {
                done.failed(cause);
            }
        }
    }
}
