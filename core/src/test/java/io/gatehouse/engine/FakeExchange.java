/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.transport.Exchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An exchange by hand: the test says what the body's parts are and when operations complete, and reads what was sent.
 *
 * <p>Parts of the body: a text is bytes, {@link #NOTHING_YET} makes a read return 0, a failure is thrown. Completions come inline
 * unless {@link #delay} was called; then {@link #completeNext} lets one out.
 */
final class FakeExchange implements Exchange {

    static final Object NOTHING_YET = new Object();
    static final Object END = new Object();

    final List<ResponseHead> informed = new ArrayList<>();
    final List<String> transfers = new ArrayList<>();
    final CountDownLatch ended = new CountDownLatch(1);
    private final RequestHead head;
    private final Deque<Object> parts = new ArrayDeque<>();
    private final Deque<Completion> delayed = new ArrayDeque<>();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private Duration silence;
    private boolean open;
    private boolean delay;
    private boolean failWrites;
    private RuntimeException refused;
    private Runnable demanded;
    private ResponseHead committed;
    private int writes;
    private boolean last;
    private Throwable aborted;
    private Fields trailers = Fields.EMPTY;

    private FakeExchange(RequestHead head, List<Object> parts) {
        this.head = head;
        this.parts.addAll(parts);
    }

    static FakeExchange get(String target) {
        return of("GET", target, Fields.EMPTY);
    }

    static FakeExchange of(String method, String target, Fields fields, Object... parts) {
        Authority authority = new Authority("localhost", 8080);
        return new FakeExchange(
                new RequestHead(method, "http", authority, target, HttpVersion.HTTP_1_1, fields), List.of(parts));
    }

    synchronized FakeExchange delay() {
        delay = true;
        return this;
    }

    /** The body goes on until {@link #END} arrives. */
    synchronized FakeExchange open() {
        open = true;
        return this;
    }

    synchronized FakeExchange failWrites() {
        failWrites = true;
        return this;
    }

    /** From here on every commit and write breaks a rule, or comes after the end. */
    synchronized FakeExchange refuseWrites(RuntimeException refusal) {
        refused = refusal;
        return this;
    }

    void failNext(Throwable cause) {
        Completion next;
        synchronized (this) {
            next = delayed.remove();
        }
        next.failed(cause);
    }

    void completeNext() {
        Completion next;
        synchronized (this) {
            next = delayed.remove();
        }
        next.succeeded();
    }

    synchronized int pending() {
        return delayed.size();
    }

    /** Adds a part of the body and runs the demand that waits for it. */
    void arrive(Object part) {
        Runnable readable;
        synchronized (this) {
            parts.add(part);
            readable = demanded;
            demanded = null;
        }
        if (readable != null) {
            readable.run();
        }
    }

    FakeExchange awaitEnd() throws InterruptedException {
        if (!ended.await(30, TimeUnit.SECONDS)) {
            throw new AssertionError("the exchange did not end");
        }
        return this;
    }

    synchronized int status() {
        return committed == null ? 0 : committed.status();
    }

    synchronized Fields fields() {
        return committed.fields();
    }

    synchronized String body() {
        return sent.toString(StandardCharsets.UTF_8);
    }

    synchronized int writes() {
        return writes;
    }

    synchronized boolean last() {
        return last;
    }

    synchronized Throwable aborted() {
        return aborted;
    }

    synchronized Fields sentTrailers() {
        return trailers;
    }

    synchronized boolean demanding() {
        return demanded != null;
    }

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public Connection connection() {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        return new Connection(
                1, new InetSocketAddress(loopback, 40_000), new InetSocketAddress(loopback, 8080), null, HttpVersion.HTTP_1_1);
    }

    @Override
    public synchronized int read(ByteBuffer into) throws IOException {
        Object part = parts.peek();
        if (part == null) {
            return open ? 0 : -1;
        }
        parts.remove();
        if (part == NOTHING_YET) {
            return 0;
        }
        if (part == END) {
            open = false;
            return -1;
        }
        if (part instanceof IOException e) {
            throw e;
        }
        byte[] bytes = part.toString().getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, into.remaining());
        into.put(bytes, 0, length);
        if (length < bytes.length) {
            parts.addFirst(new String(bytes, length, bytes.length - length, StandardCharsets.UTF_8));
        }
        return length;
    }

    /** Runs inline when there is something to read, and waits for {@link #arrive} when there is not. */
    @Override
    public void demand(Runnable readable) {
        synchronized (this) {
            if (demanded != null) {
                throw new IllegalStateException("a demand is outstanding");
            }
            if (parts.isEmpty()) {
                demanded = readable;
                return;
            }
        }
        readable.run();
    }

    @Override
    public Fields trailers() {
        return Fields.of("X-Trailer", "request");
    }

    @Override
    public void inform(ResponseHead interim, Completion done) {
        synchronized (this) {
            informed.add(interim);
        }
        complete(done);
    }

    @Override
    public void commit(ResponseHead response, ByteBuffer body, boolean isLast, Completion done) {
        synchronized (this) {
            if (refused != null) {
                throw refused;
            }
            if (committed != null) {
                throw new IllegalStateException("committed twice");
            }
            committed = response;
        }
        send(body, isLast, done);
    }

    @Override
    public void write(ByteBuffer body, boolean isLast, Completion done) {
        synchronized (this) {
            if (refused != null) {
                throw refused;
            }
            if (committed == null || last) {
                throw new IllegalStateException("written before commit or after the end");
            }
        }
        send(body, isLast, done);
    }

    @Override
    public synchronized void trailers(Fields fields) {
        trailers = fields;
    }

    @Override
    public void onDisconnect(Runnable gone) {
        gone.run();
    }

    @Override
    public void silence(Duration limit) {
        silence = limit;
    }

    @Override
    public void abort(Throwable cause) {
        List<Completion> pending;
        Runnable readable;
        synchronized (this) {
            if (aborted == null) {
                aborted = cause;
            }
            pending = List.copyOf(delayed);
            delayed.clear();
            readable = demanded;
            demanded = null;
            parts.clear();
            parts.add(new IOException("the exchange was aborted"));
        }
        ended.countDown();
        pending.forEach(done -> done.failed(cause));
        if (readable != null) {
            readable.run();
        }
    }

    @Override
    public void transfer(FileChannel file, long from, long count, boolean isLast, Completion done) {
        synchronized (this) {
            if (refused != null) {
                throw refused;
            }
            transfers.add(from + "+" + count);
        }
        send(ByteBuffer.allocate(0), isLast, done);
    }

    private void send(ByteBuffer body, boolean isLast, Completion done) {
        boolean fail;
        synchronized (this) {
            byte[] bytes = new byte[body.remaining()];
            body.get(body.position(), bytes);
            sent.writeBytes(bytes);
            writes++;
            last = isLast;
            fail = failWrites;
        }
        if (fail) {
            done.failed(new IOException("Broken pipe"));
        } else {
            complete(done);
        }
        if (isLast) {
            ended.countDown();
        }
    }

    private void complete(Completion done) {
        synchronized (this) {
            if (delay) {
                delayed.add(done);
                return;
            }
        }
        done.succeeded();
    }
}
