/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 chapter 9, sections 10.9 and 12.1: where requests are sent, and what they say there. */
@ExtendWith(Undeploy.class)
final class DispatchTableTest {

    private static final Servlets.Action TELL = (q, r) -> {
        r.setCharacterEncoding("UTF-8");
        r.getWriter().print(q.getServletPath() + "|" + q.getPathInfo() + "|" + q.getQueryString() + "|"
                + q.getParameter("x"));
    };

    @ParameterizedTest(name = "9.1: from {0}, the dispatcher for {1} leads to {2}")
    @CsvSource(quoteCharacter = '`', nullValues = "-", value = {
        "/a/b, /t/c, /t|/c|-|-", "/a/b, /t, /t|-|-|-", "/a/b, /t/, /t|/|-|-", "/a/b, /t/c?x=1, /t|/c|x=1|1",
        "/a/b?x=0, /t/c, /t|/c|x=0|0", "/a/b?x=0, /t/c?x=1, /t|/c|x=1|1", "/a/b?x=0, /t/c?y=1, /t|/c|y=1|0",
        "/a/b?x=0, /t/c?, /t|/c||0", "/a/b, ../t/c, /t|/c|-|-", "/t/b, c, /t|/c|-|-", "/t/b/, c, /t|/b/c|-|-",
        "/t/b/d, ../c, /t|/c|-|-", "/t/b, ./c, /t|/c|-|-", "/a/b, /t/../t/c, /t|/c|-|-", "/a/b, //t//c, /t|/c|-|-",
        "/a/b, /t/%41, /t|/A|-|-", "/a/b, /t/c;p=1, /t|/c|-|-", "/a/b, /t/c;p?x=1, /t|/c|x=1|1",
        "/a/b, /t/%3Fx=1, /t|/?x=1|-|-", "/a/b, /t/%C3%BC, /t|/ü|-|-", "/a/b, /t/c#f, /t|/c|-|-",
        "/t/%3Fx/b, c, /t|/?x/c|-|-", "/t/%25/b, c, /t|/%/c|-|-", "/t/%3B/b, c?x=2, /t|/;/c|x=2|2",
        "/t/a%20b/b, c%20d, /t|/a b/c d|-|-",
    })
    void paths(String from, String to, String expected) throws Exception {
        Servlets.Action action = (q, r) -> {
            if (q.getAttribute("sent") == null) {
                q.setAttribute("sent", true);
                q.getRequestDispatcher(to).forward(q, r);
            } else {
                TELL.run(q, r);
            }
        };
        ServletApplication app = Servlets.deployed(ServletApplication.builder().contextPath("/ctx")
                .servlet("a", Servlets.servlet(action), "/a/*").servlet("t", Servlets.servlet(action), "/t/*"));
        assertEquals(expected.replace("-", "null"), Call.get(app, "/ctx" + from).text());
    }

