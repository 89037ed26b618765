/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request on to another part of the application (Servlet 6.1 chapter 9), or of one that lets it in: by a path, or by a
 * servlet's name. The
 * request itself is turned and turned back, so what the application has wrapped around it stays around it. Can be
 * kept and
 * used by any thread.
 */
final class Dispatcher implements RequestDispatcher {

    private static final List<String> FORWARD = List.of(
            FORWARD_REQUEST_URI, FORWARD_CONTEXT_PATH, FORWARD_SERVLET_PATH, FORWARD_PATH_INFO, FORWARD_QUERY_STRING,
            FORWARD_MAPPING);
    private static final List<String> INCLUDE = List.of(
            INCLUDE_REQUEST_URI, INCLUDE_CONTEXT_PATH, INCLUDE_SERVLET_PATH, INCLUDE_PATH_INFO, INCLUDE_QUERY_STRING,
            INCLUDE_MAPPING);
    private static final List<String> ASYNC = List.of(
            AsyncContext.ASYNC_REQUEST_URI, AsyncContext.ASYNC_CONTEXT_PATH, AsyncContext.ASYNC_SERVLET_PATH,
            AsyncContext.ASYNC_PATH_INFO, AsyncContext.ASYNC_QUERY_STRING, AsyncContext.ASYNC_MAPPING);

    private final Context context;
    private final ServletInstance servlet;

    /** Where the request goes; null for a dispatch by name, which leaves its path as it is. */
    private final @Nullable RequestPath path;

    Dispatcher(Context context, ServletInstance servlet, @Nullable RequestPath path) {
        this.context = context;
        this.servlet = servlet;
        this.path = path;
    }

    @Override
    public void forward(ServletRequest request, ServletResponse response) throws ServletException, IOException {
        AppRequest inner = unwrap(request);
        AppResponse out = inner.run().response();
        if (out.isCommitted()) {
            throw new IllegalStateException("the response is committed: forward before anything is flushed");
        }
        response.resetBuffer();
        Turned turned = new Turned(inner, DispatcherType.FORWARD);
        try {
            turned.hide(INCLUDE);
            if (path != null) {
                turned.show(FORWARD, inner.path(), inner.attributes().get(FORWARD_REQUEST_URI) == null);
                turned.go(path);
            }
            chain(DispatcherType.FORWARD, inner).doFilter(request, response);
        } finally {
            turned.back();
        }
        if (inner.run().async().idle() && out.error() == null) {
            close(response);
        }
    }

    @Override
    public void include(ServletRequest request, ServletResponse response) throws ServletException, IOException {
        AppRequest inner = unwrap(request);
        AppResponse out = inner.run().response();
        Turned turned = new Turned(inner, DispatcherType.INCLUDE);
        out.included(true);
        try {
            if (path != null) {
                turned.hide(INCLUDE);
                turned.show(INCLUDE, path, true);
                turned.query(path.query());
            }
            chain(DispatcherType.INCLUDE, inner).doFilter(request, response);
        } finally {
            out.included(false);
            turned.back();
        }
    }

    /** Runs the page of an error: a forward whose method is GET, and which leaves the response open (section 10.9). */
    void error(AppRequest request, AppResponse response) throws ServletException, IOException {
        Turned turned = new Turned(request, DispatcherType.ERROR);
        String method = request.getMethod();
        request.method("GET");
        try {
            turned.hide(INCLUDE);
            if (path != null) {
                turned.show(FORWARD, request.path(), request.attributes().get(FORWARD_REQUEST_URI) == null);
                turned.go(path);
            }
            chain(DispatcherType.ERROR, request).doFilter(request, response);
        } finally {
            request.method(method);
            turned.back();
        }
    }

