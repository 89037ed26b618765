/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.Cookie;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections 3.3, 3.4, 3.9 to 3.11: attributes, fields, cookies, locales and the facts of the connection. */
interface RequestHeadChapter extends Chapter {

    @Section("3.4")
    @Test
    default void getHeaderIsTheFirstOfItsName() throws Exception {
        run((request, response) -> {
            assertEquals("1", request.getHeader("X-A"));
            assertEquals("1", request.getHeader("x-a"));
            assertEquals(List.of("1", "2"), Collections.list(request.getHeaders("X-a")));
        }, "GET /app/case", "X-A: 1", "X-B: 3", "x-a: 2");
    }

    @Section("HttpServletRequest.getHeader")
    @Test
    default void valuesKeepTheirCase() throws Exception {
        for (String value : List.of("Text/Plain", "text/plain", "TEXT/PLAIN; charset=UTF-8", "text/plain; charset=utf-8")) {
            run((request, response) -> {
                assertEquals(value, request.getHeader("Content-Type"));
                assertEquals(value, request.getHeader("X-Type"));
            }, "GET /app/case", "Content-Type: " + value, "X-Type: " + value);
        }
    }

    @Section("HttpServletRequest.getHeader")
    @Test
    default void missingFieldsAreNullOrEmpty() throws Exception {
        get((request, response) -> {
            assertNull(request.getHeader("X-None"));
            assertFalse(request.getHeaders("X-None").hasMoreElements());
            assertEquals(-1, request.getIntHeader("X-None"));
            assertEquals(-1, request.getDateHeader("X-None"));
        });
    }

    @Section("HttpServletRequest.getHeaderNames")
    @Test
    default void namesAreToldOnce() throws Exception {
        run((request, response) -> {
            List<String> names = Collections.list(request.getHeaderNames());
            Set<String> lower = new TreeSet<>();
            names.forEach(name -> lower.add(name.toLowerCase(Locale.ROOT)));
            assertEquals(new TreeSet<>(Set.of("host", "x-a", "x-b", "x-case")), lower);
            assertEquals(4, names.size());
        }, "GET /app/case", "X-A: 1", "X-B: 3", "x-a: 2");
    }

    @Section("3.4")
    @ParameterizedTest
    @CsvSource({"0,0", "17,17", "-5,-5", "2147483647,2147483647", "-2147483648,-2147483648"})
    default void intHeadersAreRead(String text, int value) throws Exception {
        run((request, response) -> assertEquals(value, request.getIntHeader("x-number")), "GET /app/case", "X-Number: " + text);
    }

    @Section("3.4")
    @ParameterizedTest
    @ValueSource(strings = {"x", "1.5", "2147483648", "1 2", "0x1", ""})
    default void otherTextIsNoInt(String text) throws Exception {
        run((request, response) ->
                assertThrows(NumberFormatException.class, () -> request.getIntHeader("X-Number")), "GET /app/case", "X-Number: " + text);
    }

    @Section("3.4")
    @ParameterizedTest
    @ValueSource(strings = {"Tue, 14 Nov 2023 22:13:20 GMT", "Tuesday, 14-Nov-23 22:13:20 GMT", "Tue Nov 14 22:13:20 2023"})
    default void dateHeadersAreReadInEachForm(String text) throws Exception {
        run((request, response) -> assertEquals(1_700_000_000_000L, request.getDateHeader("x-date")), "GET /app/case", "X-Date: " + text);
    }

    @Section("3.4")
    @ParameterizedTest
    @ValueSource(strings = {"x", "1700000000", "Tue, 34 Nov 2023 22:13:20 GMT", "2023-11-14"})
    default void otherTextIsNoDate(String text) throws Exception {
        run((request, response) ->
                assertThrows(IllegalArgumentException.class, () -> request.getDateHeader("X-Date")), "GET /app/case", "X-Date: " + text);
    }

