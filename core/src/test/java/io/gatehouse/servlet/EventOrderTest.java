/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletContextAttributeEvent;
import jakarta.servlet.ServletContextAttributeListener;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRequestAttributeEvent;
import jakarta.servlet.ServletRequestAttributeListener;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Servlet 6.1 chapter 11: in which order listeners hear of requests, sessions and attributes. */
@ExtendWith(Undeploy.class)
final class EventOrderTest {

    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    /** Writes down all that it hears, under a name. */
    private final class Scribe
            implements ServletContextListener, ServletContextAttributeListener, ServletRequestListener,
                    ServletRequestAttributeListener, HttpSessionListener, HttpSessionAttributeListener,
                    HttpSessionIdListener {
        private final String name;

        Scribe(String name) {
            this.name = name;
        }

        private void note(String what) {
            events.add(name + " " + what);
        }

        @Override
        public void contextInitialized(ServletContextEvent event) {
            note("context begins");
        }

        @Override
        public void contextDestroyed(ServletContextEvent event) {
            note("context ends");
        }

        @Override
        public void attributeAdded(ServletContextAttributeEvent event) {
            note("context +" + event.getName() + "=" + event.getValue());
        }

        @Override
        public void attributeReplaced(ServletContextAttributeEvent event) {
            note("context ~" + event.getName() + "=" + event.getValue());
        }

        @Override
        public void attributeRemoved(ServletContextAttributeEvent event) {
            note("context -" + event.getName() + "=" + event.getValue());
        }

        @Override
        public void requestInitialized(ServletRequestEvent event) {
            note("request begins");
        }

        @Override
        public void requestDestroyed(ServletRequestEvent event) {
            note("request ends");
        }

        @Override
        public void attributeAdded(ServletRequestAttributeEvent event) {
            note("request +" + event.getName() + "=" + event.getValue());
        }

        @Override
        public void attributeReplaced(ServletRequestAttributeEvent event) {
            note("request ~" + event.getName() + "=" + event.getValue());
        }

        @Override
        public void attributeRemoved(ServletRequestAttributeEvent event) {
            note("request -" + event.getName() + "=" + event.getValue());
        }

        @Override
        public void sessionCreated(HttpSessionEvent event) {
            note("session begins");
        }

        @Override
        public void sessionDestroyed(HttpSessionEvent event) {
            note("session ends");
        }

        @Override
        public void attributeAdded(HttpSessionBindingEvent event) {
            note("session +" + event.getName() + "=" + event.getValue());
        }

        @Override
        public void attributeReplaced(HttpSessionBindingEvent event) {
            note("session ~" + event.getName() + "=" + event.getValue());
        }

        @Override
        public void attributeRemoved(HttpSessionBindingEvent event) {
            note("session -" + event.getName() + "=" + event.getValue());
        }

        @Override
        public void sessionIdChanged(HttpSessionEvent event, String old) {
            assertTrue(!event.getSession().getId().equals(old));
            note("session renamed");
        }
    }

    /** A value that hears of its own binding. */
    private record Bound(List<String> events, String name) implements HttpSessionBindingListener {
        @Override
        public void valueBound(HttpSessionBindingEvent event) {
            assertSame(this, event.getValue());
            events.add("bound " + name);
        }

        @Override
        public void valueUnbound(HttpSessionBindingEvent event) {
            assertSame(this, event.getValue());
            events.add("unbound " + name);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private ServletApplication app(Servlets.Action action) throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().listener(new Scribe("A"))
                .listener(new Scribe("B")).servlet("s", Servlets.servlet(action), Servlets.async(), "/*"));
        assertEquals(List.of("A context begins", "B context begins"), events);
        events.clear();
        return app;
    }

    @Test
    @DisplayName("11.3.3: requests begin in the order of registration and end in reverse, the servlet in between")
    void request() throws Exception {
        ServletApplication app = app((q, r) -> events.add("servlet"));
        Call.get(app, "/");
        assertEquals(List.of("A request begins", "B request begins", "servlet", "B request ends", "A request ends"), events);
    }

