/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http1.Persistence;
import io.gatehouse.http1.ResponseEncoder;
import io.gatehouse.http1.ResponseFraming;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * An HTTP/1.1 answer that is there in one piece and lets the connection live, as most answers and all hits of the cache. It
 * leaves in one write, behind the head that core's codec keeps; Jetty, which would make its own head each time, is given a
 * {@link SentStream} to end.
 */
final class WholeAnswer implements Callback {

    private static final Function<ResponseHead, byte[]> ENCODER = ResponseEncoder::encode;
    /** Bodies up to this size are copied behind their head. */
    private static final int COPY = 16 * 1024;

    private final RetainableByteBuffer buffer;
    private final Callback done;

    private WholeAnswer(RetainableByteBuffer buffer, Callback done) {
        this.buffer = buffer;
        this.done = done;
    }

    /** Whether this answer to this request is such a one; else Jetty must frame it. */
    static boolean fits(RequestHead request, ResponseHead answer, int size) {
        if (request.version() != HttpVersion.HTTP_1_1 || answer.status() == 101 || request.fields().contains("Expect")
                || request.fields().lists("Connection", "close")) {
            return false;
        }
        byte[] head = answer.encoded(ENCODER);
        long declared = ResponseEncoder.declaredLength(head);
        return !ResponseEncoder.wantsClose(head) && (declared < 0 || declared == size || isSilent(request, answer));
    }

    /**
     * Sends it.
     *
     * @param body on loan until {@code done}
     */
    static void send(
            RequestHead request, ResponseHead answer, ByteBuffer body, byte[] dateLine, Request jettys, Callback done) {
        byte[] head = answer.encoded(ENCODER);
        boolean silent = isSilent(request, answer);
        int size = silent ? 0 : body.remaining();
        long length = !silent ? size : request.isHead() ? ResponseFraming.headLength(answer.status(), body.remaining()) : -1;
        boolean copied = size <= COPY;
        RetainableByteBuffer buffer = jettys.getComponents().getByteBufferPool()
                .acquire(ResponseEncoder.bound(head) + (copied ? size : 0), true);
        ByteBuffer bytes = buffer.getByteBuffer().clear();
        ResponseEncoder.put(bytes, head, dateLine, length, false, Persistence.STAYS);
        jettys.addHttpStreamWrapper(SentStream::new);
        EndPoint endPoint = jettys.getConnectionMetaData().getConnection().getEndPoint();
        WholeAnswer answering = new WholeAnswer(buffer, done);
        if (silent) {
            endPoint.write(answering, bytes.flip());
        } else if (copied) {
            endPoint.write(answering, bytes.put(body.duplicate()).flip());
        } else {
            endPoint.write(answering, bytes.flip(), body.duplicate());
        }
    }

    private static boolean isSilent(RequestHead request, ResponseHead answer) {
        return ResponseFraming.of(request.isHead(), request.version(), answer.status(), -1, true) == ResponseFraming.NONE;
    }

    @Override
    public void succeeded() {
        buffer.release();
        done.succeeded();
    }

    @Override
    public void failed(Throwable cause) {
        buffer.release();
        done.failed(cause);
    }

    @Override
    public InvocationType getInvocationType() {
        return done.getInvocationType();
    }
}
