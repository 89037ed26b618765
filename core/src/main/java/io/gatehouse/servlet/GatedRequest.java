/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Request;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The request behind a gate: what reads the wire is over before the exchange is taken, and fails after. */
final class GatedRequest implements Request {

    private final Gate gate;
    private final Request inner;
    private final InputStream body = new Body();

    GatedRequest(Gate gate, Request inner) {
        this.gate = gate;
        this.inner = inner;
    }

    Gate gate() {
        return gate;
    }

    @Override
    public RequestHead head() {
        return inner.head();
    }

    @Override
    public Target target() {
        return inner.target();
    }

    @Override
    public int prefixLength() {
        return inner.prefixLength();
    }

    @Override
    public @Nullable Object context() {
        return inner.context();
    }

    @Override
    public int securePort() {
        return inner.securePort();
    }

    @Override
    public Connection connection() {
        return inner.connection();
    }

    @Override
    public String protocolId() {
        return inner.protocolId();
    }

    @Override
    public long contentLength() {
        return inner.contentLength();
    }

    @Override
    public InputStream body() {
        return body;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        gate.lock.lock();
        try {
            gate.requireOpen();
            return inner.read(into);
        } finally {
            gate.lock.unlock();
        }
    }

    /** After the exchange was taken, a read fails at once. */
    @Override
    public void demand(Runnable readable) {
        gate.lock.lock();
        try {
            if (!gate.taken()) {
                inner.demand(readable);
                return;
            }
        } finally {
            gate.lock.unlock();
        }
        readable.run();
    }

    @Override
    public Fields trailers() {
        return inner.trailers();
    }

    @Override
    public void onDisconnect(Runnable gone) {
        gate.lock.lock();
        try {
            if (!gate.taken()) {
                inner.onDisconnect(gone);
            }
        } finally {
            gate.lock.unlock();
        }
    }

    /** Reads blocking. Waits without the lock, and is woken when the exchange is taken. */
    private final class Body extends InputStream {

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, into.length);
            if (length == 0) {
                return 0;
            }
            ByteBuffer buffer = ByteBuffer.wrap(into, offset, length);
            while (true) {
                BlockingWrite wait = new BlockingWrite();
                gate.lock.lock();
                try {
                    gate.requireOpen();
                    int n = inner.read(buffer);
                    if (n != 0) {
                        return n;
                    }
                    gate.waiting(wait);
                    inner.demand(wait::succeeded);
                } finally {
                    gate.lock.unlock();
                }
                wait.await();
                gate.lock.lock();
                try {
                    gate.waiting(null);
                } finally {
                    gate.lock.unlock();
                }
            }
        }
    }
}
