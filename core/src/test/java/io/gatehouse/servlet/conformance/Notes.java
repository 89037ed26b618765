/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What was seen, in order, by whatever threads; a test waits for as many words as it expects. */
final class Notes {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final List<String> words = new ArrayList<>();

    void add(Object word) {
        lock.lock();
        try {
            words.add(String.valueOf(word));
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for as many words as there are in the text, and compares. */
    void expect(String text) {
        int count = text.isEmpty() ? 0 : text.split(" ").length;
        lock.lock();
        try {
            long nanos = TimeUnit.SECONDS.toNanos(30);
            while (words.size() < count && nanos > 0) {
                nanos = more.awaitNanos(nanos);
            }
            assertEquals(text, String.join(" ", words));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        lock.lock();
        try {
            return String.join(" ", words);
        } finally {
            lock.unlock();
        }
    }
}
