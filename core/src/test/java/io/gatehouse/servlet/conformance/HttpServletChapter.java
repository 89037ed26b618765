/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.ServletApplicationBuilder;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 2.1 and {@code HttpServlet}: what each method of HTTP is answered with, over the wire. */
interface HttpServletChapter extends Chapter {

    /** What it answers GET with; as long as the tests like, in pieces, or flushed. */
    final class Getting extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setHeader("X-Method", request.getMethod());
            response.setContentType("text/plain");
            int length = Integer.parseInt(request.getParameter("length"));
            String how = String.valueOf(request.getParameter("how"));
            if (how.equals("declared")) {
                response.setContentLength(length);
            }
            for (int i = 0; i < length; i++) {
                if (how.equals("writer")) {
                    response.getWriter().print('x');
                } else {
                    response.getOutputStream().write('x');
                }
                if (how.equals("flushed") && i == 2) {
                    response.flushBuffer();
                }
            }
        }
    }

    /** Answers every method itself. */
    class Everything extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("get");
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("post");
        }

        @Override
        protected void doPut(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("put");
        }

        @Override
        protected void doDelete(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("delete");
        }

        @Override
        protected void doPatch(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("patch");
        }
    }

    /** One that knows when it changed. */
    final class Dated extends Everything {
        private static final long serialVersionUID = 1;
        private final AtomicLong modified = new AtomicLong(1_700_000_000_000L);

        @Override
        protected long getLastModified(HttpServletRequest request) {
            return modified.get();
        }
    }

    private ContractSite servlets() throws IOException {
        return site(HttpServletChapter.class, HttpServletChapter::build);
    }

    private static void build(ServletApplicationBuilder builder) {
        builder.contextPath("/shop")
                .servlet("getting", new Getting(), "/get")
                .servlet("legacy", new Getting(), servlet ->
                        servlet.setInitParameter("jakarta.servlet.http.legacyDoHead", "true"), "/legacy")
                .servlet("everything", new Everything(), "/all")
                .servlet("nothing", new HttpServlet() { }, "/nothing")
                .servlet("dated", new Dated(), "/dated");
    }

    @Section("2.1.1")
    @ParameterizedTest
    @CsvSource({"GET, get", "POST, post", "PUT, put", "DELETE, delete", "PATCH, patch"})
    default void eachMethodHasItsOwn(String method, String expected) throws Exception {
        Reply reply = servlets().ask(method + " /shop/all", "");
        assertEquals("200 " + expected, reply.status() + " " + reply.text());
    }

    @Section("HttpServlet.doGet, doPost")
    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"})
    default void whatIsNotThereIsNotAllowed(String method) throws Exception {
        assertEquals(405, servlets().ask(method + " /shop/nothing", "").status());
    }

    @Section("HttpServlet.service")
    @ParameterizedTest
    @ValueSource(strings = {"PROPFIND", "LOCK", "get"})
    default void methodsThatHttpServletDoesNotKnowAreNotImplemented(String method) throws Exception {
        assertEquals(501, servlets().ask(method + " /shop/all", "").status());
    }

    @Section("2.1.2, HttpServlet.doHead")
    @ParameterizedTest
    @CsvSource({"get, 0, stream", "get, 10, stream", "get, 10, writer", "get, 10, declared", "get, 10, flushed",
        "legacy, 0, stream", "legacy, 10, stream", "legacy, 10, writer", "legacy, 10, declared",
        "get, 100000, declared", "legacy, 100000, declared"})
    default void theHeadIsThatOfGetWithoutABody(String servlet, int length, String how) throws Exception {
        String path = " /shop/" + servlet + "?length=" + length + "&how=" + how;
        Reply get = servlets().ask("GET" + path);
        Reply head = servlets().ask("HEAD" + path);
        assertEquals(200, head.status());
        assertEquals(length, get.body().length);
        if (!servlet.equals("legacy")) {
            // The API's own writer of a legacy HEAD says nothing of its encoding.
            assertEquals(get.field("Content-Type"), head.field("Content-Type"));
        }
        assertEquals("HEAD", head.field("X-Method"));
        if (get.has("Content-Length") && head.has("Content-Length")) {
            assertEquals(get.field("Content-Length"), head.field("Content-Length"));
        }
        assertEquals(get.has("Content-Length"), head.has("Content-Length"), "Content-Length of " + path);
        // The connection is where it was: what comes next is the next answer.
        assertEquals("get", servlets().ask("GET /shop/all").text());
    }

    private static Set<String> allowed(Reply reply) {
        return new TreeSet<>(Arrays.asList(reply.field("Allow").split(", *")));
    }

    @Section("2.1.2, HttpServlet.doOptions")
    @Test
    default void optionsNamesTheMethodsThatAreThere() throws Exception {
        assertEquals(Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"),
                allowed(servlets().ask("OPTIONS /shop/all")));
        assertEquals(Set.of("GET", "HEAD", "TRACE", "OPTIONS"), allowed(servlets().ask("OPTIONS /shop/get")));
        assertEquals(Set.of("TRACE", "OPTIONS"), allowed(servlets().ask("OPTIONS /shop/nothing")));
        assertEquals(200, servlets().ask("OPTIONS /shop/nothing").status());
    }

    @Section("2.1.2, HttpServlet.doTrace")
    @Test
    default void traceTellsTheRequestWithoutWhatIsSecret() throws Exception {
        Reply reply = servlets().ask("TRACE /shop/all?x=1", "X-Own: seen", "Cookie: secret=1", "Authorization: Basic c2VjcmV0",
                "Proxy-Authorization: Basic c2VjcmV0", "X-Forwarded-For: secret", "Forwarded: for=secret");
        assertEquals(200, reply.status());
        assertEquals("message/http", reply.field("Content-Type"));
        String text = reply.text().toLowerCase(Locale.ROOT);
        assertTrue(text.startsWith("trace /shop/all"), text);
        assertTrue(text.contains("x-own: seen"), text);
        assertFalse(text.contains("secret"), text);
        assertFalse(text.contains("c2vjcmv0"), text);
    }

    @Section("HttpServlet.getLastModified")
    @ParameterizedTest
    @CsvSource({"'Tue, 14 Nov 2023 22:13:20 GMT', 304", "'Tue, 14 Nov 2023 22:13:19 GMT', 200",
        "'Tue, 14 Nov 2023 22:13:21 GMT', 304", "nonsense, 400"})
    default void conditionalGetIsAnsweredByTheDate(String since, int status) throws Exception {
        Reply first = servlets().ask("GET /shop/dated");
        assertEquals("Tue, 14 Nov 2023 22:13:20 GMT", first.field("Last-Modified"));
        Reply reply = servlets().ask("GET /shop/dated", "If-Modified-Since: " + since);
        assertEquals(status, reply.status());
        assertEquals(status == 200, reply.text().equals("get"));
        assertEquals("Tue, 14 Nov 2023 22:13:20 GMT", servlets().ask("HEAD /shop/dated").field("Last-Modified"));
    }
}
