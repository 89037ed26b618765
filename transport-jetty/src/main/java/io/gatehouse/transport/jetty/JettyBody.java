/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/** A request's body as Jetty gives it, chunk by chunk, copied into the reader's buffers. Used by the exchange's owner. */
final class JettyBody {

    /** How far draining has come. */
    enum Drained { WAITING, ENDED, TOO_LONG, OVER }

    private final Request request;
    private final BodyGate gate = new BodyGate();
    private Content.@Nullable Chunk chunk;
    private Fields trailers = Fields.EMPTY;
    private volatile long count;
    private boolean ended;
    private long drained;
    private @Nullable Throwable failure;

    JettyBody(Request request, RequestHead head) {
        this.request = request;
        this.ended = head.version() != HttpVersion.HTTP_2
                && !head.fields().contains("Content-Length") && !head.fields().contains("Transfer-Encoding");
    }

    boolean isEnded() {
        return ended;
    }

    Fields trailers() {
        return ended ? trailers : Fields.EMPTY;
    }

    /** How many bytes were read. */
    long count() {
        return count;
    }

    /** Why no more can be read, or null. */
    @Nullable Throwable failure() {
        return failure;
    }

    /** Whether a read would do something. */
    boolean isReady() {
        if (ended || failure != null || !gate.enter()) {
            return true;
        }
        try {
            return next();
        } finally {
            gate.leave();
        }
    }

    /** Has Jetty tell, on whatever thread, when a read is worth trying; false if it need not be asked. */
    boolean demand(Runnable readable) {
        return gate.enter() && demandInside(readable);
    }

    /** The same for {@link #drain}; does nothing once all is over. */
    void demandRest(Runnable readable) {
        boolean unused = gate.enterLast() && demandInside(readable);
    }

    private boolean demandInside(Runnable readable) {
        try {
            request.demand(Invocable.from(Invocable.InvocationType.NON_BLOCKING, readable));
            return true;
        } finally {
            gate.leave();
        }
    }

    /** Lets no further read begin, and runs the task once none is under way. */
    void close(Runnable task) {
        gate.close(task);
    }

    /** As {@link io.gatehouse.transport.Exchange#read}; 0 and a {@link #failure} if there is one. */
    int read(ByteBuffer into) {
        if (ended) {
            return -1;
        } else if (!gate.enter()) {
            failure = failure == null ? new IOException("the exchange has ended") : failure;
            return 0;
        }
        try {
            return readInside(into);
        } finally {
            gate.leave();
        }
    }

    private int readInside(ByteBuffer into) {
        int read = 0;
        while (into.hasRemaining() && !ended && next()) {
            Content.Chunk part = chunk;
            if (part == null) {
                break;
            }
            ByteBuffer bytes = part.getByteBuffer();
            int size = Math.min(bytes.remaining(), into.remaining());
            into.put(bytes.slice(bytes.position(), size));
            bytes.position(bytes.position() + size);
            read += size;
            if (!bytes.hasRemaining()) {
                ended = part.isLast();
                release();
            }
        }
        long before = count;
        count = before + read; // one thread writes it, the timer reads it
        return read > 0 ? read : ended ? -1 : 0;
    }

    /** Throws away what has come; after {@link #close}. */
    Drained drain(long limit) {
        if (!gate.enterLast()) {
            return Drained.OVER;
        }
        try {
            return drainInside(limit);
        } finally {
            gate.leave();
        }
    }

    private Drained drainInside(long limit) {
        while (!ended && failure == null && next()) {
            Content.Chunk part = chunk;
            if (part == null) {
                break;
            }
            drained += part.remaining();
            ended = part.isLast();
            release();
            if (drained > limit) {
                return Drained.TOO_LONG;
            }
        }
        return ended ? Drained.ENDED : failure != null ? Drained.TOO_LONG : Drained.WAITING;
    }

    void release() {
        Content.Chunk part = chunk;
        chunk = null;
        if (part != null) {
            part.release();
        }
    }

    /** Has a chunk at hand, or the end, or a failure; false if there is nothing yet. */
    private boolean next() {
        Content.Chunk part = chunk;
        if (part != null) {
            return true;
        }
        part = request.read();
        if (part == null) {
            return false;
        }
        if (Content.Chunk.isFailure(part)) {
            failure = part.getFailure();
            return failure != null;
        }
        if (part instanceof Trailers last) {
            trailers = JettyFields.from(last.getTrailers());
        }
        if (part.isLast() && !part.hasRemaining()) {
            ended = true;
            part.release();
            return true;
        }
        chunk = part;
        return true;
    }
}
