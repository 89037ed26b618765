/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.HttpVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trailers of requests ({@code HttpServletRequest.getTrailerFields}) and of responses ({@code setTrailerFields}). */
@ExtendWith(Undeploy.class)
final class TrailersTest {

    private static MemoryResponse post(Servlets.Action action, String... trailers) throws Exception {
        return Call.of(Servlets.app(action), "POST", "/").chunked().body("body").trailers(trailers).send();
    }

    @Test
    @DisplayName("trailers are there when the body was read to its end, not before")
    void afterTheBody() throws Exception {
        post((q, r) -> {
            assertFalse(q.isTrailerFieldsReady());
            assertThrows(IllegalStateException.class, q::getTrailerFields);
            assertEquals(3, q.getInputStream().readNBytes(3).length);
            assertFalse(q.isTrailerFieldsReady());
            q.getInputStream().readAllBytes();
            assertTrue(q.isTrailerFieldsReady());
            assertEquals(Map.of("x-sum", "1"), q.getTrailerFields());
        }, "X-Sum", "1");
    }

    @Test
    @DisplayName("the same after the body was read as text, as a form or as lines")
    void afterText() throws Exception {
        post((q, r) -> {
            q.getReader().transferTo(java.io.Writer.nullWriter());
            assertTrue(q.isTrailerFieldsReady());
            assertEquals("1", q.getTrailerFields().get("x-sum"));
        }, "X-Sum", "1");
        ServletApplication form = Servlets.app((q, r) -> {
            assertEquals("b", q.getParameter("a"));
            assertTrue(q.isTrailerFieldsReady());
            assertEquals("1", q.getTrailerFields().get("x-sum"));
        });
        assertEquals(200, Call.of(form, "POST", "/").form("a=b").chunked().trailers("X-Sum", "1").send().status());
    }

    @Test
    @DisplayName("names are in lower case and found without case; several values of one name are joined")
    void names() throws Exception {
        post((q, r) -> {
            q.getInputStream().readAllBytes();
            Map<String, String> trailers = q.getTrailerFields();
            assertEquals(List.of("a-b", "c"), new ArrayList<>(trailers.keySet()));
            assertEquals("1,2", trailers.get("A-B"));
            assertEquals("3", trailers.get("C"));
            assertNull(trailers.get("d"));
        }, "A-B", "1", "C", "3", "a-b", "2");
    }

    @Test
    @DisplayName("a chunked body without trailers has an empty map of them")
    void none() throws Exception {
        post((q, r) -> {
            q.getInputStream().readAllBytes();
            assertEquals(Map.of(), q.getTrailerFields());
        });
    }

