/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Bytes inside TLS (RFC 8446, RFC 5246), over the socket's. The handshake is the loop's; then one thread reads and one
 * writes, and the two share nothing here but the engine, which keeps them apart.
 *
 * <pre>
 *   socket ─► sealed ──unwrap──► the reader's buffer, if a whole record fits, else opened ─► the reader's buffer
 *   the writer's buffers ──wrap──► leaving ─► socket
 * </pre>
 *
 * <p>Buffers are pooled, and held only while something is in them. What TLS asks for between records, the answer to a
 * renewed key, leaves with the next write, as RFC 8446 section 4.6.3 allows; who asks for many before that is refused, for each takes
 * memory. So is a second handshake of TLS 1.2.
 */
final class TlsWire implements Wire {

    /** What a handshake waits for. */
    enum Step { DONE, READ, WRITE, TASK }

    /** Records with nothing to read in them that may come between two writes. */
    private static final int MOST_EMPTY = 128;

    private static final ByteBuffer[] NOTHING = {ByteBuffer.allocate(0)};

    private final SocketWire socket;
    private final SSLEngine engine;
    private final BufferPool pool;
    /** Records with nothing to read in them since the last write: the one count that reader and writer share. */
    private final AtomicInteger empty = new AtomicInteger();
    private boolean begun;
    private boolean established;
    private boolean bare;

    // The reader's; from position to limit.
    private @Nullable ByteBuffer sealed;
    private @Nullable ByteBuffer opened;
    private boolean more;
    private boolean ended;

    // The writer's; from position to limit.
    private @Nullable ByteBuffer leaving;
    private boolean outputEnded;

    /** Over a socket, with a server's engine and buffers that hold the largest packet. */
    TlsWire(SocketWire socket, SSLEngine engine, BufferPool pool) {
        this.socket = socket;
        this.engine = engine;
        this.pool = pool;
    }

    SSLEngine engine() {
        return engine;
    }

    // ---- the handshake, on the loop

