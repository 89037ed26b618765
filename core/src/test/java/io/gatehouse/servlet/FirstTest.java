/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class FirstTest {

    @Test
    void helloAndPost() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().contextPath("/shop")
                .servlet("hello", new HttpServlet() {
                    @Override
                    protected void doGet(HttpServletRequest q, HttpServletResponse r) throws IOException {
                        r.setContentType("text/plain;charset=utf-8");
                        r.getWriter().print("Hello " + q.getParameter("name") + q.getServletPath() + q.getPathInfo());
                    }

                    @Override
                    protected void doPost(HttpServletRequest q, HttpServletResponse r) throws IOException {
                        r.getOutputStream().write(q.getInputStream().readAllBytes());
                    }
                }, "/hello/*"));
        MemoryResponse got = Call.get(app, "/shop/hello/x?name=you");
        assertEquals("Hello you/hello/x", got.text());
        assertEquals("17", got.header("Content-Length"));
        assertEquals("text/plain;charset=utf-8", got.header("Content-Type"));
        assertEquals("abc", Call.of(app, "POST", "/shop/hello").body("abc").send().text());
        assertEquals(404, Call.get(app, "/other").status());
        assertEquals(404, Call.get(app, "/shop/nothing").status());
        assertEquals(302, Call.get(app, "/shop").status());
        assertEquals(405, Call.of(app, "DELETE", "/shop/hello").send().status());
        MemoryResponse head = Call.of(app, "HEAD", "/shop/hello/x?name=you").send();
        assertEquals("17", head.header("Content-Length"));
        assertEquals("", head.text());
        app.undeploy(Duration.ofSeconds(1));
        assertEquals(503, Call.get(app, "/shop/hello").status());
        assertNull(head.failure());
    }
}
