/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.HttpFailure;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a target is told of the client and of the way, and what no client can make it believe. */
@Timeout(60)
final class ForwardedTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static Fields added(ForwardedFields choice, ClientRequest request) {
        Fields.Builder fields = Fields.builder();
        choice.add(fields, request);
        return fields.build();
    }

    static Stream<Arguments> clients() throws Exception {
        return Stream.of(
                Arguments.of(new InetSocketAddress("192.0.2.7", 1234), "http", "example.com",
                        "for=192.0.2.7;host=example.com;proto=http", "192.0.2.7", "80"),
                Arguments.of(new InetSocketAddress("192.0.2.7", 1234), "https", "example.com:8443",
                        "for=192.0.2.7;host=\"example.com:8443\";proto=https", "192.0.2.7", "8443"),
                Arguments.of(new InetSocketAddress("2001:db8::1", 1), "https", "[2001:db8::2]",
                        "for=\"[2001:db8:0:0:0:0:0:1]\";host=\"[2001:db8::2]\";proto=https", "2001:db8:0:0:0:0:0:1", "443"),
                Arguments.of(new InetSocketAddress(InetAddress.getByName("fe80::1%1"), 1), "http", "a",
                        "for=\"[fe80:0:0:0:0:0:0:1]\";host=a;proto=http", "fe80:0:0:0:0:0:0:1", "80"),
                Arguments.of(UnixDomainSocketAddress.of("/run/x"), "http", "a", "for=unknown;host=a;proto=http", null, "80"),
                Arguments.of(InetSocketAddress.createUnresolved("nowhere", 1), "http", null, "for=unknown;proto=http", null, null));
    }

    @ParameterizedTest
    @MethodSource("clients")
    void theClientIsTold(SocketAddress remote, String scheme, String host, String standard, String address, String port) {
        ClientRequest request = ClientRequest.get("/").from(remote, scheme, host);
        assertEquals(Fields.EMPTY, added(ForwardedFields.NONE, request));
        assertEquals(Fields.of("Forwarded", standard), added(ForwardedFields.FORWARDED, request));
        Fields.Builder usual = Fields.builder();
        if (address != null) {
            usual.add("X-Forwarded-For", address);
        }
        usual.add("X-Forwarded-Proto", scheme);
        if (host != null) {
            usual.add("X-Forwarded-Host", host).add("X-Forwarded-Port", port);
        }
        assertEquals(usual.build(), added(ForwardedFields.X_FORWARDED, request));
        Fields both = Fields.builder().add("Forwarded", standard).addAll(usual.build()).build();
        assertEquals(both, added(ForwardedFields.BOTH, request));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Forwarded", "forwarded", "X-Forwarded-For", "X-FORWARDED-HOST", "X-Forwarded-Proto", "X-Forwarded-Port",
        "X-Forwarded-Prefix", "X-Forwarded-Server", "X-Forwarded", "X-Forwarded-Ssl", "x-real-ip"})
    void noClientWritesThem(String name) throws Exception {
        for (ForwardedFields choice : ForwardedFields.values()) {
            try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK));
                    Forward forward = Forward.to(origin.text()).forwarded(choice).build()) {
                assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/", name, "evil", name, "evil 2")).answered());
                assertFalse(origin.requests().get(0).contains("evil"), origin.requests().get(0));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Forward", "Forwarded2", "X-Real-IPs", "Not-Forwarded", "From"})
    void othersPass(String name) {
        assertFalse(ForwardedFields.isOne(name));
    }

    @Test
    void theUsualOnesAreTheDefault() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK)); Forward forward = Forward.to(origin.text()).build()) {
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
            assertEquals(List.of("GET / HTTP/1.1\r\nHost: " + origin.authority() + "\r\nX-Forwarded-For: 127.0.0.1\r\n"
                    + "X-Forwarded-Proto: http\r\nX-Forwarded-Host: example.com\r\nX-Forwarded-Port: 80\r\nVia: 1.1 gatehouse\r\n\r\n"),
                    origin.requests());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "-|0", "1.1 gatehouse|1", "1.1 Gatehouse|1", "1.0 other, 1.1 gatehouse|1", "1.1 gatehouse, 1.1 gatehouse (x y)|2",
        "HTTP/1.1 gatehouse|1", "1.1   gatehouse|1", "1.1 gatehouse2|0", "gatehouse|0", "1.1 other (gatehouse)|0", ",,|0", "1.1|0", " |0",
    })
    void ownNamesAreCounted(String value, int count) {
        assertEquals(count, Via.count(value == null ? Fields.EMPTY : Fields.of("Via", value), "gatehouse"));
        if (value != null) {
            assertEquals(2 * count, Via.count(Fields.of("Via", value, "X", "1.1 gatehouse", "via", value), "gatehouse"));
        }
    }

    @Test
    void viaTellsTheVersion() {
        assertEquals("1.0 a", Via.value(HttpVersion.HTTP_1_0, "a"));
        assertEquals("1.1 a", Via.value(HttpVersion.HTTP_1_1, "a"));
        assertEquals("2.0 a", Via.value(HttpVersion.HTTP_2, "a"));
    }

    @Test
    void aRequestThatWasHereTooOftenIs508() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK));
                Forward forward = Forward.to(origin.text()).limits(l -> l.withLoops(1)).build();
                Forward nameless = Forward.to(origin.text()).limits(l -> l.withLoops(0)).via(null).build()) {
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/", "Via", "1.1 gatehouse")).answered());
            ClientRequest round = ClientRequest.get("/", "Via", "1.1 gatehouse, 1.1 x", "Via", "1.1 gatehouse");
            HttpFailure failure = assertInstanceOf(HttpFailure.class, new ClientResponse().to(forward, round).outcome());
            assertEquals(508, failure.status());
            assertEquals("The request goes round in circles.", failure.publicMessage());
            assertEquals(1, origin.requests().size());
            assertTrue(origin.requests().get(0).contains("\r\nVia: 1.1 gatehouse\r\n"));
            assertEquals(200, new ClientResponse().to(nameless, round).answered());
        }
    }

    @Test
    void aForwardToItselfEnds() throws Exception {
        // The origin sends what it got to the forward again, as a server that is its own target would.
        Forward[] self = new Forward[1];
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            for (String head = line.request(); head != null; head = line.request()) {
                Fields.Builder via = Fields.builder();
                for (String field : head.split("\r\n", -1)) {
                    if (field.startsWith("Via: ")) {
                        via.add("Via", field.substring(5));
                    }
                }
                Fields all = via.build();
                String[] pairs = new String[2 * all.size()];
                for (int i = 0; i < all.size(); i++) {
                    pairs[2 * i] = "Via";
                    pairs[2 * i + 1] = all.value(i);
                }
                int status = new ClientResponse().to(self[0], ClientRequest.get("/", pairs)).answered();
                line.send("HTTP/1.1 " + status + " X\r\nContent-Length: 0\r\n\r\n");
            }
        }); Forward forward = Forward.to(origin.text()).build()) {
            self[0] = forward;
            assertEquals(508, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
            assertEquals(6, origin.requests().size());
        }
    }
}
