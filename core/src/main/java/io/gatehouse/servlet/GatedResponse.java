/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;

/**
 * The response behind a gate: what writes to the wire is over before the exchange is taken, and fails after. The fields are the
 * application's own until they are committed, so that a thread that is changing them disturbs no answer of the container's.
 */
final class GatedResponse implements Response {

    private final Gate gate;
    private final Response inner;
    private final Fields.Builder fields = Fields.builder();

    GatedResponse(Gate gate, Response inner) {
        this.gate = gate;
        this.inner = inner;
    }

    private interface Call {
        void run();
    }

    private void open(Call call) {
        gate.lock.lock();
        try {
            if (!gate.taken()) {
                call.run();
            }
        } finally {
            gate.lock.unlock();
        }
    }

    /** A call that says how it ended: failed, if the exchange was taken. */
    private void sending(Completion done, Call call) {
        gate.lock.lock();
        try {
            gate.requireOpen();
            if (!inner.committed()) {
                inner.fields().clear();
                fields.build().forEach(field -> inner.fields().add(field.name(), field.value()));
            }
            call.run();
            return;
        } catch (IOException e) {
            // Without the lock: whoever hears of it may go on from here.
        } finally {
            gate.lock.unlock();
        }
        done.failed(new IOException("the exchange was taken from its application, which took too long"));
    }

    @Override
    public int status() {
        return inner.status();
    }

    @Override
    public Response status(int status) {
        open(() -> inner.status(status));
        return this;
    }

    @Override
    public Fields.Builder fields() {
        return fields;
    }

    @Override
    public boolean committed() {
        return inner.committed();
    }

    @Override
    public void reset() {
        open(inner::reset);
        fields.clear();
    }

    @Override
    public Response bufferSize(int bytes) {
        open(() -> inner.bufferSize(bytes));
        return this;
    }

    /** A stream of its own, which holds nothing back: the container has its own buffer. */
    @Override
    public OutputStream body() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                send(ByteBuffer.wrap(bytes, offset, length), false);
            }

            @Override
            public void close() throws IOException {
                send(ByteBuffer.allocate(0), true);
            }

            private void send(ByteBuffer part, boolean last) throws IOException {
                BlockingWrite wait = new BlockingWrite();
                GatedResponse.this.write(part, last, wait);
                wait.await();
            }
        };
    }

    @Override
    public void write(ByteBuffer part, boolean last, Completion done) {
        sending(done, () -> inner.write(part, last, done));
    }

    @Override
    public void transfer(FileChannel file, long from, long count, boolean last, Completion done) {
        sending(done, () -> inner.transfer(file, from, count, last, done));
    }

    @Override
    public void trailers(Fields trailers) {
        open(() -> inner.trailers(trailers));
    }

    @Override
    public void inform(ResponseHead head) throws IOException {
        BlockingWrite wait = new BlockingWrite();
        inform(head, wait);
        wait.await();
    }

    @Override
    public void inform(ResponseHead head, Completion done) {
        gate.lock.lock();
        try {
            if (!gate.taken()) {
                inner.inform(head, done);
                return;
            }
        } finally {
            gate.lock.unlock();
        }
        done.failed(new IOException("the exchange was taken from its application, which took too long"));
    }

    @Override
    public Completion detach() {
        return inner.detach();
    }

    @Override
    public Completion detach(Duration silence) {
        return inner.detach(silence);
    }
}
