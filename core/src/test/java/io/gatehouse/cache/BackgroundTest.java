/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The cache's own threads: what hangs behind the clients' backs costs no client anything. */
@Timeout(60)
class BackgroundTest {

    /** Answers of a file, and pages that are stale from the start and hang when they are made anew. */
    @Test
    void handlersThatHangDoNotKeepFilesFromClients(@TempDir Path folder) throws Exception {
        byte[] bytes = new byte[300_000];
        Path file = Files.write(folder.resolve("large"), bytes);
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger hanging = new AtomicInteger();
        AtomicInteger first = new AtomicInteger();
        AsyncHandler pages = (request, response, done) -> {
            if (first.incrementAndGet() > Background.THREADS) {
                hanging.incrementAndGet();
                never.await();
            }
            response.field("Cache-Control", "max-age=0, stale-while-revalidate=3600").send("page");
            done.succeeded();
        };
        AsyncHandler files = (request, response, done) -> {
            FileChannel channel = FileChannel.open(file);
            response.field("Cache-Control", "max-age=60").field("Content-Length", "" + bytes.length);
            response.transfer(channel, 0, bytes.length, true, done);
        };
        try (OutputCache cache = OutputCache.of(64 << 20)) {
            AsyncHandler slow = cache.around("/slow/", pages, CachePolicy.asHeadersSay());
            AsyncHandler large = cache.around("/files/", files, CachePolicy.asHeadersSay());
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < Background.THREADS; i++) {
                    FakeResponse response = new FakeResponse().handledBy(slow, FakeRequest.get("/slow/" + i));
                    assertEquals("page", response.sentText());
                }
            }
            while (hanging.get() < Background.THREADS) {
                Thread.onSpinWait();
            }
            FakeResponse response = new FakeResponse().handledBy(large, FakeRequest.get("/files/large"));
            assertNull(response.outcome());
            assertArrayEquals(bytes, response.sentBytes());
        } finally {
            never.countDown();
        }
    }
}
