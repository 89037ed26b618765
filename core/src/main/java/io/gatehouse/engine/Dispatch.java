/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.transport.Exchange;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One exchange in the hands of a handler.
 *
 * <pre>
 *   WAITING ──worker──► RUNNING ──handler returned or threw, or completion completed (first wins)──► ENDED
 *      └──────── refused ──────────────────────────────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>It is the completion that an asynchronous handler is given. Its end gives the place among the requests in flight back,
 * whether or not the peer has taken all of the response by then: what is left is the transport's. A handler that
 * {@linkplain AsyncHandler#boundsItself bounds itself} gives it back when its call returns, if it has not ended by then.
 */
final class Dispatch implements Workers.Job, Completion {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.engine");

    private final Exchange exchange;
    private final ExchangeRequest request;
    private final ExchangeResponse response;
    private final AsyncHandler handler;
    private final Workers workers;
    private final Refuser refuser;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean released = new AtomicBoolean();

    Dispatch(Exchange exchange, ExchangeRequest request, AsyncHandler handler, Workers workers, Refuser refuser) {
        this.exchange = exchange;
        this.request = request;
        this.response = new ExchangeResponse(exchange, new Ending(), request::switched);
        this.handler = handler;
        this.workers = workers;
        this.refuser = refuser;
    }

    @Override
    public void run() {
        try {
            handler.handle(request, response, this);
            if (handler.boundsItself()) {
                release();
            }
        } catch (Throwable failure) { // an Error of an application costs its own response, not the worker
            failed(failure);
        }
    }

    @Override
    public void refuse(Refusal refusal, String detail) {
        if (ended.compareAndSet(false, true)) {
            answer(() -> refuser.refuse(exchange, request.connection(), refusal, detail));
        }
    }

    @Override
    public void succeeded() {
        if (ended.compareAndSet(false, true)) {
            try {
                if (!response.detached()) {
                    response.end();
                }
            } catch (RuntimeException | Error e) { // whatever it is: an exchange that does not end holds its connection
                fail(e);
            } finally {
                release();
            }
        }
    }

    @Override
    public void failed(Throwable cause) {
        if (ended.compareAndSet(false, true)) {
            try {
                fail(cause);
            } finally {
                release();
            }
        } else {
            LOG.log(Level.DEBUG, () -> "a failure after the end of " + describe(), cause);
        }
    }

    /** Gives the place back, once. */
    private void release() {
        if (released.compareAndSet(false, true)) {
            workers.release();
        }
    }

    private void fail(Throwable cause) {
        if (response.committed()) {
            log(cause, "cut off");
            response.abort(cause);
        } else if (cause instanceof HttpFailure failure) {
            if (failure.getCause() != null) {
                log(failure.getCause(), "answered with " + failure.status());
            }
            answer(() -> response.fail(failure.status(), failure.publicMessage()));
        } else if (cause instanceof RefusedException refused && refused.refusal().status() > 0) {
            answer(() -> refuser.refuse(exchange, request.connection(), refused.refusal(), refused.detail()));
        } else {
            log(cause, "answered with 500");
            answer(() -> response.fail(500, "The application failed."));
        }
    }

    /** The last word of an exchange. One that can't be said any more, because the peer is gone, is cut off instead. */
    private void answer(Runnable page) {
        try {
            page.run();
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, () -> describe() + " can't be answered any more", e);
            response.abort(e);
        }
    }

    /** A peer that went away is its own business and worth a DEBUG line; everything else is the application's. */
    private void log(Throwable cause, String outcome) {
        boolean gone = cause instanceof RefusedException refused && refused.refusal() == Refusal.DISCONNECTED;
        Level level = gone || request.peerFailed() || response.peerFailed() ? Level.DEBUG : Level.WARNING;
        LOG.log(level, () -> describe() + " was " + outcome, cause);
    }

    private String describe() {
        return request.method() + " " + request.path();
    }

    /** Tells of a response that broke its own Content-Length when nobody waited for it. */
    private final class Ending implements Completion {
        @Override
        public void succeeded() {}

        @Override
        public void failed(Throwable cause) {
            log(cause, "cut off");
        }
    }
}
