/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.Request;
import io.gatehouse.http.Authority;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import io.gatehouse.http.TargetRules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * A request whose body the test feeds while it is read. Each demand is checked to be the only one, and runs on the feeding
 * thread, as an I/O thread would run it.
 */
final class ClientRequest implements Request {

    private static final ByteBuffer END = ByteBuffer.allocate(0);

    private final RequestHead head;
    private final Target target;
    private final int prefixLength;
    private final long length;
    private final Deque<ByteBuffer> parts = new ArrayDeque<>(); // guarded by this, as all below
    private Runnable demand;
    private Runnable gone;
    private boolean lost;
    private IOException failure;
    private Fields trailers = Fields.EMPTY;
    private boolean ended;
    private long taken;
    private SocketAddress remote = new InetSocketAddress("127.0.0.1", 50000);
    private final CompletableFuture<Void> firstRead = new CompletableFuture<>();

    private ClientRequest(RequestHead head, Target target, int prefixLength, long length) {
        this.head = head;
        this.target = target;
        this.prefixLength = prefixLength;
        this.length = length;
    }

    static ClientRequest get(String target, String... fields) {
        return of("GET", target, fields);
    }

    /** A request without body below the prefix {@code /}, to {@code example.com}. */
    static ClientRequest of(String method, String target, String... fields) {
        Fields all = Fields.of(fields);
        Fields.Builder withHost = Fields.builder().add("Host", "example.com");
        RequestHead head = new RequestHead(
                method, "http", new Authority("example.com", -1), target, HttpVersion.HTTP_1_1, withHost.addAll(all).build());
        TargetRules rules = new TargetRules(true, true, true, true, true, true);
        return new ClientRequest(head, (Target) Target.normalise(target, rules), 1, 0);
    }

    /** The same with a body of that length, which is to be fed; -1 for chunks. */
    ClientRequest length(long value) {
        return new ClientRequest(head, target, prefixLength, value);
    }

    /** The same with a whole body. */
    ClientRequest body(String text) {
        ClientRequest request = length(text.length());
        request.feed(text);
        request.end();
        return request;
    }

    ClientRequest prefix(String prefix) {
        return new ClientRequest(head, target, prefix.length(), length);
    }

    ClientRequest version(HttpVersion version) {
        return new ClientRequest(new RequestHead(
                head.method(), head.scheme(), head.authority(), head.target(), version, head.fields()),
                target, prefixLength, length);
    }

    /** The same from elsewhere, to a host or none. */
    ClientRequest from(SocketAddress client, String scheme, String host) {
        Authority authority = host == null ? null : Authority.parse(host);
        ClientRequest request = new ClientRequest(
                new RequestHead(head.method(), scheme, authority, head.target(), head.version(), head.fields()), target, prefixLength, length);
        request.remote = client;
        return request;
    }

    ClientRequest withoutHost() {
        return new ClientRequest(new RequestHead(
                head.method(), head.scheme(), null, head.target(), HttpVersion.HTTP_1_0, head.fields().without("Host")),
                target, prefixLength, length);
    }

    /** The client sends more. */
    void feed(String text) {
        feed(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    void feed(ByteBuffer part) {
        Runnable waiter;
        synchronized (this) {
            parts.add(part);
            waiter = takeDemand();
        }
        run(waiter);
    }

    /** The client has sent all. */
    void end(String... trailerFields) {
        Runnable waiter;
        synchronized (this) {
            trailers = Fields.of(trailerFields);
            parts.add(END);
            waiter = takeDemand();
        }
        run(waiter);
    }

    /** Reading fails from here on. */
    void fail(IOException cause) {
        Runnable waiter;
        synchronized (this) {
            failure = cause;
            waiter = takeDemand();
        }
        run(waiter);
    }

    /** The client goes away. */
    void disconnect() {
        Runnable waiter;
        synchronized (this) {
            waiter = gone;
            gone = null;
            lost = true;
        }
        run(waiter);
    }

    /** How many bytes of the body were read. */
    synchronized long taken() {
        return taken;
    }

    /** Completed by the first read or demand, which is when 100 (Continue) would leave. */
    CompletableFuture<Void> firstRead() {
        return firstRead;
    }

    private Runnable takeDemand() {
        Runnable waiter = demand;
        demand = null;
        return waiter;
    }

    private static void run(Runnable waiter) {
        if (waiter != null) {
            waiter.run();
        }
    }

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public Target target() {
        return target;
    }

    @Override
    public int prefixLength() {
        return prefixLength;
    }

    @Override
    public Object context() {
        return null;
    }

    @Override
    public Connection connection() {
        return new Connection(1, remote, new InetSocketAddress("127.0.0.1", 8080), null,
                head.version());
    }

    @Override
    public long contentLength() {
        return length;
    }

    @Override
    public InputStream body() {
        throw new IllegalStateException("a forward never blocks");
    }

    @Override
    public synchronized int read(ByteBuffer into) throws IOException {
        firstRead.complete(null);
        if (failure != null) {
            throw failure;
        }
        if (ended) {
            return -1;
        }
        ByteBuffer part = parts.peek();
        if (part == null) {
            return 0;
        }
        if (part == END) {
            ended = true;
            return -1;
        }
        int count = Math.min(part.remaining(), into.remaining());
        into.put(part.slice(part.position(), count));
        part.position(part.position() + count);
        taken += count;
        if (!part.hasRemaining()) {
            parts.poll();
        }
        return count;
    }

    @Override
    public void demand(Runnable readable) {
        firstRead.complete(null);
        synchronized (this) {
            if (demand != null) {
                throw new IllegalStateException("a demand is outstanding");
            }
            if (parts.isEmpty() && failure == null && !ended) {
                demand = readable;
                return;
            }
        }
        readable.run();
    }

    @Override
    public synchronized Fields trailers() {
        return ended ? trailers : Fields.EMPTY;
    }

    @Override
    public void onDisconnect(Runnable runnable) {
        synchronized (this) {
            if (!lost) {
                gone = runnable;
                return;
            }
        }
        runnable.run();
    }

    /** A text of that many bytes that is not the same everywhere. */
    static byte[] pattern(int length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(length);
        for (int i = 0; i < length; i++) {
            out.write('a' + (i * 31 + i / 977) % 26);
        }
        return out.toByteArray();
    }
}
