/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A response whose client is gone: every write fails. */
record Broken(Response response) implements Response {

    @Override
    public int status() {
        return response.status();
    }

    @Override
    public Response status(int status) {
        response.status(status);
        return this;
    }

    @Override
    public Fields.Builder fields() {
        return response.fields();
    }

    @Override
    public boolean committed() {
        return response.committed();
    }

    @Override
    public void reset() {
        response.reset();
    }

    @Override
    public Response bufferSize(int bytes) {
        return this;
    }

    @Override
    public OutputStream body() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("gone");
            }
        };
    }

    @Override
    public void write(ByteBuffer part, boolean last, Completion done) {
        done.failed(new IOException("gone"));
    }

    @Override
    public void transfer(FileChannel file, long from, long count, boolean last, Completion done) {
        done.failed(new IOException("gone"));
    }

    @Override
    public void trailers(Fields trailers) {}

    @Override
    public void inform(ResponseHead head) throws IOException {
        throw new IOException("gone");
    }
}
