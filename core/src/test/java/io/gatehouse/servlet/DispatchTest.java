/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.Mockito;

/** Servlet 6.1 chapter 9: dispatching requests. */
@ExtendWith(Undeploy.class)
final class DispatchTest {

    private static HttpServlet paths(String prefix) {
        return Servlets.servlet((q, r) -> {
            StringBuilder out = new StringBuilder(q.getDispatcherType() + " " + q.getRequestURI() + " "
                    + q.getServletPath() + " " + q.getPathInfo() + " " + q.getQueryString());
            for (String name : List.of("request_uri", "context_path", "servlet_path", "path_info", "query_string")) {
                out.append(' ').append(q.getAttribute(prefix + name));
            }
            HttpServletMapping mapping = (HttpServletMapping) q.getAttribute(prefix + "mapping");
            out.append(' ').append(mapping == null ? null : mapping.getPattern());
            out.append(' ').append(q.getHttpServletMapping().getPattern());
            r.getWriter().print(out);
        });
    }

    @Test
    @DisplayName("9.4.2: a forward changes the path elements and tells the original ones in attributes")
    void forwardAttributes() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().contextPath("/c")
                .servlet("from", Servlets.servlet((q, r) -> {
                    q.getRequestDispatcher("/to/more?b=2").forward(q, r);
                    r.getWriter().print("never seen");
                }), "/from/*")
                .servlet("to", paths("jakarta.servlet.forward."), "/to/*"));
        assertEquals("FORWARD /c/to/more /to /more b=2 /c/from/x /c /from /x a=1 /from/* /to/*",
                Call.get(app, "/c/from/x?a=1").text());
    }

    @Test
    @DisplayName("9.3.1: an include leaves the path elements and tells its own ones in attributes")
    void includeAttributes() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().contextPath("/c")
                .servlet("from", Servlets.servlet((q, r) -> {
                    r.getWriter().print("[");
                    q.getRequestDispatcher("/to/more?b=2").include(q, r);
                    r.getWriter().print("]" + q.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI));
                }), "/from/*")
                .servlet("to", paths("jakarta.servlet.include."), "/to/*"));
        assertEquals("[INCLUDE /c/from/x /from /x a=1 /c/to/more /c /to /more b=2 /to/* /from/*]null",
                Call.get(app, "/c/from/x?a=1").text());
    }

    @Test
    @DisplayName("9.4.2: after several forwards the attributes tell the first path")
    void nestedForward() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> q.getRequestDispatcher("/b").forward(q, r)), "/a")
                .servlet("b", Servlets.servlet((q, r) -> q.getRequestDispatcher("c").forward(q, r)), "/b")
                .servlet("c", paths("jakarta.servlet.forward."), "/c"));
        assertEquals("FORWARD /c /c null null /a  /a null null /a /c", Call.get(app, "/a").text());
    }

    @Test
    @DisplayName("9.4.2: a forward by name sets no attributes and changes no path")
    void namedForward() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) ->
                        q.getServletContext().getNamedDispatcher("c").forward(q, r)), "/a")
                .servlet("c", paths("jakarta.servlet.forward.")));
        assertEquals("FORWARD /a /a null x null null null null null null /a", Call.get(app, "/a?x").text());
    }

    @Test
    @DisplayName("9.1: dispatchers for what does not exist")
    void noDispatcher() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertNull(q.getRequestDispatcher(null));
            assertNull(q.getServletContext().getRequestDispatcher("relative"));
            assertNull(q.getServletContext().getRequestDispatcher("/.."));
            assertNull(q.getServletContext().getNamedDispatcher("nobody"));
            assertNull(q.getServletContext().getNamedDispatcher(null));
            assertNotNull(q.getRequestDispatcher("relative"));
            r.getWriter().print("fine");
        });
        assertEquals("fine", Call.get(app, "/x/y").text());
    }

    @Test
    @DisplayName("9.1.1: parameters of the dispatch's query come first, and go with it")
    void queryParameters() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("from", Servlets.servlet((q, r) -> {
                    r.getWriter().print(List.of(q.getParameterValues("a")));
                    q.getRequestDispatcher("/to?a=new&b=%20").include(q, r);
                    r.getWriter().print(List.of(q.getParameterValues("a")) + "" + q.getParameter("b"));
                }), "/from")
                .servlet("to", Servlets.servlet((q, r) -> r.getWriter().print(
                        List.of(q.getParameterValues("a")) + "<" + q.getParameter("b") + ">" + q.getParameter("c"))),
                        "/to"));
        assertEquals("[1, 2][new, 1, 2]< >x[1, 2]null", Call.get(app, "/from?a=1&a=2&c=x").text());
    }

    @Test
    @DisplayName("9.4: what was buffered before a forward is cleared; a committed response can't be forwarded")
    void forwardClears() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    r.setHeader("X-Kept", "1");
                    r.getWriter().print("gone");
                    if (q.getParameter("flush") != null) {
                        r.flushBuffer();
                        IllegalStateException e = assertThrows(IllegalStateException.class,
                                () -> q.getRequestDispatcher("/b").forward(q, r));
                        r.getWriter().print(e.getMessage().contains("committed"));
                        return;
                    }
                    q.getRequestDispatcher("/b").forward(q, r);
                }), "/a")
                .servlet("b", Servlets.text("there"), "/b"));
        MemoryResponse got = Call.get(app, "/a");
        assertEquals("there", got.text());
        assertEquals("1", got.header("X-Kept"));
        assertEquals("gonetrue", Call.get(app, "/a?flush").text());
    }

    @Test
    @DisplayName("9.3: an included servlet can't change status or head, and its error and redirect are ignored")
    void includeKeepsHead() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    q.getRequestDispatcher("/b").include(q, r);
                    r.setHeader("X-After", "1");
                }), "/a")
                .servlet("b", Servlets.servlet((q, r) -> {
                    r.setStatus(201);
                    r.setHeader("X-Test", "1");
                    r.addHeader("X-Test", "2");
                    r.addCookie(new Cookie("a", "b"));
                    r.setContentType("text/xml");
                    r.setContentLength(99);
                    r.setLocale(Locale.FRENCH);
                    r.sendError(500);
                    r.sendRedirect("/elsewhere");
                    r.getWriter().print("body");
                }), "/b"));
        MemoryResponse got = Call.get(app, "/a");
        assertEquals(200, got.status());
        assertEquals("body", got.text());
        for (String name : List.of("X-Test", "Set-Cookie", "Location", "Content-Language", "Content-Type")) {
            assertNull(got.header(name), name);
        }
        assertEquals("4", got.header("Content-Length"));
        assertEquals("1", got.header("X-After"));
    }

    @Test
    @DisplayName("9.3: a session made in an include gets its cookie; after the commit it is refused")
    void sessionInInclude() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    if (q.getParameter("flush") != null) {
                        r.flushBuffer();
                    }
                    q.getRequestDispatcher("/b").include(q, r);
                }), "/a")
                .servlet("b", Servlets.servlet((q, r) -> {
                    if (r.isCommitted()) {
                        assertThrows(IllegalStateException.class, q::getSession);
                        r.getWriter().print("refused");
                    } else {
                        q.getSession();
                    }
                }), "/b"));
        assertTrue(Call.get(app, "/a").header("Set-Cookie").startsWith("JSESSIONID="));
        assertEquals("refused", Call.get(app, "/a?flush").text());
    }

    @Test
    @DisplayName("6.2.2: a wrapper that the application passes on arrives as it is, and is used")
    void wrappers() throws Exception {
        AtomicReference<ServletRequest> passed = new AtomicReference<>();
        AtomicReference<ServletResponse> passedResponse = new AtomicReference<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    HttpServletRequestWrapper wrapped = new HttpServletRequestWrapper(q) {
                        @Override
                        public String getParameter(String name) {
                            return "wrapped";
                        }
                    };
                    HttpServletResponseWrapper out = new HttpServletResponseWrapper(r);
                    passed.set(wrapped);
                    passedResponse.set(out);
                    q.getRequestDispatcher("/b").forward(wrapped, out);
                }), "/a")
                .servlet("b", Servlets.servlet((q, r) -> {
                    assertSame(passed.get(), q);
                    assertSame(passedResponse.get(), r);
                    r.getWriter().print(q.getParameter("x") + q.getServletPath());
                }), "/b"));
        assertEquals("wrapped/b", Call.get(app, "/a").text());
    }

    @Test
    @DisplayName("6.2.2: a request that is none of the container's is refused")
    void foreignRequest() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            HttpServletRequest foreign = Mockito.mock(HttpServletRequest.class);
            assertThrows(IllegalArgumentException.class, () -> q.getRequestDispatcher("/x").include(foreign, r));
            r.getWriter().print("ok");
        });
        assertEquals("ok", Call.get(app, "/").text());
    }

    @Test
    @DisplayName("9.5: what the target throws reaches the caller")
    void exceptionsPass() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    for (String to : List.of("/io", "/servlet", "/runtime")) {
                        try {
                            q.getRequestDispatcher(to).include(q, r);
                        } catch (IOException | ServletException | RuntimeException e) {
                            r.getWriter().print(e.getMessage() + q.getDispatcherType() + " ");
                        }
                    }
                }), "/a")
                .servlet("io", Servlets.servlet((q, r) -> {
                    throw new IOException("io");
                }), "/io")
                .servlet("servlet", Servlets.servlet((q, r) -> {
                    throw new ServletException("servlet");
                }), "/servlet")
                .servlet("runtime", Servlets.servlet((q, r) -> {
                    throw new IllegalStateException("runtime");
                }), "/runtime"));
        assertEquals("ioREQUEST servletREQUEST runtimeREQUEST ", Call.get(app, "/a").text());
    }

    @Test
    @DisplayName("9.2: include of a page while forwarded, and forward inside an include")
    void mixed() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> q.getRequestDispatcher("/b").include(q, r)), "/a")
                .servlet("b", Servlets.servlet((q, r) -> q.getRequestDispatcher("/c").forward(q, r)), "/b")
                .servlet("c", Servlets.servlet((q, r) -> r.getWriter().print(q.getServletPath()
                        + q.getAttribute(RequestDispatcher.INCLUDE_SERVLET_PATH)
                        + q.getAttribute(RequestDispatcher.FORWARD_SERVLET_PATH))), "/c"));
        // The page of the forward must not take the include's path for its own.
        assertEquals("/cnull/a", Call.get(app, "/a").text());
    }

    @Test
    @DisplayName("a circle of forwards ends at the limit with a 500")
    void circle() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .limits(ServletLimits.DEFAULT.withForwards(8))
                .servlet("a", Servlets.servlet((q, r) -> q.getRequestDispatcher("/a").forward(q, r)), "/a"));
        assertEquals(500, Call.get(app, "/a").status());
    }

    @Test
    @DisplayName("9.4: a forward closes the response, also through a wrapper that held text back")
    void forwardCloses() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    StringWriter held = new StringWriter();
                    PrintWriter writer = new PrintWriter(held) {
                        @Override
                        public void close() {
                            try {
                                r.getWriter().print(held.toString().toUpperCase(Locale.ROOT));
                                r.getWriter().close();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        }
                    };
                    q.getRequestDispatcher("/b").forward(q, new HttpServletResponseWrapper(r) {
                        @Override
                        public PrintWriter getWriter() {
                            return writer;
                        }
                    });
                    assertTrue(r.isCommitted());
                }), "/a")
                .servlet("b", Servlets.text("held"), "/b"));
        assertEquals("HELD", Call.get(app, "/a").text());
    }

    @Test
    @DisplayName("4.2: getContext knows this context only")
    void getContext() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().contextPath("/c"));
        assertSame(app.context(), app.context().getContext("/c"));
        assertSame(app.context(), app.context().getContext("/c/x"));
        assertNull(app.context().getContext("/cx"));
        assertNull(app.context().getContext("/"));
        assertNull(app.context().getContext(null));
    }
}