    @Test
    @DisplayName("forward and include are inside of the one request")
    void dispatches() throws Exception {
        ServletApplication app = app((q, r) -> {
            events.add(q.getDispatcherType() + q.getPathInfo());
            if (q.getDispatcherType() == jakarta.servlet.DispatcherType.REQUEST) {
                q.getRequestDispatcher("/2").include(q, r);
                q.getRequestDispatcher("/3").forward(q, r);
            }
        });
        Call.get(app, "/1");
        assertEquals(List.of("A request begins", "B request begins", "REQUEST/1", "INCLUDE/1", "FORWARD/3",
                "B request ends", "A request ends"), events);
    }

    @Test
    @DisplayName("an error page is inside of the request, too")
    void errorPage() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().listener(new Scribe("A"))
                .errorPage("/page").servlet("s", Servlets.servlet((q, r) -> {
                    throw new IllegalStateException("x");
                }), "/s").servlet("page", Servlets.servlet((q, r) -> events.add("page")), "/page"));
        events.clear();
        assertEquals(500, Call.get(app, "/s").status());
        assertEquals(List.of("A request begins", "page", "A request ends"), events);
    }

    @Test
    @DisplayName("each turn of an asynchronous request is in scope, and the time between them is not")
    void async() throws Exception {
        ServletApplication app = app((q, r) -> {
            events.add(q.getDispatcherType().name());
            if (q.getDispatcherType() == jakarta.servlet.DispatcherType.REQUEST) {
                q.startAsync().dispatch("/again");
            }
        });
        Call.get(app, "/");
        assertEquals(List.of("A request begins", "B request begins", "REQUEST", "B request ends", "A request ends",
                "A request begins", "B request begins", "ASYNC", "B request ends", "A request ends"), events);
    }

    @Test
    @DisplayName("a request event has the request and the context; its attributes are there at both ends")
    void eventContents() throws Exception {
        List<Object> seen = new ArrayList<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder().listener(new ServletRequestListener() {
            @Override
            public void requestInitialized(ServletRequestEvent event) {
                event.getServletRequest().setAttribute("from", "listener");
                seen.add(event.getServletContext());
                seen.add(((HttpServletRequest) event.getServletRequest()).getRequestURI());
            }

            @Override
            public void requestDestroyed(ServletRequestEvent event) {
                seen.add(event.getServletRequest().getAttribute("from"));
                seen.add(event.getServletRequest().getAttribute("by"));
            }
        }).servlet("s", Servlets.servlet((q, r) -> {
            assertEquals("listener", q.getAttribute("from"));
            q.setAttribute("by", "servlet");
        }), "/*"));
        Call.get(app, "/a/b?c");
        assertEquals(List.of(app.context(), "/a/b", "listener", "servlet"), seen);
    }

    @Test
    @DisplayName("11.2: request attributes: all listeners hear of each change, in order, with the old value")
    void requestAttributes() throws Exception {
        ServletApplication app = app((q, r) -> {
            events.clear();
            q.setAttribute("a", 1);
            q.setAttribute("a", 2);
            q.setAttribute("a", 2);
            q.setAttribute("a", null);
            q.setAttribute("a", null);
            q.removeAttribute("a");
            q.setAttribute("b", 3);
            q.removeAttribute("b");
            assertEquals(List.of("A request +a=1", "B request +a=1", "A request ~a=1", "B request ~a=1", "A request ~a=2",
                    "B request ~a=2", "A request -a=2", "B request -a=2", "A request +b=3", "B request +b=3",
                    "A request -b=3", "B request -b=3"), events);
            assertNull(q.getAttribute("a"));
        });
        assertEquals(200, Call.get(app, "/").status());
    }

    @Test
    @DisplayName("the attributes that dispatches set are told to nobody")
    void dispatchAttributes() throws Exception {
        ServletApplication app = app((q, r) -> {
            if (q.getDispatcherType() == jakarta.servlet.DispatcherType.REQUEST) {
                q.getRequestDispatcher("/x?y=z").include(q, r);
                q.getRequestDispatcher("/x?y=z").forward(q, r);
            }
        });
        Call.get(app, "/");
        assertEquals(List.of(), events.stream().filter(e -> e.contains("+") || e.contains("-") || e.contains("~")).toList());
    }

    @Test
    @DisplayName("11.2: context attributes: added, replaced with the old value, removed")
    void contextAttributes() throws Exception {
        ServletApplication app = app((q, r) -> {});
        app.context().setAttribute("a", 1);
        app.context().setAttribute("a", 2);
        app.context().removeAttribute("a");
        app.context().removeAttribute("a");
        app.context().setAttribute("b", null);
        assertEquals(List.of("A context +a=1", "B context +a=1", "A context ~a=1", "B context ~a=1", "A context -a=2",
                "B context -a=2"), events);
    }

    @Test
    @DisplayName("7.4: the life of a session: begin, attributes, another id, end - the value itself hears first")
    void session() throws Exception {
        ServletApplication app = app((q, r) -> {
            events.clear();
            HttpSession session = q.getSession();
            session.setAttribute("a", new Bound(events, "one"));
            session.setAttribute("a", new Bound(events, "two"));
            session.setAttribute("plain", 1);
            q.changeSessionId();
            session.removeAttribute("a");
            session.setAttribute("c", new Bound(events, "three"));
            session.invalidate();
        });
        Call.get(app, "/");
        assertEquals(
                List.of("A session begins", "B session begins", "bound one", "A session +a=one", "B session +a=one",
                        "bound two", "unbound one", "A session ~a=one", "B session ~a=one", "A session +plain=1",
                        "B session +plain=1", "A session renamed", "B session renamed", "unbound two",
                        "A session -a=two", "B session -a=two", "bound three", "A session +c=three",
                        "B session +c=three", "B session ends", "A session ends"),
                events.subList(0, 21));
        List<String> rest = new ArrayList<>(events.subList(21, events.size() - 2));
        assertTrue(rest.containsAll(List.of("unbound three", "A session -c=three", "A session -plain=1")), rest.toString());
        assertTrue(rest.indexOf("unbound three") < rest.indexOf("A session -c=three"), rest.toString());
    }

    @Test
    @DisplayName("a value that is bound again under its name hears of nothing new; under another name it does")
    void sameValue() throws Exception {
        ServletApplication app = app((q, r) -> {
            HttpSession session = q.getSession();
            Bound value = new Bound(events, "v");
            session.setAttribute("a", value);
            events.clear();
            session.setAttribute("a", value);
            assertEquals(List.of("A session ~a=v", "B session ~a=v"), events);
            events.clear();
            session.setAttribute("b", value);
            session.removeAttribute("a");
            assertEquals(List.of("bound v", "A session +b=v", "B session +b=v", "unbound v", "A session -a=v",
                    "B session -a=v"), events);
        });
        assertEquals(200, Call.get(app, "/").status());
    }

    @Test
    @DisplayName("11.3.3: at the end of the application sessions end before the context, all in reverse")
    void wholeEnd() throws Exception {
        ServletApplication app = app((q, r) -> q.getSession().setAttribute("a", new Bound(events, "v")));
        Call.get(app, "/");
        events.clear();
        app.context().setAttribute("left", 1);
        events.clear();
        app.undeploy(Duration.ZERO);
        assertEquals(List.of("B session ends", "A session ends", "unbound v", "A session -a=v", "B session -a=v",
                "B context ends", "A context ends"), events);
    }

    @Test
    @DisplayName("a listener that sets an attribute of its own is told of it, and ends")
    void listenersThatAct() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .listener(new ServletRequestAttributeListener() {
                    @Override
                    public void attributeAdded(ServletRequestAttributeEvent event) {
                        events.add(event.getName());
                        if (event.getName().length() < 4) {
                            event.getServletRequest().setAttribute(event.getName() + "x", 1);
                        }
                    }
                }).servlet("s", Servlets.servlet((q, r) -> q.setAttribute("x", 1)), "/*"));
        assertEquals(200, Call.get(app, "/").status());
        assertEquals(List.of("x", "xx", "xxx", "xxxx"), events);
    }

    @Test
    @DisplayName("11.6: an attribute listener that throws fails the call that made the change")
    void attributeListenerThrows() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .listener(new ServletRequestAttributeListener() {
                    @Override
                    public void attributeAdded(ServletRequestAttributeEvent event) {
                        throw new IllegalStateException("not wanted");
                    }
                }).servlet("s", Servlets.servlet((q, r) -> {
                    try {
                        q.setAttribute("a", 1);
                    } catch (IllegalStateException e) {
                        r.getWriter().print(e.getMessage());
                    }
                    assertNotNull(q.getAttribute("a"));
                }), "/*"));
        assertEquals("not wanted", Call.get(app, "/").text());
    }
}
