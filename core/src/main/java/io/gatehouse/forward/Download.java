/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http1.BodyDecoder;
import io.gatehouse.http1.Fault;
import io.gatehouse.http1.Framing;
import io.gatehouse.http1.HeadLimits;
import io.gatehouse.http1.Progress;
import io.gatehouse.http1.ResponseParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The answer on its way to the client: interim heads, the head, then the body, a buffer at a time. On the loop's thread;
 * only completions come from elsewhere, and go to it.
 *
 * <pre>
 *   HEAD ──1xx──► INFORMING ──taken──► HEAD
 *   HEAD ──► BODY ⇄ WRITING            nothing is read from the origin while the client takes what came before
 *             └──last byte──► LAST ──taken──► the passage is over
 * </pre>
 *
 * <p>The head leaves as soon as it is whole: what the origin says early the client hears early.
 */
final class Download {

    /** Buffers in one go, so that one fast pair does not keep the loop from all others. */
    private static final int TURN = 16;
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();
    private static final ByteBuffer NO_INPUT = ByteBuffer.allocate(0);

    private final Passage passage;
    private final Upload upload;
    private final ForwardLoop loop;
    private final Response response;
    private final String method;
    private final ForwardLimits limits;
    private final HeadLimits headLimits;
    private final ResponseParser parser;
    private @Nullable OriginConnection connection;
    private ByteBuffer in = NO_INPUT;
    private @Nullable BodyDecoder body;
    private Fields headFields = Fields.EMPTY;
    private boolean received;
    private boolean filled;
    private boolean writing;
    private boolean informing;
    private boolean pumping;
    private boolean whole;
    private boolean last;
    private boolean stopped;
    private int interim;
    private long idleNanos = Long.MAX_VALUE;

    Download(Passage passage, Upload upload, Switchboard board, Response response, String method) {
        this.passage = passage;
        this.upload = upload;
        this.loop = board.loop();
        this.response = response;
        this.method = method;
        this.limits = board.settings().limits();
        this.headLimits = new HeadLimits(limits.line(), limits.head(), limits.fields());
        this.parser = new ResponseParser(headLimits, board.settings().foreignCodings());
    }

    /** Whether no byte of an answer has come. */
    boolean isUntouched() {
        return !received;
    }

    /** Whether the final head has come. */
    boolean isBegun() {
        return body != null;
    }

    /** Whether it waits for the client. */
    boolean isWriting() {
        return writing || informing;
    }

    /** Whether an interim answer is on its way, during which no other may begin. */
    boolean isInforming() {
        return informing;
    }

    /** Nothing more is read. A buffer that the client's side has on loan is left to the garbage collector. */
    void stop() {
        stopped = true;
        connection = null;
        if (!writing && in != NO_INPUT) {
            loop.giveBuffer(in);
        }
        in = NO_INPUT;
    }

    /** The origin has sent something, or ended. */
    void readable(OriginConnection from) {
        connection = from;
        if (isWriting()) {
            from.wantRead(false); // it is read on when the client has taken what came before
        } else {
            pump();
        }
    }

    private void pump() {
        pumping = true;
        try {
            int turn = 0;
            while (!stopped && !last && !isWriting()) {
                if (!advance()) {
                    if (++turn > TURN) {
                        loop.execute(this::again);
                        return;
                    }
                    if (!read()) {
                        return;
                    }
                }
            }
        } catch (RuntimeException | Error e) {
            passage.fail(e);
        } finally {
            pumping = false;
        }
    }

    private void again() {
        if (!pumping && !isWriting()) {
            pump();
        }
    }

    /** Does what the bytes at hand allow; false if it takes more of them. */
    private boolean advance() {
        BodyDecoder decoder = body;
        if (decoder != null) {
            return deliver(decoder);
        }
        Progress progress = parser.parse(in);
        if (progress == Progress.MORE) {
            return false;
        }
        if (progress == Progress.FAULT) {
            passage.invalid("answered against the rules: " + parser.fault().detail());
        } else {
            accept(parser.head());
        }
        return true;
    }

    private void accept(ResponseHead head) {
        int status = head.status();
        if (status == 101) {
            passage.switched(head, in);
        } else if (status < 200) {
            accept(status, head);
        } else {
            Framing framing = parser.framing(method);
            body = new BodyDecoder(framing, headLimits);
            headFields = head.fields();
            passage.begun();
            idleNanos = parser.persistent() && framing.kind() != Framing.Kind.UNTIL_CLOSE ? KeepAlive.nanos(head.fields()) : 0;
            response.status(status);
            response.fields().addAll(passage.homeward(head));
        }
    }

