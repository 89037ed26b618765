/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A response over memory, and what a peer would see of it. */
final class MemoryResponse implements Response {

    private final String method;
    private final Fields.Builder fields = Fields.builder();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    private static final Throwable FINE = new Throwable("fine");
    private int status = 200;
    private boolean committed;
    private boolean last;
    private int writes;
    private int bodyBeforeLast;
    private Fields sentFields;
    private Fields trailers = Fields.EMPTY;
    private volatile boolean broken;
    private volatile boolean held;
    private volatile boolean delayed;
    private Runnable heldWrite;
    MemoryRequest request;

    MemoryResponse(String method) {
        this.method = method;
    }

    Completion done() {
        return new Completion() {
            @Override
            public void succeeded() {
                if (!last) {
                    commit();
                }
                outcome.complete(FINE);
            }

            @Override
            public void failed(Throwable cause) {
                outcome.complete(cause);
            }
        };
    }

    /** Waits for the end of the exchange. */
    MemoryResponse await() throws Exception {
        Throwable end = outcome.get(20, TimeUnit.SECONDS);
        if (end instanceof HttpFailure failure && !committed) {
            status = failure.status();
            body.writeBytes(failure.publicMessage().getBytes(StandardCharsets.UTF_8));
            commit();
        }
        return this;
    }

    boolean ended() {
        return outcome.isDone();
    }

    /** Why the exchange failed; null if it did not. */
    Throwable failure() {
        Throwable end = outcome.getNow(null);
        return end == FINE ? null : end;
    }

    String text() {
        return body.toString(StandardCharsets.UTF_8);
    }

    byte[] bytes() {
        return body.toByteArray();
    }

    String header(String name) {
        return (sentFields == null ? fields.build() : sentFields).first(name);
    }

    List<String> headers(String name) {
        return (sentFields == null ? fields.build() : sentFields).all(name);
    }

    Fields sentTrailers() {
        return trailers;
    }

    boolean lastSent() {
        return last;
    }

    int writes() {
        return writes;
    }

    void breakWrites() {
        broken = true;
    }

    /** Writes do not end until they are released. */
    void hold() {
        held = true;
    }

    /** Writes end later, on another thread. */
    void delay() {
        delayed = true;
    }

    void release() {
        Runnable run;
        synchronized (this) {
            held = false;
            run = heldWrite;
            heldWrite = null;
        }
        if (run != null) {
            run.run();
        }
    }

    private void commit() {
        if (!committed) {
            committed = true;
            sentFields = fields.build();
        }
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public Response status(int value) {
        if (committed) {
            throw new IllegalStateException("committed");
        }
        status = value;
        return this;
    }

    @Override
    public Fields.Builder fields() {
        return fields;
    }

    @Override
    public boolean committed() {
        return committed;
    }

    @Override
    public void reset() {
        if (committed) {
            throw new IllegalStateException("committed");
        }
        status = 200;
        fields.clear();
        body.reset();
    }

    @Override
    public Response bufferSize(int bytes) {
        return this;
    }

    @Override
    public OutputStream body() {
        throw new IllegalStateException("the servlet layer writes by write only");
    }

    @Override
    public void write(ByteBuffer part, boolean isLast, Completion completion) {
        if (last) {
            throw new IllegalStateException("written after the last write");
        }
        if (broken) {
            commit();
            completion.failed(new IOException("Broken pipe"));
            return;
        }
        commit();
        writes++;
        last = isLast;
        byte[] bytes = new byte[part.remaining()];
        part.duplicate().get(bytes);
        String declared = sentFields.first("Content-Length");
        if (declared != null && !method.equals("HEAD") && body.size() + bytes.length > Long.parseLong(declared)) {
            throw new IllegalStateException("more than Content-Length");
        }
        if (!method.equals("HEAD") && status != 204 && status != 304) {
            body.writeBytes(bytes);
        }
        synchronized (this) {
            if (held) {
                heldWrite = completion::succeeded;
                return;
            }
        }
        if (delayed) {
            new Thread(completion::succeeded).start();
        } else {
            completion.succeeded();
        }
    }

    @Override
    public void transfer(FileChannel file, long from, long count, boolean isLast, Completion completion) {
        throw new IllegalStateException("not used by the servlet layer");
    }

    @Override
    public void trailers(Fields section) {
        trailers = section;
    }

    @Override
    public void inform(ResponseHead head) {}
}
