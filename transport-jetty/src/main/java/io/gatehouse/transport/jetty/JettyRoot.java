/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http.RequestHead;
import io.gatehouse.transport.ExchangeHandler;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Where Jetty ends and Gatehouse begins: makes an exchange of each request, on the selector's thread. */
final class JettyRoot extends Handler.Abstract.NonBlocking {
    private final JettyTransport transport;
    private final ExchangeHandler handler;

    JettyRoot(JettyTransport transport, ExchangeHandler handler) {
        this.transport = transport;
        this.handler = handler;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        JettyEndPoint endPoint = JettyEndPoint.of(request.getConnectionMetaData().getConnection().getEndPoint());
        String raw = endPoint.arrived();
        RequestHead head;
        try {
            head = JettyHead.read(request, raw, endPoint.secure() ? "https" : "http");
        } catch (RefusedException e) {
            refuse(endPoint, response, callback, e.refusal(), String.valueOf(e.getMessage()));
            return true;
        }
        JettyExchange exchange = new JettyExchange(transport, endPoint, head, request, response, callback);
        if (!endPoint.begin(exchange)) {
            callback.failed(new EofException("the connection has ended"));
            return true;
        }
        try {
            handler.handle(exchange);
        } catch (Throwable e) { // whatever it is costs this connection alone
            exchange.abort(e);
        }
        return true;
    }

    /** Answers what Jetty refused by itself. */
    boolean error(Request request, Response response, Callback callback) {
        JettyEndPoint endPoint = JettyEndPoint.of(request.getConnectionMetaData().getConnection().getEndPoint());
        Object cause = request.getAttribute(ErrorHandler.ERROR_EXCEPTION);
        int status = cause instanceof HttpException bad ? bad.getCode() : 400;
        String reason = cause instanceof HttpException bad && bad.getReason() != null ? bad.getReason() : "malformed";
        Refusal refusal = switch (status) {
            case 414 -> Refusal.LINE_SIZE;
            case 417 -> Refusal.EXPECTATION;
            case 431 -> Refusal.HEAD_SIZE;
            case 501 -> Refusal.UNSUPPORTED;
            case 426, 505 -> Refusal.VERSION;
            default -> Refusal.SYNTAX;
        };
        refuse(endPoint, response, callback, refusal, reason);
        return true;
    }

    private void refuse(JettyEndPoint endPoint, Response response, Callback callback, Refusal refusal, String detail) {
        transport.config().listener().refused(endPoint.identity(), refusal, detail);
        response.setStatus(refusal.status());
        HttpFields.Mutable fields = response.getHeaders();
        fields.add(new HttpField(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8"));
        if (!endPoint.isHttp2()) {
            OwnReason.mend(response.getRequest(), refusal.status());
            fields.put(HttpFields.CONNECTION_CLOSE);
        }
        response.write(true, ByteBuffer.wrap((refusal.status() + " " + detail + "\n").getBytes(US_ASCII)), callback);
    }
}
