/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.io.OutputStream;
import java.nio.channels.FileChannel;

/** A response of which a test needs the non-blocking write only. */
abstract class NoClientResponse implements Response {

    private final Fields.Builder fields = Fields.builder();

    @Override
    public final int status() {
        return 200;
    }

    @Override
    public final Response status(int status) {
        return this;
    }

    @Override
    public final Fields.Builder fields() {
        return fields;
    }

    @Override
    public final boolean committed() {
        return false;
    }

    @Override
    public final void reset() {}

    @Override
    public final Response bufferSize(int bytes) {
        return this;
    }

    @Override
    public final OutputStream body() {
        throw new AssertionError("it must not block");
    }

    @Override
    public final void transfer(FileChannel file, long from, long count, boolean last, Completion done) {
        throw new AssertionError("there is no file");
    }

    @Override
    public final void trailers(Fields trailers) {}

    @Override
    public final void inform(ResponseHead head) {}
}
