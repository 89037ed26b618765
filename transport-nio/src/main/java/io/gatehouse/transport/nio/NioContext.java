/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.http1.DateLine;
import io.gatehouse.http1.HeadLimits;
import io.gatehouse.transport.ExchangeHandler;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.Timeouts;
import io.gatehouse.transport.TransportConfig;
import io.gatehouse.transport.TransportListener;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What all loops and connections of one transport share. */
final class NioContext {

    final Limits limits;
    final HeadLimits headLimits;
    final Timeouts timeouts;
    final TransportListener listener;
    final ExchangeHandler handler;
    final LongSupplier clock;
    final DateLine date = new DateLine(System::currentTimeMillis);
    final BufferPool pool;
    final ExecutorService fileThreads;
    final @Nullable TlsContext tls;
    final AtomicInteger open = new AtomicInteger();
    /** Set once, when the transport begins to stop: from then on no connection is kept. */
    volatile boolean stopping;

    NioContext(TransportConfig config, ExchangeHandler handler, LongSupplier clock, ExecutorService fileThreads,
            @Nullable TlsContext tls) {
        this.limits = config.limits();
        this.headLimits = new HeadLimits(limits.line(), limits.head(), limits.fields());
        this.timeouts = config.timeouts();
        this.listener = config.listener();
        this.handler = handler;
        this.clock = clock;
        this.fileThreads = fileThreads;
        this.tls = tls;
        this.pool = new BufferPool(16 * 1024, 1024);
    }
}
