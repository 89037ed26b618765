/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import java.nio.ByteBuffer;

/**
 * Where the bodies lie that a cache keeps; heads and what finds them are on the heap either way. Both are owned by the
 * garbage collector: nobody counts references, and what leaves the cache is freed after the last answer that sends it.
 */
public enum CacheMemory {

    /** On the heap: what leaves is freed as all garbage is. A socket write copies it into the JDK's own buffer first. */
    HEAP {
        @Override
        ByteBuffer lay(ByteBuffer body) {
            return body.isReadOnly() && body.limit() == body.capacity() ? body : copy(ByteBuffer.allocate(body.limit()), body);
        }
    },

    /**
     * Outside of it: the heap stays small, and a socket write copies nothing in the JVM. The bound counts what the cache
     * holds; what has left it stays allocated until the garbage collector finds it, which it looks for by itself when {@code
     * -XX:MaxDirectMemorySize} is reached, as large as the heap unless set. Where there is no room at all, a body lies on
     * the heap.
     */
    DIRECT {
        @Override
        ByteBuffer lay(ByteBuffer body) {
            if (body.limit() == 0) {
                return HEAP.lay(body);
            }
            ByteBuffer room;
            try {
                room = ByteBuffer.allocateDirect(body.limit());
            } catch (OutOfMemoryError e) { // of this kind of memory only: see -XX:MaxDirectMemorySize
                LOG.log(System.Logger.Level.WARNING, "no direct memory for a body of " + body.limit()
                        + " bytes, which goes to the heap: set cache-size lower, or -XX:MaxDirectMemorySize higher");
                return HEAP.lay(body);
            }
            return copy(room, body);
        }
    };

    private static final System.Logger LOG = System.getLogger("io.gatehouse.cache");

    /**
     * The bytes of a body as they are kept, from 0 to the limit.
     *
     * @param body from 0 to its limit; not changed by anybody from here on, since it may be kept itself
     * @return read-only, from 0 to its limit and no longer
     */
    abstract ByteBuffer lay(ByteBuffer body);

    private static ByteBuffer copy(ByteBuffer room, ByteBuffer body) {
        return room.put(0, body, 0, body.limit()).asReadOnlyBuffer();
    }
}
