/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

/** How many bytes of the heap are reachable, about. */
public final class LiveHeap {

    /** The serial collector leaves up to a twentieth of what is dead where it lies, but at every fourth collection. */
    private static final int COLLECTIONS = 4;

    private LiveHeap() {}

    /** What is used after collections, the least that is seen. */
    public static long bytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
