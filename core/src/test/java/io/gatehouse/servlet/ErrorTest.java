/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.HttpFailure;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Servlet 6.1 section 10.9: error handling. */
@ExtendWith(Undeploy.class)
final class ErrorTest {

    private static final HttpServlet PAGE = Servlets.servlet((q, r) -> {
        Throwable cause = (Throwable) q.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
        r.getWriter().print(String.join(" ", "page", q.getDispatcherType().name(), q.getMethod(), q.getServletPath(),
                String.valueOf(q.getAttribute(RequestDispatcher.ERROR_STATUS_CODE)),
                "[" + q.getAttribute(RequestDispatcher.ERROR_MESSAGE) + "]",
                String.valueOf(q.getAttribute(RequestDispatcher.ERROR_REQUEST_URI)),
                String.valueOf(q.getAttribute(RequestDispatcher.ERROR_QUERY_STRING)),
                String.valueOf(q.getAttribute(RequestDispatcher.ERROR_METHOD)),
                String.valueOf(q.getAttribute(RequestDispatcher.ERROR_SERVLET_NAME)),
                cause == null ? "-" : cause.getClass().getSimpleName(),
                String.valueOf(q.getAttribute(RequestDispatcher.ERROR_EXCEPTION_TYPE))));
    });

    private static ServletApplication app(Consumer<ServletApplicationBuilder> with, Servlets.Action action)
            throws Exception {
        ServletApplicationBuilder builder = ServletApplication.builder()
                .servlet("bad", Servlets.servlet(action), "/bad").servlet("page", PAGE, "/page/*");
        with.accept(builder);
        return Servlets.deployed(builder);
    }

    @Test
    @DisplayName("10.9.2: sendError goes to the page of its status, with attributes, as GET")
    void byStatus() throws Exception {
        ServletApplication app = app(b -> b.errorPage(404, "/page/404").errorPage("/page/any"), (q, r) -> {
            r.setHeader("X-Kept", "1");
            r.setContentType("image/png");
            r.setHeader("ETag", "\"x\"");
            r.getOutputStream().print("gone");
            r.sendError(Integer.parseInt(q.getParameter("s")), "my text");
            r.getOutputStream().print("late");
            assertTrue(r.isCommitted());
            assertThrows(IllegalStateException.class, () -> r.sendError(500));
        });
        MemoryResponse got = Call.of(app, "POST", "/bad?s=404").send();
        assertEquals(404, got.status());
        assertEquals("page ERROR GET /page 404 [my text] /bad s=404 POST bad - null", got.text());
        assertEquals("1", got.header("X-Kept"));
        assertNull(got.header("ETag"));
        assertNull(got.header("Content-Type"));
        assertEquals("page ERROR GET /page 410 [my text] /bad s=410 GET bad - null",
                Call.get(app, "/bad?s=410").text());
    }

    @Test
    @DisplayName("10.9.2: an exception goes to the page of its class or the nearest superclass")
    void byException() throws Exception {
        ServletApplication app = app(b -> b.errorPage(IllegalStateException.class, "/page/state")
                .errorPage(RuntimeException.class, "/page/runtime").errorPage(500, "/page/500"), (q, r) -> {
            switch (q.getQueryString()) {
                case "state" -> throw new IllegalStateException("inner");
                case "argument" -> throw new IllegalArgumentException("inner");
                case "wrapped" -> throw new ServletException("outer", new IllegalStateException("inner"));
                case "plain" -> throw new ServletException("outer");
                default -> throw new LinkageError("error");
            }
        });
        MemoryResponse state = Call.get(app, "/bad?state");
        assertEquals(500, state.status());
        assertEquals("page ERROR GET /page 500 [inner] /bad state GET bad IllegalStateException "
                + "class java.lang.IllegalStateException", state.text());
        assertTrue(Call.get(app, "/bad?argument").text().contains("IllegalArgumentException"));
        assertTrue(Call.get(app, "/bad?wrapped").text().contains("[inner] /bad wrapped GET bad IllegalState"));
        assertTrue(Call.get(app, "/bad?plain").text().contains("[outer] /bad plain GET bad ServletException"));
        assertTrue(Call.get(app, "/bad?error").text().contains("[error] /bad error GET bad LinkageError"));
    }

