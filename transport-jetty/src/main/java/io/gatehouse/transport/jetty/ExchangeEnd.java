/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import java.io.IOException;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/** The ways in which an exchange ends: for Jetty, whose callback is completed once, and for the connection. */
final class ExchangeEnd {
    private final JettyTransport transport;
    private final JettyEndPoint endPoint;
    private final JettyExchange exchange;
    private final Request request;
    private final Callback callback;
    private final JettyBody body;

    ExchangeEnd(JettyTransport transport, JettyEndPoint endPoint, JettyExchange exchange, Request request, Callback callback,
            JettyBody body) {
        this.transport = transport;
        this.endPoint = endPoint;
        this.exchange = exchange;
        this.request = request;
        this.callback = callback;
        this.body = body;
    }

    /** The response has left: reads what is left of the request, as far as the limit goes, then lets Jetty go on. */
    void finish() {
        if (body.isEnded()) {
            complete();
        } else {
            body.close(endPoint.isHttp2() ? this::complete : this::drain);
        }
    }

    private void drain() {
        long limit = transport.config().limits().drain();
        JettyBody.Drained drained = body.drain(limit);
        if (exchange.waitForRest(drained == JettyBody.Drained.WAITING)) {
            body.demandRest(this::drain);
        } else if (drained == JettyBody.Drained.ENDED) {
            complete();
        } else if (drained != JettyBody.Drained.OVER) {
            hangUp(new IOException("more of the request is unread than limits.drain=" + limit));
        }
    }

    private void complete() {
        callback.succeeded();
        endPoint.ended(exchange);
    }

    /** The answer is out, and the rest of the request is not worth waiting for. */
    void hangUp(Throwable cause) {
        fail(cause, endPoint.farewell()::hangUp);
    }

    /** Ends the message so that the peer sees the cut; {@code untilClose} if only a reset shows one. */
    void cutOff(Throwable cause, boolean untilClose) {
        fail(cause, () -> {
            if (endPoint.isHttp2()) {
                endPoint.farewell().resetStream(request.getId());
            } else if (untilClose) {
                endPoint.farewell().breakOff(cause);
            } else {
                endPoint.close(cause);
            }
        });
    }

    private void fail(Throwable cause, Runnable wire) {
        body.close(() -> {
            wire.run();
            callback.failed(new EofException(cause)); // of a kind that Jetty does not log
            body.release();
            endPoint.ended(exchange);
        });
    }
}
