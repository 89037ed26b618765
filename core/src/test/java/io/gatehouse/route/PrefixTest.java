/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrefixTest {

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        // written, scheme, host, port, path, category, in one form
        "http://+:80/, http, +, 80, /, STRONG, http://+:80/",
        "https://+/a/, https, +, -1, /a/, STRONG, https://+/a/",
        "http://*:8080/a, http, *, 8080, /a/, WEAK, http://*:8080/a/",
        "http://example.com/, http, example.com, -1, /, EXPLICIT, http://example.com/",
        "http://Example.COM:80/App/, http, example.com, 80, /App/, EXPLICIT, http://example.com:80/App/",
        "HTTP://h:1/, http, h, 1, /, EXPLICIT, http://h:1/",
        "http://h, http, h, -1, /, EXPLICIT, http://h/",
        "http://h:65535, http, h, 65535, /, EXPLICIT, http://h:65535/",
        "//example.com/a/, -, example.com, -1, /a/, EXPLICIT, //example.com/a/",
        "//+/, -, +, -1, /, STRONG, //+/",
        "//*:80/a/, -, *, 80, /a/, WEAK, //*:80/a/",
        "//*/a/, -, *, -1, /a/, WEAK, /a/",
        "/, -, *, -1, /, WEAK, /",
        "/a, -, *, -1, /a/, WEAK, /a/",
        "/a/b/, -, *, -1, /a/b/, WEAK, /a/b/",
        "/a//b/../c, , , , , , ",
        "http://127.0.0.1:80/, http, 127.0.0.1, 80, /, ADDRESS, http://127.0.0.1:80/",
        "http://255.255.255.255/, http, 255.255.255.255, -1, /, ADDRESS, http://255.255.255.255/",
        "http://0.0.0.0/, http, 0.0.0.0, -1, /, ADDRESS, http://0.0.0.0/",
        "http://1.2.3/, http, 1.2.3, -1, /, EXPLICIT, http://1.2.3/",
        "http://1.2.3.256/, http, 1.2.3.256, -1, /, EXPLICIT, http://1.2.3.256/",
        "http://1.2.3.04/, http, 1.2.3.04, -1, /, EXPLICIT, http://1.2.3.04/",
        "http://1.2.3.4.5/, http, 1.2.3.4.5, -1, /, EXPLICIT, http://1.2.3.4.5/",
        "http://[::1]/, http, [::1], -1, /, ADDRESS, http://[::1]/",
        "http://[::1]:8080/a/, http, [::1], 8080, /a/, ADDRESS, http://[::1]:8080/a/",
        "http://[0:0:0:0:0:0:0:1]/, http, [::1], -1, /, ADDRESS, http://[::1]/",
        "http://[::]/, http, [::], -1, /, ADDRESS, http://[::]/",
        "http://[2001:DB8:0:0:1:0:0:1]/, http, [2001:db8::1:0:0:1], -1, /, ADDRESS, http://[2001:db8::1:0:0:1]/",
        "http://[2001:db8::]/, http, [2001:db8::], -1, /, ADDRESS, http://[2001:db8::]/",
        "http://[1:0:2:3:4:5:6:7]/, http, [1:0:2:3:4:5:6:7], -1, /, ADDRESS, http://[1:0:2:3:4:5:6:7]/",
        "http://[::ffff:192.0.2.1]/, http, 192.0.2.1, -1, /, ADDRESS, http://192.0.2.1/",
        "/caf%C3%A9/, -, *, -1, /café/, WEAK, /café/",
        "/café, -, *, -1, /café/, WEAK, /café/",
        "/a%20b/, -, *, -1, /a b/, WEAK, /a%20b/",
        "/100%25/, -, *, -1, /100%/, WEAK, /100%25/",
        "/%3Fa%3B%23/, -, *, -1, /?a;#/, WEAK, /%3Fa%3B%23/",
        "/a/../b/./c, -, *, -1, /b/c/, WEAK, /b/c/",
        "/a:b/, -, *, -1, /a:b/, WEAK, /a:b/",
        "http://h/a:80/[x]/, http, h, -1, /a:80/[x]/, EXPLICIT, http://h/a:80/[x]/",
        "/http://x/, , , , , , ",
    })
    void parses(String written, String scheme, String host, Integer port, String path, Category category, String form) {
        if (form == null) {
            assertThrows(IllegalArgumentException.class, () -> Prefix.parse(written));
            return;
        }
        Prefix prefix = Prefix.parse(written);
        assertEquals(new Prefix(scheme, host, port, path), prefix);
        assertEquals(category, prefix.category());
        assertEquals(form, prefix.toString());
        assertEquals(prefix, Prefix.parse(form));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "ftp, h, 80, /",
        "HTTP, h, 80, /",
        "-, '', 80, /",
        "-, Host, 80, /",
        "-, h, 0, /",
        "-, h, -2, /",
        "-, h, 65536, /",
        "-, h, 80, app/",
        "-, h, 80, /app",
        "-, h, 80, ''",
    })
    void partsThatNoTableCouldCompareMakeNoPrefix(String scheme, String host, int port, String path) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> new Prefix(scheme, host, port, path));
        assertTrue(e.getMessage().contains("Prefix.parse"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "''                 | neither a scheme nor a slash",
        "app/               | neither a scheme nor a slash",
        "example.com/app/   | neither a scheme nor a slash",
        "ftp://h/           | scheme 'ftp:'",
        "http:/h/           | neither a scheme nor a slash",
        "http:///a/         | has '' for a host",
        "//                 | has '' for a host",
        "://h/              | scheme ':'",
        "http://*.example.com/ | pattern as host",
        "http://ex*mple.com/   | pattern as host",
        "http://+:*/        | has '*' for a port",
        "http://h:/         | has '' for a port",
        "http://h:0/        | has '0' for a port",
        "http://h:65536/    | has '65536' for a port",
        "http://h:99999999999/ | has '99999999999' for a port",
        "http://h:-1/       | has '-1' for a port",
        "http://h:8o/       | has '8o' for a port",
        "http://u@h/        | has 'u@h' for a host",
        "http://h h/        | has 'h h' for a host",
        "http://[::1/       | for a host",
        "http://[::1]x/     | for a host",
        "http://[:::1]/     | for a host",
        "http://[1:2]/      | for a host",
        "http://[fe80::1%eth0]/ | for a host",
        "http://::1/        | for a host",
        "http://bücher.example/ | begins with xn--",
        "/api/*             | takes its whole subtree",
        "/a?b/              | has a query",
        "/a#b/              | has a query or a fragment",
        "/a//b/             | has //, an empty segment",
        "/a;b/              | path parameters",
        "/../a/             | leaves the root",
        "/%2F/              | an encoded slash",
        "/%2e%2e/           | encoded dot segment",
        "/a%/               | malformed",
        "/%FF/              | not UTF-8",
        "/a\\b/             | backslash",
        "/a b/              | a space",
        "http://h\\a/       | for a host",
    })
    void saysWhatIsWrong(String written, String part) {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> Prefix.parse(written));
        assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("'" + written + "'"), thrown.getMessage());
        assertTrue(thrown.getMessage().endsWith("write one like http://+:80/app/, //example.com/app/ or /app/"));
    }

    @ParameterizedTest
    @CsvSource({
        "/app/, /app, true",
        "/app/, /app/, true",
        "/app/, /app/x/y, true",
        "/app/, /apple, false",
        "/app/, /ap, false",
        "/app/, /APP/, false",
        "/app/, /, false",
        "/, /, true",
        "/, /x, true",
        "/a/b/, /a/b, true",
        "/a/b/, /a, false",
        "/a/b/, /a/bc, false",
    })
    void coversItsSubtree(String prefix, String path, boolean covers) {
        assertEquals(covers, Prefix.parse(prefix).covers(path));
    }

    @ParameterizedTest
    @CsvSource({
        "/, http, 80, true, 0",
        "http://+/, http, 81, true, 1",
        "http://+/, https, 80, false, 1",
        "//+:80/, https, 80, true, 2",
        "//+:80/, https, 81, false, 2",
        "http://+:80/, http, 80, true, 3",
        "http://+:80/, https, 80, false, 3",
        "http://+:80/, http, 8080, false, 3",
    })
    void takesSchemeAndPort(String prefix, String scheme, int port, boolean takes, int closeness) {
        assertEquals(takes, Prefix.parse(prefix).takes(scheme, port));
        assertEquals(closeness, Prefix.parse(prefix).closeness());
    }

    @Test
    void knowsItsAddress() throws UnknownHostException {
        assertEquals(InetAddress.getByName("::1"), Prefix.parse("http://[::1]:1/").address());
        assertEquals(InetAddress.getByName("10.1.2.3"), Prefix.parse("http://10.1.2.3/").address());
        assertNull(Prefix.parse("http://localhost/").address());
        assertNull(Prefix.parse("http://+/").address());
        assertNull(Prefix.parse("/").address());
    }
}
