/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.Request;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http1.ChunkedEncoder;
import io.gatehouse.http1.Framing;
import io.gatehouse.http1.RequestEncoder;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The request on its way to the origin: its head, then its body, a buffer at a time. On the loop's thread.
 *
 * <pre>
 *   HEAD ──► (HELD ──100, or its time──►) READING ⇄ WRITING ──► COMPLETE          any ──► STOPPED
 *                                          │  ▲
 *                                          └──┘ nothing there: demand
 * </pre>
 *
 * <p>A body that the client sends only after 100 (Continue) is held until the origin asks for it: reading is what makes
 * the transport ask the client.
 */
final class Upload {

    /** Buffers in one go, so that one fast pair does not keep the loop from all others. */
    private static final int TURN = 16;
    private static final int BEFORE = ChunkedEncoder.MAX_SIZE_LINE;
    private static final int BEHIND = 2;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Passage passage;
    private final ForwardLoop loop;
    private final Request request;
    private final boolean confirm;
    private boolean expects;
    private Framing framing = Framing.NONE;
    private ByteBuffer head = NOTHING;
    private @Nullable ByteBuffer buffer;
    private @Nullable ByteBuffer part;
    private @Nullable OriginConnection connection;
    private long left;
    private boolean filled;
    private boolean touched;
    private boolean held;
    private boolean demanded;
    private boolean ended;
    private boolean complete;
    private boolean stopped;

    /**
     * An upload.
     *
     * @param confirm whether a body is held until the target asks for it even if the client did not say so
     */
    Upload(Passage passage, ForwardLoop loop, Request request, boolean confirm) {
        this.passage = passage;
        this.loop = loop;
        this.request = request;
        this.confirm = confirm;
        this.expects = request.fields().lists("Expect", "100-continue")
                && request.head().version() != HttpVersion.HTTP_1_0
                && request.contentLength() != 0;
    }

    /** Finds out how the body is framed. */
    void prepare() throws IOException {
        long length = request.contentLength();
        framing = length >= 0 ? Framing.ofLength(length) : Framing.CHUNKED;
        left = framing.length();
        if (length < 0 && !expects && request.head().version() == HttpVersion.HTTP_2) {
            fill(); // a stream that has ended already has no body, which no field of it says
            framing = ended && !touched ? Framing.NONE : framing;
        }
        ended = framing == Framing.NONE;
        part = ended ? null : part;
        expects |= confirm && !ended && !touched;
    }

