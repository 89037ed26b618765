/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/**
 * What comes in over one connection, on its way to Jetty's HTTP connection: out of TLS, if that is spoken, and past the guard.
 * Used by the thread that fills.
 *
 * <pre>
 *   socket ──(TLS)──► guard ──fine──► Jetty        ──beyond this turn──► held back        ──refused──► nothing more
 * </pre>
 */
final class GuardedInput {
    private final JettyEndPoint endPoint;
    private final WireGuard guard;
    private volatile long headSince;
    private volatile @Nullable ByteBuffer held;

    GuardedInput(JettyEndPoint endPoint, WireGuard guard) {
        this.endPoint = endPoint;
        this.guard = guard;
    }

    WireGuard guard() {
        return guard;
    }

    /** Since when a head has been coming; 0 if none is. Any thread. */
    long headSince() {
        return headSince;
    }

    /** Fills a buffer of Jetty's. */
    int fill(ByteBuffer buffer) throws IOException {
        if (endPoint.takeResumed() && held == null && endPoint.refused() == null) {
            return 0;
        }
        if (guard.isOff() && held == null) {
            return source(buffer);
        }
        if (endPoint.refused() != null) {
            return endPoint.isDead() ? -1 : 0;
        }
        ByteBuffer back = held;
        int filled = back == null ? source(buffer) : putBack(back, buffer);
        if (filled < 0 && guard.inBody()) {
            endPoint.refuse(new RefusedException(Refusal.TRUNCATED, "the body ended before its framing said so"), true);
            return 0;
        }
        return filled <= 0 ? filled : guard(buffer, filled);
    }

    /** Whether the socket is to be watched; if there is something without it, Jetty is told. */
    boolean isWanted() {
        if (endPoint.refused() != null) {
            return false; // nothing more passes
        }
        if (held != null) {
            endPoint.execute(() -> endPoint.outer().getFillInterest().fillable());
            return false;
        }
        return true;
    }

    /** The connection carries another protocol from now on: what was held back is its beginning. */
    ByteBuffer switchProtocol() {
        ByteBuffer back = held;
        held = null;
        guard.off();
        return back == null ? ByteBuffer.allocate(0) : back;
    }

    private int source(ByteBuffer buffer) throws IOException {
        if (endPoint.outer() instanceof TlsEndPoint opened) {
            return opened.fillOpened(buffer);
        }
        return guard.isOff() ? endPoint.fillOff(buffer) : endPoint.fillPlain(buffer);
    }

    private int guard(ByteBuffer buffer, int filled) {
        int to = buffer.limit();
        int from = to - filled;
        int passed;
        try {
            passed = guard.scan(buffer, from, to);
        } catch (RefusedException e) {
            buffer.limit(guard.safe());
            endPoint.refuse(e, guard.refusedInBody());
            return guard.safe() > from ? guard.safe() - from : endPoint.isDead() ? -1 : 0;
        }
        if (passed < to) {
            held = ByteBuffer.allocate(to - passed).put(buffer.duplicate().position(passed)).flip();
            buffer.limit(passed);
        }
        if (!guard.inHead()) {
            headSince = 0;
        } else if (headSince == 0) {
            headSince = System.nanoTime();
        }
        return passed - from;
    }

    private int putBack(ByteBuffer back, ByteBuffer buffer) {
        int at = BufferUtil.flipToFill(buffer);
        int size = Math.min(back.remaining(), buffer.remaining());
        buffer.put(back.slice(back.position(), size));
        back.position(back.position() + size);
        BufferUtil.flipToFlush(buffer, at);
        held = back.hasRemaining() ? back : null;
        return size;
    }
}
