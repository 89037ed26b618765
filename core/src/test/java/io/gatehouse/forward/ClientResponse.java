/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A response that keeps what comes, watches that one thing is outstanding at a time and that a buffer on loan is left as it
 * is, and completes as the test says.
 */
final class ClientResponse implements Response {

    /** When and where a write completes. */
    enum Taking { INLINE, ELSEWHERE, HELD }

    private static final ExecutorService IO = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "client-io");
        thread.setDaemon(true);
        return thread;
    });

    private final Taking taking;
    private final Semaphore permits = new Semaphore(0);
    private final Semaphore writes = new Semaphore(0);
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final CompletableFuture<Void> detachedEnd = new CompletableFuture<>();
    private final CompletableFuture<ResponseHead> head = new CompletableFuture<>();
    private final List<ResponseHead> interim = new ArrayList<>(); // guarded by this, as all below
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final Fields.Builder fields = Fields.builder();
    private Fields trailers = Fields.EMPTY;
    private int status = 200;
    private boolean outstanding;
    private boolean last;
    private int ends;
    private IOException failure;

    ClientResponse(Taking taking) {
        this.taking = taking;
    }

    ClientResponse() {
        this(Taking.INLINE);
    }

    /** Has the handler answer a request, on this thread to begin with. */
    ClientResponse to(AsyncHandler handler, Request request) {
        Completion done = new Completion() {
            @Override
            public void succeeded() {
                ended();
                end.complete(null);
            }

            @Override
            public void failed(Throwable cause) {
                ended();
                end.completeExceptionally(cause);
            }
        };
        try {
            handler.handle(request, this, done);
        } catch (Exception e) {
            done.failed(e);
        }
        return this;
    }

    private synchronized void ended() {
        if (++ends > 1) {
            throw new IllegalStateException("completed twice");
        }
        if (outstanding && !committed()) {
            throw new IllegalStateException("ended while an interim answer is on its way: no page could be sent");
        }
    }

    /** The client takes one write, after it has come. */
    void take() {
        permits.release();
    }

    void takeAll() {
        permits.release(1_000_000);
    }

    /** Waits until one more write has come. */
    void awaitWrite() throws InterruptedException {
        if (!writes.tryAcquire(30, TimeUnit.SECONDS)) {
            throw new AssertionError("no write came");
        }
    }

    /** Whether a write has come that was not waited for. */
    boolean wroteMore() {
        return writes.availablePermits() > 0;
    }

    /** Writes fail from here on. */
    synchronized void breaks(IOException cause) {
        failure = cause;
    }

    /** Waits for the end; null if it was a good one. */
    Throwable outcome() throws InterruptedException {
        try {
            end.get(30, TimeUnit.SECONDS);
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (TimeoutException e) {
            throw new AssertionError("the handler never completed", e);
        }
    }

    boolean isOver() {
        return end.isDone();
    }

    /** Waits for the head. */
    ResponseHead head() throws InterruptedException {
        try {
            return head.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("no head came", e);
        }
    }

    /** Waits for the end, and gives the status that the client sees: the answer's or the failure's. */
    int answered() throws InterruptedException {
        Throwable cause = outcome();
        if (cause instanceof HttpFailure http) {
            return http.status();
        }
        if (cause != null) {
            throw new AssertionError("failed", cause);
        }
        return head().status();
    }

    synchronized String text() {
        return received.toString(StandardCharsets.ISO_8859_1);
    }

    synchronized byte[] bytes() {
        return received.toByteArray();
    }

    synchronized List<ResponseHead> interim() {
        return List.copyOf(interim);
    }

    synchronized Fields sentTrailers() {
        return trailers;
    }

    /** Whether the body was said to be whole. */
    synchronized boolean isWhole() {
        return last;
    }

    @Override
    public synchronized int status() {
        return status;
    }

    @Override
    public synchronized Response status(int value) {
        status = value;
        return this;
    }

    @Override
    public synchronized Fields.Builder fields() {
        return fields;
    }

    @Override
    public boolean committed() {
        return head.isDone();
    }

    @Override
    public void reset() {
        throw new IllegalStateException("a forward resets nothing");
    }

    @Override
    public Response bufferSize(int bytes) {
        return this;
    }

    @Override
    public OutputStream body() {
        throw new IllegalStateException("a forward never blocks");
    }

    @Override
    public void write(ByteBuffer part, boolean isLast, Completion done) {
        synchronized (this) {
            begin();
            if (last) {
                throw new IllegalStateException("written after the last");
            }
            last = isLast;
            if (!committed()) {
                head.complete(ResponseHead.of(status, fields.build()));
            }
        }
        writes.release();
        complete(part, done);
    }

    @Override
    public void transfer(FileChannel file, long from, long count, boolean isLast, Completion done) {
        throw new IllegalStateException("a forward has no files");
    }

    @Override
    public synchronized void trailers(Fields value) {
        trailers = value;
    }

    @Override
    public void inform(ResponseHead value) {
        throw new IllegalStateException("a forward never blocks");
    }

    @Override
    public void inform(ResponseHead value, Completion done) {
        synchronized (this) {
            begin();
            interim.add(value);
        }
        writes.release();
        complete(ByteBuffer.allocate(0), done);
    }

    @Override
    public Completion detach() {
        synchronized (this) {
            if (!committed() || status != 101 || outstanding) {
                throw new IllegalStateException("no 101 is committed");
            }
        }
        return new Completion() {
            @Override
            public void succeeded() {
                synchronized (ClientResponse.this) {
                    if (outstanding) {
                        detachedEnd.completeExceptionally(new IllegalStateException("ended while a write is outstanding"));
                    }
                }
                detachedEnd.complete(null);
            }

            @Override
            public void failed(Throwable cause) {
                detachedEnd.completeExceptionally(cause);
            }
        };
    }

    /** Waits for the end of a connection that was parted from its request; null if it was a good one. */
    Throwable detachedOutcome() throws InterruptedException {
        try {
            detachedEnd.get(30, TimeUnit.SECONDS);
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (TimeoutException e) {
            throw new AssertionError("the connection never ended", e);
        }
    }

    /** Waits until so many bytes have come. */
    synchronized String await(int bytes) throws InterruptedException {
        while (received.size() < bytes) {
            wait();
        }
        return received.toString(StandardCharsets.ISO_8859_1);
    }

    private void begin() {
        if (outstanding) {
            throw new IllegalStateException("something is outstanding");
        }
        outstanding = true;
    }

    private void complete(ByteBuffer part, Completion done) {
        byte[] before = copy(part);
        int position = part.position();
        int limit = part.limit();
        Runnable act = () -> {
            if (taking == Taking.HELD) {
                permits.acquireUninterruptibly();
            }
            IOException wrong;
            synchronized (this) {
                wrong = failure;
                if (part.position() != position || part.limit() != limit || !Arrays.equals(before, copy(part))) {
                    wrong = new IOException("the buffer on loan was changed");
                }
                received.writeBytes(before);
                notifyAll();
                outstanding = false;
            }
            if (wrong == null) {
                done.succeeded();
            } else {
                done.failed(wrong);
            }
        };
        if (taking == Taking.INLINE) {
            act.run();
        } else if (taking == Taking.ELSEWHERE) {
            IO.execute(act);
        } else {
            Thread thread = new Thread(act, "client-slow");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static byte[] copy(ByteBuffer part) {
        byte[] bytes = new byte[part.remaining()];
        part.duplicate().get(bytes);
        return bytes;
    }
}
