/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.handler;

import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A request as a handler sees it. Belongs, with its response, to the thread that was called with it, until that passes it on.
 *
 * <p>The body is read in one of two ways, not both: blocking, by {@link #body}, or by {@link #read} and {@link #demand}. It
 * is bounded by the limit of the prefix; a longer one fails the read with a {@link io.gatehouse.http.RefusedException}, whose
 * 413 a handler should let pass.
 */
public interface Request {

    /** The head as received, but for scheme and authority if a trusted proxy tells of others ({@link io.gatehouse.http.ProxyRules}). */
    RequestHead head();

    /** The method, {@code head().method()}. */
    default String method() {
        return head().method();
    }

    /** The fields, {@code head().fields()}. */
    default Fields fields() {
        return head().fields();
    }

    /** The normalised target. */
    Target target();

    /** The whole normalised and decoded path, with {@code /} in front. */
    default String path() {
        return target().path();
    }

    /** The query as received, without {@code ?}; null if there is none. */
    default @Nullable String query() {
        return target().query();
    }

    /** How many characters of the path the matched prefix took, its last {@code /} included. */
    int prefixLength();

    /** The path inside the matched prefix, without {@code /} in front; empty for the prefix itself. */
    default String pathInPrefix() {
        return path().length() <= prefixLength() ? "" : path().substring(prefixLength());
    }

    /** The context value that was given when the prefix was registered; null if none was. */
    @Nullable Object context();

    /** The connection it came over; its remote end is the client, also behind a trusted proxy. */
    Connection connection();

    /** What the protocol calls this request: the number of its HTTP/2 stream; empty for HTTP/1, which has no name for it. */
    default String protocolId() {
        return "";
    }

    /** The port of the one endpoint of this server that speaks TLS; 0 if it has none, or several. */
    default int securePort() {
        return 0;
    }

    /** The body's length as declared, or -1 if it is chunked or there is none to know. 0 if there is no body. */
    long contentLength();

    /** The body, read blocking; always the same stream. Not to be used on an I/O thread. */
    InputStream body();

    /** Reads some of the body without blocking: see {@code Exchange.read}. */
    int read(ByteBuffer into) throws IOException;

    /** Asks for one call when {@link #read} is worth trying again. Runs inline or on an I/O thread; must not block. */
    void demand(Runnable readable);

    /** The trailer section, once the body was read to its end; empty before. */
    Fields trailers();

    /** Asks for one call when the peer is found to be gone. Runs inline or on an I/O thread; must not block. */
    void onDisconnect(Runnable gone);
}
