/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Request;
import io.gatehouse.http.RefusedException;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request and who may read it: the stream, or the reader, or the parameters, or the parts (Servlet 6.1
 * sections 3.1.1 and 3.2). Belongs to one request.
 */
final class RequestBody {

    private enum Use { NONE, STREAM, READER, FORM }

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String MULTIPART = "multipart/form-data";

    private final RequestRun run;
    private final AppRequest request;
    private final Request received;
    private final BodyInput input;
    private final RequestCharset charset;
    private final @Nullable String contentType;
    private Use use = Use.NONE;
    private @Nullable BufferedReader reader;
    private @Nullable List<Part> parts;
    private @Nullable RefusedRequest refusedParts; // so that an error page that asks again hears the same

    RequestBody(RequestRun run, AppRequest request, Request received) {
        this.run = run;
        this.request = request;
        this.received = received;
        this.contentType = received.fields().first("Content-Type");
        this.charset = new RequestCharset(run.context(), contentType);
        this.input = new BodyInput(run, received, received.contentLength());
    }

    RequestCharset charset() {
        return charset;
    }

    BodyInput input() {
        return input;
    }

    /** Sets the encoding, which is too late once the body is read as text or form (section 3.12). */
    void encoding(@Nullable String name) throws UnsupportedEncodingException {
        if (use != Use.READER && use != Use.FORM) {
            charset.set(name);
        }
    }

    ServletInputStream stream() {
        if (use == Use.READER) {
            throw new IllegalStateException("getReader was called before: read text, or do not call it");
        }
        if (use == Use.NONE) {
            use = Use.STREAM;
        }
        return input;
    }

    BufferedReader reader() throws IOException {
        if (use == Use.STREAM) {
            throw new IllegalStateException("getInputStream was called before: read bytes, or do not call it");
        }
        BufferedReader current = reader;
        if (current == null) {
            current = new BufferedReader(new InputStreamReader(input, charset.forReader()));
            reader = current;
            if (use == Use.NONE) {
                use = Use.READER;
            }
        }
        return current;
    }

    /** Adds what the body has of parameters, if it is a form that nobody has begun to read. */
    void addParameters(Parameters to) {
        if (use != Use.NONE || contentType == null) {
            return;
        }
        String type = ParsedType.parse(contentType).type();
        if (type.equals(FORM) && received.method().equals("POST")) {
            use = Use.FORM;
            to.addEncoded(readForm(), charset.forForm(), "the body");
        } else if (type.equals(MULTIPART) && request.multipart() != null) {
            try {
                parts(to);
            } catch (IOException | ServletException e) {
                throw refused(e);
            }
        }
    }

    /**
     * The parts of a multipart body, read at the first call.
     *
     * @param fields takes those without a file name, as parameters
     */
    List<Part> parts(Parameters fields) throws IOException, ServletException {
        List<Part> current = parts;
        if (current != null) {
            return current;
        }
        if (refusedParts != null) {
            throw refusedParts;
        }
        MultipartConfigElement config = request.multipart();
        if (contentType == null || !ParsedType.parse(contentType).type().equals(MULTIPART)) {
            throw new ServletException("the request is not multipart/form-data: check its Content-Type");
        }
        if (config == null) {
            throw new IllegalStateException(
                    "the servlet has no multipart settings: annotate it with @MultipartConfig, or set them");
        }
        if (use != Use.NONE) {
            throw new IllegalStateException("the body was read already: call getParts before reading it");
        }
        use = Use.FORM;
        MultipartForm form = new MultipartForm(run.context(), config, charset);
        run.cleanUp(form::delete);
        try {
            current = form.read(input, contentType, received.contentLength(), fields);
        } catch (RefusedRequest e) {
            refusedParts = e;
            throw e;
        }
        parts = current;
        return current;
    }

    private String readForm() {
        int limit = run.context().limits().formBytes();
        if (received.contentLength() > limit) {
            throw tooLong(limit);
        }
        try {
            byte[] bytes = input.readNBytes(limit);
            if (bytes.length == limit && input.read() >= 0) {
                throw tooLong(limit);
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw refused(e);
        }
    }

    private static RefusedRequest tooLong(int limit) {
        return new RefusedRequest(413, "the form is longer than " + limit
                + " bytes: send less, or raise the servlet limit formBytes");
    }

    private static RuntimeException refused(Exception e) {
        RefusedRequest refused = e instanceof RefusedException known
                ? new RefusedRequest(known.refusal().status() == 0 ? 400 : known.refusal().status(),
                        String.valueOf(e.getMessage()))
                : new RefusedRequest(400, "the body can't be read as form data: " + e.getMessage());
        refused.initCause(e);
        return refused;
    }
}
