/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.HttpFailure;
import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.RefusedException;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Answers a request that went wrong (Servlet 6.1 section 10.9): with the application's page for the error, or with a
 * plain
 * one that tells the status and the public text and nothing else. What is committed already is cut.
 */
final class Failures {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    private final RequestRun run;

    Failures(RequestRun run) {
        this.run = run;
    }

    /** Answers what a filter, a servlet or a listener threw. */
    void thrown(Throwable failure) {
        AppResponse response = run.response();
        int status = status(failure);
        log(failure, status);
        if (response.buffer().sent()) {
            if (!response.buffer().full()) {
                run.cut(failure);
            }
            return;
        }
        ErrorPages pages = run.context().errorPages();
        // The page of the exception itself is told of it, any other one of what was wrapped in it (section 10.9.2).
        Throwable told = failure;
        String location = pages.find(failure);
        if (location == null) {
            told = root(failure);
            location = pages.find(told);
        }
        if (location == null) {
            location = pages.find(status);
        }
        if (failure instanceof UnavailableException unavailable && !unavailable.isPermanent()) {
            response.resume();
            response.setIntHeader("Retry-After", Math.max(1, unavailable.getUnavailableSeconds()));
        }
        answer(status, publicText(failure), told, location);
    }

    /** Answers the error that was sent, if one was. */
    void sent() {
        AppResponse.PendingError error = run.response().error();
        if (error != null) {
            answer(error.status(), error.message(), null, run.context().errorPages().find(error.status()));
        }
    }

    /** Answers a status of the container's own. */
    void status(int status) {
        answer(status, null, null, run.context().errorPages().find(status));
    }

    private void answer(int status, @Nullable String text, @Nullable Throwable cause, @Nullable String location) {
        AppResponse response = run.response();
        prepare(status);
        Dispatcher page = location == null ? null : run.context().dispatcher(location);
        if (page != null) {
            attributes(status, text, cause);
            try {
                page.error(run.request(), response);
                AppResponse.PendingError again = response.error();
                if (again == null) {
                    return;
                }
                // The page itself sent an error, as one for a missing static file does.
                prepare(again.status());
                status = again.status();
            } catch (Throwable t) {
                LOG.log(System.Logger.Level.ERROR, "the error page " + location + " failed", t);
                if (response.buffer().sent()) {
                    run.cut(t);
                    return;
                }
                status = 500;
                prepare(status);
            }
        }
        plain(status, text);
    }

    private void prepare(int status) {
        AppResponse response = run.response();
        response.resume();
        response.clearForError();
        response.setStatus(status);
    }

    private void attributes(int status, @Nullable String text, @Nullable Throwable cause) {
        AppRequest request = run.request();
        Attributes to = request.attributes();
        String message = cause != null ? cause.getMessage() : text;
        ServletInstance servlet = request.servlet();
        to.setQuietly(RequestDispatcher.ERROR_STATUS_CODE, status);
        to.setQuietly(RequestDispatcher.ERROR_MESSAGE, message == null ? "" : message);
        to.setQuietly(RequestDispatcher.ERROR_EXCEPTION, cause);
        to.setQuietly(RequestDispatcher.ERROR_EXCEPTION_TYPE, cause == null ? null : cause.getClass());
        to.setQuietly(RequestDispatcher.ERROR_REQUEST_URI, request.getRequestURI());
        to.setQuietly(RequestDispatcher.ERROR_QUERY_STRING, request.getQueryString());
        to.setQuietly(RequestDispatcher.ERROR_METHOD, request.getMethod());
        to.setQuietly(RequestDispatcher.ERROR_SERVLET_NAME, servlet == null ? null : servlet.name());
    }

    private void plain(int status, @Nullable String text) {
        AppResponse response = run.response();
        try {
            byte[] page = PlainErrorPage.of(status, text);
            response.setContentType("text/html;charset=utf-8");
            response.setContentLength(page.length);
            response.getOutputStream().write(page);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the error page can't be sent", e);
        }
    }

    /** The status that an exception stands for. */
    private static int status(Throwable failure) {
        if (failure instanceof UnavailableException unavailable) {
            return unavailable.isPermanent() ? 404 : 503;
        }
        int depth = 0;
        for (Throwable t = failure; t != null && depth < 16; t = t.getCause(), depth++) {
            if (t instanceof RefusedRequest refused) {
                return refused.status();
            }
            if (t instanceof HttpFailure http) {
                return http.status();
            }
            if (t instanceof RefusedException refused && refused.refusal().status() >= 400) {
                return refused.refusal().status();
            }
        }
        return 500;
    }

    /** What the peer may read of an exception: what the container or the application meant for it. */
    private static @Nullable String publicText(Throwable failure) {
        int depth = 0;
        for (Throwable t = failure; t != null && depth < 16; t = t.getCause(), depth++) {
            if (t instanceof RefusedRequest || t instanceof HttpFailure || t instanceof RefusedException) {
                return t.getMessage();
            }
        }
        return null;
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure instanceof ServletException servlet ? servlet.getRootCause() : null;
        return root == null ? failure : root;
    }

    private void log(Throwable failure, int status) {
        if (failure instanceof IOException && run.gone()) {
            LOG.log(System.Logger.Level.DEBUG, "the peer is gone", failure);
        } else if (status < 500 || failure instanceof UnavailableException) {
            LOG.log(System.Logger.Level.DEBUG, "request refused: " + status, failure);
        } else {
            LOG.log(System.Logger.Level.ERROR, () -> run.request().getMethod() + " "
                    + FieldSyntax.printable(run.request().getRequestURI()) + " failed", failure);
        }
    }
}