    @Test
    @DisplayName("10.9.2: a page can be meant for the ServletException itself")
    void servletException() throws Exception {
        ServletApplication app = app(b -> b.errorPage(ServletException.class, "/page/x")
                .errorPage(IllegalStateException.class, "/nowhere"), (q, r) -> {
            throw new ServletException("outer", new IllegalStateException("inner"));
        });
        assertTrue(Call.get(app, "/bad").text().startsWith("page ERROR GET /page 500 [outer]"));
        ServletApplication others = app(b -> b.errorPage(IllegalStateException.class, "/page/x"), (q, r) -> {
            throw new ServletException("outer", new IllegalStateException("inner"));
        });
        assertTrue(Call.get(others, "/bad").text().startsWith("page ERROR GET /page 500 [inner]"));
        ServletApplication all = app(b -> b.errorPage(500, "/page/x"), (q, r) -> {
            throw new ServletException("outer", new IllegalStateException("inner"));
        });
        assertTrue(Call.get(all, "/bad").text().startsWith("page ERROR GET /page 500 [inner]"));
    }

    @Test
    @DisplayName("10.9.1: forward attributes tell the failed path to the error page as well; all is as before after it")
    void forwardAttributes() throws Exception {
        List<String> seen = new ArrayList<>();
        ServletApplication app = app(b -> b.errorPage("/show")
                .servlet("show", Servlets.servlet((q, r) -> seen.add(q.getRequestURI() + " "
                        + q.getAttribute(RequestDispatcher.FORWARD_REQUEST_URI) + " " + q.getQueryString())), "/show")
                .listener(new ServletRequestListener() {
                    @Override
                    public void requestDestroyed(ServletRequestEvent event) {
                        HttpServletRequest q = (HttpServletRequest) event.getServletRequest();
                        seen.add(q.getRequestURI() + " " + q.getMethod() + " " + q.getDispatcherType());
                    }
                }), (q, r) -> r.sendError(400));
        Call.of(app, "PUT", "/bad?a").send();
        assertEquals(List.of("/show /bad a", "/bad PUT REQUEST"), seen);
    }

