/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.http.Cookie;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 sections 3.6 and 5.4, RFC 6265: cookies that come and cookies that go. */
@ExtendWith(Undeploy.class)
final class CookieRulesTest {

    private final TestClock clock = new TestClock();

    private String sent(Cookie... cookies) throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().clock(clock)
                .servlet("s", Servlets.servlet((q, r) -> {
                    for (Cookie cookie : cookies) {
                        r.addCookie(cookie);
                    }
                }), "/*"));
        return String.join(" | ", Call.get(app, "/").headers("Set-Cookie"));
    }

    private static Cookie cookie(String... settings) {
        Cookie cookie = new Cookie("n", "v");
        for (int i = 0; i < settings.length; i += 2) {
            cookie.setAttribute(settings[i], settings[i + 1]);
        }
        return cookie;
    }

    @Test
    @DisplayName("5.4: one field for each cookie, in order, also for those of one name")
    void order() throws Exception {
        assertEquals("a=1 | b=2 | a=3", sent(new Cookie("a", "1"), new Cookie("b", "2"), new Cookie("a", "3")));
        assertEquals("a=", sent(new Cookie("a", null)));
        assertEquals("a=", sent(new Cookie("a", "")));
        assertEquals("", sent((Cookie) null));
    }

    @ParameterizedTest(name = "{0}={1} is sent as {2}")
    @CsvSource(nullValues = "-", value = {
        "Path, /x, n=v; Path=/x", "Domain, example.org, n=v; Domain=example.org", "Secure, true, n=v; Secure",
        "Secure, '', n=v; Secure", "Secure, false, n=v", "HttpOnly, true, n=v; HttpOnly", "HttpOnly, '', n=v; HttpOnly",
        "HttpOnly, false, n=v", "SameSite, Lax, n=v; SameSite=Lax", "Partitioned, '', n=v; Partitioned",
        "Own, a b, n=v; Own=a b", "Own, -, n=v", "Priority, High, n=v; Priority=High", "Path, '/a b', n=v; Path=/a b",
    })
    void attributes(String name, String value, String expected) throws Exception {
        assertEquals(expected, sent(cookie(name, value)));
    }

    @Test
    @DisplayName("RFC 6265 section 4.1.2: an age is sent as Max-Age and, for old clients, as Expires")
    void ages() throws Exception {
        clock.advance(Duration.ofSeconds(1_000_000_000 - clock.millis() / 1000));
        Cookie cookie = new Cookie("n", "v");
        cookie.setMaxAge(60);
        assertEquals("n=v; Max-Age=60; Expires=Sun, 09 Sep 2001 01:47:40 GMT", sent(cookie));
        cookie.setMaxAge(0);
        assertEquals("n=v; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT", sent(cookie));
        cookie.setMaxAge(-1);
        assertEquals("n=v", sent(cookie));
        cookie.setMaxAge(Integer.MAX_VALUE);
        assertTrue(sent(cookie).startsWith("n=v; Max-Age=2147483647; Expires="), "does not overflow");
        assertTrue(sent(cookie).contains(" 2069 "), sent(cookie));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a;b", "a,b", "a\"b", "a\\b", "a\tb", "a\r\nb", "\u00e4", "\0", "\u007f", "\"a", "a\"", "\""})
    @DisplayName("a value that would be read otherwise is refused, and nothing of it is sent")
    void wrongValues(String value) throws Exception {
        MemoryResponse got = Call.get(Servlets.app((q, r) -> {
            assertThrows(IllegalArgumentException.class, () -> r.addCookie(new Cookie("a", value)));
            assertThrows(IllegalArgumentException.class, () -> CookieHeader.format(new Cookie("a", value), clock));
        }), "/");
        assertEquals(200, got.status());
        assertNull(got.header("Set-Cookie"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v", "\"v\"", "\"\"", "a=b", "a==", "!#$%&'()*+-./:<=>?@[]^_`{|}~", "eyJhbGciOiJIUzI1NiJ9.e30.x-_"})
    @DisplayName("what is sent comes back as it was")
    void roundTrip(String value) throws Exception {
        String set = sent(new Cookie("n", value));
        ServletApplication app = Servlets.app((q, r) -> {
            assertEquals(1, q.getCookies().length);
            assertEquals("n", q.getCookies()[0].getName());
            assertEquals(value, q.getCookies()[0].getValue());
        });
        assertEquals(200, Call.of(app, "GET", "/").field("Cookie", set).send().status());
    }

    @ParameterizedTest(name = "the cookies of ''{0}'' are {1}")
    @CsvSource(delimiter = '|', value = {
        "a=1                 | a=1", "a=1; b=2            | a=1,b=2", "a=1;b=2             | a=1,b=2",
        "a=1;;b=2;           | a=1,b=2", "a=1; a=2            | a=1,a=2", "' a = 1 '           | a=1",
        "a=1, b=2            | a=1, b=2", "a                   | ''", "a; b=2              | b=2",
        "=1; b=2             | b=2", "a=; b=2             | a=,b=2", "a b=1; c=2          | c=2",
        "a=x y               | a=x y", "a=\"x\"; b=2        | a=\"x\",b=2", "a@b=1; c=2          | c=2",
        "a=1=2=3             | a=1=2=3", "$Version=1; a=1     | $Version=1,a=1", "A=1; a=2            | A=1,a=2",
        "a=\u00e4; b=2       | b=2", "a=1\t;\tb=2         | a=1,b=2", ";                   | ''",
    })
    void parsed(String field, String expected) throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            Cookie[] cookies = q.getCookies();
            assertEquals(expected.isEmpty(), cookies == null);
            assertEquals(expected, cookies == null ? "" : Stream.of(cookies)
                    .map(cookie -> cookie.getName() + "=" + cookie.getValue()).collect(Collectors.joining(",")));
        });
        assertEquals(200, Call.of(app, "GET", "/").field("Cookie", field).send().status());
    }

    @Test
    @DisplayName("the cookies of several fields are one list, which is a copy each time")
    void copies() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            Cookie[] first = q.getCookies();
            assertEquals("a,b,c", Arrays.stream(first).map(Cookie::getName).collect(Collectors.joining(",")));
            first[0].setValue("changed");
            first[1] = null;
            assertNotSame(first, q.getCookies());
            assertEquals("1", q.getCookies()[0].getValue());
            assertEquals("2", q.getCookies()[1].getValue());
        });
        assertEquals(200, Call.of(app, "GET", "/").field("Cookie", "a=1; b=2").field("Cookie", "c=3").send().status());
    }

    @Test
    @DisplayName("past the limit cookies are skipped; those before it, the session's among them, are there")
    void limit() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .limits(ServletLimits.DEFAULT.withCookies(3))
                .servlet("s", Servlets.servlet((q, r) -> r.getWriter().print(q.getCookies().length)), "/*"));
        for (int count : new int[] {1, 3, 4, 5_000}) {
            StringBuilder field = new StringBuilder();
            for (int i = 0; i < count; i++) {
                field.append("c").append(i).append("=").append(i).append("; ");
            }
            assertEquals("" + Math.min(3, count),
                    Call.of(app, "GET", "/").field("Cookie", field.toString()).send().text());
        }
    }

    @Test
    @DisplayName("random fields never fail a request, and good pairs among them are found")
    void random() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            List<String> found = new ArrayList<>();
            for (Cookie cookie : q.getCookies()) {
                found.add(cookie.getName() + "=" + cookie.getValue());
            }
            assertTrue(found.contains("good=1") && found.contains("also=2"), found.toString());
        });
        Random random = new Random(5);
        String alphabet = "ab=;, \"\\\t$%{}\u00e4\u00ff";
        for (int i = 0; i < 300; i++) {
            StringBuilder noise = new StringBuilder();
            for (int n = random.nextInt(20); n > 0; n--) {
                noise.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String field = "good=1;" + noise + ";also=2";
            assertEquals(200, Call.of(app, "GET", "/").field("Cookie", field).send().status(), field);
        }
    }

    @Test
    @DisplayName("Set-Cookie by setHeader and addHeader goes beside addCookie")
    void byHeader() throws Exception {
        MemoryResponse got = Call.get(Servlets.app((q, r) -> {
            r.addCookie(new Cookie("a", "1"));
            r.addHeader("Set-Cookie", "b=2; Path=/");
            assertEquals(List.of("a=1", "b=2; Path=/"), List.copyOf(r.getHeaders("set-cookie")));
            q.getSession();
        }), "/");
        assertEquals(3, got.headers("Set-Cookie").size());
        assertFalse(got.headers("Set-Cookie").get(0).contains("JSESSIONID"));
    }
}
