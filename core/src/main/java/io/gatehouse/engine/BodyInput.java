/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import io.gatehouse.transport.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A request's body as a blocking stream: reads what is there, and waits for a demand when nothing is. For one thread at a
 * time, never an I/O thread. Closing it only ends reading; the transport drains what is left.
 */
final class BodyInput extends InputStream {

    private final ExchangeRequest request;
    private final Exchange exchange;
    private boolean closed;

    BodyInput(ExchangeRequest request, Exchange exchange) {
        this.request = request;
        this.exchange = exchange;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (closed) {
            throw new IOException("the body's stream is closed");
        }
        if (length == 0) {
            return 0;
        }
        ByteBuffer into = ByteBuffer.wrap(bytes, offset, length);
        while (true) {
            int read = request.read(into);
            if (read != 0) {
                return read;
            }
            Wait wait = new Wait(exchange);
            request.demand(wait::succeeded);
            wait.await();
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
