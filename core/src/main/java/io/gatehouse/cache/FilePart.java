/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A part of a file that a handler sends, when it is to be kept and so must be read. */
record FilePart(FileChannel file, long from, int count) {

    /** Reads it on another thread, and writes it there; false if no thread is free, and nothing was done. */
    boolean writeLater(Response response, boolean last, Completion done, Executor executor) {
        try {
            executor.execute(() -> write(response, last, done));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void write(Response response, boolean last, Completion done) {
        ByteBuffer part;
        try {
            part = read();
        } catch (IOException | RuntimeException e) {
            done.failed(e);
            return;
        }
        response.write(part, last, done);
    }

    private ByteBuffer read() throws IOException {
        ByteBuffer part = ByteBuffer.allocate(count);
        while (part.hasRemaining()) {
            if (file.read(part, from + part.position()) < 0) {
                throw new EOFException("the file ended " + part.remaining() + " bytes early");
            }
        }
        return part.flip();
    }
}
