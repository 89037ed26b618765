/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.CharArrayWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 section 6.2.2: requests and responses that filters and servlets wrap, as real applications do. */
@ExtendWith(Undeploy.class)
final class WrapperTest {

    private static final Consumer<FilterRegistration.Dynamic> ALL = registration ->
            registration.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), true, "/*");

    /** Holds the body, so that it can be read again and again. */
    private static final class Cached extends HttpServletRequestWrapper {
        private final byte[] body;

        Cached(HttpServletRequest request) throws IOException {
            super(request);
            body = request.getInputStream().readAllBytes();
        }

        @Override
        public ServletInputStream getInputStream() {
            ByteArrayInputStream in = new ByteArrayInputStream(body);
            return new ServletInputStream() {
                @Override
                public int read() {
                    return in.read();
                }

                @Override
                public boolean isFinished() {
                    return in.available() == 0;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    throw new IllegalStateException("blocking only");
                }
            };
        }

        @Override
        public BufferedReader getReader() {
            return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
        }
    }

    /** Collects text, to be changed before it leaves. */
    private static final class Captured extends HttpServletResponseWrapper {
        private final CharArrayWriter text = new CharArrayWriter();
        private final PrintWriter writer = new PrintWriter(text);

        Captured(HttpServletResponse response) {
            super(response);
        }

        @Override
        public PrintWriter getWriter() {
            return writer;
        }

        String text() {
            writer.flush();
            return text.toString();
        }
    }

    /** Compresses what is written. */
    private static final class Zipped extends HttpServletResponseWrapper {
        private GZIPOutputStream zip;
        private ServletOutputStream stream;
        private PrintWriter writer;

        Zipped(HttpServletResponse response) {
            super(response);
            response.setHeader("Content-Encoding", "gzip");
        }

        @Override
        public void setContentLength(int length) {}

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            if (stream == null) {
                zip = new GZIPOutputStream(super.getOutputStream());
                stream = new ServletOutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        zip.write(b);
                    }

                    @Override
                    public boolean isReady() {
                        return true;
                    }

                    @Override
                    public void setWriteListener(WriteListener listener) {
                        throw new IllegalStateException("blocking only");
                    }

                    @Override
                    public void close() throws IOException {
                        zip.close();
                    }
                };
            }
            return stream;
        }

        @Override
        public PrintWriter getWriter() throws IOException {
            if (writer == null) {
                writer = new PrintWriter(new java.io.OutputStreamWriter(getOutputStream(), StandardCharsets.UTF_8));
            }
            return writer;
        }

        void finish() throws IOException {
            if (writer != null) {
                writer.close();
            } else if (zip != null) {
                zip.close();
            }
        }
    }

    @Test
    @DisplayName("a body that a filter read is read again by the servlet, as bytes and as text")
    void cachedBody() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .filter("cache", Servlets.filter((q, r, chain) -> chain.doFilter(new Cached(q), r)), ALL)
                .servlet("s", Servlets.servlet((q, r) -> {
                    String first = new String(q.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                    r.getWriter().print(first + "|" + q.getReader().readLine());
                }), "/*"));
        assertEquals("body|body", Call.of(app, "POST", "/").body("body").send().text());
    }

    @Test
    @DisplayName("a filter changes the text of the page behind it, its length with it")
    void capturedText() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .filter("upper", Servlets.filter((q, r, chain) -> {
                    Captured captured = new Captured(r);
                    chain.doFilter(q, captured);
                    r.getWriter().print(captured.text().toUpperCase(Locale.ROOT) + "!");
                }), ALL)
                .servlet("s", Servlets.text("page"), "/*"));
        MemoryResponse got = Call.get(app, "/");
        assertEquals("PAGE!", got.text());
        assertEquals("5", got.header("Content-Length"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/stream", "/writer", "/forward", "/include"})
    @DisplayName("a filter compresses whatever way the page is made")
    void compressed(String path) throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .filter("zip", Servlets.filter((q, r, chain) -> {
                    Zipped zipped = new Zipped(r);
                    chain.doFilter(q, zipped);
                    zipped.finish();
                }), f -> f.addMappingForUrlPatterns(null, true, "/*"))
                .servlet("stream", Servlets.servlet((q, r) -> {
                    r.setContentLength(4);
                    r.getOutputStream().print("page");
                }), "/stream")
                .servlet("writer", Servlets.text("page"), "/writer")
                .servlet("forward", Servlets.servlet((q, r) -> q.getRequestDispatcher("/writer").forward(q, r)), "/forward")
                .servlet("include", Servlets.servlet((q, r) -> q.getRequestDispatcher("/writer").include(q, r)),
                        "/include"));
        MemoryResponse got = Call.get(app, path);
        assertEquals("gzip", got.header("Content-Encoding"));
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        new GZIPInputStream(new ByteArrayInputStream(got.bytes())).transferTo(plain);
        assertEquals("page", plain.toString(StandardCharsets.UTF_8));
        assertEquals("" + got.bytes().length, got.header("Content-Length"));
    }

    @ParameterizedTest
    @EnumSource(names = {"REQUEST", "FORWARD", "INCLUDE", "ERROR", "ASYNC"})
    @DisplayName("what a filter wraps stays around the request through each kind of dispatch")
    void staysAround(DispatcherType type) throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().errorPage(418, "/look")
                .filter("wrap", Servlets.filter((q, r, chain) -> chain.doFilter(new HttpServletRequestWrapper(q) {
                    @Override
                    public String getHeader(String name) {
                        return "wrapped " + q.getDispatcherType();
                    }
                }, r)), f -> {
                    f.setAsyncSupported(true);
                    f.addMappingForUrlPatterns(EnumSet.of(type), true, "/*");
                })
                .servlet("look", Servlets.servlet((q, r) -> r.getWriter().print(q.getHeader("X"))), Servlets.async(),
                        "/look")
                .servlet("s", Servlets.servlet((q, r) -> {
                    switch (type) {
                        case REQUEST -> r.getWriter().print(q.getHeader("X"));
                        case FORWARD -> q.getRequestDispatcher("/look").forward(q, r);
                        case INCLUDE -> q.getRequestDispatcher("/look").include(q, r);
                        case ERROR -> r.sendError(418);
                        case ASYNC -> q.startAsync().dispatch("/look");
                    }
                }), Servlets.async(), "/s"));
        assertEquals("wrapped " + type, Call.get(app, "/s").text());
    }

    @Test
    @DisplayName("wrappers that are no Http ones are passed on as they are")
    void plainWrappers() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> q.getRequestDispatcher("/b").include(
                        new HttpServletRequestWrapper(q), new ServletResponseWrapper(r) {
                            @Override
                            public PrintWriter getWriter() throws IOException {
                                super.getWriter().print("plain ");
                                return super.getWriter();
                            }
                        })), "/a")
                .servlet("b", new jakarta.servlet.GenericServlet() {
                    @Override
                    public void service(jakarta.servlet.ServletRequest q, jakarta.servlet.ServletResponse r)
                            throws IOException {
                        r.getWriter().print("b " + (r instanceof HttpServletResponse));
                    }
                }, "/b"));
        assertEquals("plain b false", Call.get(app, "/a").text());
    }

    @Test
    @DisplayName("wrappers in wrappers: each is found, and the innermost is the container's")
    void nested() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            HttpServletRequestWrapper inner = new HttpServletRequestWrapper(q);
            ServletRequestWrapper outer = new ServletRequestWrapper(inner);
            assertTrue(outer.isWrapperFor(inner));
            assertTrue(outer.isWrapperFor(q));
            assertTrue(outer.isWrapperFor(HttpServletRequestWrapper.class));
            assertSame(q, Dispatcher.unwrap(outer));
            assertSame(q, Dispatcher.unwrap(q));
            outer.setRequest(q);
            assertSame(q, Dispatcher.unwrap(outer));
            r.getWriter().print("fine");
        });
        assertEquals("fine", Call.get(app, "/").text());
    }

    @Test
    @DisplayName("a filter that adds a parameter, a header and a user is believed by what is behind it")
    void added() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .filter("add", Servlets.filter((q, r, chain) -> chain.doFilter(new HttpServletRequestWrapper(q) {
                    @Override
                    public String getParameter(String name) {
                        return name.equals("added") ? "yes" : super.getParameter(name);
                    }

                    @Override
                    public java.util.Enumeration<String> getHeaders(String name) {
                        return name.equals("X-Added") ? Collections.enumeration(List.of("1", "2")) : super.getHeaders(name);
                    }

                    @Override
                    public String getRemoteUser() {
                        return "me";
                    }
                }, r)), ALL)
                .servlet("a", Servlets.servlet((q, r) -> q.getRequestDispatcher("/b?own=2").forward(q, r)), "/a")
                .servlet("b", Servlets.servlet((q, r) -> r.getWriter().print(q.getParameter("added") + q.getParameter("own")
                        + Collections.list(q.getHeaders("X-Added")) + q.getRemoteUser() + q.getHeader("Host"))), "/b"));
        assertEquals("yes2[1, 2]mewww.example.org", Call.get(app, "/a?own=1").text());
    }

    @Test
    @DisplayName("a response wrapper sees the servlet's sendError, and can answer otherwise")
    void sendErrorCaught() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().errorPage(404, "/page")
                .filter("soft", Servlets.filter((q, r, chain) -> chain.doFilter(q, new HttpServletResponseWrapper(r) {
                    @Override
                    public void sendError(int status) throws IOException {
                        setStatus(200);
                        getWriter().print("soft " + status);
                    }
                })), f -> f.addMappingForUrlPatterns(null, true, "/*"))
                .servlet("s", Servlets.servlet((q, r) -> r.sendError(404)), "/s")
                .servlet("page", Servlets.text("page"), "/page"));
        MemoryResponse got = Call.get(app, "/s");
        assertEquals(200, got.status());
        assertEquals("soft 404", got.text());
    }

    @Test
    @DisplayName("a wrapper of a forward is closed with it, and no one else's")
    void closesWhatItGot() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    Captured captured = new Captured(r);
                    q.getRequestDispatcher("/b").forward(q, captured);
                    assertNotSame(captured.getWriter(), r);
                    r.getWriter().print("<" + captured.text() + ">");
                }), "/a")
                .servlet("b", Servlets.text("b"), "/b"));
        assertEquals("<b>", Call.get(app, "/a").text());
    }

    @Test
    @DisplayName("a wrapper that is thrown away leaves the container's response untouched")
    void discarded() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    q.getRequestDispatcher("/b").include(q, new Captured(r));
                    assertEquals(200, r.getStatus());
                    r.getOutputStream().print("a");
                }), "/a")
                .servlet("b", Servlets.text("b"), "/b"));
        MemoryResponse got = Call.get(app, "/a");
        assertEquals("a", got.text());
        assertNull(got.header("Content-Type"));
    }

    @Test
    @DisplayName("2.3.3.4: wrappers that went into startAsync come back from the AsyncContext and go through its dispatch")
    void async() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    HttpServletRequestWrapper request = new HttpServletRequestWrapper(q) {
                        @Override
                        public String getMethod() {
                            return "WRAPPED";
                        }
                    };
                    HttpServletResponseWrapper response = new HttpServletResponseWrapper(r);
                    var context = q.startAsync(request, response);
                    assertSame(request, context.getRequest());
                    assertSame(response, context.getResponse());
                    assertEquals(false, context.hasOriginalRequestAndResponse());
                    context.dispatch("/b");
                }), Servlets.async(), "/a")
                .servlet("b", Servlets.servlet((q, r) -> r.getWriter().print(q.getMethod()
                        + (r instanceof HttpServletResponseWrapper))), Servlets.async(), "/b"));
        assertEquals("WRAPPEDtrue", Call.get(app, "/a").text());
    }
}
