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
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The response that a cached handler is given. What is to be kept goes onto a {@link Tape}, from which the client and all who
 * wait for the same answer are sent it, each at its own pace; the rest passes through.
 *
 * <pre>
 *   OPEN ──first byte that can't be held back, or the end──► the watch decides the body's fate:
 *     PASS   to the client only
 *     KEEP   onto the tape, and from there to the client ── over the limit ──► SPILL
 *     HOLD   onto the tape only ──────────────────────────── over the limit ──► SPILL, the tape first
 *     SPILL  from the tape to the client, at the client's pace ── nobody else reads along ──► to the client only
 *     DROP   nowhere: the watch answers in its place
 *   ──the handler has completed, and the client has all of it or is gone──► the watch is told, once
 * </pre>
 *
 * <p>A client that goes away while its answer is kept does not end the handler: others may wait for what it makes. Owned by
 * the handler's thread, as every response; its client by the tape's reader, once there is one.
 */
final class Recorder implements Response, Completion {

    /** What becomes of a body. */
    enum Fate { PASS, KEEP, HOLD, DROP }

    private final Response client;
    private final Watch watch;
    private final Executor executor;
    private final Tape tape;
    private final Outlet outlet;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicInteger awaited = new AtomicInteger(1);
    private final Fields.Builder late = Fields.builder();
    private int bufferSize = RecorderBody.DEFAULT_BUFFER;
    private @Nullable RecorderBody body;
    private @Nullable Fate fate;
    private boolean recorded; // from the beginning, if not to the end
    private boolean recording;
    private boolean settled;
    private boolean whole;
    private boolean rolling;
    private boolean elsewhere;
    private volatile boolean detached;
    private volatile @Nullable Throwable handlerFailure;

    /**
     * A recorder.
     *
     * @param tape blank
     * @param executor reads files that are to be kept
     */
    Recorder(Response client, Watch watch, Tape tape, Executor executor) {
        this.client = client;
        this.watch = watch;
        this.tape = tape;
        this.outlet = new Outlet(client, tape, this::arrive);
        this.executor = executor;
    }

    /** Why the client could not be written to, or null. */
    @Nullable Throwable clientFailure() {
        return outlet.failure();
    }

    /** Whether a body of that declared length can be recorded as far as is known; if so, room is taken for it. */
    boolean hasRoom(@Nullable String declared) {
        return declared == null || tape.fits(Freshness.seconds(declared));
    }

    /** What was held is in no client's hands any more. */
    void letGo() {
        tape.letGo();
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
        if (open() == Fate.PASS) {
            client.send(bytes);
        } else {
            await(ByteBuffer.wrap(bytes), true);
        }
    }

    @Override
    public void write(ByteBuffer part, boolean last, Completion done) {
        Fate known = open();
        if (known == Fate.DROP) {
            done.succeeded();
        } else if (recording && (settled || tape.fits(part.remaining()))) {
            record(part, true);
            if (last) {
                settle();
                endTape();
            } else if (tape.isFull()) {
                settle();
            }
            done.succeeded();
        } else {
            outgrow(part.remaining());
            outlet.spill(part, last, done);
        }
    }

