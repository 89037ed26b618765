/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The field Forwarded by the grammar of RFC 7239, and the names of nodes in it. */
class ForwardedElementTest {

    private static String read(String... lines) {
        List<ForwardedElement> elements = ForwardedElement.parse(List.of(lines));
        if (elements == null) {
            return "malformed";
        }
        StringBuilder out = new StringBuilder();
        for (ForwardedElement element : elements) {
            out.append('[').append(element.client()).append(' ').append(element.by()).append(' ').append(element.host())
                    .append(' ').append(element.proto()).append(']');
        }
        return out.toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "for=192.0.2.43 | [192.0.2.43 null null null]",
        "For=192.0.2.43;Proto=http;BY=203.0.113.60;hOsT=a | [192.0.2.43 203.0.113.60 a http]",
        "for=\"[2001:db8:cafe::17]:4711\" | [[2001:db8:cafe::17]:4711 null null null]",
        "for=192.0.2.43, for=\"[2001:db8:cafe::17]\" | [192.0.2.43 null null null][[2001:db8:cafe::17] null null null]",
        "for=192.0.2.43,for=198.51.100.17;by=203.0.113.60;proto=http;host=example.com"
                + " | [192.0.2.43 null null null][198.51.100.17 203.0.113.60 example.com http]",
        "for=_gazonk | [_gazonk null null null]",
        "for=\"_gazonk\" | [_gazonk null null null]",
        "for=unknown;proto=https | [unknown null null https]",
        "secret=x;for=a;other=\"b,c;d\" | [a null null null]",
        "proto=https | [null null null https]",
        "for=a;;proto=b | [a null null b]",
        ";for=a; | [a null null null]",
        ",,for=a, ,for=b,, | [a null null null][b null null null]",
        "for=\"a\\\"b\\\\c\" | [a\"b\\c null null null]",
        "for=\"a, for=b\" | [a, for=b null null null]",
        "for=a\t,\t for=b | [a null null null][b null null null]",
        "host=\"example.com:8080\" | [null null example.com:8080 null]",
    })
    void readsWhatTheGrammarAllows(String field, String elements) {
        assertEquals(elements, read(field));
        assertEquals(elements + elements, read(field, field), "lines are one list");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "for", "for=", "=a", "for=a b", "for =a", "for= a", "for=a ;proto=http", "for=a; proto=http", "for=\"a", "for=\"a\\", "for=a\"",
        "for=\"a\"b", "for=a;for=b", "for=a;FOR=a", "proto=http;proto=https", "x=1;X=2", "for=[::1]", "for=1.2.3.4:80", "for=a/b",
        "for=\"\"", "host=example.com:80", "for==a", "for=a=b", "a", "for=a,b", "for=a for=b", "for=\u00e4", "f\u00f6r=a", "(for)=a",
        "for=a;=b", "for=\"a\u0001\"", "\"for\"=a", "for='a b'", "for=a,for=\"b",
    })
    void whatTheGrammarDoesNotAllowIsNothingAtAll(String field) {
        assertEquals("malformed", read(field));
        assertEquals("malformed", read("for=192.0.2.1", field), "wherever it stands");
        assertEquals("malformed", read(field, "for=192.0.2.1"));
    }

    /** What a client leaves open must not swallow what the proxy writes in a line of its own. */
    @Test
    void aQuoteDoesNotReachIntoTheNextLine() {
        assertEquals("malformed", read("for=\"1.1.1.1", "for=2.2.2.2\""));
        assertEquals("", read());
        assertEquals("", read("", " ,\t, "));
    }

    /** Elements made at random are read as they were made, and cut in the middle they are never read as others. */
    @Test
    void whatIsWrittenIsRead() {
        Random random = new Random(7);
        for (int round = 0; round < 5_000; round++) {
            List<String> written = new ArrayList<>();
            StringBuilder expected = new StringBuilder();
            for (int i = random.nextInt(4); i >= 0; i--) {
                String client = random.nextInt(4) == 0 ? null : "10.0.0." + random.nextInt(256);
                String proto = random.nextBoolean() ? null : random.nextBoolean() ? "http" : "https";
                String host = random.nextBoolean() ? null : "h" + random.nextInt(9) + ":" + random.nextInt(9);
                List<String> pairs = new ArrayList<>();
                if (client != null) {
                    pairs.add(random.nextBoolean() ? "for=" + client : "For=\"" + client + '"');
                }
                if (proto != null) {
                    pairs.add("proto=" + proto);
                }
                if (host != null) {
                    pairs.add("host=\"" + host + '"');
                }
                if (pairs.isEmpty()) {
                    pairs.add("x=y");
                }
                Collections.shuffle(pairs, random);
                written.add(String.join(";", pairs));
                expected.append('[').append(client).append(" null ").append(host).append(' ').append(proto).append(']');
            }
            String field = String.join(random.nextBoolean() ? ", " : ",", written);
            assertEquals(expected.toString(), read(field), field);
            assertEquals(expected.toString(), read(written.toArray(String[]::new)), field);
            String cut = field.substring(0, random.nextInt(field.length()));
            if (cut.chars().filter(c -> c == '"').count() % 2 == 1) {
                assertEquals("malformed", read(cut), cut);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "192.0.2.1 | /192.0.2.1:0", "192.0.2.1:80 | /192.0.2.1:80", "192.0.2.1:65535 | /192.0.2.1:65535", "192.0.2.1:_p | /192.0.2.1:0",
        "[::1] | /[0:0:0:0:0:0:0:1]:0", "[::1]:80 | /[0:0:0:0:0:0:0:1]:80", "[::ffff:192.0.2.1]:1 | /192.0.2.1:1",
    })
    void addressesOfNodes(String text, String address) {
        InetSocketAddress node = ForwardedNode.parse(text);
        assertNotNull(node);
        assertEquals(address, node.toString());
        assertEquals(node, ForwardedNode.parseLoosely(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "Unknown", "UNKNOWN:80", "_hidden", "_a.b-c_d", "__", "_x:_y"})
    void hiddenNodesAreNobodysAddress(String text) {
        InetSocketAddress node = ForwardedNode.parse(text);
        assertNotNull(node);
        assertNull(node.getAddress());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "a", "localhost", "example.com:80", "192.0.2.1:", "192.0.2.1:x", "192.0.2.1:65536", "192.0.2.1:123456", "192.0.2.1:-1",
        "192.0.2.256", "192.0.2.1 ", " 192.0.2.1", "[192.0.2.1]", "[::1", "[]", "[unknown]", "[::1]80", "[::1]]", "[[::1]]", "_", "_a b", "_\u00e4",
        "unknowns", "unknown:", ":80", "[::1]:", "[::1%1]", "192.0.2.1:80:80", "192.0.2.1,192.0.2.2", "0x7f000001", "2130706433",
    })
    void whatIsNoNodeIsNone(String text) {
        assertNull(ForwardedNode.parse(text));
        assertNull(ForwardedNode.parseLoosely(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"::1", "2001:db8::80", "fe80::1:2", "1:2:3:4:5:6:7:8"})
    void addressesWithoutBracketsAreForTheListsThatHaveThem(String text) {
        assertNull(ForwardedNode.parse(text));
        InetSocketAddress node = ForwardedNode.parseLoosely(text);
        assertNotNull(node);
        assertEquals(0, node.getPort());
        assertEquals(IpLiteral.parse(text), node.getAddress());
    }
}
