/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpDate;
import io.gatehouse.http.HttpVersion;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.Charset;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The head of a servlet's response (Servlet 6.1 sections 5.2 to 5.5): status, fields, cookies, content type. It can be
 * changed until the response is committed, and not by what is included.
 */
abstract sealed class ResponseHeadPart implements HttpServletResponse permits AppResponse {


    private final PrivateResponse response;
    private final ResponseType type;
    private final OutputBuffer buffer;
    private final Clock clock;
    private final HttpVersion version;
    private @Nullable Supplier<Map<String, String>> trailers;

    ResponseHeadPart(Response response, Context context, HttpVersion version) {
        this.response = new PrivateResponse(response);
        this.type = new ResponseType(context, this.response);
        this.buffer = new OutputBuffer(this.response, this::trailerSection);
        this.clock = context.clock();
        this.version = version;
    }

    Response response() {
        return response;
    }

    ResponseType type() {
        return type;
    }

    OutputBuffer buffer() {
        return buffer;
    }

    /** Whether changes are without effect. */
    abstract boolean headFixed();

    /** Adds the session's cookie, which an include may. */
    void addSessionCookie(String value) {
        ResponseText.replaceCookie(response.fields(), value);
    }

    /** The answer is at least that private, whatever the application says. */
    void confine(Privacy privacy) {
        response.require(privacy);
    }

    @Override
    public void addCookie(@Nullable Cookie cookie) {
        if (!headFixed() && cookie != null) {
            response.fields().add("Set-Cookie", CookieHeader.format(cookie, clock));
        }
    }

    @Override
    public boolean containsHeader(@Nullable String name) {
        return name != null && response.fields().contains(name);
    }

    @Override
    public void setDateHeader(String name, long date) {
        setHeader(name, HttpDate.format(Math.floorDiv(date, 1000)));
    }

    @Override
    public void addDateHeader(String name, long date) {
        addHeader(name, HttpDate.format(Math.floorDiv(date, 1000)));
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

    /** The caller's own, as that of names is. */
    @Override
    public Collection<String> getHeaders(String name) {
        return new ArrayList<>(response.fields().build().all(name));
    }

    @Override
    public Collection<String> getHeaderNames() {
        return new ArrayList<>(ResponseText.names(response.fields().build()));
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
    public void setLocale(@Nullable Locale locale) {
        if (!headFixed()) {
            type.locale(locale);
        }
    }

    @Override
    public Locale getLocale() {
        return type.locale();
    }

    private Fields trailerSection() {
        Supplier<Map<String, String>> supplier = trailers;
        return supplier == null ? Fields.EMPTY : TrailerSection.of(supplier.get());
    }

    @Override
    public void setTrailerFields(@Nullable Supplier<Map<String, String>> supplier) {
        if (isCommitted()) {
            throw new IllegalStateException("the response is committed: set trailers before");
        }
        if (supplier != null && version == HttpVersion.HTTP_1_0) {
            throw new IllegalStateException("HTTP/1.0 has no trailers: ask for the protocol first");
        }
        trailers = supplier;
    }

    @Override
    public @Nullable Supplier<Map<String, String>> getTrailerFields() {
        return trailers;
    }
}