    @Section("3.4")
    @Test
    default void valuesLoseTheSpaceAroundThem() throws Exception {
        run((request, response) -> assertEquals("a b", request.getHeader("X-A")), "GET /app/case", "X-A: \t a b \t");
    }

    @Section("3.3")
    @Test
    default void attributesAreSetReplacedAndRemoved() throws Exception {
        get((request, response) -> {
            assertNull(request.getAttribute("a"));
            request.setAttribute("a", 1);
            request.setAttribute("a", 2);
            assertEquals(2, request.getAttribute("a"));
            assertTrue(Collections.list(request.getAttributeNames()).contains("a"));
            request.removeAttribute("a");
            assertNull(request.getAttribute("a"));
            request.removeAttribute("a");
            assertFalse(Collections.list(request.getAttributeNames()).contains("a"));
        });
    }

    @Section("ServletRequest.setAttribute")
    @Test
    default void nullRemovesAnAttribute() throws Exception {
        get((request, response) -> {
            request.setAttribute("a", "1");
            request.setAttribute("a", null);
            assertFalse(Collections.list(request.getAttributeNames()).contains("a"));
        });
    }

    @Section("3.3")
    @Test
    default void attributesEndWithTheRequest() throws Exception {
        get((request, response) -> request.setAttribute("a", "1"));
        get((request, response) -> assertNull(request.getAttribute("a")));
    }

    @Section("ServletRequest.getAttributeNames")
    @Test
    default void namesCanBeWalkedWhileAttributesChange() throws Exception {
        get((request, response) -> {
            request.setAttribute("a", "1");
            request.setAttribute("b", "1");
            Collections.list(request.getAttributeNames()).forEach(request::removeAttribute);
            var names = request.getAttributeNames();
            request.setAttribute("c", "1");
            while (names.hasMoreElements()) {
                names.nextElement();
            }
        });
    }

    @Section("3.10")
    @Test
    default void plainConnectionsHaveNoTlsAttributes() throws Exception {
        get((request, response) -> {
            assertFalse(request.isSecure());
            assertNull(request.getAttribute("jakarta.servlet.request.cipher_suite"));
            assertNull(request.getAttribute("jakarta.servlet.request.key_size"));
            assertNull(request.getAttribute("jakarta.servlet.request.X509Certificate"));
        });
    }

