/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static io.gatehouse.transport.WritingContract.ascii;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.ResponseHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** After a 101 the connection's bytes go through as they are, in both directions. */
public interface SwitchingContract extends TransportUnderTest {
    /** A request that asks for another protocol. */
    String UPGRADE = "GET /raw HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
    /** The answer that grants it. */
    ResponseHead SWITCHING = ResponseHead.of(101, "Connection", "Upgrade", "Upgrade", "echo");

    /** Echoes until the client ends, then ends too. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#all")
    default void rawBytesAreEchoed(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.echo(SWITCHING));
                Client client = site.client()) {
            client.send(UPGRADE + "early");
            Answer answer = client.answerTo("GET");
            assertEquals(101, answer.status());
            assertTrue(answer.fields().lists("Connection", "upgrade"), "" + answer.fields());
            assertEquals("echo", answer.fields().first("Upgrade"));
            assertEquals("early", client.raw(5));
            String notHttp = "0\r\n\r\nGET / HTTP/1.1\r\n\r\n\0\1\2\u00ff";
            for (int i = 0; i < 3; i++) {
                client.send(notHttp);
                assertEquals(notHttp, client.raw(notHttp.length()));
            }
            client.peer().finish();
            client.assertEnd();
            assertEquals(1, site.handled());
            site.awaitClosed();
        }
    }

    /** The server ends its direction first, and still reads what comes. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void theServerMayEndItsDirectionFirst(Variant variant) throws Exception {
        StringBuffer received = new StringBuffer();
        Outcome end = new Outcome();
        try (Site site = Site.open(this, variant, turn -> turn.exchange().commit(SWITCHING, ascii("hello"), false,
                        turn.then(() -> turn.exchange().write(ascii("!"), true, turn.then(() -> turn.read(
                                ByteBuffer.allocate(100),
                                part -> received.append(StandardCharsets.ISO_8859_1.decode(part)),
                                end, end::failed))))));
                Client client = site.client()) {
            client.send(UPGRADE);
            assertEquals(101, client.answerTo("GET").status());
            assertEquals("hello!", client.raw(6));
            client.assertEnd();
            client.send("still here");
            client.peer().finish();
            assertEquals(null, end.await());
            assertEquals("still here", received.toString());
            site.awaitClosed();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void anAbortEndsBothDirections(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.exchange().commit(SWITCHING, ascii("hello"), false,
                        turn.then(() -> turn.exchange().abort(new IllegalStateException("enough")))));
                Client client = site.client()) {
            client.send(UPGRADE);
            client.endsCut();
            site.awaitClosed();
        }
    }
}
