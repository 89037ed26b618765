/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.RequestDispatcher;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Applications that let each other in, and their ends. */
@ExtendWith(Undeploy.class)
final class CrossContextTest {

    private final Neighbours neighbours = new Neighbours();

    private ServletApplication app(String path, ServletLimits limits, Servlets.Action action) throws Exception {
        ServletApplication app = ServletApplication.builder().contextPath(path).crossContext(true).limits(limits)
                .servlet("s", Servlets.servlet(action), Servlets.async(), "/*").build();
        app.attribute(Neighbours.class.getName(), neighbours);
        app.deploy();
        Undeploy.later(app);
        return app;
    }

    private ServletApplication app(String path, Servlets.Action action) throws Exception {
        return app(path, ServletLimits.DEFAULT, action);
    }

    @Test
    @DisplayName("the application with the longest context path is found, the one at the root last")
    void found() throws Exception {
        ServletApplication root = app("", (q, r) -> {});
        ServletApplication shop = app("/shop", (q, r) -> {});
        ServletApplication deep = app("/shop/deep", (q, r) -> {});
        assertEquals(deep.context(), root.context().getContext("/shop/deep/x"));
        assertEquals(shop.context(), root.context().getContext("/shop/deeper"));
        assertEquals(shop.context(), shop.context().getContext("/shop"));
        assertEquals(root.context(), shop.context().getContext("/shopping"));
    }

    @Test
    @DisplayName("who is kept apart neither reaches others nor is reached")
    void apart() throws Exception {
        ServletApplication apart = app("/apart", ServletLimits.DEFAULT.withIsolation(Isolation.APART), (q, r) -> {});
        ServletApplication other = app("/other", (q, r) -> {});
        assertNull(apart.context().getContext("/other"));
        assertNull(other.context().getContext("/apart"));
    }

    @Test
    @DisplayName("a dispatcher that got out of an application that lets nobody in is of no use outside")
    void leaked() throws Exception {
        ServletApplication closed = Servlets.deployed(ServletApplication.builder().contextPath("/closed")
                .servlet("s", Servlets.text("closed"), "/*"));
        RequestDispatcher leaked = closed.context().getRequestDispatcher("/x");
        ServletApplication one = app("/one", (q, r) -> {
            assertThrows(IllegalStateException.class, () -> leaked.forward(q, r));
            assertThrows(IllegalStateException.class, () -> leaked.include(q, r));
            r.getWriter().print("own");
        });
        assertEquals("own", Call.get(one, "/one/").text());
        assertTrue(closed.undeploy(Duration.ZERO));
    }

    @Test
    @DisplayName("an application waits for who was dispatched into it, and is out of reach when it has ended")
    void ended() throws Exception {
        boolean[] quiet = {true};
        ServletApplication two = app("/two", (q, r) -> r.getWriter().print("two"));
        RequestDispatcher kept = two.context().getRequestDispatcher("/x");
        ServletApplication one = app("/one", (q, r) -> {
            if (q.getServletContext().getContext("/two") != null) {
                kept.include(q, r);
            } else {
                kept.forward(q, r);
            }
        });
        assertEquals("two", Call.get(one, "/one/").text());
        ServletApplication inside = app("/inside", (q, r) ->
                quiet[0] = ((ServletApplication) q.getAttribute("app")).undeploy(Duration.ZERO));
        assertEquals(200, Call.get(app("/caller", (q, r) -> {
            q.setAttribute("app", inside);
            q.getServletContext().getContext("/inside").getRequestDispatcher("/").forward(q, r);
        }), "/caller/").status());
        assertFalse(quiet[0], "the one that was dispatched into is in use");
        assertTrue(two.undeploy(Duration.ZERO), "nobody is left behind in it");
        assertNull(one.context().getContext("/two"));
        assertEquals(503, Call.get(one, "/one/").status());
    }

    @Test
    @DisplayName("an asynchronous dispatch is a visit until the request ends")
    void asynchronous() throws Exception {
        ServletApplication two = app("/two", (q, r) -> {
            assertEquals("/two", q.getServletContext().getContextPath());
            assertNotNull(q.getSession());
            r.getWriter().print("two");
        });
        ServletApplication one = app("/one", (q, r) ->
                q.startAsync().dispatch(q.getServletContext().getContext("/two"), "/x"));
        assertEquals("two", Call.get(one, "/one/").text());
        assertTrue(two.undeploy(Duration.ZERO));
    }
}