    /**
     * Makes the head, for one target.
     *
     * @param persistent whether the connection may stay
     * @param protocol to switch to, a token; null for none
     */
    void aim(RequestHead target, boolean persistent, @Nullable String protocol) {
        byte[] bytes = RequestEncoder.encode(target, framing, expects, persistent);
        if (protocol == null) {
            head = ByteBuffer.wrap(bytes);
        } else {
            byte[] lines = ("Connection: Upgrade\r\nUpgrade: " + protocol + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
            head = ByteBuffer.allocate(bytes.length - 2 + lines.length).put(bytes, 0, bytes.length - 2).put(lines).flip();
        }
    }

    /** Sends it, or begins to. */
    void start(OriginConnection to) {
        connection = to;
        held = expects;
        pump();
    }

    /** Nothing of the body was taken from the client, so that the request could be sent once more. */
    boolean isUntouched() {
        return !touched && !demanded;
    }

    /** The target is to ask for the body first, and has not yet. */
    boolean isUnconfirmed() {
        return confirm && held;
    }

    /** Makes it ready to be sent once more: its end too, if that was all there is of the body. */
    void rewind() {
        head.rewind();
        if (!touched) {
            part = null;
            ended = framing == Framing.NONE;
        }
        connection = null;
        complete = false;
        stopped = false;
        held = false;
    }

    /** Whether the head has left, so that what comes may be the answer to it. */
    boolean isAsked() {
        return !head.hasRemaining();
    }

    boolean isComplete() {
        return complete;
    }

    /** Whether it waits for the origin to take bytes. */
    boolean isBlocked() {
        return isPending();
    }

    /** Whether it waits for more of the body. */
    boolean waitsForClient() {
        return demanded && !stopped;
    }

    /** Whether nothing more will be sent. */
    boolean isOver() {
        return complete || stopped;
    }

    /** Whether it waits for the origin to ask for the body. */
    boolean isHeld() {
        return held && !isPending();
    }

    /** The body is asked for. */
    void proceed() {
        if (held) {
            held = false;
            passage.progress();
            pump();
        }
    }

    /** Nothing more is read or sent. */
    void stop() {
        stopped = true;
        connection = null;
        part = null;
        giveBuffer();
    }

    /** Goes on as far as client and origin allow. */
    void pump() {
        try {
            for (int i = 0; i < TURN; i++) {
                if (!step()) {
                    return;
                }
            }
            loop.execute(this::pump);
        } catch (IOException | RuntimeException | Error e) { // of the client's side
            passage.fail(e);
        }
    }

    /** Reads and writes one buffer; returns whether it is worth going on at once. */
    private boolean step() throws IOException {
        OriginConnection to = connection;
        if (stopped || complete || to == null) {
            return false;
        }
        boolean more = held || demanded || part != null || ended || fill();
        if (isPending() && !write(to)) {
            return false;
        }
        if (ended && part == null) {
            complete = true;
            giveBuffer();
            passage.progress();
            return false;
        }
        if (!more) {
            demanded = true;
            request.demand(() -> loop.execute(this::readable));
        }
        return more && !held && !demanded;
    }

    private void readable() {
        demanded = false;
        passage.progress();
        pump();
    }

    /** Writes what is pending; false if the origin takes no more for now. */
    private boolean write(OriginConnection to) {
        try {
            if (to.write(head, part) > 0) {
                passage.progress();
            }
        } catch (IOException e) {
            passage.unwritable(e);
            return false;
        }
        if (isPending()) {
            to.wantWrite(true);
            return false;
        }
        part = null;
        to.wantWrite(false);
        return true;
    }

    private boolean isPending() {
        ByteBuffer data = part;
        return !complete && !stopped && connection != null && (head.hasRemaining() || data != null && data.hasRemaining());
    }

    /** Reads a part of the body and frames it; false if there is none yet. */
    private boolean fill() throws IOException {
        boolean chunked = framing.kind() == Framing.Kind.CHUNKED;
        ByteBuffer into = buffer;
        if (into == null) {
            into = loop.takeBuffer();
            buffer = into;
        } else if (filled && !into.isDirect()) {
            loop.giveBuffer(into);
            into = loop.takeLargeBuffer();
            buffer = into;
        }
        into.clear();
        if (chunked) {
            into.position(BEFORE).limit(into.capacity() - BEHIND);
        } else {
            into.limit((int) Math.min(into.capacity(), left));
        }
        int read = request.read(into);
        filled = read > 0 && !into.hasRemaining();
        if (read == 0) {
            return false;
        }
        if (read < 0) {
            if (!chunked) {
                throw new EOFException("the request's body ended " + left + " bytes short of its length");
            }
            ended = true;
            part = ChunkedEncoder.end(EndToEnd.trailers(request.trailers(), request.fields()));
            return true;
        }
        touched = true;
        if (chunked) {
            part = chunk(into, read);
        } else {
            left -= read;
            ended = left == 0;
            part = into.flip();
        }
        return true;
    }

    private static ByteBuffer chunk(ByteBuffer data, int length) {
        ByteBuffer line = ByteBuffer.allocate(BEFORE);
        ChunkedEncoder.size(line, length);
        line.flip();
        int start = BEFORE - line.remaining();
        data.put(start, line, 0, line.remaining());
        data.limit(BEFORE + length + BEHIND);
        data.put(BEFORE + length, ChunkedEncoder.lineBreak(), 0, BEHIND);
        return data.position(start);
    }

    private void giveBuffer() {
        ByteBuffer free = buffer;
        buffer = null;
        if (free != null) {
            loop.giveBuffer(free);
        }
    }
}
