/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;

import jakarta.servlet.Filter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextAttributeListener;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRequestAttributeListener;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.InOrder;

/** Servlet 6.1 chapter 11: listeners and their order. */
@ExtendWith(Undeploy.class)
final class ListenerTest {

    @Test
    @DisplayName("11.3.3: context listeners are told in order, and of the end in reverse")
    void contextOrder() throws Exception {
        ServletContextListener first = mock(ServletContextListener.class);
        ServletContextListener second = mock(ServletContextListener.class);
        ServletApplication app = Servlets.deployed(ServletApplication.builder().listener(first).listener(second));
        app.undeploy(Duration.ZERO);
        InOrder order = inOrder(first, second);
        order.verify(first).contextInitialized(any());
        order.verify(second).contextInitialized(any());
        order.verify(second).contextDestroyed(any());
        order.verify(first).contextDestroyed(any());
        order.verifyNoMoreInteractions();
    }

    @Test
    @DisplayName("11.6: a context listener that fails fails the deployment; those before it hear of the end")
    void contextFails() {
        ServletContextListener first = mock(ServletContextListener.class);
        ServletContextListener second = mock(ServletContextListener.class);
        doThrow(new IllegalStateException("no")).when(second).contextInitialized(any());
        ServletApplication app = ServletApplication.builder().listener(first).listener(second).build();
        assertThrows(IllegalStateException.class, app::deploy);
        verify(first).contextDestroyed(any());
        verify(second, never()).contextDestroyed(any());
    }

    @Test
    @DisplayName("11.3.3: request listeners stand around filters and servlet, the last one told first at the end")
    void requestOrder() throws Exception {
        ServletRequestListener first = mock(ServletRequestListener.class);
        ServletRequestListener second = mock(ServletRequestListener.class);
        Filter filter = mock(Filter.class);
        ServletApplication app = Servlets.deployed(ServletApplication.builder().listener(first).listener(second)
                .filter("f", filter, f -> f.addMappingForUrlPatterns(null, true, "/*"))
                .servlet("s", Servlets.text("s"), "/s"));
        Call.get(app, "/s");
        InOrder order = inOrder(first, second, filter);
        order.verify(first).requestInitialized(argThat(event -> event.getServletContext() == app.context()));
        order.verify(second).requestInitialized(any());
        order.verify(filter).doFilter(any(), any(), any());
        order.verify(second).requestDestroyed(any());
        order.verify(first).requestDestroyed(any());
    }

    @Test
    @DisplayName("11.3: a request that fails leaves all the same")
    void requestDestroyedAfterFailure() throws Exception {
        ServletRequestListener listener = mock(ServletRequestListener.class);
        ServletApplication app = Servlets.deployed(ServletApplication.builder().listener(listener)
                .servlet("s", Servlets.servlet((q, r) -> {
                    throw new IllegalStateException("no");
                }), "/s"));
        assertEquals(500, Call.get(app, "/s").status());
        verify(listener).requestInitialized(any());
        verify(listener).requestDestroyed(any());
    }

    @Test
    @DisplayName("11.6: a request listener that throws is a 500, and its request is not served")
    void requestListenerThrows() throws Exception {
        ServletRequestListener listener = mock(ServletRequestListener.class);
        doThrow(new IllegalStateException("no")).when(listener).requestInitialized(any());
        ServletApplication app = Servlets.deployed(ServletApplication.builder().listener(listener)
                .servlet("s", Servlets.servlet((q, r) -> {
                    throw new AssertionError("served");
                }), "/s"));
        assertEquals(500, Call.get(app, "/s").status());
    }

    @Test
    @DisplayName("11.2: attributes of the request: added, replaced with the old value, removed")
    void requestAttributes() throws Exception {
        ServletRequestAttributeListener listener = mock(ServletRequestAttributeListener.class);
        ServletApplication app = Servlets.deployed(ServletApplication.builder().listener(listener)
                .servlet("s", Servlets.servlet((q, r) -> {
                    q.setAttribute("a", 1);
                    q.setAttribute("a", 2);
                    q.setAttribute("a", null);
                    q.removeAttribute("a");
                    q.getRequestDispatcher("/t").include(q, r);
                }), "/s")
                .servlet("t", Servlets.text("t"), "/t"));
        Call.get(app, "/s");
        InOrder order = inOrder(listener);
        order.verify(listener).attributeAdded(argThat(e -> e.getName().equals("a") && e.getValue().equals(1)));
        order.verify(listener).attributeReplaced(argThat(e -> e.getValue().equals(1)));
        order.verify(listener).attributeRemoved(argThat(e -> e.getValue().equals(2)));
        // What the container sets for a dispatch is none of their business.
        order.verifyNoMoreInteractions();
    }

