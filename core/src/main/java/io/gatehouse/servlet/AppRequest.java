/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Request;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The request that filters and servlets get (Servlet 6.1 chapter 3). Belongs, with its response, to one thread at a time. A
 * forward changes where it goes and restores it afterwards, so that the application's own wrappers around it stay.
 */
final class AppRequest extends ReceivedRequest {
    private final RequestRun run;
    private final Attributes attributes;
    private final Parameters parameters;
    private RequestBody body;
    private final Visits visits;
    private RequestPath path;
    private String method;
    private DispatcherType dispatcherType = DispatcherType.REQUEST;
    private boolean asyncSupportedHere = true;
    private boolean asyncQuery;
    private @Nullable ServletInstance servlet;

    AppRequest(RequestRun run, Request received, RequestPath path) {
        super(received, run.context().limits());
        this.run = run;
        this.path = path;
        this.method = received.method();
        this.attributes = new Attributes(new LinkedHashMap<>(), run.context().listeners().requestChanges(run.context(), this));
        this.parameters = new Parameters(run.context().limits());
        this.body = new RequestBody(run, this, received);
        this.visits = new Visits(run, this);
        Peer.tlsAttributes(received.connection(), attributes::setQuietly);
    }

    @Override
    RequestRun run() {
        return run;
    }

    /** Another request takes the place of this one: its method, fields and body. */
    void restore(Request kept) {
        replace(kept);
        method = kept.method();
        body = new RequestBody(run, this, kept);
        parameters.abandon();
    }

    RequestPath path() {
        return path;
    }

    /** Turns the request to another place. */
    void path(RequestPath to) {
        path = to;
    }

    /** Turns the request to another place for good; a query there takes the place of an earlier dispatch's. */
    void dispatchAsync(RequestPath to) {
        if (asyncQuery) {
            parameters.pop();
            asyncQuery = false;
        }
        if (to.query() != null) {
            parameters.push(to.query());
            asyncQuery = true;
            path = to;
        } else {
            path = to.withQuery(path.query());
        }
    }

    void dispatcherType(DispatcherType type) {
        dispatcherType = type;
    }

    void method(String name) {
        method = name;
    }

    /** Which servlet the request is with: its multipart settings count. */
    void servlet(@Nullable ServletInstance current) {
        servlet = current;
    }

    @Nullable ServletInstance servlet() {
        return servlet;
    }

    @Nullable MultipartConfigElement multipart() {
        ServletInstance current = servlet;
        return current == null ? null : current.multipart();
    }

    Attributes attributes() {
        return attributes;
    }

    Parameters parameters() {
        return parameters;
    }

    RequestSession session() {
        return visits.session();
    }

    @Override
    Visits visits() {
        return visits;
    }

    boolean asyncSupportedHere() {
        return asyncSupportedHere;
    }

    void asyncSupportedHere(boolean supported) {
        asyncSupportedHere = supported;
    }

    /** The location of a redirect as an absolute URL. */
    String absolute(String location) {
        return Locations.absolute(this, location);
    }

    private Map<String, String[]> readParameters() {
        if (!parameters.parsed()) {
            parameters.begin();
            try {
                String query = received().query();
                if (query != null) {
                    parameters.addEncoded(query, StandardCharsets.UTF_8, "the query");
                }
                body.addParameters(parameters);
            } catch (RuntimeException e) {
                parameters.abandon();
                throw e;
            }
        }
        return parameters.asMap();
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        return attributes.get(name);
    }

    @Override
    public Enumeration<String> getAttributeNames() {
        return Collections.enumeration(attributes.names());
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        attributes.set(name, value);
    }

    @Override
    public void removeAttribute(String name) {
        attributes.remove(name);
    }

    @Override
    public @Nullable String getCharacterEncoding() {
        return body.charset().name();
    }

    @Override
    public void setCharacterEncoding(@Nullable String name) throws UnsupportedEncodingException {
        body.encoding(name);
    }

