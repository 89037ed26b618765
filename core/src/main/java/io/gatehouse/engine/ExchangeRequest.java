/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import io.gatehouse.handler.Request;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import io.gatehouse.route.Route;
import io.gatehouse.transport.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A handler's view of an exchange's request: adds the route, the limit on the body, and a blocking stream. */
final class ExchangeRequest implements Request {

    private final Exchange exchange;
    private final RequestHead head;
    private final Connection connection;
    private final Target target;
    private final Route route;
    private final long contentLength;
    private final int securePort;
    private volatile long bodyLimit;
    private long bodyRead;
    private volatile boolean peerFailed;
    private @Nullable InputStream body;

    ExchangeRequest(
            Exchange exchange, RequestHead head, Connection connection, Target target, Route route, long bodyLimit,
            int securePort) {
        this.exchange = exchange;
        this.head = head;
        this.connection = connection;
        this.target = target;
        this.route = route;
        this.bodyLimit = bodyLimit;
        this.securePort = securePort;
        this.contentLength = contentLength(head);
    }

    /** What follows is no body: the connection's bytes have no limit. */
    void switched() {
        bodyLimit = Long.MAX_VALUE;
    }

    /** Whether the declared length alone is over the limit. */
    boolean declaresTooMuch() {
        return contentLength > bodyLimit;
    }

    String tooMuch() {
        return "the body is larger than limits.body=" + bodyLimit + " allows for this prefix";
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
        return route.prefix().path().length();
    }

    @Override
    public @Nullable Object context() {
        return route.context();
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public String protocolId() {
        return exchange.protocolId();
    }

    @Override
    public int securePort() {
        return securePort;
    }

    @Override
    public long contentLength() {
        return contentLength;
    }

    @Override
    public InputStream body() {
        InputStream stream = body;
        if (stream == null) {
            stream = new BodyInput(this, exchange);
            body = stream;
        }
        return stream;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int read;
        try {
            read = exchange.read(into);
        } catch (IOException e) {
            peerFailed = true;
            throw e;
        }
        if (read > 0) {
            bodyRead += read;
            if (bodyRead > bodyLimit) {
                into.position(into.position() - read);
                throw new RefusedException(Refusal.BODY_SIZE, tooMuch());
            }
        }
        return read;
    }

    /** Whether the exchange has failed under a read. */
    boolean peerFailed() {
        return peerFailed;
    }

    @Override
    public void demand(Runnable readable) {
        exchange.demand(readable);
    }

    @Override
    public Fields trailers() {
        return exchange.trailers();
    }

    @Override
    public void onDisconnect(Runnable gone) {
        exchange.onDisconnect(gone);
    }

    /** The transport has checked the syntax, so that what is there is a number. */
    private static long contentLength(RequestHead head) {
        String declared = head.fields().first("Content-Length");
        if (declared != null) {
            return Long.parseLong(declared);
        }
        return switch (head.version()) {
            case HTTP_1_0, HTTP_1_1 -> head.fields().contains("Transfer-Encoding") ? -1 : 0;
            case HTTP_2 -> -1;
        };
    }
}
