/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.HashSet;
import java.util.Set;

/** Watches things that must be collected, and asks for collections until they are, up to a bound. */
final class Heap {

    private static final int COLLECTIONS = 100;

    private final ReferenceQueue<Object> gone = new ReferenceQueue<>();
    private final Set<Reference<?>> watched = new HashSet<>();

    /** Begins to watch something. Nothing here keeps it. */
    void watch(Object thing) {
        watched.add(new PhantomReference<>(thing, gone));
    }

    /** How many of the things are still there when all are gone, or no more collection helps. */
    int left() throws InterruptedException {
        for (int i = 0; i < COLLECTIONS && !watched.isEmpty(); i++) {
            System.gc();
            for (Reference<?> each = gone.remove(i < 3 ? 50 : 100); each != null; each = gone.poll()) {
                watched.remove(each);
            }
        }
        return watched.size();
    }
}
