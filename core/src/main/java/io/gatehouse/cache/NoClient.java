/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A response that goes nowhere: what a handler makes in the background is only recorded on its way here. */
final class NoClient implements Response {

    private final Fields.Builder fields = Fields.builder();
    private int status = 200;

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
        return false;
    }

    @Override
    public void reset() {
        status = 200;
        fields.clear();
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
        done.succeeded();
    }

    @Override
    public void transfer(FileChannel file, long from, long count, boolean last, Completion done) {
        done.succeeded();
    }

    @Override
    public void trailers(Fields trailers) {}

    @Override
    public void inform(ResponseHead head) {}
}
