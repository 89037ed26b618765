/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;

/**
 * A response that minds at its commit what the application has set: it says how private it is, and a status that can't end a
 * request (RFC 9110 section 15.2) becomes a 500. Until then that status can be asked for. Used like the one inside.
 */
final class PrivateResponse implements Response {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    private final Response inner;

    /** The status that was set, if it can't end a request; else 0. */
    private int unusable;
    private volatile Privacy privacy = Privacy.SHARED;

    PrivateResponse(Response inner) {
        this.inner = inner;
    }

    /** Makes it at least that private. */
    void require(Privacy more) {
        if (more.compareTo(privacy) > 0) {
            privacy = more;
        }
    }

    private void beforeCommit() {
        if (unusable != 0 && !inner.committed()) {
            LOG.log(System.Logger.Level.WARNING, "the status " + unusable
                    + " can't end a request, and 500 is sent: set one from 200 to 599");
            inner.status(500);
        }
        if (privacy != Privacy.SHARED && !inner.committed()) {
            privacy.apply(inner.fields());
        }
    }

    @Override
    public int status() {
        return unusable != 0 ? unusable : inner.status();
    }

    @Override
    public Response status(int status) {
        boolean usable = status == 101 || status >= 200 && status <= 599;
        unusable = usable ? 0 : status;
        if (usable) {
            inner.status(status);
        }
        return this;
    }

    @Override
    public Fields.Builder fields() {
        return inner.fields();
    }

    @Override
    public boolean committed() {
        return inner.committed();
    }

    @Override
    public void reset() {
        inner.reset();
        unusable = 0;
    }

    @Override
    public Response bufferSize(int bytes) {
        inner.bufferSize(bytes);
        return this;
    }

    @Override
    public OutputStream body() {
        beforeCommit();
        return inner.body();
    }

    @Override
    public void write(ByteBuffer part, boolean last, Completion done) {
        beforeCommit();
        inner.write(part, last, done);
    }

    @Override
    public void transfer(FileChannel file, long from, long count, boolean last, Completion done) {
        beforeCommit();
        inner.transfer(file, from, count, last, done);
    }

    @Override
    public void trailers(Fields trailers) {
        inner.trailers(trailers);
    }

    @Override
    public void inform(ResponseHead head) throws IOException {
        inner.inform(head);
    }

    @Override
    public void inform(ResponseHead head, Completion done) {
        inner.inform(head, done);
    }

    @Override
    public Completion detach() {
        return inner.detach();
    }

    @Override
    public Completion detach(Duration silence) {
        return inner.detach(silence);
    }
}