    @Test
    @DisplayName("without a page: status, its name, the escaped text, no stack trace")
    void plainPage() throws Exception {
        ServletApplication app = app(b -> {}, (q, r) -> {
            if (q.getQueryString() != null) {
                throw new IllegalStateException("a secret");
            }
            r.sendError(404, "<script>alert('x')</script>&\"");
        });
        MemoryResponse got = Call.get(app, "/bad");
        assertEquals("text/html;charset=utf-8", got.header("Content-Type"));
        assertTrue(got.text().contains("<h1>404 Not Found</h1>"), got.text());
        assertTrue(got.text().contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;"), got.text());
        assertEquals(String.valueOf(got.bytes().length), got.header("Content-Length"));
        MemoryResponse thrown = Call.get(app, "/bad?x");
        assertEquals(500, thrown.status());
        assertFalse(thrown.text().contains("secret"));
        assertFalse(thrown.text().contains("Exception"));
        assertFalse(thrown.text().contains("\tat "));
        for (int status = 400; status < 512; status++) {
            assertTrue(new String(PlainErrorPage.of(status, null), StandardCharsets.UTF_8).contains("" + status));
        }
    }

    @Test
    @DisplayName("an error after the commit cuts the response: it must not look whole")
    void afterCommit() throws Exception {
        ServletApplication app = app(b -> b.errorPage("/page/x"), (q, r) -> {
            r.getWriter().print("half");
            r.flushBuffer();
            throw new IllegalStateException("too late");
        });
        MemoryResponse got = Call.get(app, "/bad");
        assertNotNull(got.failure());
        assertFalse(got.lastSent());
        assertEquals("half", got.text());
    }

    @Test
    @DisplayName("what was buffered before an exception is dropped, the writer is free again")
    void bufferedBefore() throws Exception {
        ServletApplication app = app(b -> b.errorPage("/page/x"), (q, r) -> {
            r.getOutputStream().print("gone");
            r.setContentLength(4_000);
            throw new IllegalStateException("x");
        });
        assertTrue(Call.get(app, "/bad").text().startsWith("page "));
    }

    @Test
    @DisplayName("an error page that fails, sends an error or is missing ends in the plain page")
    void brokenPages() throws Exception {
        ServletApplication app = app(b -> b.errorPage(400, "/throws").errorPage(401, "/sends").errorPage(402, "/gone")
                .servlet("throws", Servlets.servlet((q, r) -> {
                    throw new IllegalStateException("page");
                }), "/throws")
                .servlet("sends", Servlets.servlet((q, r) -> r.sendError(418)), "/sends"),
                (q, r) -> r.sendError(Integer.parseInt(q.getQueryString())));
        assertEquals(500, Call.get(app, "/bad?400").status());
        assertEquals(418, Call.get(app, "/bad?401").status());
        assertEquals(404, Call.get(app, "/bad?402").status());
    }

    @Test
    @DisplayName("10.9.2: an error page can set a status of its own, and wants none for a 404 of static content")
    void pageSetsStatus() throws Exception {
        ServletApplication app = app(b -> b.errorPage(404, "/own")
                .servlet("own", Servlets.servlet((q, r) -> {
                    r.setStatus(200);
                    r.getWriter().print("sorry");
                }), "/own"), (q, r) -> {});
        MemoryResponse got = Call.get(app, "/nothing/here");
        assertEquals(200, got.status());
        assertEquals("sorry", got.text());
    }

    @Test
    @DisplayName("10.9.3: setStatus alone does not go to a page")
    void setStatus() throws Exception {
        ServletApplication app = app(b -> b.errorPage("/page/x"), (q, r) -> r.setStatus(404));
        MemoryResponse got = Call.get(app, "/bad");
        assertEquals(404, got.status());
        assertEquals("", got.text());
    }

    @Test
    @DisplayName("a filter's exception, and one that a filter catches")
    void filters() throws Exception {
        ServletApplication app = app(b -> b.filter("f", Servlets.filter((q, r, chain) -> {
            try {
                chain.doFilter(q, r);
            } catch (IllegalStateException e) {
                r.getWriter().print("caught");
            }
        }), f -> f.addMappingForUrlPatterns(null, true, "/*")), (q, r) -> {
            throw new IllegalStateException("x");
        });
        MemoryResponse got = Call.get(app, "/bad");
        assertEquals(200, got.status());
        assertEquals("caught", got.text());
    }

    @Test
    @DisplayName("an HttpFailure that passes through a servlet keeps its status and public text")
    void httpFailure() throws Exception {
        ServletApplication app = app(b -> {}, (q, r) -> {
            throw new HttpFailure(422, "not like this");
        });
        MemoryResponse got = Call.get(app, "/bad");
        assertEquals(422, got.status());
        assertTrue(got.text().contains("not like this"));
    }

    @Test
    @DisplayName("HEAD of an error has its length and no body")
    void head() throws Exception {
        ServletApplication app = app(b -> {}, (q, r) -> r.sendError(404));
        MemoryResponse got = Call.of(app, "HEAD", "/bad").send();
        assertEquals("", got.text());
        assertTrue(Integer.parseInt(got.header("Content-Length")) > 50);
    }

    @Test
    @DisplayName("StackOverflowError and OutOfMemoryError of a servlet cost its own response only")
    void errors() throws Exception {
        ServletApplication app = app(b -> {}, (q, r) -> {
            if (q.getQueryString() != null) {
                throw new OutOfMemoryError("pretended");
            }
            recurse(1);
        });
        assertEquals(500, Call.get(app, "/bad").status());
        assertEquals(500, Call.get(app, "/bad?x").status());
        assertEquals(200, Call.get(app, "/page/x").status());
    }

    private static int recurse(int n) {
        return n > 0 ? recurse(n + 1) + 1 : 0;
    }
}
