/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatehouse.http.HttpVersion;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 sections 3.4, 3.5 and 3.8, and chapter 2.1: addresses, fields and methods as a servlet sees them. */
@ExtendWith(Undeploy.class)
final class ConnectionFactsTest {

    private static final Servlets.Action ADDRESSES = (q, r) -> r.getWriter().print(String.join(" ",
            q.getRemoteAddr(), q.getRemoteHost(), "" + q.getRemotePort(), q.getLocalAddr(), q.getLocalName(),
            "" + q.getLocalPort(), q.getServerName(), "" + q.getServerPort()));

    private static String addresses(SocketAddress peer, SocketAddress here, String host) throws Exception {
        return Call.of(Servlets.app(ADDRESSES), "GET", "/").between(peer, here).host(host).send().text();
    }

    @Test
    @DisplayName("addresses of IPv4, of IPv6 in full and without zone, and of no names at all")
    void internet() throws Exception {
        assertEquals("192.0.2.1 192.0.2.1 4711 192.0.2.2 192.0.2.2 8080 www.example.org 80",
                addresses(new InetSocketAddress("192.0.2.1", 4711), new InetSocketAddress("192.0.2.2", 8080),
                        "www.example.org"));
        assertEquals("2001:db8:0:0:0:0:0:1 2001:db8:0:0:0:0:0:1 1 0:0:0:0:0:0:0:1 0:0:0:0:0:0:0:1 2 [2001:db8::2] 81",
                addresses(new InetSocketAddress("2001:db8::1", 1), new InetSocketAddress("::1", 2), "[2001:db8::2]:81"));
    }

    @Test
    @DisplayName("a Unix-domain socket has no address and no port; the name of the server is the Host's")
    void unixDomain() throws Exception {
        UnixDomainSocketAddress path = UnixDomainSocketAddress.of("/run/app.sock");
        assertEquals("  0   0 example.org 8443",
                addresses(UnixDomainSocketAddress.of(""), path, "example.org:8443"));
    }

    @Test
    @DisplayName("an HTTP/1.0 request without Host: the server is where it was reached")
    void withoutHost() throws Exception {
        Call call = Call.of(Servlets.app(ADDRESSES), "GET", "/").version(HttpVersion.HTTP_1_0).host("");
        assertEquals("192.0.2.1 192.0.2.1 4711 192.0.2.2 192.0.2.2 8080 192.0.2.2 8080", call.send().text());
    }

