/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/**
 * The response that filters and servlets get (Servlet 6.1 chapter 5). Belongs, with its request, to one thread at a
 * time.
 * While it is included, nothing changes its head; after an error or a redirect it takes no more output.
 */
final class AppResponse extends ResponseHeadPart {
    /**
     * An error that was sent and whose page is still to be made.
     *
     * @param by the thread that sent it
     */
    record PendingError(int status, @Nullable String message, Thread by) {}

    private enum Body { NONE, STREAM, WRITER }

    private final RequestRun run;
    private Body body = Body.NONE;
    private @Nullable BodyOutput stream;
    private @Nullable TextOutput text;
    private @Nullable PrintWriter writer;
    private @Nullable PendingError error;
    private int includes;

    AppResponse(RequestRun run, Response response) {
        super(response, run.context(), run.received().head().version());
        this.run = run;
    }

    @Nullable PendingError error() {
        return error;
    }

    /** Takes the error that was sent: the response is open again, for the error's page. */
    void resume() {
        error = null;
        buffer().suspend(false);
    }

    /** Whether nobody has written, nor got hold of what is written to: the length of the body is then for one to tell. */
    boolean untouched() {
        return body == Body.NONE && buffer().untouched();
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
        type().reset();
        setTrailerFields(null);
        buffer().declare(-1);
        ResponseText.DESCRIBES_BODY.forEach(response().fields()::remove);
    }

    /** Ends the body, the writer's last character included. */
    void finishBody() throws IOException {
        PrintWriter open = writer;
        if (open != null) {
            open.close();
        }
        buffer().close();
    }

    /** Ends the response, for the container, without blocking. */
    void complete(Completion done) {
        TextOutput open = text;
        if (open != null && !buffer().broken()) {
            try {
                open.end();
            } catch (IOException e) {
                done.failed(e);
                return;
            }
        }
        buffer().complete(done);
    }

    @Override
    boolean headFixed() {
        return includes > 0 || isCommitted();
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
        buffer().reset();
        response().status(status);
        error = new PendingError(status, message, Thread.currentThread());
        buffer().suspend(true);
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
        response().status(status);
        response().field("Location", absolute);
        buffer().close();
    }

    @Override
    public ServletOutputStream getOutputStream() {
        if (body == Body.WRITER) {
            throw new IllegalStateException("getWriter was called before: write text, or reset first");
        }
        body = Body.STREAM;
        if (stream == null) {
            stream = new BodyOutput(run, response(), buffer());
        }
        return stream;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        if (body == Body.STREAM) {
            throw new IllegalStateException("getOutputStream was called before: write bytes, or reset first");
        }
        if (writer == null) {
            text = new TextOutput(buffer(), type().beginWriting());
            writer = new PrintWriter(text);
        }
        body = Body.WRITER;
        return writer;
    }

    @Override
    public void setBufferSize(int bytes) {
        buffer().size(bytes);
    }

    @Override
    public int getBufferSize() {
        return buffer().size();
    }

    @Override
    public void flushBuffer() throws IOException {
        buffer().flush();
    }

    @Override
    public void resetBuffer() {
        buffer().reset();
    }

    @Override
    public boolean isCommitted() {
        return buffer().committed();
    }

    /** Nothing while it is included: what it would reset is the head as well (section 9.3). */
    @Override
    public void reset() {
        if (includes > 0 && !isCommitted()) {
            return;
        }
        if (isCommitted()) {
            throw new IllegalStateException("the response is committed: reset before the buffer is full or flushed");
        }
        response().reset();
        buffer().reset();
        buffer().declare(-1);
        type().reset();
        body = Body.NONE;
        stream = null;
        text = null;
        writer = null;
        setTrailerFields(null);
        run.request().visits().eachSession(RequestSession::repeatCookie);
    }
}