    /** 100 says that the body may come, and goes no farther: the client is told when its body is read. */
    private void accept(int status, ResponseHead head) {
        if (++interim > limits.interim()) {
            passage.invalid("sent more interim answers than interim=" + limits.interim());
        } else if (status == 100) {
            upload.proceed();
        } else {
            informing = true;
            response.inform(ResponseHead.of(status, EndToEnd.of(head.fields()).build()), new Taken(this::informed));
        }
    }

    private void informed() {
        informing = false;
        if (passage.isOver()) {
            passage.informed();
        } else {
            passage.progress();
            again();
        }
    }

    private boolean deliver(BodyDecoder decoder) {
        ByteBuffer part = whole ? EMPTY : take(decoder);
        Fault fault = decoder.fault();
        if (fault != null) {
            passage.invalid("broke its answer: " + fault.detail());
            return true;
        }
        if (decoder.done() && !whole) {
            whole = true;
            passage.answered(in.hasRemaining() ? 0 : idleNanos); // bytes behind the end are nobody's answer
        }
        Fields trailers = whole ? EndToEnd.trailers(decoder.trailers(), headFields) : Fields.EMPTY;
        // With its trailers the end comes apart, lest the transport send a body at hand with its length, which has none.
        boolean end = whole && (trailers.size() == 0 || response.committed());
        if (!part.hasRemaining() && !end && response.committed()) {
            return false;
        }
        if (end && trailers.size() > 0) {
            response.trailers(trailers);
        }
        last = end;
        writing = true;
        response.write(part, end, new Taken(this::written));
        return true;
    }

    private void written() {
        writing = false;
        if (stopped) {
            return;
        }
        if (last) {
            passage.succeed();
            return;
        }
        passage.progress();
        again();
    }

    /** Takes the bytes at hand out of their framing, where they lie. */
    private ByteBuffer take(BodyDecoder decoder) {
        int start = in.position();
        int count = (int) Math.min(decoder.direct(), in.remaining());
        if (count > 0) {
            decoder.took(count);
            in.position(start + count);
        } else {
            // Data move to the front over the framing that stood before them: what is written has been read already.
            ByteBuffer out = in.duplicate().limit(in.capacity()).position(start);
            count = decoder.decode(in, out);
        }
        return in.duplicate().position(start).limit(start + count);
    }

    /** Reads more; false if there is none now, or none at all. */
    private boolean read() {
        OriginConnection from = connection;
        if (from == null) {
            return false;
        }
        makeRoom();
        int count;
        try {
            count = from.read(in);
            filled = !in.hasRemaining();
        } catch (IOException e) {
            in.flip();
            ended("broke the connection: " + e.getMessage(), true);
            return false;
        }
        in.flip();
        if (count > 0) {
            if (!received && !upload.isAsked()) {
                passage.invalid("answered before it was asked");
                return false;
            }
            received = true;
            if (body != null) {
                passage.progress(); // a head has its time as a whole
            }
            return true;
        }
        if (count == 0) {
            from.wantRead(true);
            return false;
        }
        ended("closed the connection without an answer", false);
        return !stopped && whole;
    }

    private void makeRoom() {
        if (in == NO_INPUT) {
            in = loop.takeBuffer();
        } else if (filled && body != null && !in.hasRemaining() && !in.isDirect()) {
            loop.giveBuffer(in);
            in = loop.takeLargeBuffer();
        }
        in.compact();
        if (!in.hasRemaining()) { // one long line of a head, which has its limit
            in = ByteBuffer.wrap(Arrays.copyOf(in.array(), 2 * in.capacity())).position(in.position());
        }
    }

    /** The origin's bytes are at their end: that of the body, or too early. */
    private void ended(String what, boolean broken) {
        BodyDecoder decoder = body;
        if (!received) {
            passage.unanswered(what);
        } else if (decoder == null) {
            passage.invalid(what);
        } else {
            if (!broken) {
                decoder.end();
            }
            if (decoder.done()) {
                idleNanos = 0;
                deliver(decoder);
            } else {
                passage.invalid("cut its answer off");
            }
        }
    }

    /** The client's side has taken what it was given, or will not; inline or on whatever thread. */
    private final class Taken implements Completion {
        private final Runnable then;

        private Taken(Runnable then) {
            this.then = then;
        }

        @Override
        public void succeeded() {
            if (loop.isCurrent()) {
                then.run();
            } else {
                loop.execute(then);
            }
        }

        @Override
        public void failed(Throwable cause) {
            loop.execute(() -> {
                writing = false;
                boolean deferred = informing && passage.isOver();
                informing = false;
                if (deferred) {
                    passage.informed();
                } else {
                    passage.fail(cause);
                }
            });
        }
    }
}
