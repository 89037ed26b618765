/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which answers leave without Jetty's generator, and what Jetty sees of them. That they leave right is the contract's. */
class WholeAnswerTest {

    private static RequestHead request(String method, HttpVersion version, String... fields) {
        return new RequestHead(method, "http", null, "/", version, Fields.of(fields));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 200, -1, 5, true",
        "GET, 200, 5, 5, true",
        "GET, 200, 6, 5, false", // the exchange must see the difference
        "GET, 200, 4, 5, false",
        "GET, 200, -1, 0, true",
        "GET, 304, 9, 0, true",
        "GET, 204, -1, 0, true",
        "HEAD, 200, 9, 0, true",
        "GET, 404, -1, 5, true",
        "GET, 101, -1, 0, false",
        "HEAD, 101, -1, 0, false",
    })
    void theLengthMustBeThatOfTheBody(String method, int status, int declared, int size, boolean expected) {
        ResponseHead answer = declared < 0 ? ResponseHead.of(status)
                : ResponseHead.of(status, "Content-Length", Integer.toString(declared));
        assertEquals(expected, WholeAnswer.fits(request(method, HttpVersion.HTTP_1_1, "Host", "a"), answer, size));
    }

    @Test
    void theConnectionMustLive() {
        ResponseHead answer = ResponseHead.of(200);
        assertTrue(WholeAnswer.fits(request("GET", HttpVersion.HTTP_1_1, "Connection", "keep-alive, x"), answer, 1));
        assertFalse(WholeAnswer.fits(request("GET", HttpVersion.HTTP_1_1, "connection", "x, Close"), answer, 1));
        assertFalse(WholeAnswer.fits(request("GET", HttpVersion.HTTP_1_0, "Connection", "keep-alive"), answer, 1));
        assertFalse(WholeAnswer.fits(request("GET", HttpVersion.HTTP_2), answer, 1));
        assertFalse(WholeAnswer.fits(request("GET", HttpVersion.HTTP_1_1), ResponseHead.of(200, "Connection", "close"), 1));
    }

    /** Whether the body comes after all is not known: the connection can't be used on. */
    @Test
    void aBodyThatWasNotAskedForIsJettys() {
        assertFalse(WholeAnswer.fits(request("POST", HttpVersion.HTTP_1_1, "Expect", "100-continue"), ResponseHead.of(200), 1));
    }

    @Test
    void whatJettySendsBehindItGoesNowhere() {
        StreamBelow below = new StreamBelow();
        SentStream sent = new SentStream(below);
        AtomicInteger ended = new AtomicInteger();
        sent.prepareResponse(HttpFields.build());
        sent.send(null, null, true, null, Callback.from(ended::incrementAndGet));
        assertEquals(1, ended.get());
        assertEquals("", below.seen.toString());
        assertTrue(sent.isCommitted());
    }

    @Test
    void everythingElseIsTheStreams() {
        StreamBelow below = new StreamBelow();
        SentStream sent = new SentStream(below);
        sent.read();
        sent.demand();
        sent.consumeAvailable();
        sent.cancelSend(new IllegalStateException(), Callback.NOOP);
        sent.setIdleTimeout(7);
        assertEquals(7, sent.getIdleTimeout());
        assertEquals("id", sent.getId());
        sent.succeeded();
        sent.failed(new IllegalStateException());
        assertEquals("read demand consume cancel succeeded failed ", below.seen.toString());
    }

    /** Notes what it is asked. */
    private static final class StreamBelow implements HttpStream {
        private final StringBuilder seen = new StringBuilder();
        private long idle;

        @Override
        public String getId() {
            return "id";
        }

        @Override
        public Content.@Nullable Chunk read() {
            seen.append("read ");
            return null;
        }

        @Override
        public void demand() {
            seen.append("demand ");
        }

        @Override
        public void prepareResponse(HttpFields.Mutable fields) {
            seen.append("prepare ");
        }

        @Override
        public void send(MetaData.Request request, MetaData.Response response,
                boolean last, ByteBuffer content, Callback callback) {
            seen.append("send ");
        }

        @Override
        public @Nullable Runnable cancelSend(Throwable cause, Callback callback) {
            seen.append("cancel ");
            return null;
        }

        @Override
        public long getIdleTimeout() {
            return idle;
        }

        @Override
        public void setIdleTimeout(long millis) {
            idle = millis;
        }

        @Override
        public boolean isCommitted() {
            return false;
        }

        @Override
        public @Nullable Throwable consumeAvailable() {
            seen.append("consume ");
            return null;
        }

        @Override
        public void succeeded() {
            seen.append("succeeded ");
        }

        @Override
        public void failed(Throwable cause) {
            seen.append("failed ");
        }
    }
}