    @ParameterizedTest(name = "9.1: there is no dispatcher for {0}")
    @ValueSource(strings = {"/../x", "/..", "/a/../../x", "/%zz", "/%", "/%C3", "/%00", "../../x"})
    void noDispatcher(String to) throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertNull(q.getRequestDispatcher(to));
            assertNull(q.getRequestDispatcher(null));
            assertNull(q.getServletContext().getRequestDispatcher(to));
            assertNull(q.getServletContext().getRequestDispatcher("relative"));
            assertNull(q.getServletContext().getNamedDispatcher("nobody"));
            assertNull(q.getServletContext().getNamedDispatcher(null));
        });
        MemoryResponse got = Call.get(app, "/a");
        assertEquals(200, got.status(), got.text());
    }

    private static DynamicTest ignored(String name, Consumer<HttpServletResponse> change) {
        return DynamicTest.dynamicTest(name, () -> {
            ServletApplication app = Servlets.deployed(ServletApplication.builder()
                    .servlet("a", Servlets.servlet((q, r) -> {
                        r.setHeader("X", "outer");
                        r.setContentType("text/plain;charset=UTF-8");
                        r.setLocale(Locale.GERMAN);
                        r.getWriter().print("<");
                        q.getRequestDispatcher("/b").include(q, r);
                        assertEquals("outer", r.getHeader("X"));
                        assertEquals("text/plain;charset=UTF-8", r.getContentType());
                        assertEquals(200, r.getStatus());
                        r.getWriter().print(">");
                    }), "/a")
                    .servlet("b", Servlets.servlet((q, r) -> {
                        r.getWriter().print("in");
                        change.accept(r);
                        r.getWriter().print("side");
                    }), "/b"));
            MemoryResponse got = Call.get(app, "/a");
            assertEquals(200, got.status());
            assertEquals("<inside>", got.text());
            assertEquals(List.of("outer"), got.headers("X"));
            assertEquals("text/plain;charset=UTF-8", got.header("Content-Type"));
            assertEquals("de", got.header("Content-Language"));
            assertEquals("8", got.header("Content-Length"));
            assertNull(got.header("Set-Cookie"));
            assertNull(got.header("Location"));
        });
    }

    private static void io(Servlets.Action action, HttpServletResponse r) {
        try {
            action.run(null, r);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @TestFactory
    @DisplayName("9.3: what is included changes nothing of the head")
    Stream<DynamicTest> includesChangeNothing() {
        return Stream.of(
                ignored("setHeader", r -> r.setHeader("X", "inner")),
                ignored("setHeader null", r -> r.setHeader("X", null)),
                ignored("addHeader", r -> r.addHeader("X", "inner")),
                ignored("setIntHeader", r -> r.setIntHeader("X", 1)),
                ignored("addIntHeader", r -> r.addIntHeader("X", 1)),
                ignored("setDateHeader", r -> r.setDateHeader("X", 1)),
                ignored("addDateHeader", r -> r.addDateHeader("X", 1)),
                ignored("setStatus", r -> r.setStatus(404)),
                ignored("setContentType", r -> r.setContentType("text/html")),
                ignored("setCharacterEncoding", r -> r.setCharacterEncoding("UTF-16")),
                ignored("setContentLength", r -> r.setContentLength(1)),
                ignored("setContentLengthLong", r -> r.setContentLengthLong(1)),
                ignored("setLocale", r -> r.setLocale(Locale.FRENCH)),
                ignored("addCookie", r -> r.addCookie(new Cookie("a", "b"))),
                ignored("sendError", r -> io((q, s) -> s.sendError(500), r)),
                ignored("sendRedirect", r -> io((q, s) -> s.sendRedirect("/x"), r)),
                ignored("reset", HttpServletResponse::reset));
    }

    @ParameterizedTest(name = "12.1.1, getHttpServletMapping: {0} is {1}")
    @CsvSource(quoteCharacter = '`', value = {
        "/, CONTEXT_ROOT``||root", "/exact, EXACT`exact`|/exact|exact", "/path, PATH``|/path/*|path",
        "/path/, PATH``|/path/*|path", "/path/a/b, PATH`a/b`|/path/*|path", "/x.ext, EXTENSION`x`|*.ext|ext",
        "/d/x.y.ext, EXTENSION`d/x.y`|*.ext|ext", "/other, DEFAULT``|/|other", "/exact/, DEFAULT``|/|other",
        "/path/x.ext, PATH`x.ext`|/path/*|path", "/pathx, DEFAULT``|/|other",
    })
    void mappings(String path, String expected) throws Exception {
        Servlets.Action tell = (q, r) -> {
            HttpServletMapping mapping = q.getHttpServletMapping();
            r.getWriter().print(mapping.getMappingMatch() + "`" + mapping.getMatchValue() + "`|" + mapping.getPattern()
                    + "|" + mapping.getServletName());
        };
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("root", Servlets.servlet(tell), "").servlet("exact", Servlets.servlet(tell), "/exact")
                .servlet("path", Servlets.servlet(tell), "/path/*").servlet("ext", Servlets.servlet(tell), "*.ext")
                .servlet("other", Servlets.servlet(tell), "/"));
        assertEquals(expected, Call.get(app, path).text());
    }

    /** Made for the table of errors: nothing else throws it. */
    private static class Special extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        Special() {
            super("special");
        }
    }

    /** An exception of a class that has no page of its own. */
    private static final class MoreSpecial extends Special {
        private static final long serialVersionUID = 1L;
    }

    private static final Map<String, Throwable> FAILURES = Map.of(
            "runtime", new IllegalArgumentException("bad"), "special", new Special(), "more", new MoreSpecial(),
            "wrapped", new ServletException("outer", new Special()),
            "wrapped twice", new ServletException(new ServletException(new Special())),
            "servlet", new ServletException("plain"), "file", new FileNotFoundException("x"),
            "gone", new UnavailableException("gone"), "paused", new UnavailableException("paused", 5),
            "error", new StackOverflowError());

    @ParameterizedTest(name = "10.9.2: {0} is answered with {1} by {2}")
    @CsvSource({"runtime, 500, runtime", "special, 500, special", "more, 500, special", "wrapped, 500, special",
        "wrapped twice, 500, status", "servlet, 500, status", "file, 500, io", "gone, 404, default",
        "paused, 503, default", "error, 500, status", "404, 404, default", "500, 500, status", "418, 418, default",
        "599, 599, own"})
    void errorPages(String failure, int status, String page) throws Exception {
        Servlets.Action tell = (q, r) -> {
            assertEquals(DispatcherType.ERROR, q.getDispatcherType());
            assertEquals("GET", q.getMethod());
            assertEquals(status, q.getAttribute(RequestDispatcher.ERROR_STATUS_CODE));
            assertEquals("/fail", q.getAttribute(RequestDispatcher.ERROR_REQUEST_URI));
            assertEquals("a=b", q.getAttribute(RequestDispatcher.ERROR_QUERY_STRING));
            assertEquals("POST", q.getAttribute(RequestDispatcher.ERROR_METHOD));
            assertEquals("fail", q.getAttribute(RequestDispatcher.ERROR_SERVLET_NAME));
            assertNotNull(q.getAttribute(RequestDispatcher.ERROR_MESSAGE));
            Throwable thrown = (Throwable) q.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
            assertEquals(thrown == null ? null : thrown.getClass(),
                    q.getAttribute(RequestDispatcher.ERROR_EXCEPTION_TYPE));
            assertEquals(Character.isDigit(failure.charAt(0)), thrown == null);
            r.getWriter().print(q.getServletPath());
        };
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("fail", Servlets.servlet((q, r) -> {
                    Throwable thrown = FAILURES.get(failure);
                    r.getWriter().print("half an answer");
                    if (thrown instanceof Error error) {
                        throw error;
                    } else if (thrown != null) {
                        throw (Exception) thrown;
                    }
                    r.sendError(Integer.parseInt(failure));
                }), "/fail")
                .servlet("pages", Servlets.servlet(tell), "/runtime", "/special", "/io", "/status", "/own", "/default")
                .errorPage(IllegalArgumentException.class, "/runtime").errorPage(Special.class, "/special")
                .errorPage(IOException.class, "/io").errorPage(500, "/status").errorPage(599, "/own")
                .errorPage("/default"));
        MemoryResponse got = Call.of(app, "POST", "/fail?a=b").send();
        assertEquals("/" + page, got.text());
        assertEquals(status, got.status());
    }

    @Test
    @DisplayName("6.2.5: filters in front of each kind of dispatch, by pattern and by name")
    void filterTypes() throws Exception {
        ServletApplicationBuilder builder = ServletApplication.builder().errorPage(599, "/b/error");
        for (DispatcherType type : DispatcherType.values()) {
            builder.filter(type.name(), Servlets.filter((q, r, chain) -> {
                assertEquals(type, q.getDispatcherType());
                q.setAttribute("seen", q.getAttribute("seen") + " " + type);
                chain.doFilter(q, r);
            }), f -> {
                f.setAsyncSupported(true);
                f.addMappingForUrlPatterns(EnumSet.of(type), true, "/b/*");
                f.addMappingForServletNames(EnumSet.of(type), true, "a");
            });
        }
        ServletApplication app = Servlets.deployed(builder
                .servlet("a", Servlets.servlet((q, r) -> {
                    switch (String.valueOf(q.getPathInfo())) {
                        case "/forward" -> q.getRequestDispatcher("/b").forward(q, r);
                        case "/include" -> q.getRequestDispatcher("/b").include(q, r);
                        case "/async" -> q.startAsync().dispatch("/b");
                        case "/error" -> r.sendError(599);
                        default -> r.getWriter().print(seen(q));
                    }
                }), Servlets.async(), "/a/*")
                .servlet("b", Servlets.servlet((q, r) -> r.getWriter().print(seen(q))), Servlets.async(), "/b/*"));
        assertEquals("null REQUEST", Call.get(app, "/a").text());
        for (String how : List.of("forward", "include", "async", "error")) {
            assertEquals("null REQUEST " + how.toUpperCase(Locale.ROOT), Call.get(app, "/a/" + how).text());
        }
    }

    private static String seen(HttpServletRequest request) {
        return String.valueOf(request.getAttribute("seen"));
    }

    @Test
    @DisplayName("9.4.2: a forward keeps the attributes of the first one, and all go when it returns")
    void forwardAttributes() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("s", Servlets.servlet((q, r) -> {
                    String step = q.getServletPath();
                    if (step.equals("/3")) {
                        assertEquals("/1", q.getAttribute(RequestDispatcher.FORWARD_REQUEST_URI));
                        assertEquals("a=b", q.getAttribute(RequestDispatcher.FORWARD_QUERY_STRING));
                        assertEquals("/3", q.getRequestURI());
                        r.getWriter().print("three");
                        return;
                    }
                    String next = "/" + (step.charAt(1) - '0' + 1);
                    q.getRequestDispatcher(next).forward(q, r);
                    assertEquals(step, q.getServletPath());
                    assertEquals(step.equals("/1") ? null : "/1",
                            q.getAttribute(RequestDispatcher.FORWARD_REQUEST_URI));
                    assertFalse(q.getAttributeNames().hasMoreElements() && step.equals("/1"));
                }), "/1", "/2", "/3"));
        MemoryResponse got = Call.get(app, "/1?a=b");
        assertEquals("three", got.text());
        assertTrue(got.lastSent());
        assertThrows(IllegalArgumentException.class, () -> Dispatcher.unwrap(null));
    }
}
