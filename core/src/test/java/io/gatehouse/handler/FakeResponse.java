/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.handler;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A response that collects what a handler does, and watches that it keeps the rules: one write at a time, none after
 * the
 * last, buffers left as they were.
 *
 * <p>Completions come inline, or with {@link #held} one by one when the test calls {@link #release}: a slow reader.
 */
public final class FakeResponse implements Response {

    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final ByteArrayOutputStream buffered = new ByteArrayOutputStream();
    private final Fields.Builder fields = Fields.builder();
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final List<ResponseHead> interim = new ArrayList<>();
    private int status = 200;
    private boolean held;
    private boolean over;
    private boolean outstanding;
    private boolean lastSeen;
    private @Nullable ResponseHead committed;
    private Fields trailers = Fields.EMPTY;
    private @Nullable FileChannel transferred;

    /** Completions wait for {@link #release}. */
    public FakeResponse held() {
        held = true;
        return this;
    }

    /** The exchange ends under the handler: what it writes from here on is refused. */
    public void end() {
        over = true;
    }

    /** Carries out what waits: the next write or transfer, and its completion. False if nothing waits. */
    public boolean release() {
        Runnable next = waiting.poll();
        if (next != null) {
            next.run();
        }
        return next != null;
    }

    /** Calls the handler as an engine would, on this thread; the response has ended when {@link #ended} says so. */
    public FakeResponse handledBy(AsyncHandler handler, Request request) throws Exception {
        Completion done = new Completion() {
            @Override
            public void succeeded() {
                if (committed == null) {
                    commit();
                    received.writeBytes(buffered.toByteArray());
                }
                end.complete(null);
            }

            @Override
            public void failed(Throwable cause) {
                end.completeExceptionally(cause);
            }
        };
        try {
            handler.handle(request, this, done);
        } catch (HttpFailure e) {
            done.failed(e);
        }
        return this;
    }

    /** Whether the handler has said that it is done, well or not. */
    public boolean ended() {
        return end.isDone();
    }

    /** Waits for the end, and gives the failure if it was one. */
    public @Nullable Throwable outcome() throws InterruptedException {
        try {
            end.get(30, TimeUnit.SECONDS);
            return null;
        } catch (ExecutionException | CompletionException e) {
            return e.getCause();
        } catch (TimeoutException e) {
            throw new AssertionError("the handler never completed", e);
        }
    }

    /** The status that left, or the status of the {@link HttpFailure} that the handler ended with. */
    public int sentStatus() throws InterruptedException {
        Throwable failure = outcome();
        if (failure instanceof HttpFailure http) {
            return http.status();
        }
        if (failure != null) {
            throw new AssertionError("failed", failure);
        }
        return status;
    }

    /** The head as it was committed, or null. */
    public @Nullable ResponseHead sentHead() {
        return committed;
    }

    /** The value of a field as committed, or null. */
    public @Nullable String sent(String name) {
        return committed == null ? null : committed.fields().joined(name);
    }

    /** The body so far. */
    public byte[] sentBytes() {
        return received.toByteArray();
    }

    /** The body so far as text in UTF-8. */
    public String sentText() {
        return received.toString(StandardCharsets.UTF_8);
    }

    /** The file that was transferred last, or null. */
    public @Nullable FileChannel transferred() {
        return transferred;
    }

    /** The interim responses. */
    public List<ResponseHead> interim() {
        return interim;
    }

    /** The trailer section that was set. */
    public Fields sentTrailers() {
        return trailers;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public Response status(int status) {
        requireOpen();
        this.status = status;
        return this;
    }

    @Override
    public Fields.Builder fields() {
        return fields;
    }

    @Override
    public boolean committed() {
        return committed != null;
    }

    @Override
    public void reset() {
        requireOpen();
        status = 200;
        fields.clear();
        buffered.reset();
    }

    @Override
    public Response bufferSize(int bytes) {
        return this;
    }

    @Override
    public OutputStream body() {
        return new OutputStream() {
            @Override
            public void write(int b) {
                buffered.write(b);
            }

            @Override
            public void write(byte[] bytes, int from, int count) {
                buffered.write(bytes, from, count);
            }

            @Override
            public void flush() {
                commit();
                received.writeBytes(buffered.toByteArray());
                buffered.reset();
            }

            @Override
            public void close() {
                flush();
                lastSeen = true;
            }
        };
    }

    @Override
    public void write(ByteBuffer part, boolean last, Completion done) {
        int position = part.position();
        int limit = part.limit();
        begin(last, done, () -> {
            if (part.position() != position || part.limit() != limit) {
                throw new IOException("the buffer on loan was moved");
            }
            byte[] bytes = new byte[part.remaining()];
            part.duplicate().get(bytes);
            received.writeBytes(bytes);
        });
    }

    @Override
    public void transfer(FileChannel file, long from, long count, boolean last, Completion done) {
        transferred = file;
        begin(last, done, () -> {
            ByteBuffer buffer = ByteBuffer.allocate(8192);
            long position = from;
            while (position < from + count) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), from + count - position));
                int read = file.read(buffer, position);
                if (read < 0) {
                    throw new EOFException("the file ended early");
                }
                received.write(buffer.array(), 0, read);
                position += read;
            }
        });
    }

    @Override
    public void trailers(Fields trailers) {
        this.trailers = trailers;
    }

    @Override
    public void inform(ResponseHead head) {
        interim.add(head);
    }

    private void begin(boolean last, Completion done, Step step) {
        if (over) {
            throw new IllegalStateException("the exchange has ended");
        }
        if (outstanding || lastSeen) {
            throw new IllegalStateException(outstanding ? "a write is outstanding" : "written after the last");
        }
        commit();
        outstanding = true;
        lastSeen = last;
        Runnable act = () -> {
            IOException failure = null;
            try {
                step.run();
            } catch (IOException e) {
                failure = e;
            }
            outstanding = false;
            if (failure == null) {
                done.succeeded();
            } else {
                done.failed(failure);
            }
        };
        if (held) {
            waiting.add(act);
        } else {
            act.run();
        }
    }

    private void commit() {
        if (committed == null) {
            committed = ResponseHead.of(status, fields.build());
        }
    }

    private void requireOpen() {
        if (committed != null) {
            throw new IllegalStateException("committed");
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }
}
