/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.Cookie;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 section 10.9: which page answers which error, and what it is told. */
@ExtendWith(Undeploy.class)
final class ErrorDispatchTest {

    private final List<Map<String, Object>> told = new ArrayList<>();

    /** A page that keeps what it is told. */
    private final Servlets.Action page = (q, r) -> {
        Map<String, Object> attributes = new HashMap<>();
        for (String name : List.of(RequestDispatcher.ERROR_EXCEPTION, RequestDispatcher.ERROR_EXCEPTION_TYPE,
                RequestDispatcher.ERROR_MESSAGE, RequestDispatcher.ERROR_METHOD, RequestDispatcher.ERROR_QUERY_STRING,
                RequestDispatcher.ERROR_REQUEST_URI, RequestDispatcher.ERROR_SERVLET_NAME,
                RequestDispatcher.ERROR_STATUS_CODE)) {
            attributes.put(name.substring(name.lastIndexOf('.') + 1), q.getAttribute(name));
        }
        told.add(attributes);
        r.getWriter().print("page" + (q.getPathInfo() == null ? "" : q.getPathInfo()));
    };

    private ServletApplicationBuilder builder(Servlets.Action bad) {
        return ServletApplication.builder().servlet("bad", Servlets.servlet(bad), "/bad/*")
                .servlet("page", Servlets.servlet(page), "/page/*");
    }

    @Test
    @DisplayName("10.9.1: all attributes of an exception, with the method and query of the request that failed")
    void attributesOfAnException() throws Exception {
        IllegalStateException failure = new IllegalStateException("its message");
        ServletApplication app = Servlets.deployed(builder((q, r) -> {
            throw failure;
        }).errorPage("/page"));
        MemoryResponse got = Call.of(app, "DELETE", "/bad/x?y=z").send();
        assertEquals(500, got.status());
        assertEquals("page", got.text());
        Map<String, Object> attributes = told.get(0);
        assertSame(failure, attributes.get("exception"));
        assertEquals(IllegalStateException.class, attributes.get("exception_type"));
        assertEquals("its message", attributes.get("message"));
        assertEquals("DELETE", attributes.get("method"));
        assertEquals("y=z", attributes.get("query_string"));
        assertEquals("/bad/x", attributes.get("request_uri"));
        assertEquals("bad", attributes.get("servlet_name"));
        assertEquals(500, attributes.get("status_code"));
    }

    @Test
    @DisplayName("10.9.1: of sendError there is no exception; a message that was not given is empty")
    void attributesOfAStatus() throws Exception {
        ServletApplication app = Servlets.deployed(builder((q, r) -> r.sendError(409)).errorPage("/page"));
        assertEquals(409, Call.get(app, "/bad").status());
        Map<String, Object> attributes = told.get(0);
        assertNull(attributes.get("exception"));
        assertNull(attributes.get("exception_type"));
        assertEquals("", attributes.get("message"));
        assertEquals(409, attributes.get("status_code"));
        assertNull(attributes.get("query_string"));
    }

    @Test
    @DisplayName("10.9.2: a ServletException hides its cause only from pages that are meant for neither")
    void rootCause() throws Exception {
        IOException root = new IOException("root");
        ServletApplication app = Servlets.deployed(builder((q, r) -> {
            throw new ServletException("outer", root);
        }).errorPage(IOException.class, "/page/io"));
        assertEquals("page/io", Call.get(app, "/bad").text());
        assertSame(root, told.get(0).get("exception"));
        assertEquals(IOException.class, told.get(0).get("exception_type"));
        assertEquals("root", told.get(0).get("message"));
    }

