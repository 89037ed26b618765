/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Heap buffers of one size for bytes that a connection must keep for a while. Any thread. The pool may lose: a buffer
 * that is not given back is the garbage collector's.
 */
final class BufferPool {

    private final int size;
    private final int most;
    private final ConcurrentLinkedQueue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    /** Buffers of {@code size} bytes, of which {@code most} are kept. */
    BufferPool(int size, int most) {
        this.size = size;
        this.most = most;
    }

    /** An empty buffer, ready to be filled. */
    ByteBuffer take() {
        ByteBuffer buffer = free.poll();
        if (buffer == null) {
            return ByteBuffer.allocate(size);
        }
        count.decrementAndGet();
        return buffer.clear();
    }

    /** Takes one back; one of another size is let go. */
    void give(ByteBuffer buffer) {
        if (buffer.capacity() != size) {
            return;
        }
        if (count.incrementAndGet() > most) {
            count.decrementAndGet();
            return;
        }
        free.add(buffer);
    }
}