    @Override
    public void transfer(FileChannel file, long from, long count, boolean last, Completion done) {
        Fate known = open();
        if (known == Fate.DROP) {
            done.succeeded();
        } else if (recording && tape.fits(count)
                && new FilePart(file, from, (int) count).writeLater(this, last, done, executor)) {
            return;
        } else {
            outgrow(count);
            outlet.alone(() -> client.transfer(file, from, count, last, done), done);
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

    /** Of a 101, which nobody keeps: its client's connection is whoever's holds it, and the streams stay open to it. */
    @Override
    public Completion detach() {
        Completion ending = client.detach();
        detached = true;
        return ending;
    }

    @Override
    public Completion detach(Duration silence) {
        Completion ending = client.detach(silence);
        detached = true;
        return ending;
    }

    @Override
    public void succeeded() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        try {
            open();
            if (body != null && !detached) {
                body.finish();
            }
            settle();
            endTape();
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
            return;
        }
        arrive();
    }

    @Override
    public void failed(Throwable cause) {
        if (ended.compareAndSet(false, true)) {
            fail(cause);
        }
    }

    /** Decides the fate of the body if it is not decided. */
    Fate open() {
        Fate known = fate;
        if (known == null) {
            known = watch.opened();
            fate = known;
            recording = known == Fate.KEEP || known == Fate.HOLD;
            recorded = recording;
            if (recording) {
                tape.expect(client.fields().first("Content-Length"));
            }
            if (known == Fate.KEEP) {
                feed();
            }
        }
        return known;
    }

    /** Whether the body's stream is to pass all on at once, because the client's own one holds back. */
    boolean passes() {
        return fate == Fate.PASS && !recorded;
    }

    /**
     * Sends bytes of the blocking stream on their way; waits while the client is slow and the bytes are not recorded.
     *
     * @param more whether the handler has yet to say that it is done
     */
    void put(byte[] bytes, int offset, int length, boolean more) throws IOException {
        ByteBuffer part = ByteBuffer.wrap(bytes, offset, length);
        if (open() == Fate.PASS && !recorded) {
            client.body().write(bytes, offset, length);
        } else if (recording && (settled || tape.fits(length))) {
            record(part, more);
            if (tape.isFull()) {
                settle();
            }
        } else if (fate != Fate.DROP) {
            await(part, false);
        }
    }

    /** Flushes, or ends, the client's stream if it has any part in this. */
    void pass(boolean close) throws IOException {
        Fate known = open();
        if (known == Fate.PASS && !recorded) {
            if (close) {
                client.body().close();
            } else {
                client.body().flush();
            }
        } else if (close && recording) {
            settle();
            endTape();
        } else if (recording) {
            roll();
            tape.flush();
        }
    }

    private void await(ByteBuffer part, boolean last) throws IOException {
        Awaited wait = new Awaited();
        write(part, last, wait);
        wait.await();
    }

    private void record(ByteBuffer part, boolean tell) {
        if (!settled) {
            tape.add(part);
            if (tell && !tape.isFull()) { // who waits for a whole one finds it stored
                roll();
                tape.tell();
            }
        }
    }

    /** Whoever waits may read along from here on. */
    private void roll() {
        if (!rolling) {
            rolling = true;
            watch.rolls(tape);
        }
    }

    /** Tells that the body is complete as far as the handler says. */
    private void settle() {
        if (recording && !settled) {
            settled = true;
            whole = watch.kept(tape.whole());
        }
    }

    private void endTape() {
        if (recording || outlet.isOpen()) {
            tape.end(whole || !recording);
        }
    }

    /** The client is sent what is on the tape from now on. */
    private void feed() {
        awaited.incrementAndGet();
        outlet.open();
    }

    /** Nothing is recorded any more, because there is no place for so many bytes. */
    private void outgrow(long more) {
        if (recording) {
            recording = false;
            fate = Fate.PASS;
            Reason reason = tape.isWithinLimit(more) ? Reason.NO_ROOM : Reason.TOO_LARGE;
            tape.spill();
            if (!outlet.isOpen()) {
                feed();
            }
            watch.outgrown(reason);
        }
    }

    /** The handler has failed: whoever reads along is cut off, the client too if it has begun to. */
    private void fail(Throwable cause) {
        handlerFailure = cause;
        tape.cut(cause);
        arrive();
    }

    /** The last of handler and client tells the watch. */
    private void arrive() {
        if (awaited.decrementAndGet() > 0) {
            return;
        }
        Throwable failed = handlerFailure;
        if (failed != null || fate != Fate.HOLD) {
            tape.letGo();
        }
        if (failed == null) {
            watch.finished();
        } else {
            watch.failed(failed, fate == Fate.PASS || fate == Fate.KEEP);
        }
    }

    private void requireOpen() {
        if (fate != null) {
            throw new IllegalStateException("the response is committed: its status and fields have left");
        }
    }
}