    @ParameterizedTest(name = "{0}://{1}: {2} {3}, URL {4}")
    @CsvSource({
        "http, example.org, example.org, 80, http://example.org/a%20b",
        "http, example.org:80, example.org, 80, http://example.org/a%20b",
        "http, EXAMPLE.org:8080, example.org, 8080, http://example.org:8080/a%20b",
        "https, example.org, example.org, 443, https://example.org/a%20b",
        "https, example.org:80, example.org, 80, https://example.org:80/a%20b",
        "http, [::1]:8080, [::1], 8080, http://[::1]:8080/a%20b",
        "http, 192.0.2.9, 192.0.2.9, 80, http://192.0.2.9/a%20b",
    })
    void urls(String scheme, String host, String name, int port, String url) throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertEquals(name, q.getServerName());
            assertEquals(port, q.getServerPort());
            assertEquals(scheme, q.getScheme());
            assertEquals(url, q.getRequestURL().toString());
            assertEquals("/a%20b", q.getRequestURI());
            assertEquals("/a b", q.getPathInfo());
            assertEquals("x=%20", q.getQueryString());
            q.getRequestURL().append("changed");
            assertEquals(url, q.getRequestURL().toString(), "a buffer of its own at each call");
        });
        assertEquals(200, Call.of(app, "GET", "/a%20b?x=%20").scheme(scheme).host(host).send().status());
    }

    @Test
    @DisplayName("3.4: fields without case, each name once, several values in order")
    void fields() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertEquals("1", q.getHeader("x-many"));
            assertEquals(List.of("1", "2,3", ""), Collections.list(q.getHeaders("X-MANY")));
            assertNull(q.getHeader("none"));
            assertNull(q.getHeader(null));
            assertEquals(List.of(), Collections.list(q.getHeaders("none")));
            assertEquals(Set.of("host", "x-many"), new TreeSet<>(Collections.list(q.getHeaderNames()).stream()
                    .map(String::toLowerCase).toList()));
            assertEquals(-1, q.getIntHeader("none"));
            assertEquals(-1, q.getDateHeader("none"));
            assertEquals(1, q.getIntHeader("X-Many"));
        });
        assertEquals(200, Call.of(app, "GET", "/").field("X-Many", "1").field("x-many", "2,3").field("X-MANY", "").send()
                .status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
    @DisplayName("3.4: dates in each of the three forms of HTTP")
    void dates(String date) throws Exception {
        ServletApplication app = Servlets.app((q, r) -> assertEquals(784_111_777_000L, q.getDateHeader("If-Modified-Since")));
        assertEquals(200, Call.of(app, "GET", "/").field("If-Modified-Since", date).send().status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "1.5", "0x10", "99999999999", "1 2"})
    @DisplayName("3.4: what is no number, or no date, is an exception of its own kind")
    void wrong(String value) throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertThrows(NumberFormatException.class, () -> q.getIntHeader("X"));
            assertThrows(IllegalArgumentException.class, () -> q.getDateHeader("X"));
        });
        assertEquals(200, Call.of(app, "GET", "/").field("X", value).send().status());
    }

    @Test
    @DisplayName("3.3.4: each request has an id of its own, a connection keeps its")
    void ids() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertEquals("7", q.getServletConnection().getConnectionId());
            assertEquals("", q.getProtocolRequestId());
            assertEquals("", q.getServletConnection().getProtocolConnectionId());
            r.getWriter().print(q.getRequestId());
        });
        assertNotEquals(Call.get(app, "/").text(), Call.get(app, "/").text());
        ServletApplication named = Servlets.app((q, r) -> r.getWriter().print(q.getProtocolRequestId()));
        assertEquals("5", Call.of(named, "GET", "/").version(HttpVersion.HTTP_2).send().text());
    }

    /** A servlet with a GET, a date, and nothing else. */
    private static final class Dated extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest q, HttpServletResponse r) throws IOException {
            r.getWriter().print("page");
        }

        @Override
        protected long getLastModified(HttpServletRequest q) {
            return 784_111_777_000L;
        }
    }

    @Test
    @DisplayName("2.1: getLastModified answers conditional requests")
    void lastModified() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().servlet("s", new Dated(), "/*"));
        MemoryResponse got = Call.get(app, "/");
        assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", got.header("Last-Modified"));
        MemoryResponse same = Call.of(app, "GET", "/").field("If-Modified-Since", got.header("Last-Modified")).send();
        assertEquals(304, same.status());
        assertEquals("", same.text());
        assertNull(same.header("Content-Length"));
        assertEquals(200, Call.of(app, "GET", "/").field("If-Modified-Since", "Sun, 06 Nov 1994 08:49:36 GMT").send()
                .status());
    }

    @Test
    @DisplayName("2.1: OPTIONS lists the methods, others are 405, or 501 if nobody knows them; HEAD is GET without body")
    void methods() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().servlet("s", new Dated(), "/*"));
        Set<String> allowed = new TreeSet<>(Arrays.asList(
                Call.of(app, "OPTIONS", "/").send().header("Allow").split(", ?")));
        assertEquals(new TreeSet<>(Set.of("GET", "HEAD", "TRACE", "OPTIONS")), allowed);
        for (String method : List.of("POST", "PUT", "DELETE")) {
            assertEquals(405, Call.of(app, method, "/").send().status(), method);
        }
        assertEquals(501, Call.of(app, "BREW", "/").send().status());
        MemoryResponse head = Call.of(app, "HEAD", "/").send();
        assertEquals("", head.text());
        assertEquals("4", head.header("Content-Length"));
    }

    @Test
    @DisplayName("2.1: TRACE gives nothing back that could be a secret")
    void trace() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().servlet("s", new Dated(), "/*"));
        MemoryResponse got = Call.of(app, "TRACE", "/x").field("X-Plain", "seen").field("Cookie", "a=secret")
                .field("Authorization", "Basic secret").send();
        assertEquals(200, got.status());
        assertEquals("message/http", got.header("Content-Type"));
        assertEquals(true, got.text().contains("seen"), got.text());
        assertFalse(got.text().contains("secret"), got.text());
    }
}