    @Test
    @DisplayName("where no trailers can come they are ready at once: a length, no body, HTTP/1.0")
    void readyAtOnce() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertTrue(q.isTrailerFieldsReady());
            assertEquals(Map.of(), q.getTrailerFields());
            r.getWriter().print(q.getInputStream().readAllBytes().length);
        });
        assertEquals("4", Call.of(app, "POST", "/").body("body").send().text());
        assertEquals("0", Call.get(app, "/").text());
        assertEquals("0", Call.of(app, "GET", "/").version(HttpVersion.HTTP_1_0).send().text());
    }

    @Test
    @DisplayName("over HTTP/2 a body without length may have trailers")
    void http2() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertFalse(q.isTrailerFieldsReady());
            q.getInputStream().readAllBytes();
            r.getWriter().print(q.getTrailerFields());
        });
        assertEquals("{a=1}", Call.of(app, "POST", "/").version(HttpVersion.HTTP_2).chunked().body("x")
                .trailers("A", "1").send().text());
    }

    @Test
    @DisplayName("the supplier is asked once, at the end, on the thread that ends the response")
    void supplierAtTheEnd() throws Exception {
        List<String> asked = new ArrayList<>();
        MemoryResponse got = Call.get(Servlets.app((q, r) -> {
            r.setTrailerFields(() -> {
                asked.add(Thread.currentThread().getName());
                return Map.of("X-Sum", "" + asked.size());
            });
            assertNotNull(r.getTrailerFields());
            r.getWriter().print("body");
            r.flushBuffer();
            assertEquals(List.of(), asked);
            r.getWriter().print("more");
            r.getWriter().close();
            assertEquals(1, asked.size());
        }), "/");
        assertEquals(List.of(Thread.currentThread().getName()), asked);
        assertEquals("1", got.sentTrailers().first("X-Sum"));
        assertEquals("bodymore", got.text());
    }

    @Test
    @DisplayName("with trailers a short answer has no length, so that it can be chunked")
    void noLength() throws Exception {
        MemoryResponse got = Call.get(Servlets.app((q, r) -> {
            r.setTrailerFields(() -> Map.of("A", "1", "B", "2"));
            r.getWriter().print("body");
        }), "/");
        assertNull(got.header("Content-Length"));
        assertEquals("1", got.sentTrailers().first("a"));
        assertEquals("2", got.sentTrailers().first("b"));
        assertEquals(1, got.writes());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("a supplier of nothing leaves the answer as it would be")
    void nothing(boolean empty) throws Exception {
        MemoryResponse got = Call.get(Servlets.app((q, r) -> {
            r.setTrailerFields(() -> empty ? Map.of() : null);
            r.getWriter().print("body");
        }), "/");
        assertEquals("4", got.header("Content-Length"));
        assertEquals(0, got.sentTrailers().size());
    }

    @Test
    @DisplayName("the last supplier counts; null takes it back; reset takes it back")
    void lastOne() throws Exception {
        MemoryResponse got = Call.get(Servlets.app((q, r) -> {
            Supplier<Map<String, String>> first = () -> Map.of("A", "1");
            r.setTrailerFields(first);
            assertSame(first, r.getTrailerFields());
            r.setTrailerFields(() -> Map.of("B", "1"));
        }), "/");
        assertNull(got.sentTrailers().first("A"));
        assertEquals("1", got.sentTrailers().first("B"));
        for (boolean reset : new boolean[] {true, false}) {
            MemoryResponse without = Call.get(Servlets.app((q, r) -> {
                r.setTrailerFields(() -> Map.of("A", "1"));
                if (reset) {
                    r.reset();
                } else {
                    r.setTrailerFields(null);
                }
                assertNull(r.getTrailerFields());
                r.getWriter().print("x");
            }), "/");
            assertEquals(0, without.sentTrailers().size());
            assertEquals("1", without.header("Content-Length"));
        }
    }

    @Test
    @DisplayName("after the commit, and over HTTP/1.0, trailers are refused")
    void refused() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            if (q.getProtocol().equals("HTTP/1.0")) {
                assertThrows(IllegalStateException.class, () -> r.setTrailerFields(Map::of));
                r.setTrailerFields(null);
            } else {
                r.flushBuffer();
                assertThrows(IllegalStateException.class, () -> r.setTrailerFields(Map::of));
            }
            r.getWriter().print("fine");
        });
        assertEquals("fine", Call.get(app, "/").text());
        assertEquals("fine", Call.of(app, "GET", "/").version(HttpVersion.HTTP_1_0).send().text());
    }

    /** RFC 9110 section 6.5.1: framing, routing, authentication and what tells how to process the content. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length", "content-length", "Transfer-Encoding", "Trailer", "Host", "Content-Encoding",
        "Content-Type", "Content-Range", "Cache-Control", "Authorization", "Set-Cookie", "Connection", "TE", "Upgrade",
        "Keep-Alive", "Location", "Date", "Retry-After", "Vary", "Age", "Expires", "Max-Forwards", "Expect", "Range",
        "WWW-Authenticate", "Proxy-Authenticate", "Proxy-Authorization", "Cookie", "If-Match", "Pragma", "Warning"})
    @DisplayName("fields that must not be trailers are left out, the others go")
    void forbidden(String name) throws Exception {
        MemoryResponse got = Call.get(Servlets.app((q, r) -> {
            Map<String, String> trailers = new LinkedHashMap<>();
            trailers.put(name, "1");
            trailers.put("X-Sum", "2");
            r.setTrailerFields(() -> trailers);
            r.getWriter().print("body");
        }), "/");
        assertNull(got.failure());
        assertNull(got.sentTrailers().first(name));
        assertEquals("2", got.sentTrailers().first("X-Sum"));
    }

    @Test
    @DisplayName("names and values that are no field's are left out: nothing splits the section")
    void malformed() throws Exception {
        Map<String, String> trailers = new HashMap<>();
        trailers.put("a b", "1");
        trailers.put("", "1");
        trailers.put("A:", "1");
        trailers.put("B", "x\r\nC: y");
        trailers.put("D", null);
        trailers.put(null, "x");
        trailers.put("E", "\u20ac");
        trailers.put("F", "good");
        MemoryResponse got = Call.get(Servlets.app((q, r) -> {
            r.setTrailerFields(() -> trailers);
            r.getWriter().print("body");
        }), "/");
        assertNull(got.failure(), () -> String.valueOf(got.failure()));
        assertEquals("body", got.text());
        assertEquals("good", got.sentTrailers().first("F"));
        assertEquals("?", got.sentTrailers().first("E"));
        assertEquals(2, got.sentTrailers().size());
    }

    @Test
    @DisplayName("a supplier that throws: before the commit a 500, after it a cut")
    void supplierThrows() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            r.setTrailerFields(() -> {
                throw new IllegalStateException("no sum");
            });
            r.getWriter().print("body");
            if (q.getQueryString() != null) {
                r.flushBuffer();
            }
            if ("close".equals(q.getQueryString())) {
                r.getWriter().close();
            }
        });
        for (String target : List.of("/?flush", "/?close")) {
            MemoryResponse cut = Call.get(app, target);
            assertNotNull(cut.failure(), target);
            assertFalse(cut.lastSent(), target);
        }
        assertNotNull(Call.get(app, "/").failure());
    }

    @Test
    @DisplayName("in an include, a supplier is set all the same as long as nothing is committed")
    void included() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    r.setTrailerFields(() -> Map.of("A", "outer"));
                    q.getRequestDispatcher("/b").include(q, r);
                    r.getWriter().print("x");
                }), "/a")
                .servlet("b", Servlets.text("b"), "/b"));
        MemoryResponse got = Call.get(app, "/a");
        assertEquals("bx", got.text());
        assertEquals("outer", got.sentTrailers().first("A"));
    }

    @Test
    @DisplayName("an error takes the trailers of the page that failed with it")
    void afterError() throws Exception {
        MemoryResponse got = Call.get(Servlets.app((q, r) -> {
            r.setTrailerFields(() -> Map.of("A", "1"));
            r.getWriter().print("half");
            throw new IllegalStateException("failed");
        }), "/");
        assertEquals(500, got.status());
        assertEquals(0, got.sentTrailers().size());
        assertNotNull(got.header("Content-Length"));
    }
}
