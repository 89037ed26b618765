/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The response that filters and servlets get (Servlet 6.1 chapter 5). Belongs, with its request, to one thread at a
 * time.
 * While it is included, nothing changes its head; after an error or a redirect it takes no more output.
 */
final class AppResponse implements HttpServletResponse {

    /** An error that was sent and whose page is still to be made. */
    record PendingError(int status, @Nullable String message) {}

    private enum Body { NONE, STREAM, WRITER }

    private final RequestRun run;
    private final Response response;
    private final ResponseType type;
    private final OutputBuffer buffer;
    private Body body = Body.NONE;
    private @Nullable BodyOutput stream;
    private @Nullable TextOutput text;
    private @Nullable PrintWriter writer;
    private @Nullable PendingError error;
    private @Nullable Supplier<Map<String, String>> trailers;
    private int includes;

    AppResponse(RequestRun run, Response response) {
        this.run = run;
        this.response = response;
        this.type = new ResponseType(run.context(), response);
        this.buffer = new OutputBuffer(response, this::trailerSection);
    }

    OutputBuffer buffer() {
        return buffer;
    }

    @Nullable PendingError error() {
        return error;
    }

    /** Takes the error that was sent: the response is open again, for the error's page. */
    void resume() {
        error = null;
        buffer.suspend(false);
    }

    /** Begins or ends an include. */
    void included(boolean begins) {
        includes += begins ? 1 : -1;
    }

    /** Makes room for an error page: body and the fields that describe it go, cookies and all others stay. */
    void clearForError() {
        resetBuffer();
        body = Body.NONE;
        stream = null;
        text = null;
        writer = null;
        type.reset();
        buffer.declare(-1);
        ResponseText.DESCRIBES_BODY.forEach(response.fields()::remove);
    }

    /** Ends the body, the writer's last character included. */
    void finishBody() throws IOException {
        PrintWriter open = writer;
        if (open != null) {
            open.close();
        }
        buffer.close();
    }

    /** Ends the response, for the container, without blocking. */
    void complete(Completion done) {
        TextOutput open = text;
        if (open != null && !buffer.broken()) {
            try {
                open.end();
            } catch (IOException e) {
                done.failed(e);
                return;
            }
        }
        buffer.complete(done);
    }

    /** Hands the writing to a listener. */
    WriteFlow flow(WriteListener listener) {
        run.requireAsync("a write listener");
        WriteFlow flow = new WriteFlow(response, listener, run.callbacks());
        buffer.flow(flow);
        return flow;
    }

    /** Has the listener called for the first time, once the dispatch has returned. */
    void begin(WriteFlow flow) {
        run.async().afterReturn(flow::callListener);
    }

    /** Adds the session's cookie, which an include may. */
    void addSessionCookie(String value) {
        ResponseText.replaceCookie(response.fields(), value);
    }

    private boolean headFixed() {
        return includes > 0 || isCommitted();
    }

    private Fields trailerSection() {
        Supplier<Map<String, String>> supplier = trailers;
        return supplier == null ? Fields.EMPTY : ResponseText.section(supplier.get());
    }

    @Override
    public void addCookie(@Nullable Cookie cookie) {
        if (!headFixed() && cookie != null) {
            response.fields().add("Set-Cookie", CookieHeader.format(cookie, run.context().clock()));
        }
    }

    @Override
    public boolean containsHeader(@Nullable String name) {
        return name != null && response.fields().contains(name);
    }

    @Override
    public String encodeURL(String url) {
        return run.request().session().encode(url);
    }

    @Override
    public String encodeRedirectURL(String url) {
        return run.request().session().encode(url);
    }

    @Override
    public void sendError(int status) throws IOException {
        sendError(status, null);
    }

    @Override
    public void sendError(int status, @Nullable String message) throws IOException {
        if (isCommitted()) {
            throw new IllegalStateException("the response is committed: send an error before anything is flushed");
        }
        if (includes > 0) {
            return;
        }
        buffer.reset();
        response.status(status);
        error = new PendingError(status, message);
        buffer.suspend(true);
    }

    @Override
    public void sendRedirect(@Nullable String location, int status, boolean clearBuffer) throws IOException {
        if (location == null) {
            throw new IllegalArgumentException("the redirect's location is null: give one");
        }
        if (isCommitted()) {
            throw new IllegalStateException("the response is committed: redirect before anything is flushed");
        }
        if (includes > 0) {
            return;
        }
        String absolute = run.request().absolute(location);
        if (clearBuffer) {
            resetBuffer();
            setContentLengthLong(-1);
        }
        response.status(status);
        response.field("Location", absolute);
        buffer.close();
    }

    @Override
    public void setDateHeader(String name, long date) {
        setHeader(name, DateFields.format(date));
    }

    @Override
    public void addDateHeader(String name, long date) {
        addHeader(name, DateFields.format(date));
    }

    @Override
    public void setIntHeader(String name, int value) {
        setHeader(name, Integer.toString(value));
    }

