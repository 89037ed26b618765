/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The bytes of a file, and the stamp that belongs to them. Their length is the stamp's size, whatever the file does
 * later.
 */
sealed interface Content {

    /** The state of the file that the bytes are of. */
    Stamp stamp();

    /** Sends a part of them; the completion comes inline or on an I/O thread. */
    void send(Response response, long from, long count, boolean last, Completion done);

    /** Gives back what it holds. May block for the disk. */
    default void close() throws IOException {}

    /**
     * Bytes in memory.
     *
     * @param bytes read-only, from 0 to its limit, shared: nobody moves its position
     */
    record InMemory(Stamp stamp, ByteBuffer bytes) implements Content {
        @Override
        public void send(Response response, long from, long count, boolean last, Completion done) {
            response.write(bytes.slice((int) from, (int) count), last, done);
        }
    }

    /**
     * An open file.
     *
     * @param shared whether others read it too, so that it stays open
     */
    record Open(Stamp stamp, FileChannel channel, boolean shared) implements Content {
        @Override
        public void send(Response response, long from, long count, boolean last, Completion done) {
            response.transfer(channel, from, count, last, done);
        }

        @Override
        public void close() throws IOException {
            if (!shared) {
                channel.close();
            }
        }
    }
}
