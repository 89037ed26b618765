/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Where the answer to a health check goes: its status is kept, its body is not. */
final class CheckResponse implements Response {

    private final Fields.Builder fields = Fields.builder();
    private int status = 200;
    private boolean committed;

    @Override
    public int status() {
        return status;
    }

    @Override
    public Response status(int value) {
        status = value;
        return this;
    }

    @Override
    public Fields.Builder fields() {
        return fields;
    }

    @Override
    public boolean committed() {
        return committed;
    }

    @Override
    public void reset() {
        throw new IllegalStateException("the answer to a check is not taken back");
    }

    @Override
    public Response bufferSize(int bytes) {
        return this;
    }

    @Override
    public OutputStream body() {
        return OutputStream.nullOutputStream();
    }

    @Override
    public void write(ByteBuffer part, boolean last, Completion done) {
        committed = true;
        done.succeeded();
    }

    @Override
    public void transfer(FileChannel file, long from, long count, boolean last, Completion done) {
        committed = true;
        done.succeeded();
    }

    @Override
    public void trailers(Fields trailers) {}

    @Override
    public void inform(ResponseHead head) {}
}
