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

/** A response that says at its commit, whatever the application has set, how private it is. Used like the one inside. */
final class PrivateResponse implements Response {

    private final Response inner;
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
        if (privacy != Privacy.SHARED && !inner.committed()) {
            privacy.apply(inner.fields());
        }
    }

    @Override
    public int status() {
        return inner.status();
    }

    @Override
    public Response status(int status) {
        inner.status(status);
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
}