    @Test
    @DisplayName("11.2: attributes of the context")
    void contextAttributes() throws Exception {
        ServletContextAttributeListener listener = mock(ServletContextAttributeListener.class);
        ServletContext context = Servlets.deployed(ServletApplication.builder().listener(listener)).context();
        context.setAttribute("a", 1);
        context.setAttribute("a", 2);
        context.removeAttribute("a");
        InOrder order = inOrder(listener);
        order.verify(listener).attributeAdded(argThat(e -> e.getValue().equals(1)));
        order.verify(listener).attributeReplaced(argThat(e -> e.getValue().equals(1)));
        order.verify(listener).attributeRemoved(argThat(e -> e.getValue().equals(2)));
        verifyNoMoreInteractions(listener);
    }

    @Test
    @DisplayName("11.3.3, 7.4: session listeners, in order and in reverse; attributes unbound after sessionDestroyed")
    void sessions() throws Exception {
        HttpSessionListener first = mock(HttpSessionListener.class);
        HttpSessionListener second = mock(HttpSessionListener.class);
        HttpSessionAttributeListener attributes = mock(HttpSessionAttributeListener.class);
        HttpSessionIdListener ids = mock(HttpSessionIdListener.class);
        HttpSessionBindingListener value = mock(HttpSessionBindingListener.class);
        HttpSessionBindingListener other = mock(HttpSessionBindingListener.class);
        List<Object> inDestroyed = new ArrayList<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .listener(first).listener(second).listener(attributes).listener(ids)
                .listener(new HttpSessionListener() {
                    @Override
                    public void sessionDestroyed(HttpSessionEvent event) {
                        inDestroyed.add(event.getSession().getAttribute("a"));
                    }
                })
                .servlet("s", Servlets.servlet((q, r) -> {
                    HttpSession session = q.getSession();
                    String old = session.getId();
                    session.setAttribute("a", value);
                    session.setAttribute("a", value);
                    session.setAttribute("a", other);
                    String id = q.changeSessionId();
                    verify(ids).sessionIdChanged(argThat(e -> e.getSession().getId().equals(id)),
                            argThat(old::equals));
                    session.invalidate();
                }), "/s"));
        assertEquals(200, Call.get(app, "/s").status());
        assertEquals(List.of(other), inDestroyed);
        InOrder order = inOrder(first, second, attributes, value, other);
        order.verify(first).sessionCreated(any());
        order.verify(second).sessionCreated(any());
        order.verify(value).valueBound(any());
        order.verify(attributes).attributeAdded(argThat(e -> e.getValue() == value));
        // The same value again is replaced, but not bound again.
        order.verify(attributes).attributeReplaced(argThat(e -> e.getValue() == value));
        order.verify(other).valueBound(any());
        order.verify(value).valueUnbound(any());
        order.verify(attributes).attributeReplaced(argThat(e -> e.getValue() == value));
        order.verify(second).sessionDestroyed(any());
        order.verify(first).sessionDestroyed(any());
        order.verify(other).valueUnbound(any());
        order.verify(attributes).attributeRemoved(argThat(e -> e.getValue() == other));
    }

    @Test
    @DisplayName("11.3.3: sessions end before the context is destroyed, after the servlets")
    void sessionsAtTheEnd() throws Exception {
        List<String> calls = new ArrayList<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .listener(new ServletContextListener() {
                    @Override
                    public void contextDestroyed(ServletContextEvent event) {
                        calls.add("context");
                    }
                })
                .listener(new HttpSessionListener() {
                    @Override
                    public void sessionDestroyed(HttpSessionEvent event) {
                        calls.add("session");
                    }
                })
                .servlet("s", new HttpServlet() {
                    @Override
                    protected void doGet(HttpServletRequest q, HttpServletResponse r) {
                        q.getSession();
                    }

                    @Override
                    public void destroy() {
                        calls.add("servlet");
                    }
                }, "/s"));
        Call.get(app, "/s");
        app.undeploy(Duration.ZERO);
        assertEquals(List.of("servlet", "session", "context"), calls);
    }

    /** Of two kinds, made by the container. */
    public static final class Both implements ServletContextListener, ServletRequestListener {
        static final List<String> CALLS = new ArrayList<>();

        @Override
        public void contextInitialized(ServletContextEvent event) {
            CALLS.add("context");
        }

        @Override
        public void requestInitialized(ServletRequestEvent event) {
            CALLS.add("request");
        }
    }

    @Test
    @DisplayName("11.3.2: one listener of several kinds is one instance")
    void severalKinds() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().listener(Both.class));
        Call.get(app, "/");
        assertEquals(List.of("context", "request"), Both.CALLS);
        assertTrue(Listeners.isListener(Both.class));
    }

    @Test
    @DisplayName("11.6: a listener that fails at the end is logged, and the others are told")
    void failsAtTheEnd() throws Exception {
        ServletContextListener first = mock(ServletContextListener.class);
        ServletContextListener second = mock(ServletContextListener.class);
        doThrow(new IllegalStateException("no")).when(second).contextDestroyed(any());
        ServletApplication app = Servlets.deployed(ServletApplication.builder().listener(first).listener(second));
        app.undeploy(Duration.ZERO);
        verify(first).contextDestroyed(any());
    }
}