    /** Goes on with the handshake as far as the socket allows. */
    Step handshake() throws IOException {
        if (!begun) {
            begun = true;
            engine.beginHandshake();
        }
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    return Step.TASK;
                }
                case NEED_WRAP -> {
                    if (!flush()) {
                        return Step.WRITE;
                    }
                    if (seal(NOTHING) == SSLEngineResult.Status.CLOSED) {
                        flush();
                        throw new SSLException("the handshake has been ended");
                    }
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (!flush()) {
                        return Step.WRITE;
                    }
                    SSLEngineResult.Status status = open(NOTHING[0]);
                    if (status == SSLEngineResult.Status.CLOSED) {
                        throw new SSLException("the peer ended the handshake");
                    }
                    if (status == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                        int count = fill();
                        if (count == 0) {
                            return Step.READ;
                        }
                        if (count < 0) {
                            throw new SSLException("the connection ended during the handshake");
                        }
                    }
                }
                default -> {
                    if (!flush()) {
                        return Step.WRITE;
                    }
                    if (engine.getSession().getProtocol().equals("NONE")) {
                        throw new SSLException("the peer ended the handshake");
                    }
                    established = true;
                    more = sealed != null; // a request may have come with the end of the handshake
                    return Step.DONE;
                }
            }
        }
    }

    /** The first byte of what could not be opened; -1 if there is none. */
    int firstByte() {
        ByteBuffer bytes = sealed;
        return bytes == null || !bytes.hasRemaining() ? -1 : bytes.get(bytes.position()) & 0xFF;
    }

    /** From now on the bytes are the socket's as they are; those that have come are dropped. */
    void bare() {
        bare = true;
        sealed = released(sealed);
        more = false;
    }

    /** Tells the peer why the handshake has failed, if the socket takes that at once. */
    void alert() {
        try {
            if (flush()) {
                engine.closeOutbound();
                while (!engine.isOutboundDone() && seal(NOTHING) != SSLEngineResult.Status.CLOSED) {
                    flush();
                }
                flush();
            }
        } catch (IOException e) {
            return; // it is gone already
        }
    }

    // ---- reading

    /** An end of the socket without close_notify is a failure: what came may not be all (RFC 8446 section 6.1). */
    @Override
    public int read(ByteBuffer into) throws IOException {
        if (bare) {
            return socket.read(into);
        }
        int start = into.position();
        boolean asked = false;
        more = false;
        while (into.hasRemaining()) {
            if (opened != null) {
                move(into);
                continue;
            }
            SSLEngineResult.Status status = ended ? SSLEngineResult.Status.CLOSED : open(into);
            if (status == SSLEngineResult.Status.CLOSED) {
                ended = true;
                break;
            }
            if (status == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                if (asked || into.position() > start) {
                    break; // the selector tells when there is more
                }
                asked = true;
                int count = fill();
                if (count < 0) {
                    throw new SSLException("the connection ended without close_notify: it may have been cut off");
                }
                if (count == 0) {
                    break;
                }
            }
        }
        more = opened != null || ended || !into.hasRemaining() && sealed != null;
        int count = into.position() - start;
        return count == 0 && ended ? -1 : count;
    }

    @Override
    public boolean pending() {
        return more;
    }

    /** Reads from the socket behind what is there. */
    private int fill() throws IOException {
        ByteBuffer bytes = sealed == null ? pool.take().limit(0) : sealed;
        bytes.compact();
        sealed = bytes;
        int count;
        try {
            if (!bytes.hasRemaining()) {
                throw new SSLException("a record is longer than TLS allows");
            }
            count = socket.read(bytes);
        } finally {
            bytes.flip();
            sealed = kept(bytes);
        }
        return count;
    }

    /** Decrypts a record, into the buffer if that holds all of it. */
    private SSLEngineResult.Status open(ByteBuffer into) throws IOException {
        ByteBuffer bytes = sealed;
        if (bytes == null) {
            return SSLEngineResult.Status.BUFFER_UNDERFLOW;
        }
        boolean before = engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
        SSLEngineResult result = engine.unwrap(bytes, into);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            ByteBuffer own = pool.take();
            result = engine.unwrap(bytes, own);
            opened = kept(own.flip());
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
                throw new SSLException("a record is longer than TLS allows");
            }
        }
        sealed = kept(bytes);
        if (established && result.bytesConsumed() > 0 && result.bytesProduced() == 0 && empty.incrementAndGet() > MOST_EMPTY) {
            throw new SSLException("more than " + MOST_EMPTY + " records with nothing in them are refused");
        }
        boolean again = result.getHandshakeStatus() == HandshakeStatus.NEED_TASK
                || result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && !engine.getSession().getProtocol().equals("TLSv1.3");
        if (before && again && result.getStatus() != SSLEngineResult.Status.CLOSED) {
            throw new SSLException("a second handshake on one connection is refused");
        }
        return result.getStatus();
    }

    private void move(ByteBuffer into) {
        ByteBuffer from = opened;
        if (from != null) {
            int count = Math.min(from.remaining(), into.remaining());
            into.put(into.position(), from, from.position(), count).position(into.position() + count);
            opened = kept(from.position(from.position() + count));
        }
    }

    // ---- writing

    @Override
    public boolean write(ByteBuffer from) throws IOException {
        return bare ? socket.write(from) : write(new ByteBuffer[] {from});
    }

    @Override
    public boolean write(ByteBuffer[] parts) throws IOException {
        if (bare) {
            return socket.write(parts);
        }
        while (flush()) {
            if (!remains(parts)) {
                return true;
            }
            while (remains(parts) && seal(parts) == SSLEngineResult.Status.OK) {
                // as many records as the buffer holds leave in one write
            }
        }
        return false;
    }

    /** By way of a buffer, since what leaves are other bytes than the file's. */
    @Override
    public long transfer(FileChannel file, long from, long count) throws IOException {
        if (!flush()) {
            return 0;
        }
        ByteBuffer page = pool.take();
        try {
            int read = file.read(page.limit((int) Math.min(page.capacity(), count)), from);
            if (read > 0) {
                write(page.flip());
                return page.position();
            }
            return read;
        } finally {
            pool.give(page);
        }
    }

    @Override
    public boolean endOutput() throws IOException {
        if (!bare && !outputEnded) {
            engine.closeOutbound();
            while (!engine.isOutboundDone()) {
                if (!flush()) {
                    return false;
                }
                if (seal(NOTHING) == SSLEngineResult.Status.CLOSED) {
                    break;
                }
            }
            outputEnded = true;
        }
        return (bare || flush()) && socket.endOutput();
    }

    /** Encrypts one record behind those that wait to leave. */
    private SSLEngineResult.Status seal(ByteBuffer[] parts) throws IOException {
        ByteBuffer bytes = leaving == null ? pool.take().limit(0) : leaving;
        bytes.compact();
        SSLEngineResult result;
        try {
            result = engine.wrap(parts, bytes);
            empty.set(0);
        } finally {
            leaving = kept(bytes.flip());
        }
        if (result.bytesConsumed() == 0 && result.bytesProduced() == 0 && remains(parts)) {
            switch (result.getStatus()) {
                case CLOSED -> throw new SSLException("the connection is closed");
                case OK -> throw new SSLException("a second handshake on one connection is refused");
                default -> {}
            }
        }
        return result.getStatus();
    }

    /** Sends what waits; false if the socket takes no more for now. */
    private boolean flush() throws IOException {
        ByteBuffer bytes = leaving;
        if (bytes == null) {
            return true;
        }
        boolean whole = socket.write(bytes);
        leaving = kept(bytes);
        return whole;
    }

    private static boolean remains(ByteBuffer[] parts) {
        for (ByteBuffer part : parts) {
            if (part.hasRemaining()) {
                return true;
            }
        }
        return false;
    }

    // ---- the end, and the buffers

    @Override
    public void close() throws IOException {
        socket.close();
    }

    @Override
    public void reset() throws IOException {
        socket.reset();
    }

    /** The buffer, or null once it is empty and back in the pool. */
    private @Nullable ByteBuffer kept(ByteBuffer bytes) {
        return bytes.hasRemaining() ? bytes : released(bytes);
    }

    private @Nullable ByteBuffer released(@Nullable ByteBuffer bytes) {
        if (bytes != null) {
            pool.give(bytes);
        }
        return null;
    }
}
