/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.http.Authority;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * TLS over one non-blocking socket, as a client (RFC 8446, RFC 5246). On the loop's thread, but for the engine's long tasks.
 *
 * <pre>
 *   plain bytes ──wrap──► netOut ──► socket ──► netIn ──unwrap──► appIn, or the reader's own buffer if a whole record fits
 *
 *   HANDSHAKE ──┬─► READ, WRITE: when the socket lets it     ──► DONE ──close_notify received──► the reader's end
 *               └─► TASK: when another thread has run it          └──the socket's end without it──► a failure: it may be cut off
 * </pre>
 *
 * <p>The certificate must be the host's (RFC 9110 section 4.3.4); versions before 1.2 are not spoken. The only protocol that is offered inside is
 * HTTP/1.1 (RFC 7301).
 */
final class TlsLayer {

    /** What a handshake waits for. */
    enum Step { DONE, READ, WRITE, TASK }

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);
    private static final String PROTOCOL = "http/1.1";

    private final SSLEngine engine;
    private final SocketChannel channel;
    // Each is between its position and its limit what is to be taken from it next.
    private ByteBuffer netIn = EMPTY;
    private ByteBuffer netOut = EMPTY;
    private ByteBuffer appIn = EMPTY;

    TlsLayer(SSLEngine engine, SocketChannel channel) {
        this.engine = engine;
        this.channel = channel;
    }

    /** An engine for a connection to a host. */
    static SSLEngine engine(SSLContext context, String host, int port) {
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(new String[] {PROTOCOL});
        parameters.setProtocols(Arrays.stream(parameters.getProtocols())
                .filter(version -> version.equals("TLSv1.3") || version.equals("TLSv1.2")).toArray(String[]::new));
        parameters.setServerNames(serverNames(host));
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** An address, and a name that DNS could not hold, are not said (RFC 6066 section 3). */
    private static List<SNIServerName> serverNames(String host) {
        if (Authority.isIpv4(host) || host.indexOf(':') >= 0) {
            return List.of();
        }
        try {
            return List.of(new SNIHostName(host));
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }

    /** Begins. */
    void begin() throws SSLException {
        engine.beginHandshake();
    }

    /** Goes on with the handshake as far as the socket allows. */
    Step handshake() throws IOException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    return Step.TASK;
                }
                case NEED_WRAP -> {
                    if (!flush()) {
                        return Step.WRITE;
                    }
                    wrap(new ByteBuffer[] {EMPTY});
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (!flush()) {
                        return Step.WRITE;
                    }
                    SSLEngineResult.Status status = unwrap();
                    if (status == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                        int count = fill();
                        if (count == 0) {
                            return Step.READ;
                        }
                        if (count < 0) {
                            throw new SSLException("the connection ended during the handshake");
                        }
                    } else if (status == SSLEngineResult.Status.CLOSED) {
                        throw new SSLException("the handshake was refused");
                    }
                }
                default -> {
                    if (!flush()) {
                        return Step.WRITE;
                    }
                    requireProtocol();
                    return Step.DONE;
                }
            }
        }
    }

    /** Runs what the engine would not do between two bytes: checking a certificate, above all. Any thread. */
    void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /**
     * Reads as {@link SocketChannel#read}.
     *
     * @throws IOException also if the socket ends without a close_notify: what came may not be all
     */
    int read(ByteBuffer into) throws IOException {
        while (true) {
            if (appIn.hasRemaining()) {
                return move(into);
            }
            boolean direct = into.remaining() >= engine.getSession().getApplicationBufferSize();
            int before = into.position();
            SSLEngineResult.Status status = direct ? unwrap(into).getStatus() : unwrap();
            if (into.position() > before) {
                return into.position() - before;
            }
            if (status == SSLEngineResult.Status.CLOSED) {
                return -1;
            }
            if (status == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                int count = fill();
                if (count == 0) {
                    return 0;
                }
                if (count < 0) {
                    throw new SSLException("the connection ended without close_notify");
                }
            }
        }
    }

    /** Takes as many plain bytes as can be sent, but for what {@link #isUnsent} tells. */
    long write(ByteBuffer first, @Nullable ByteBuffer second) throws IOException {
        ByteBuffer[] plain = second == null ? new ByteBuffer[] {first} : new ByteBuffer[] {first, second};
        long taken = 0;
        while ((first.hasRemaining() || second != null && second.hasRemaining()) && flush()) {
            taken += wrap(plain);
        }
        flush();
        return taken;
    }

    /** Whether encrypted bytes wait for the socket. */
    boolean isUnsent() {
        return netOut.hasRemaining();
    }

    /** Sends what waits; false if the socket takes no more for now. */
    boolean flush() throws IOException {
        while (netOut.hasRemaining()) {
            if (channel.write(netOut) == 0) {
                return false;
            }
        }
        return true;
    }

    /** Says that nothing more will be sent; as much of that as the socket takes at once. */
    void closeOutput() throws IOException {
        engine.closeOutbound();
        if (flush()) {
            wrap(new ByteBuffer[] {EMPTY});
            flush();
        }
    }

    /** Nothing is expected for some time: gives up the buffers that are empty. */
    void rest() {
        netIn = netIn.hasRemaining() ? netIn : EMPTY;
        netOut = netOut.hasRemaining() ? netOut : EMPTY;
        appIn = appIn.hasRemaining() ? appIn : EMPTY;
    }

    private void requireProtocol() throws SSLException {
        String agreed = engine.getApplicationProtocol();
        if (agreed != null && !agreed.isEmpty() && !agreed.equals(PROTOCOL)) {
            throw new SSLException("it speaks " + agreed + " and not " + PROTOCOL);
        }
    }

    private int move(ByteBuffer into) {
        int count = Math.min(appIn.remaining(), into.remaining());
        into.put(appIn.slice(appIn.position(), count));
        appIn.position(appIn.position() + count);
        return count;
    }

    /** Reads from the socket behind what is there. */
    private int fill() throws IOException {
        int size = engine.getSession().getPacketBufferSize();
        if (netIn.capacity() < size) {
            netIn = ByteBuffer.allocate(size).put(netIn);
        } else {
            netIn.compact();
        }
        try {
            return channel.read(netIn);
        } finally {
            netIn.flip();
        }
    }

    /** Decrypts a record into the empty buffer for it. */
    private SSLEngineResult.Status unwrap() throws IOException {
        int size = engine.getSession().getApplicationBufferSize();
        if (appIn.capacity() < size) {
            appIn = ByteBuffer.allocate(size).put(appIn);
        } else {
            appIn.compact();
        }
        try {
            return unwrap(appIn).getStatus();
        } finally {
            appIn.flip();
        }
    }

    /** Decrypts a record, and answers what TLS itself asks for between records: a ticket needs nothing, a new key an answer. */
    private SSLEngineResult unwrap(ByteBuffer into) throws IOException {
        SSLEngineResult result = engine.unwrap(netIn, into);
        if (result.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP
                && result.getStatus() == SSLEngineResult.Status.OK && isEstablished() && !netOut.hasRemaining()) {
            wrap(new ByteBuffer[] {EMPTY});
            flush();
        }
        return result;
    }

    private boolean isEstablished() {
        return engine.getHandshakeSession() == null;
    }

    /** Encrypts one record into the empty buffer for it; returns how many plain bytes it holds. */
    private int wrap(ByteBuffer[] plain) throws SSLException {
        int size = engine.getSession().getPacketBufferSize();
        if (netOut.capacity() < size) {
            netOut = ByteBuffer.allocate(size);
        }
        netOut.clear();
        SSLEngineResult result;
        try {
            result = engine.wrap(plain, netOut);
        } finally {
            netOut.flip();
        }
        if (result.getStatus() == SSLEngineResult.Status.CLOSED && result.bytesProduced() == 0) {
            throw new SSLException("the connection is closed");
        }
        return result.bytesConsumed();
    }
}
