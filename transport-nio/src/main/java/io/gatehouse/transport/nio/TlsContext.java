/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.tls.ServerTls;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the TLS connections of one transport share.
 *
 * @param server makes their engines
 * @param threads run what an engine would not do between two bytes: signatures, and the checks of certificates
 * @param pool buffers that hold the largest packet, and two ordinary ones
 */
record TlsContext(ServerTls server, ExecutorService threads, BufferPool pool) {

    private static final int PACKETS = 34 * 1024;
    private static final int POOLED = 1024;

    static TlsContext of(ServerTls server) {
        AtomicInteger number = new AtomicInteger();
        int count = Runtime.getRuntime().availableProcessors();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                count, count, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), // a connection has one task at most
                task -> new Thread(task, "gatehouse-nio-tls-" + number.getAndIncrement()));
        threads.allowCoreThreadTimeOut(true);
        return new TlsContext(server, threads, new BufferPool(PACKETS, POOLED));
    }

    /** The bytes of a new connection. */
    TlsWire wire(SocketWire socket) {
        return new TlsWire(socket, server.engine(), pool);
    }

    /** Ends the threads, which have nothing to do any more. */
    void close() {
        server.close();
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(1, TimeUnit.SECONDS)) {
                return; // a check that is under way ends by itself
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