    /** Runs an asynchronous dispatch: the request stays turned (section 9.7). */
    void async(AppRequest inner, ServletRequest request, ServletResponse response)
            throws ServletException, IOException {
        inner.dispatcherType(DispatcherType.ASYNC);
        RequestPath to = path;
        if (to != null) {
            if (inner.attributes().get(AsyncContext.ASYNC_REQUEST_URI) == null) {
                Turned.set(inner, ASYNC, inner.path());
            }
            inner.dispatchAsync(to);
        }
        inner.servlet(servlet);
        Runnable leave = inner.visits().move(context);
        try {
            chain(DispatcherType.ASYNC, inner).doFilter(request, response);
        } finally {
            leave.run();
        }
    }

    private Chain chain(DispatcherType type, AppRequest request) {
        String inContext = path == null ? null : path.inContext();
        return new Chain(context.registry().filters().find(type, inContext, servlet.name()), servlet, request);
    }

    /** The container's request inside the application's wrappers (section 6.2.2). */
    static AppRequest unwrap(ServletRequest request) {
        ServletRequest current = request;
        while (current instanceof ServletRequestWrapper wrapper) {
            current = wrapper.getRequest();
        }
        if (current instanceof AppRequest inner) {
            return inner;
        }
        throw new IllegalArgumentException(
                "not a request of this container, nor a ServletRequestWrapper around one: " + request);
    }

    /** Ends the response as the application sees it, wrappers included: they may hold something back. */
    private static void close(ServletResponse response) throws IOException {
        if (response instanceof AppResponse out) {
            out.finishBody();
            return;
        }
        try {
            response.getWriter().close();
        } catch (IllegalStateException e) {
            response.getOutputStream().close();
        }
    }

    /** A request that was turned elsewhere, and the way back. */
    private final class Turned {

        private final AppRequest request;
        private final RequestPath before;
        private final DispatcherType typeBefore;
        private final @Nullable ServletInstance servletBefore;
        private final Runnable leave;
        private final Map<String, @Nullable Object> attributesBefore = new HashMap<>();
        private boolean queried;

        Turned(AppRequest request, DispatcherType type) {
            this.request = request;
            this.before = request.path();
            this.typeBefore = request.getDispatcherType();
            this.servletBefore = request.servlet();
            this.leave = nested(request);
            request.dispatcherType(type);
            request.servlet(servlet);
        }

        private Runnable nested(AppRequest inner) {
            inner.run().nest(true);
            boolean entered = false;
            try {
                Runnable left = inner.visits().enter(context);
                entered = true;
                return left;
            } finally {
                if (!entered) {
                    inner.run().nest(false);
                }
            }
        }

        void hide(List<String> names) {
            for (String name : names) {
                attributesBefore.put(name, request.attributes().setQuietly(name, null));
            }
        }

        void show(List<String> names, RequestPath values, boolean wanted) {
            if (wanted) {
                for (String name : names) {
                    attributesBefore.putIfAbsent(name, request.attributes().get(name));
                }
                set(request, names, values);
            }
        }

        void go(RequestPath to) {
            // A path without a query keeps the one that the request came with.
            request.path(to.query() != null ? to : to.withQuery(before.query()));
            query(to.query());
        }

        void query(@Nullable String text) {
            if (text != null) {
                request.parameters().push(text);
                queried = true;
            }
        }

        void back() {
            try {
                leave.run();
            } finally {
                turnBack();
            }
        }

        private void turnBack() {
            request.run().nest(false);
            request.path(before);
            request.dispatcherType(typeBefore);
            request.servlet(servletBefore);
            attributesBefore.forEach((name, value) -> request.attributes().setQuietly(name, value));
            if (queried) {
                request.parameters().pop();
            }
        }

        static void set(AppRequest request, List<String> names, RequestPath values) {
            Attributes to = request.attributes();
            to.setQuietly(names.get(0), values.uri());
            to.setQuietly(names.get(1), values.contextPath());
            to.setQuietly(names.get(2), values.servletPath());
            to.setQuietly(names.get(3), values.pathInfo());
            to.setQuietly(names.get(4), values.query());
            to.setQuietly(names.get(5), values.mapping());
        }
    }
}
