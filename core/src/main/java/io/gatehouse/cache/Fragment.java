/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import java.nio.ByteBuffer;
import java.util.Set;

/**
 * Bytes that the application keeps under a name.
 *
 * @param name its key
 * @param bytes read-only, from 0 to its limit, shared: nobody moves its position
 * @param until milliseconds since 1970 when its life ends
 */
record Fragment(String name, ByteBuffer bytes, Set<String> tags, long until) implements Held {

    private static final int OVERHEAD = 300;

    @Override
    public int weight() {
        int weight = OVERHEAD + 2 * name.length() + bytes.limit();
        for (String tag : tags) {
            weight += Tags.weight(tag);
        }
        return weight;
    }
}
