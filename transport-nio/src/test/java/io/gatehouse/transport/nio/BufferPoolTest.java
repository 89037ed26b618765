/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class BufferPoolTest {

    private final BufferPool pool = new BufferPool(64, 2);

    @Test
    void whatIsGivenIsTakenAgainEmpty() {
        ByteBuffer buffer = pool.take();
        buffer.putLong(1).flip();
        pool.give(buffer);
        assertSame(buffer, pool.take());
        assertEquals(64, buffer.remaining());
        assertNotSame(buffer, pool.take());
    }

    @Test
    void keepsNoMoreThanItMayAndNoOtherSize() {
        ByteBuffer[] all = {pool.take(), pool.take(), pool.take()};
        for (ByteBuffer buffer : all) {
            pool.give(buffer);
        }
        pool.give(ByteBuffer.allocate(65));
        assertSame(all[0], pool.take());
        assertSame(all[1], pool.take());
        assertNotSame(all[2], pool.take());
        pool.give(all[2]);
        assertSame(all[2], pool.take());
    }
}