    @Override
    public void addIntHeader(String name, int value) {
        addHeader(name, Integer.toString(value));
    }

    @Override
    public void setHeader(@Nullable String name, @Nullable String value) {
        if (name == null || name.isEmpty() || headFixed()) {
            return;
        }
        if (value == null) {
            if (name.equalsIgnoreCase("Content-Type")) {
                type.contentType(null);
            } else if (name.equalsIgnoreCase("Content-Length")) {
                setContentLengthLong(-1);
            } else {
                response.fields().remove(name);
            }
        } else if (!special(name, value)) {
            response.field(name, ResponseText.latin(value));
        }
    }

    @Override
    public void addHeader(@Nullable String name, @Nullable String value) {
        if (name == null || name.isEmpty() || value == null || headFixed()) {
            return;
        }
        if (!special(name, value)) {
            response.fields().add(name, ResponseText.latin(value));
        }
    }

    /** Fields that are more than text: they stand once, and the container acts on them. */
    private boolean special(String name, String value) {
        if (name.equalsIgnoreCase("Content-Type")) {
            type.contentType(ResponseText.latin(value));
            return true;
        }
        if (name.equalsIgnoreCase("Content-Length")) {
            setContentLengthLong(ResponseText.length(value));
            return true;
        }
        return false;
    }

    @Override
    public void setStatus(int status) {
        if (!headFixed()) {
            response.status(status);
        }
    }

    @Override
    public int getStatus() {
        return response.status();
    }

    @Override
    public @Nullable String getHeader(String name) {
        return response.fields().first(name);
    }

    @Override
    public Collection<String> getHeaders(String name) {
        return List.copyOf(response.fields().build().all(name));
    }

    @Override
    public Collection<String> getHeaderNames() {
        return ResponseText.names(response.fields().build());
    }

    @Override
    public void setTrailerFields(@Nullable Supplier<Map<String, String>> supplier) {
        if (isCommitted()) {
            throw new IllegalStateException("the response is committed: set trailers before");
        }
        if (run.received().head().version() == HttpVersion.HTTP_1_0) {
            throw new IllegalStateException("HTTP/1.0 has no trailers: ask for the protocol first");
        }
        trailers = supplier;
    }

    @Override
    public @Nullable Supplier<Map<String, String>> getTrailerFields() {
        return trailers;
    }

    @Override
    public String getCharacterEncoding() {
        return type.charset();
    }

    @Override
    public @Nullable String getContentType() {
        return type.contentType();
    }

    @Override
    public ServletOutputStream getOutputStream() {
        if (body == Body.WRITER) {
            throw new IllegalStateException("getWriter was called before: write text, or reset first");
        }
        body = Body.STREAM;
        if (stream == null) {
            stream = new BodyOutput(this, buffer);
        }
        return stream;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        if (body == Body.STREAM) {
            throw new IllegalStateException("getOutputStream was called before: write bytes, or reset first");
        }
        if (writer == null) {
            text = new TextOutput(buffer, type.beginWriting());
            writer = new PrintWriter(text);
        }
        body = Body.WRITER;
        return writer;
    }

    @Override
    public void setCharacterEncoding(@Nullable String name) {
        if (!headFixed()) {
            type.charset(name);
        }
    }

    @Override
    public void setCharacterEncoding(@Nullable Charset charset) {
        setCharacterEncoding(charset == null ? null : charset.name());
    }

    @Override
    public void setContentLength(int length) {
        setContentLengthLong(length);
    }

    @Override
    public void setContentLengthLong(long length) {
        if (headFixed()) {
            return;
        }
        buffer.declare(Math.max(-1, length));
        if (length < 0) {
            response.fields().remove("Content-Length");
        } else {
            response.field("Content-Length", Long.toString(length));
        }
    }

    @Override
    public void setContentType(@Nullable String text) {
        if (!headFixed()) {
            type.contentType(text == null ? null : ResponseText.latin(text));
        }
    }

    @Override
    public void setBufferSize(int bytes) {
        buffer.size(bytes);
    }

    @Override
    public int getBufferSize() {
        return buffer.size();
    }

    @Override
    public void flushBuffer() throws IOException {
        buffer.flush();
    }

    @Override
    public void resetBuffer() {
        buffer.reset();
    }

    @Override
    public boolean isCommitted() {
        return buffer.committed();
    }

    @Override
    public void reset() {
        if (isCommitted()) {
            throw new IllegalStateException("the response is committed: reset before the buffer is full or flushed");
        }
        response.reset();
        buffer.reset();
        buffer.declare(-1);
        type.reset();
        body = Body.NONE;
        stream = null;
        text = null;
        writer = null;
        trailers = null;
        run.request().session().repeatCookie();
    }

    @Override
    public void setLocale(@Nullable Locale locale) {
        if (!headFixed()) {
            type.locale(locale);
        }
    }

    @Override
    public Locale getLocale() {
        return type.locale();
    }
}
