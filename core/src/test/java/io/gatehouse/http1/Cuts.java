/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Feeds a text to something that reads from a buffer, cut in every way that matters. */
final class Cuts {

    /** Reads some bytes; leaves in the buffer what must come again. */
    interface Reader {
        void read(ByteBuffer in);
    }

    private Cuts() {}

    /** The ways to cut a text of that length: whole, byte by byte, in two at every place if it is short, at random. */
    static List<int[]> of(int length) {
        List<int[]> cuts = new ArrayList<>();
        cuts.add(new int[] {length});
        int[] bytes = new int[length];
        Arrays.fill(bytes, 1);
        cuts.add(bytes);
        for (int at = 1; at < length && length < 400; at++) {
            cuts.add(new int[] {at, length - at});
        }
        Random random = new Random(length);
        for (int i = 0; i < 20; i++) {
            List<Integer> sizes = new ArrayList<>();
            int left = length;
            while (left > 0) {
                int size = Math.min(left, 1 + random.nextInt(1 + length / 3));
                sizes.add(size);
                left -= size;
            }
            cuts.add(sizes.stream().mapToInt(Integer::intValue).toArray());
        }
        return cuts;
    }

    /** Feeds the pieces one after another, through one buffer that begins at an odd place of its array. */
    static ByteBuffer feed(String text, int[] sizes, Reader reader) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer in = ByteBuffer.wrap(new byte[bytes.length + 7], 3, bytes.length + 4).slice().limit(0);
        int from = 0;
        for (int size : sizes) {
            in.compact();
            in.put(bytes, from, size);
            in.flip();
            from += size;
            reader.read(in);
        }
        return in;
    }

    static String text(ByteBuffer buffer) {
        return StandardCharsets.ISO_8859_1.decode(buffer.duplicate()).toString();
    }
}
