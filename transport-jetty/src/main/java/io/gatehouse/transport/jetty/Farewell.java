/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gatehouse.http.RefusedException;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http1.Persistence;
import io.gatehouse.http1.ResponseEncoder;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;

/** The ways to end a connection, or a stream of it, that are not Jetty's. Any thread. */
final class Farewell {
    private final JettyEndPoint endPoint;
    private final JettyTransport transport;

    Farewell(JettyEndPoint endPoint, JettyTransport transport) {
        this.endPoint = endPoint;
        this.transport = transport;
    }

    /** Answers a peer that has no request in hand, and closes; inside TLS, if that is agreed on, else without a word. */
    void say(RefusedException cause) {
        try {
            if (!endPoint.secure()) {
                endPoint.getChannel().write(answer(cause));
            } else if (endPoint.isEstablished()) {
                endPoint.outer().flush(answer(cause));
            }
        } catch (IOException e) {
            // nobody is there to be told
        }
        hangUp();
    }

    /** Answers a peer that should speak TLS and does not, in its own way, and closes. */
    void bare(RefusedException cause) throws IOException {
        endPoint.getChannel().write(answer(cause));
        endPoint.shutdownOutput();
        discard();
        endPoint.close();
    }

    /** Ends the connection after an answer that has left, whatever the peer still sends. */
    void hangUp() {
        endPoint.endOutput();
        discard();
        endPoint.end();
    }

    /** Ends the connection so that the peer sees a cut even in a body that ends with the connection. */
    void breakOff(Throwable cause) {
        try {
            endPoint.getChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            // it is closed already
        } catch (UnsupportedOperationException e) {
            // a Unix-domain socket, which knows no reset
        }
        endPoint.close(cause);
    }

    /** Resets one stream of an HTTP/2 connection. */
    void resetStream(String id) {
        if (endPoint.outer().getConnection() instanceof HTTP2Connection connection) {
            Stream stream = connection.getSession().getStream(Integer.parseInt(id));
            if (stream != null) {
                stream.reset(new ResetFrame(stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
            }
        }
    }

    private void discard() {
        try {
            ByteBuffer sink = ByteBuffer.allocate(16 * 1024);
            // A close with bytes unread would be a reset, which may overtake the answer.
            int reads = 0;
            while (reads < 64 && endPoint.getChannel().read(sink.clear()) > 0) {
                reads++;
            }
        } catch (IOException e) {
            // it has ended in the other way
        }
    }

    private ByteBuffer answer(RefusedException cause) {
        int status = cause.refusal().status();
        byte[] text = (status + " " + cause.getMessage() + "\n").getBytes(US_ASCII);
        byte[] head = ResponseEncoder.encode(ResponseHead.of(status, "Content-Type", "text/plain;charset=utf-8"));
        ByteBuffer answer = ByteBuffer.allocate(ResponseEncoder.bound(head) + text.length);
        ResponseEncoder.put(answer, head, transport.dateLine(), text.length, false, Persistence.CLOSES);
        return answer.put(text).flip();
    }
}