    @ParameterizedTest(name = "{0} is answered by {1}")
    @CsvSource({
        "java.io.FileNotFoundException, /page/file, 500", "java.io.EOFException, /page/io, 500",
        "java.io.UncheckedIOException, /page/status, 500", "java.lang.Error, /page/error, 500",
        "java.lang.StackOverflowError, /page/error, 500", "java.lang.ArithmeticException, /page/status, 500",
        "java.lang.NumberFormatException, /page/argument, 500", "jakarta.servlet.ServletException, /page/status, 500",
    })
    void nearestSuperclass(String type, String expected, int status) throws Exception {
        Throwable failure = type.equals("java.io.UncheckedIOException")
                ? new java.io.UncheckedIOException(new IOException("inner"))
                : (Throwable) Class.forName(type).getConstructor().newInstance();
        ServletApplication app = Servlets.deployed(builder((q, r) -> {
            if (failure instanceof Error e) {
                throw e;
            }
            throw (Exception) failure;
        }).errorPage(java.io.FileNotFoundException.class, "/page/file").errorPage(IOException.class, "/page/io")
                .errorPage(Error.class, "/page/error").errorPage(IllegalArgumentException.class, "/page/argument")
                .errorPage(500, "/page/status").errorPage("/page/default"));
        MemoryResponse got = Call.get(app, "/bad");
        assertEquals(expected, "/" + got.text().replaceFirst("^page", "page"));
        assertEquals(status, got.status());
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 405, 410, 418, 451, 500, 501, 503, 599})
    @DisplayName("10.9.2: each status has its page, and all others the default")
    void statuses(int status) throws Exception {
        ServletApplication app = Servlets.deployed(builder((q, r) -> r.sendError(Integer.parseInt(q.getQueryString())))
                .errorPage(status, "/page/own").errorPage("/page/default"));
        MemoryResponse own = Call.get(app, "/bad?" + status);
        assertEquals(status, own.status());
        assertEquals("page/own", own.text());
        int next = status == 599 ? 598 : status + 1;
        MemoryResponse other = Call.get(app, "/bad?" + next);
        assertEquals(next, other.status());
        assertEquals("page/default", other.text());
    }

    @Test
    @DisplayName("10.9: cookies and fields stay for the page, what describes the failed body does not")
    void fields() throws Exception {
        ServletApplication app = Servlets.deployed(builder((q, r) -> {
            r.addCookie(new Cookie("a", "b"));
            r.setHeader("X-Kept", "1");
            r.setHeader("Cache-Control", "no-store");
            r.setHeader("ETag", "\"x\"");
            r.setDateHeader("Last-Modified", 0);
            r.setHeader("Content-Encoding", "gzip");
            r.setHeader("Content-Language", "de");
            r.setContentType("image/png");
            r.setContentLength(4_711);
            r.getOutputStream().write(new byte[100]);
            throw new IllegalStateException("x");
        }).errorPage("/page"));
        MemoryResponse got = Call.get(app, "/bad");
        assertEquals("a=b", got.header("Set-Cookie"));
        assertEquals("1", got.header("X-Kept"));
        assertEquals("no-store", got.header("Cache-Control"));
        for (String name : List.of("ETag", "Last-Modified", "Content-Encoding", "Content-Language", "Content-Type")) {
            assertNull(got.header(name), name);
        }
        assertEquals("4", got.header("Content-Length"));
    }

    @Test
    @DisplayName("an error inside of a forward is about the servlet and path that were forwarded to and back")
    void insideAForward() throws Exception {
        ServletApplication app = Servlets.deployed(builder((q, r) -> q.getRequestDispatcher("/inner?b=2").forward(q, r))
                .servlet("inner", Servlets.servlet((q, r) -> r.sendError(400, "inner")), "/inner").errorPage("/page"));
        assertEquals("page", Call.get(app, "/bad?a=1").text());
        assertEquals("/bad", told.get(0).get("request_uri"));
        assertEquals("a=1", told.get(0).get("query_string"));
        assertEquals("inner", told.get(0).get("message"));
    }

    @Test
    @DisplayName("an exception inside of an include reaches the including page, which may go on")
    void insideAnInclude() throws Exception {
        ServletApplication app = Servlets.deployed(builder((q, r) -> {
            r.getWriter().print("<");
            try {
                q.getRequestDispatcher("/inner").include(q, r);
            } catch (IllegalStateException e) {
                r.getWriter().print(e.getMessage());
            }
            r.getWriter().print(">");
        }).servlet("inner", Servlets.servlet((q, r) -> {
            throw new IllegalStateException("inner");
        }), "/inner").errorPage("/page"));
        MemoryResponse got = Call.get(app, "/bad");
        assertEquals("<inner>", got.text());
        assertEquals(200, got.status());
        assertTrue(told.isEmpty());
    }

    @Test
    @DisplayName("the page may read the parameters, forward, include, and use the session")
    void pageIsAServlet() throws Exception {
        ServletApplication app = Servlets.deployed(builder((q, r) -> r.sendError(404)).errorPage(404, "/full?own=1")
                .servlet("full", Servlets.servlet((q, r) -> {
                    r.getWriter().print(q.getParameter("own") + q.getParameter("a") + q.getQueryString() + " ");
                    q.getSession().setAttribute("failed", true);
                    q.getRequestDispatcher("/page/included").include(q, r);
                }), "/full"));
        MemoryResponse got = Call.get(app, "/bad?a=2");
        assertEquals("12own=1 page", got.text());
        assertTrue(got.header("Set-Cookie").startsWith("JSESSIONID="));
        assertEquals(404, got.status());
    }

    @Test
    @DisplayName("a static page is sent with the status of the error, whatever the conditions of the request")
    void staticPage(@TempDir Path root) throws Exception {
        Files.writeString(root.resolve("sorry.html"), "<p>sorry");
        ServletApplication app = Servlets.deployed(builder((q, r) -> r.sendError(503, "busy"))
                .resources(Resources.directory(root)).errorPage("/sorry.html"));
        for (String method : List.of("GET", "POST", "DELETE", "PUT")) {
            MemoryResponse got = Call.of(app, method, "/bad").field("If-None-Match", "*").send();
            assertEquals(503, got.status(), method);
            assertEquals("<p>sorry", got.text());
            assertEquals("text/html;charset=utf-8", got.header("Content-Type"));
        }
        MemoryResponse head = Call.of(app, "HEAD", "/bad").send();
        assertEquals("8", head.header("Content-Length"));
        assertEquals("", head.text());
    }

    @Test
    @DisplayName("filters of ERROR stand before the page, those of REQUEST do not again")
    void filters() throws Exception {
        List<String> seen = new ArrayList<>();
        ServletApplicationBuilder builder = builder((q, r) -> r.sendError(404)).errorPage("/page");
        for (jakarta.servlet.DispatcherType type : jakarta.servlet.DispatcherType.values()) {
            builder.filter(type.name(), Servlets.filter((q, r, chain) -> {
                seen.add(type + " " + q.getRequestURI());
                chain.doFilter(q, r);
            }), f -> f.addMappingForUrlPatterns(java.util.EnumSet.of(type), true, "/*"));
        }
        Call.get(Servlets.deployed(builder), "/bad");
        assertEquals(List.of("REQUEST /bad", "ERROR /page"), seen);
    }

    @Test
    @DisplayName("a filter that throws before, or after, the servlet is answered like a servlet")
    void filterThrows() throws Exception {
        for (boolean before : new boolean[] {true, false}) {
            told.clear();
            ServletApplication app = Servlets.deployed(builder((q, r) -> r.getWriter().print("page of its own"))
                    .filter(Servlets.filter((q, r, chain) -> {
                        if (!before) {
                            chain.doFilter(q, r);
                        }
                        throw new ServletException("filter");
                    }), "/*").errorPage(ServletException.class, "/page"));
            MemoryResponse got = Call.get(app, "/bad");
            assertEquals(500, got.status());
            assertEquals("page", got.text());
            assertInstanceOf(ServletException.class, told.get(0).get("exception"));
        }
    }

    @Test
    @DisplayName("sendError in a filter behind a servlet that wrote: the buffer goes, the page comes")
    void sendErrorAfterwards() throws Exception {
        ServletApplication app = Servlets.deployed(builder((q, r) -> r.getWriter().print("not this"))
                .filter(Servlets.filter((q, r, chain) -> {
                    chain.doFilter(q, r);
                    r.sendError(451);
                    assertThrows(IllegalStateException.class, () -> r.sendError(500));
                }), "/*").errorPage(451, "/page"));
        MemoryResponse got = Call.get(app, "/bad");
        assertEquals(451, got.status());
        assertEquals("page", got.text());
    }

    @Test
    @DisplayName("an exception after sendError: the error that was sent is not forgotten for long")
    void both() throws Exception {
        ServletApplication app = Servlets.deployed(builder((q, r) -> {
            r.sendError(404);
            throw new IllegalStateException("then this");
        }).errorPage("/page"));
        MemoryResponse got = Call.get(app, "/bad");
        assertEquals("page", got.text());
        assertEquals(1, told.size(), "one page");
        assertTrue(got.status() == 404 || got.status() == 500, "" + got.status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/missing", "/bad", "/page/../../x"})
    @DisplayName("a page that is not there, that fails itself, or leads out: the plain page, no circle")
    void brokenPages(String location) throws Exception {
        ServletApplication app = Servlets.deployed(builder((q, r) -> {
            throw new IllegalStateException("again and again");
        }).errorPage(location));
        MemoryResponse got = Call.get(app, "/bad");
        assertTrue(got.status() >= 400, "" + got.status());
        assertTrue(got.text().contains("<h1>"), got.text());
        assertFalse(got.text().contains("again"));
    }

    @Test
    @DisplayName("2.3.3.2: a servlet that is paused or gone goes to the page of 503 or 404")
    void unavailable() throws Exception {
        ServletApplication app = Servlets.deployed(builder((q, r) -> {
            throw q.getQueryString() == null ? new UnavailableException("gone") : new UnavailableException("paused", 7);
        }).errorPage(503, "/page/paused").errorPage(404, "/page/gone"));
        MemoryResponse paused = Call.get(app, "/bad?x");
        assertEquals(503, paused.status());
        assertEquals("page/paused", paused.text());
        assertNotNull(paused.header("Retry-After"));
        assertEquals("page/paused", Call.get(app, "/bad").text(), "still");
    }
}
