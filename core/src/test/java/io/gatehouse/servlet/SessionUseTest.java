/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.HttpSession;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 chapter 7: how requests find their sessions, and what several of them share. */
@ExtendWith(Undeploy.class)
@Timeout(60)
final class SessionUseTest {

    private static final Servlets.Action OPEN = (q, r) -> {
        switch (q.getPathInfo()) {
            case "/open" -> q.getSession();
            case "/ask" -> r.getWriter().print(q.getSession(false) != null);
            case "/end" -> q.getSession().invalidate();
            default -> r.getWriter().print("without");
        }
    };

    private static String open(ServletApplication app) throws Exception {
        String cookie = Call.get(app, "/open").header("Set-Cookie");
        return cookie.substring(0, cookie.indexOf(';'));
    }

    private static MemoryResponse get(ServletApplication app, String path, String cookie) throws Exception {
        return Call.of(app, "GET", path).field("Cookie", cookie).send();
    }

    @ParameterizedTest(name = "7.1.3: with id in the URL, {0} is encoded: {1}")
    @CsvSource({
        "/c/x, true", "/c, true", "/c?a=b, true", "/c#f, true", "/c/, true", "/cx, false", "/other, false", "x, true",
        "'', true", "?a=b, true", "#f, false", "//other.org/c/x, false", "http://other.org/c/x, false",
        "http://www.example.org/c/x, true", "http://www.example.org/d, false", "http://www.example.org.evil/c, false",
        "mailto:a@b, false", "javascript:x, false", "http://www.example.org/c?x=1, true", "/c/a:b, true",
    })
    void encoding(String url, boolean encoded) throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().contextPath("/c")
                .sessionTracking(SessionTrackingMode.URL).servlet("s", Servlets.servlet((q, r) -> {
                    String id = ";jsessionid=" + q.getSession().getId();
                    String got = r.encodeURL(url);
                    assertEquals(got, r.encodeRedirectURL(url));
                    assertEquals(encoded, got.contains(id), got);
                    assertEquals(url, got.replace(id, ""));
                    assertEquals(got, r.encodeURL(got), "encoded once");
                    int mark = got.indexOf('?');
                    assertTrue(mark < 0 || !encoded || got.indexOf(id) < mark, got);
                }), "/*"));
        assertEquals(200, Call.get(app, "/c/p/q").status());
    }

    @ParameterizedTest(name = "7.1: the id {0} leads to no session, and to no error")
    @ValueSource(strings = {"", "x", "\"\"", "../../etc", "%00", "0000000000000000000000000", "null", "a b", "a,b"})
    void strangeIds(String id) throws Exception {
        ServletApplication app = Servlets.app(OPEN);
        open(app);
        assertEquals("false", get(app, "/ask", "JSESSIONID=" + id).text());
    }

    @Test
    @DisplayName("7.1: of several cookies of the name, the one with a living session counts")
    void severalCookies() throws Exception {
        ServletApplication app = Servlets.app(OPEN);
        String cookie = open(app);
        assertEquals("true", get(app, "/ask", "JSESSIONID=old; " + cookie + "; JSESSIONID=other").text());
        assertEquals(200, get(app, "/end", cookie).status());
        assertEquals("false", get(app, "/ask", cookie).text());
    }

    @Test
    @DisplayName("7.3, 7.7.1: one session is one object for many threads; a random crowd loses no attribute")
    void manyThreads() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            HttpSession session = q.getSession();
            String name = q.getParameter("n");
            if (name != null) {
                session.setAttribute(name, name);
                assertEquals(name, session.getAttribute(name));
            }
            r.getWriter().print(Collections.list(session.getAttributeNames()).size());
        });
        String set = Call.get(app, "/").header("Set-Cookie");
        String cookie = set.substring(0, set.indexOf(';'));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<MemoryResponse>> answers = new ArrayList<>();
            Random random = new Random(42);
            for (int i = 0; i < 200; i++) {
                int n = random.nextInt(100);
                answers.add(threads.submit(() -> get(app, "/?n=" + n, cookie)));
            }
            for (Future<MemoryResponse> answer : answers) {
                assertEquals(200, answer.get().status());
            }
            long distinct = new Random(42).ints(200, 0, 100).distinct().count();
            assertEquals(String.valueOf(distinct), get(app, "/", cookie).text());
        } finally {
            threads.shutdownNow();
        }
    }
}
