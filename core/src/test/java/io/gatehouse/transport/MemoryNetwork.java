/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** The ports of an imaginary machine, and who listens there. */
final class MemoryNetwork {
    private final Map<Integer, BiConsumer<MemoryPipe, MemoryPipe>> listeners = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger(49_152);

    /** Takes a port, or any free one for 0. */
    int bind(int port, BiConsumer<MemoryPipe, MemoryPipe> acceptor) throws IOException {
        int wanted = port == 0 ? next.getAndIncrement() : port;
        if (listeners.putIfAbsent(wanted, acceptor) != null) {
            throw new IOException("port " + wanted + " is in use: set listen to another");
        }
        return wanted;
    }

    void release(int port) {
        listeners.remove(port);
    }

    Peer connect(int port) throws IOException {
        BiConsumer<MemoryPipe, MemoryPipe> acceptor = listeners.get(port);
        if (acceptor == null) {
            throw new ConnectException("nobody listens on " + port);
        }
        MemoryPipe up = new MemoryPipe();
        MemoryPipe down = new MemoryPipe();
        acceptor.accept(up, down);
        return new End(up, down);
    }

    /** A client's end. */
    private record End(MemoryPipe up, MemoryPipe down) implements Peer {
        @Override
        public void send(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                if (up.write(bytes) == 0 && !up.await(true, HANG_SECONDS * 1000L)) {
                    throw new SocketTimeoutException("nothing was taken");
                }
            }
        }

        @Override
        public int offer(ByteBuffer bytes) throws IOException {
            up.await(true, 400);
            return up.write(bytes);
        }

        @Override
        public int receive(ByteBuffer into) throws IOException {
            if (!down.await(false, HANG_SECONDS * 1000L)) {
                throw new SocketTimeoutException("nothing came");
            }
            return down.read(into);
        }

        @Override
        public void finish() {
            up.end();
        }

        @Override
        public void reset() {
            up.reset();
            down.deafen();
        }

        @Override
        public void close() {
            up.end();
            down.deafen();
        }
    }
}
