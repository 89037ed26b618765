/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/** A peer that speaks TLS over another one. Its end is a close_notify; the socket's end without one is a cut. */
public final class TlsPeer implements Peer {

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final Peer wire;
    private final SSLEngine engine;
    private ByteBuffer received = ByteBuffer.allocate(34 * 1024).limit(0);
    private ByteBuffer opened = EMPTY;
    private ByteBuffer sealed = EMPTY;

    private TlsPeer(Peer wire, SSLEngine engine) {
        this.wire = wire;
        this.engine = engine;
    }

    /** An engine of a client. */
    public static SSLEngine engine(SSLContext context, String... versions) {
        SSLEngine engine = context.createSSLEngine("localhost", 443);
        engine.setUseClientMode(true);
        if (versions.length > 0) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setProtocols(versions);
            engine.setSSLParameters(parameters);
        }
        return engine;
    }

    /** Shakes hands, waiting for the server. */
    public static TlsPeer over(Peer wire, SSLEngine engine) throws IOException {
        TlsPeer peer = new TlsPeer(wire, engine);
        try {
            peer.shakeHands();
            return peer;
        } catch (IOException e) {
            wire.close();
            throw e;
        }
    }

    /** What was agreed on. */
    public SSLSession session() {
        return engine.getSession();
    }

    /** The socket below. */
    public Peer wire() {
        return wire;
    }

    @Override
    public void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            wire.send(sealed);
            wrap(bytes);
        }
        wire.send(sealed);
    }

    @Override
    public int offer(ByteBuffer bytes) throws IOException {
        if (sealed.hasRemaining() && wire.offer(sealed) == 0 || sealed.hasRemaining()) {
            return 0;
        }
        int taken = wrap(bytes);
        wire.offer(sealed);
        return taken;
    }

    @Override
    public int receive(ByteBuffer into) throws IOException {
        while (!opened.hasRemaining()) {
            SSLEngineResult.Status status = unwrap();
            if (status == SSLEngineResult.Status.CLOSED) {
                return -1;
            }
            if (status == SSLEngineResult.Status.BUFFER_UNDERFLOW && !fill()) {
                throw new SSLException("the connection ended without close_notify");
            }
        }
        int count = Math.min(opened.remaining(), into.remaining());
        into.put(opened.slice(opened.position(), count));
        opened.position(opened.position() + count);
        return count;
    }

    @Override
    public void finish() throws IOException {
        wire.send(sealed);
        engine.closeOutbound();
        wrap(EMPTY);
        wire.send(sealed);
    }

    @Override
    public void reset() throws IOException {
        wire.reset();
    }

    /** Says close_notify, if the server takes it. */
    @Override
    public void close() throws IOException {
        engine.closeOutbound();
        try {
            if (!engine.isOutboundDone() && !sealed.hasRemaining()) {
                wrap(EMPTY);
                wire.offer(sealed);
            }
        } catch (IOException e) {
            // the server has closed before
        } finally {
            wire.close();
        }
    }

    private void shakeHands() throws IOException {
        engine.beginHandshake();
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_WRAP -> {
                    wrap(EMPTY);
                    wire.send(sealed);
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    SSLEngineResult.Status status = unwrap();
                    if (status == SSLEngineResult.Status.CLOSED || status == SSLEngineResult.Status.BUFFER_UNDERFLOW && !fill()) {
                        throw new SSLException("the handshake was ended by the server");
                    }
                }
                default -> {
                    return;
                }
            }
        }
    }

    private boolean fill() throws IOException {
        received.compact();
        try {
            return wire.receive(received) >= 0;
        } finally {
            received.flip();
        }
    }

    private SSLEngineResult.Status unwrap() throws SSLException {
        ByteBuffer into = ByteBuffer.allocate(34 * 1024);
        SSLEngineResult.Status status = engine.unwrap(received, into).getStatus();
        opened = into.position() > 0 ? into.flip() : opened;
        return status;
    }

    private int wrap(ByteBuffer plain) throws SSLException {
        ByteBuffer into = ByteBuffer.allocate(34 * 1024);
        SSLEngineResult result = engine.wrap(plain, into);
        sealed = into.flip();
        if (result.getStatus() == SSLEngineResult.Status.CLOSED && plain.hasRemaining()) {
            throw new SSLException("the connection is closed");
        }
        return result.bytesConsumed();
    }
}