    @Override
    public void setCharacterEncoding(@Nullable Charset charset) {
        try {
            body.encoding(charset == null ? null : charset.name());
        } catch (UnsupportedEncodingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Override
    public ServletInputStream getInputStream() {
        return body.stream();
    }

    @Override
    public BufferedReader getReader() throws IOException {
        return body.reader();
    }

    @Override
    public @Nullable String getParameter(String name) {
        String[] values = readParameters().get(name);
        return values == null ? null : values[0];
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.enumeration(readParameters().keySet());
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        String[] values = readParameters().get(name);
        return values == null ? null : values.clone();
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return readParameters();
    }

    @Override
    public @Nullable RequestDispatcher getRequestDispatcher(@Nullable String to) {
        if (to == null) {
            return null;
        }
        String absolute = to.startsWith("/") ? to
                : Locations.sibling(PercentCoding.encodePath(path.inContext()), to);
        return visits.context().getRequestDispatcher(absolute);
    }

    @Override
    public AsyncContext startAsync() {
        return run.startAsync(this, run.response(), true);
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        return run.startAsync(request, response, false);
    }

    @Override
    public boolean isAsyncStarted() {
        return run.async().startedForApplication();
    }

    @Override
    public boolean isAsyncSupported() {
        return asyncSupportedHere;
    }

    @Override
    public AsyncContext getAsyncContext() {
        return run.async().context();
    }

    @Override
    public DispatcherType getDispatcherType() {
        return dispatcherType;
    }

    @Override
    public String getRequestId() {
        return run.id();
    }

    @Override
    public HttpServletMapping getHttpServletMapping() {
        return path.mapping();
    }

    @Override
    public String getMethod() {
        return method;
    }

    @Override
    public @Nullable String getPathInfo() {
        return path.pathInfo();
    }

    @Override
    public @Nullable String getPathTranslated() {
        String info = path.pathInfo();
        return info == null ? null : visits.context().getRealPath(info);
    }

    @Override
    public String getContextPath() {
        return path.contextPath();
    }

    @Override
    public @Nullable String getQueryString() {
        return path.query();
    }

    @Override
    public @Nullable String getRequestedSessionId() {
        return session().requestedId();
    }

    @Override
    public String getRequestURI() {
        return path.uri();
    }

    @Override
    public StringBuffer getRequestURL() {
        return new StringBuffer(Locations.origin(this)).append(path.uri());
    }

    @Override
    public String getServletPath() {
        return path.servletPath();
    }

    @Override
    public @Nullable HttpSession getSession(boolean create) {
        return session().find(create);
    }

    @Override
    public HttpSession getSession() {
        return Objects.requireNonNull(session().find(true));
    }

    @Override
    public String changeSessionId() {
        return session().changeId();
    }

    @Override
    public boolean isRequestedSessionIdValid() {
        return session().requestedIdValid();
    }

    @Override
    public boolean isRequestedSessionIdFromCookie() {
        return session().fromCookie();
    }

    @Override
    public boolean isRequestedSessionIdFromURL() {
        return session().fromUrl();
    }

    @Override
    public Collection<Part> getParts() throws IOException, ServletException {
        readParameters();
        return body.parts(parameters);
    }

    @Override
    public @Nullable Part getPart(String name) throws IOException, ServletException {
        for (Part part : getParts()) {
            if (part.getName().equals(name)) {
                return part;
            }
        }
        return null;
    }

    @Override
    public Map<String, String> getTrailerFields() {
        if (!isTrailerFieldsReady()) {
            throw new IllegalStateException("the body is not read to its end: read it before the trailers");
        }
        Map<String, String> map = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        received().trailers().forEach(field ->
                map.merge(field.name().toLowerCase(Locale.ROOT), field.value(), (first, more) -> first + "," + more));
        return map;
    }

    /** At once where none can come: behind a body whose length is told, but in HTTP/2, and in HTTP/1.0. */
    @Override
    public boolean isTrailerFieldsReady() {
        boolean possible = switch (received().head().version()) {
            case HTTP_1_0 -> false;
            case HTTP_1_1 -> received().contentLength() < 0;
            case HTTP_2 -> true;
        };
        return !possible || body.input().isFinished();
    }
}
