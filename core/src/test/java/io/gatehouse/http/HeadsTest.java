/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads of requests and responses, and the small words beside them. */
final class HeadsTest {

    @Test
    void aResponseHeadIsItsStatusAndFields() {
        ResponseHead head = ResponseHead.of(200, "A", "b");
        assertEquals(200, head.status());
        assertEquals(Fields.of("A", "b"), head.fields());
        assertEquals(head, ResponseHead.of(200, Fields.of("A", "b")));
        assertEquals(head.hashCode(), head.prepared().hashCode());
        assertEquals(head, head.prepared(), "prepared is how it is sent, not what it says");
        assertNotEquals(head, ResponseHead.of(201, "A", "b"));
        assertNotEquals(head, ResponseHead.of(200));
        assertNotEquals(head, new Object());
        assertEquals("200\nA: b\n", head.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 101, 103, 200, 299, 404, 599})
    void aStatusIsOneOfHttps(int status) {
        assertEquals(status, ResponseHead.of(status).status());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 99, 600, 1000})
    void anotherStatusIsRefused(int status) {
        assertThrows(IllegalArgumentException.class, () -> ResponseHead.of(status));
    }

    @Test
    void onlyAPreparedHeadKeepsItsBytes() {
        AtomicInteger encoded = new AtomicInteger();
        ResponseHead plain = ResponseHead.of(200);
        plain.encoded(head -> new byte[encoded.incrementAndGet()]);
        assertEquals(2, plain.encoded(head -> new byte[encoded.incrementAndGet()]).length);
        ResponseHead prepared = plain.prepared();
        assertNotSame(plain, prepared);
        assertSame(prepared, prepared.prepared());
        byte[] bytes = prepared.encoded(head -> new byte[encoded.incrementAndGet()]);
        assertEquals(3, bytes.length);
        assertSame(bytes, prepared.encoded(head -> new byte[encoded.incrementAndGet()]));
        assertEquals(3, encoded.get());
    }

    @Test
    void headIsHeadWithItsCase() {
        assertTrue(request("HEAD").isHead());
        assertFalse(request("head").isHead());
        assertFalse(request("GET").isHead());
    }

    private static RequestHead request(String method) {
        return new RequestHead(method, "http", null, "/", HttpVersion.HTTP_1_1, Fields.EMPTY);
    }

    @Test
    void aConnectionWithoutTlsIsNotSecure() {
        InetSocketAddress address = InetSocketAddress.createUnresolved("test", 80);
        assertFalse(new Connection(1, address, address, null, HttpVersion.HTTP_1_1).secure());
    }

    @Test
    void versionsAreWrittenAsServletsAndLogsDo() {
        assertEquals("HTTP/1.0", HttpVersion.HTTP_1_0.toString());
        assertEquals("HTTP/1.1", HttpVersion.HTTP_1_1.toString());
        assertEquals("HTTP/2.0", HttpVersion.HTTP_2.toString());
    }

    @ParameterizedTest
    @EnumSource(Refusal.class)
    void everyRefusalHasAStatusOrNoneAndAWord(Refusal refusal) {
        assertTrue(Set.of(0, 400, 408, 413, 414, 417, 431, 501, 503, 505).contains(refusal.status()), "" + refusal.status());
        assertTrue(refusal.word().matches("[a-z]+(-[a-z]+)*"), refusal.word());
        RefusedException exception = new RefusedException(refusal, "why");
        assertSame(refusal, exception.refusal());
        assertEquals("why", exception.getMessage());
    }

    @Test
    void theWordsOfRefusalsDiffer() {
        Set<String> words = new HashSet<>();
        for (Refusal refusal : Refusal.values()) {
            assertTrue(words.add(refusal.word()), refusal.word());
        }
    }

    @Test
    void aCompletionOfNothingDoesNothing() {
        Completion.NOTHING.succeeded();
        Completion.NOTHING.failed(new IllegalStateException("nobody hears it"));
        assertSame(Completion.NOTHING, Completion.NOTHING);
    }
}
