/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Large files of jars, unpacked once and shared. */
@Timeout(60)
final class SpoolTest {

    private final Spool spool = new Spool();
    private final AtomicInteger opened = new AtomicInteger();

    @Test
    void aFileIsUnpackedOnceAndReadByPosition() throws Exception {
        FileChannel first = spool.open("a", stream(100_000), 100_000);
        assertSame(first, spool.open("a", stream(100_000), 100_000));
        assertEquals(1, opened.get());
        ByteBuffer one = ByteBuffer.allocate(1);
        assertEquals(1, first.read(one, 99_999));
        assertEquals((byte) 99_999, one.get(0));
        first.close();
    }

    @Test
    void manyWhoAskAtOnceCauseOneCopy() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Spool.Opener slow = () -> {
            opened.incrementAndGet();
            reading.countDown();
            await(go);
            return new ByteArrayInputStream(new byte[10]);
        };
        Set<FileChannel> channels = ConcurrentHashMap.newKeySet();
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> {
                try {
                    channels.add(spool.open("a", slow, 10));
                } catch (IOException e) {
                    failures.add(e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        await(reading);
        for (Thread thread : threads) {
            while (thread.getState() != Thread.State.WAITING) { // all at the copy, one of them as its maker
                Thread.onSpinWait();
            }
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), failures);
        assertEquals(1, opened.get());
        assertEquals(1, channels.size());
        channels.iterator().next().close();
    }

    @Test
    void whatFailedIsTriedAgain() throws Exception {
        assertThrows(IOException.class, () -> spool.open("a", () -> {
            throw new IOException("the jar is gone");
        }, 10));
        assertThrows(IllegalStateException.class, () -> spool.open("a", () -> {
            throw new IllegalStateException("zip file closed");
        }, 10));
        FileChannel made = spool.open("a", stream(10), 10);
        assertTrue(made.isOpen());
        made.close();
    }

    @Test
    void anotherSizeThanBeforeIsAJarThatWasReplaced() throws Exception {
        IOException e = assertThrows(IOException.class, () -> spool.open("jar:x!/big.bin", stream(9), 10));
        assertTrue(e.getMessage().contains("jar:x!/big.bin"), e.getMessage());
        assertTrue(e.getMessage().contains("restart"), e.getMessage());
        spool.open("jar:x!/big.bin", stream(10), 10).close();
        assertEquals(2, opened.get());
    }

    @Test
    void aChannelThatAnInterruptClosedIsMadeAgain() throws Exception {
        FileChannel first = spool.open("a", stream(10), 10);
        first.close();
        FileChannel second = spool.open("a", stream(10), 10);
        assertNotSame(first, second);
        assertTrue(second.isOpen());
        second.close();
    }

    @Test
    void whoIsInterruptedWhileAnotherUnpacksLeavesTheCopyToIt() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        List<FileChannel> made = Collections.synchronizedList(new ArrayList<>());
        Thread maker = new Thread(() -> {
            try {
                made.add(spool.open("a", () -> {
                    reading.countDown();
                    await(go);
                    return new ByteArrayInputStream(new byte[10]);
                }, 10));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        maker.start();
        await(reading);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedIOException.class, () -> spool.open("a", stream(10), 10));
        assertTrue(Thread.interrupted());
        go.countDown();
        maker.join();
        assertEquals(0, opened.get());
        assertFalse(made.isEmpty());
        made.get(0).close();
    }

    private Spool.Opener stream(int size) {
        return () -> {
            opened.incrementAndGet();
            byte[] bytes = new byte[size];
            for (int i = 0; i < size; i++) {
                bytes[i] = (byte) i;
            }
            return (InputStream) new ByteArrayInputStream(bytes);
        };
    }

    private static void await(CountDownLatch latch) throws InterruptedIOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted");
        }
    }
}