    @Section("3.9")
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "a=1|a=1",
        "a=1; b=2|a=1,b=2",
        "a=1;b=2|a=1,b=2",
        "a=\"1 2\"|a=\"1 2\"",
        "a=|a=",
        "a=1; a=2|a=1,a=2",
        "$Version=1; a=1; $Path=/|$Version=1,a=1,$Path=/",
        "a=b=c|a=b=c",
        "a=1; b ad=2; c=3|a=1,c=3",
        "a=1; =2; c=3|a=1,c=3",
        "a=1; ; c=3|a=1,c=3",
        "a=1; nothing; c=3|a=1,c=3",
        "A=1; a=2|A=1,a=2",
        "a=%20+x|a=%20+x",
    })
    default void cookiesAreRead(String line, String expected) throws Exception {
        run((request, response) -> {
            List<String> found = new ArrayList<>();
            for (Cookie cookie : request.getCookies()) {
                found.add(cookie.getName() + "=" + cookie.getValue());
            }
            assertEquals(expected.replace("\"", ""), String.join(",", found).replace("\"", ""));
        }, "GET /app/case", "Cookie: " + line);
    }

    @Section("HttpServletRequest.getCookies")
    @Test
    default void noCookiesAreNull() throws Exception {
        get((request, response) -> assertNull(request.getCookies()));
    }

    @Section("3.9")
    @Test
    default void cookiesOfSeveralFieldsAreRead() throws Exception {
        run((request, response) -> assertEquals(3, request.getCookies().length), "GET /app/case", "Cookie: a=1; b=2", "Cookie: c=3");
    }

    @Section("HttpServletRequest.getCookies")
    @Test
    default void aCookieThatIsChangedChangesNoOther() throws Exception {
        run((request, response) -> {
            request.getCookies()[0].setValue("changed");
            assertEquals("1", request.getCookies()[0].getValue());
        }, "GET /app/case", "Cookie: a=1");
    }

    @Section("3.11")
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "de|de",
        "de-AT|de_AT",
        "de, en|de en",
        "en;q=0.5, de|de en",
        "en;q=0.5, de;q=0.9, fr;q=0.7|de fr en",
        "de;q=0, en|en",
        "zh-Hant-TW|zh_TW_#Hant",
        "en-GB;q=0.8,en;q=0.8|en_GB en",
        "de ; q=1.0 , en; q = 0.1|de en",
    })
    default void localesComeByPreference(String line, String expected) throws Exception {
        run((request, response) -> {
            List<String> found = new ArrayList<>();
            Collections.list(request.getLocales()).forEach(locale -> found.add(locale.toString()));
            assertEquals(expected, String.join(" ", found));
            assertEquals(found.get(0), request.getLocale().toString());
        }, "GET /app/case", "Accept-Language: " + line);
    }

    @Section("3.11")
    @Test
    default void withoutPreferenceTheDefaultLocaleIsTheOnlyOne() throws Exception {
        get((request, response) -> {
            assertEquals(Locale.getDefault(), request.getLocale());
            assertEquals(List.of(Locale.getDefault()), Collections.list(request.getLocales()));
        });
    }

    @Section("ServletRequest.getContentLength")
    @Test
    default void theLengthIsMinusOneIfItIsNotKnown() throws Exception {
        get((request, response) -> {
            assertEquals(-1, request.getContentLength());
            assertEquals(-1, request.getContentLengthLong());
        });
        run((request, response) -> assertEquals(-1, request.getContentLength()),
                "POST /app/case", "Transfer-Encoding: chunked", "", "0\r\n\r\n");
        run((request, response) -> {
            assertEquals(3, request.getContentLength());
            assertEquals(3, request.getContentLengthLong());
        }, "POST /app/case", "", "abc");
    }

    @Section("ServletRequest.getContentType")
    @Test
    default void theContentTypeIsAsSent() throws Exception {
        get((request, response) -> assertNull(request.getContentType()));
        run((request, response) -> assertEquals("Text/Plain; charset=UTF-8;x=\"y\"", request.getContentType()),
                "POST /app/case", "Content-Type: Text/Plain; charset=UTF-8;x=\"y\"", "", "x");
    }

    @Section("ServletRequest.getServerName")
    @ParameterizedTest
    @CsvSource({"example.com,example.com,80", "example.com:8080,example.com,8080", "[::1],[::1],80", "[::1]:81,[::1],81", "127.0.0.1:9,127.0.0.1,9"})
    default void theServersNameIsOfTheHostField(String host, String name, int port) throws Exception {
        run((request, response) -> {
            assertEquals(name, request.getServerName());
            assertEquals(port, request.getServerPort());
        }, "GET /app/case", "Host: " + host);
    }

    @Section("HttpServletRequest.getRequestURL")
    @ParameterizedTest
    @CsvSource({
        "/app/case/a?b=c,test,http://test/app/case/a",
        "/app/case/%61,test:80,http://test/app/case/%61",
        "/app/case/;x=1,test:81,http://test:81/app/case/;x=1"
    })
    default void theUrlIsThatOfTheClientWithoutQuery(String target, String host, String expected) throws Exception {
        run((request, response) -> {
            StringBuffer url = request.getRequestURL();
            assertEquals(expected, url.toString());
            url.append("?changed");
            assertEquals(expected, request.getRequestURL().toString());
        }, "GET " + target, "Host: " + host);
    }

    @Section("ServletRequest.getProtocol")
    @Test
    default void theFactsOfTheConnectionAreTold() throws Exception {
        get((request, response) -> {
            assertEquals("HTTP/1.1", request.getProtocol());
            assertEquals("http", request.getScheme());
            assertEquals("GET", request.getMethod());
            assertNotNull(request.getRemoteAddr());
            assertNotNull(request.getRemoteHost());
            assertNotNull(request.getLocalAddr());
            assertNotNull(request.getLocalName());
            assertTrue(request.getRemotePort() >= 0);
            assertTrue(request.getLocalPort() > 0);
        });
    }

    @Section("ServletRequest.getProtocol")
    @Test
    default void oldClientsSpeakHttpOneZero() throws Exception {
        run((request, response) -> assertEquals("HTTP/1.0", request.getProtocol()), "GET /app/case HTTP/1.0");
    }

    @Section("HttpServletRequest.getMethod")
    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "X-OWN"})
    default void everyMethodReachesTheServlet(String method) throws Exception {
        run((request, response) -> assertEquals(method, request.getMethod()), method + " /app/case");
    }

    @Section("HttpServletRequest.getQueryString")
    @ParameterizedTest
    @CsvSource(nullValues = "null", value = {"/app/case,null", "/app/case?,''", "/app/case?a=%20b+c,a=%20b+c", "/app/case?a?b,a?b"})
    default void theQueryIsNotDecoded(String target, String expected) throws Exception {
        run((request, response) -> assertEquals(expected, request.getQueryString()), "GET " + target);
    }

    @Section("ServletRequest.getServletConnection")
    @Test
    default void aConnectionIsNamedAndStaysTheSame() throws Exception {
        List<String> ids = new ArrayList<>();
        Case told = (request, response) -> {
            var connection = request.getServletConnection();
            assertEquals("http/1.1", connection.getProtocol().toLowerCase(Locale.ROOT));
            assertEquals("", connection.getProtocolConnectionId());
            assertFalse(connection.isSecure());
            ids.add(connection.getConnectionId());
        };
        get(told);
        get(told);
        try (Wire other = site().connect()) {
            other.ask("GET /app/case", site().caseField(told));
        }
        assertEquals(ids.get(0), ids.get(1));
        assertNotEquals(ids.get(0), ids.get(2));
    }

    @Section("ServletRequest.getRequestId")
    @Test
    default void requestsHaveIdsOfTheirOwn() throws Exception {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            get((request, response) -> {
                assertEquals(request.getRequestId(), request.getRequestId());
                ids.add(request.getRequestId());
                assertEquals("", request.getProtocolRequestId());
            });
        }
        assertEquals(5, ids.size());
    }

    @Section("ServletRequest.getServletContext")
    @Test
    default void theContextIsThatOfTheServlet() throws Exception {
        get((request, response) -> {
            assertEquals("/app", request.getServletContext().getContextPath());
            assertSame(request.getServletContext(), request.getSession().getServletContext());
        });
    }

    @Section("ServletRequest.getDispatcherType")
    @Test
    default void aRequestOfTheClientIsARequest() throws Exception {
        get((request, response) -> assertEquals(DispatcherType.REQUEST, request.getDispatcherType()));
    }

    @Section("3.13")
    @Test
    default void requestsAreObjectsOfTheirOwn() throws Exception {
        List<Object> seen = new ArrayList<>();
        get((request, response) -> seen.add(request));
        get((request, response) -> seen.add(request));
        assertNotSame(seen.get(0), seen.get(1));
    }

    @Section("HttpServletRequest.getRemoteUser")
    @Test
    default void nobodyIsLoggedIn() throws Exception {
        get((request, response) -> {
            assertNull(request.getRemoteUser());
            assertNull(request.getUserPrincipal());
            assertNull(request.getAuthType());
            assertFalse(request.isUserInRole("any"));
            request.logout();
        });
    }

    @Section("HttpServletRequest.isUserInRole")
    @Test
    default void nobodyIsInTheRoleOfTheStar() throws Exception {
        get((request, response) -> assertFalse(request.isUserInRole("*")));
    }
}
