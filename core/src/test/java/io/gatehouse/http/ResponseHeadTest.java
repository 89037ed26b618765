/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Heads as values, and what a prepared one remembers. */
final class ResponseHeadTest {

    private static byte[] encode(ResponseHead head) {
        return head.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void equalityIsOfStatusAndFields() {
        List<ResponseHead> different = List.of(
                ResponseHead.of(200), ResponseHead.of(201), ResponseHead.of(200, "A", "b"), ResponseHead.of(200, "a", "b"),
                ResponseHead.of(200, "A", "c"), ResponseHead.of(200, "A", "b", "A", "b"), ResponseHead.of(404, "A", "b"));
        for (int i = 0; i < different.size(); i++) {
            for (int j = 0; j < different.size(); j++) {
                assertEquals(i == j, different.get(i).equals(different.get(j)), i + " " + j);
            }
            ResponseHead one = different.get(i);
            ResponseHead prepared = one.prepared();
            prepared.encoded(ResponseHeadTest::encode);
            assertEquals(one, prepared);
            assertEquals(prepared, one);
            assertEquals(one.hashCode(), prepared.hashCode());
            assertEquals(one.toString(), prepared.toString());
            assertNotEquals(one, null);
            assertFalse(one.equals((Object) one.toString()));
        }
        assertEquals(different.size(), new HashSet<>(different).size());
    }

    @Test
    void everyStatusOfTheRangeAndNoOther() {
        for (int status = -1; status < 1_000; status++) {
            int code = status;
            if (status >= 100 && status <= 599) {
                assertEquals(code, ResponseHead.of(code).status());
                assertSame(Fields.EMPTY, ResponseHead.of(code).fields());
            } else {
                IllegalArgumentException thrown =
                        assertThrows(IllegalArgumentException.class, () -> ResponseHead.of(code, Fields.EMPTY));
                assertTrue(thrown.getMessage().contains("status " + code), thrown.getMessage());
            }
        }
    }

    @Test
    void fieldsAreCheckedOnTheWayIn() {
        assertThrows(IllegalArgumentException.class, () -> ResponseHead.of(200, "A"));
        assertThrows(IllegalArgumentException.class, () -> ResponseHead.of(200, "A", "b\r\nC: d"));
        assertThrows(IllegalArgumentException.class, () -> ResponseHead.of(200, "A B", "c"));
        assertEquals("b", ResponseHead.of(200, "A", " b ").fields().first("a"));
    }

    @Test
    void aPlainHeadKeepsNoBytes() {
        AtomicInteger calls = new AtomicInteger();
        ResponseHead head = ResponseHead.of(200, "A", "b");
        for (int i = 1; i <= 5; i++) {
            head.encoded(given -> {
                assertSame(head, given);
                calls.incrementAndGet();
                return encode(given);
            });
            assertEquals(i, calls.get());
        }
    }

    @Test
    void aPreparedHeadIsEncodedOnce() {
        AtomicInteger calls = new AtomicInteger();
        ResponseHead head = ResponseHead.of(200, "A", "b").prepared();
        byte[] first = head.encoded(given -> {
            calls.incrementAndGet();
            return encode(given);
        });
        for (int i = 0; i < 5; i++) {
            assertSame(first, head.encoded(given -> {
                throw new AssertionError("the bytes are there");
            }));
        }
        assertEquals(1, calls.get());
        assertEquals("200\nA: b\n", new String(first, StandardCharsets.ISO_8859_1));
        assertSame(head, head.prepared(), "what is kept stays kept");
    }

    @Test
    void anEncoderThatFailsLeavesNothingBehind() {
        ResponseHead head = ResponseHead.of(200).prepared();
        assertThrows(IllegalStateException.class, () -> head.encoded(given -> {
            throw new IllegalStateException("Content-Length of the response is not one number");
        }));
        assertEquals(4, head.encoded(ResponseHeadTest::encode).length);
    }

    /** Threads meet at a new head: all get whole bytes, and soon the same. */
    @Test
    @Timeout(60)
    void threadsThatMeetGetTheSameText() throws Exception {
        int threads = 3;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        CyclicBarrier barrier = new CyclicBarrier(threads);
        try {
            for (int round = 0; round < 300; round++) {
                ResponseHead head = ResponseHead.of(200, "Round", "" + round).prepared();
                List<Future<byte[]>> results = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    results.add(pool.submit(() -> {
                        barrier.await(30, TimeUnit.SECONDS);
                        return head.encoded(ResponseHeadTest::encode);
                    }));
                }
                for (Future<byte[]> result : results) {
                    assertEquals(head.toString(), new String(result.get(30, TimeUnit.SECONDS), StandardCharsets.ISO_8859_1));
                }
                assertSame(head.encoded(ResponseHeadTest::encode), head.encoded(ResponseHeadTest::encode));
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void requestHeadsAreValues() {
        Authority authority = new Authority("h", 80);
        RequestHead head = new RequestHead("GET", "https", authority, "/a", HttpVersion.HTTP_1_1, Fields.of("A", "b"));
        assertEquals(head, new RequestHead("GET", "https", new Authority("h", 80), "/a", HttpVersion.HTTP_1_1, Fields.of("A", "b")));
        Set<RequestHead> others = Set.of(
                head,
                new RequestHead("HEAD", "https", authority, "/a", HttpVersion.HTTP_1_1, Fields.of("A", "b")),
                new RequestHead("GET", "http", authority, "/a", HttpVersion.HTTP_1_1, Fields.of("A", "b")),
                new RequestHead("GET", "https", null, "/a", HttpVersion.HTTP_1_1, Fields.of("A", "b")),
                new RequestHead("GET", "https", authority, "/b", HttpVersion.HTTP_1_1, Fields.of("A", "b")),
                new RequestHead("GET", "https", authority, "/a", HttpVersion.HTTP_1_0, Fields.of("A", "b")),
                new RequestHead("GET", "https", authority, "/a", HttpVersion.HTTP_1_1, Fields.EMPTY));
        assertEquals(7, others.size());
        assertFalse(head.isHead());
        assertTrue(others.stream().filter(RequestHead::isHead).allMatch(one -> one.method().equals("HEAD")));
        assertNull(new RequestHead("GET", "http", null, "/", HttpVersion.HTTP_2, Fields.EMPTY).authority());
    }

    @Test
    void connectionsAreValues() {
        InetSocketAddress here = InetSocketAddress.createUnresolved("here", 80);
        InetSocketAddress there = InetSocketAddress.createUnresolved("there", 4711);
        Connection connection = new Connection(1, there, here, null, HttpVersion.HTTP_1_1);
        assertEquals(connection, new Connection(1, there, here, null, HttpVersion.HTTP_1_1));
        assertNotEquals(connection, new Connection(2, there, here, null, HttpVersion.HTTP_1_1));
        assertNotEquals(connection, new Connection(1, here, there, null, HttpVersion.HTTP_1_1));
        assertFalse(connection.secure());
        assertSame(there, connection.remote());
        assertSame(here, connection.local());
    }

    @Test
    void fieldsOfTheIteratorAreValues() {
        assertEquals(new Field("A", "b"), Fields.of("A", "b").iterator().next());
        assertNotEquals(new Field("A", "b"), new Field("a", "b"), "as received");
        assertEquals("Field[name=A, value=b]", new Field("A", "b").toString());
    }

    @Test
    void thereAreThreeVersions() {
        assertEquals("[HTTP/1.0, HTTP/1.1, HTTP/2.0]", List.of(HttpVersion.values()).toString());
    }
}
