/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Request;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A request over memory. */
final class MemoryRequest implements Request {

    private final RequestHead head;
    private final Target target;
    private final byte[] bytes;
    private final boolean chunked;
    private final int chunk;
    private final Fields trailers;
    private final MemoryResponse response;
    private final Connection connection;
    private int position;
    private boolean ended;
    private boolean nothingYet;
    private IOException failure;
    private Runnable gone;
    private InputStream stream;
    private Runnable demanded;

    MemoryRequest(
            RequestHead head, Target target, byte[] bytes, boolean chunked, int chunk,
            Fields trailers, MemoryResponse response, Connection connection) {
        this.head = head;
        this.target = target;
        this.bytes = bytes;
        this.chunked = chunked;
        this.chunk = chunk;
        this.trailers = trailers;
        this.response = response;
        this.connection = connection;
        this.nothingYet = chunk != Integer.MAX_VALUE;
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
    public String protocolId() {
        return head.version() == HttpVersion.HTTP_2 ? "5" : "";
    }

    @Override
    public int prefixLength() {
        return 1;
    }

    @Override
    public Object context() {
        return null;
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public long contentLength() {
        return chunked ? -1 : bytes.length;
    }

    @Override
    public InputStream body() {
        if (stream == null) {
            stream = new InputStream() {
                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
                }

                @Override
                public int read(byte[] into, int offset, int length) throws IOException {
                    if (length == 0) {
                        return 0;
                    }
                    return take(ByteBuffer.wrap(into, offset, length));
                }

                @Override
                public int available() {
                    return bytes.length - position;
                }
            };
        }
        return stream;
    }

    private int take(ByteBuffer into) throws IOException {
        if (failure != null) {
            throw failure;
        }
        int n = Math.min(Math.min(into.remaining(), chunk), bytes.length - position);
        if (n == 0) {
            ended = true;
            return -1;
        }
        into.put(bytes, position, n);
        position += n;
        return n;
    }

    @Override
    public synchronized int read(ByteBuffer into) throws IOException {
        if (nothingYet) {
            return 0;
        }
        nothingYet = chunk != Integer.MAX_VALUE;
        return take(into);
    }

    @Override
    public synchronized void demand(Runnable readable) {
        if (demanded != null) {
            throw new IllegalStateException("a demand is outstanding");
        }
        demanded = readable;
        Thread io = new Thread(() -> {
            Runnable run;
            synchronized (this) {
                nothingYet = false;
                run = demanded;
                demanded = null;
            }
            run.run();
        });
        io.start();
    }

    /** From now on reading fails. */
    synchronized void fail(IOException cause) {
        failure = cause;
    }

    @Override
    public Fields trailers() {
        return ended ? trailers : Fields.EMPTY;
    }

    @Override
    public synchronized void onDisconnect(Runnable run) {
        gone = run;
    }

    /** Whether somebody waits for the peer to leave. */
    synchronized boolean watched() {
        return gone != null;
    }

    /** The peer leaves. */
    void disconnect() {
        Runnable run;
        synchronized (this) {
            run = gone;
        }
        response.breakWrites();
        if (run != null) {
            run.run();
        }
    }
}
