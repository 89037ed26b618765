/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;

/**
 * A transport's exchange, and a watch on it: every call-back comes once, inline or on an I/O thread, and a buffer on loan
 * comes back as it went. What is not so is told to the site, which fails the test.
 */
final class CheckedExchange implements Exchange {
    private final Exchange wire;
    private final Site site;

    CheckedExchange(Exchange wire, Site site) {
        this.wire = wire;
        this.site = site;
    }

    @Override
    public RequestHead head() {
        return wire.head();
    }

    @Override
    public Connection connection() {
        return wire.connection();
    }

    @Override
    public String protocolId() {
        return wire.protocolId();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int position = into.position();
        int limit = into.limit();
        int read = wire.read(into);
        if (into.position() != position + Math.max(0, read) || into.limit() != limit) {
            site.violated("read returned " + read + " and moved the buffer from " + position + " to " + into.position());
        }
        return read;
    }

    @Override
    public void demand(Runnable readable) {
        Watch watch = new Watch("demand", null);
        try {
            wire.demand(() -> {
                watch.called();
                readable.run();
            });
        } catch (IllegalStateException e) {
            watch.refused();
            throw e;
        }
        watch.returned = true;
    }

    @Override
    public Fields trailers() {
        return wire.trailers();
    }

    @Override
    public void trailers(Fields trailers) {
        wire.trailers(trailers);
    }

    @Override
    public void inform(ResponseHead head, Completion done) {
        Watch watch = new Watch("inform", null);
        pass(watch, () -> wire.inform(head, watch.on(done)));
    }

    @Override
    public void commit(ResponseHead head, ByteBuffer body, boolean last, Completion done) {
        Watch watch = new Watch("commit", body);
        pass(watch, () -> wire.commit(head, body, last, watch.on(done)));
    }

    @Override
    public void write(ByteBuffer body, boolean last, Completion done) {
        Watch watch = new Watch("write", body);
        pass(watch, () -> wire.write(body, last, watch.on(done)));
    }

    @Override
    public void transfer(FileChannel file, long from, long count, boolean last, Completion done) {
        Watch watch = new Watch("transfer", null);
        pass(watch, () -> wire.transfer(file, from, count, last, watch.on(done)));
    }

    @Override
    public void onDisconnect(Runnable gone) {
        Watch watch = new Watch("onDisconnect", null);
        site.settled(watch); // need not come at all
        wire.onDisconnect(() -> {
            watch.called();
            gone.run();
        });
        watch.returned = true;
    }

    @Override
    public void silence(Duration limit) {
        wire.silence(limit);
    }

    @Override
    public void abort(Throwable cause) {
        wire.abort(cause);
    }

    private static void pass(Watch watch, Runnable call) {
        try {
            call.run();
        } catch (IllegalStateException e) {
            watch.refused();
            throw e;
        }
        watch.returned = true;
    }

    /** One call-back that is due. */
    private final class Watch {
        private final String what;
        private final Thread caller = Thread.currentThread();
        private final AtomicInteger calls = new AtomicInteger();
        private final ByteBuffer buffer;
        private final int position;
        private final int limit;
        private final long sum;
        private volatile boolean returned;

        Watch(String what, ByteBuffer buffer) {
            this.what = what;
            this.buffer = buffer;
            this.position = buffer == null ? 0 : buffer.position();
            this.limit = buffer == null ? 0 : buffer.limit();
            this.sum = buffer == null ? 0 : sum(buffer);
            site.due(this);
        }

        Completion on(Completion done) {
            return new Completion() {
                @Override
                public void succeeded() {
                    called();
                    done.succeeded();
                }

                @Override
                public void failed(Throwable cause) {
                    called();
                    done.failed(cause);
                }
            };
        }

        void refused() {
            site.settled(this);
            if (calls.get() > 0) {
                site.violated(what + " threw and called back");
            }
        }

        void called() {
            if (calls.incrementAndGet() > 1) {
                site.violated(what + " called back twice");
            }
            boolean inline = Thread.currentThread() == caller && !returned;
            if (!inline && !site.isIoThread()) {
                site.violated(what + " called back on " + Thread.currentThread());
            }
            if (buffer != null && (buffer.position() != position || buffer.limit() != limit || sum(buffer) != sum)) {
                site.violated(what + " changed the buffer it had on loan: " + buffer + " was at " + position);
            }
            site.settled(this);
        }

        @Override
        public String toString() {
            return what;
        }
    }

    private static long sum(ByteBuffer buffer) {
        CRC32 sum = new CRC32();
        sum.update(buffer.duplicate());
        return sum.getValue();
    }
}
