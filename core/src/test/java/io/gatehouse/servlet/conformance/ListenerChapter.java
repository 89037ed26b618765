/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatehouse.servlet.ServletApplication;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextAttributeEvent;
import jakarta.servlet.ServletContextAttributeListener;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestAttributeEvent;
import jakarta.servlet.ServletRequestAttributeListener;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.io.IOException;
import java.time.Duration;
import java.util.EventListener;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Chapter 11: which listeners are told what, and in which order. */
interface ListenerChapter extends Chapter {

    /** Notes what it hears, under its name. */
    class All implements ServletContextListener, ServletContextAttributeListener, ServletRequestListener,
            ServletRequestAttributeListener, HttpSessionListener, HttpSessionAttributeListener, HttpSessionIdListener {
        final String name;
        final Notes notes;

        All(String name, Notes notes) {
            this.name = name;
            this.notes = notes;
        }

        private void note(String what) {
            notes.add(name + ":" + what);
        }

        @Override
        public void contextInitialized(ServletContextEvent event) {
            note("begins");
        }

        @Override
        public void contextDestroyed(ServletContextEvent event) {
            note("ends");
        }

        @Override
        public void attributeAdded(ServletContextAttributeEvent event) {
            note("+" + event.getName() + "=" + event.getValue());
        }

        @Override
        public void attributeReplaced(ServletContextAttributeEvent event) {
            note("~" + event.getName() + "=" + event.getValue());
        }

        @Override
        public void attributeRemoved(ServletContextAttributeEvent event) {
            note("-" + event.getName() + "=" + event.getValue());
        }

        @Override
        public void requestInitialized(ServletRequestEvent event) {
            note("request");
        }

        @Override
        public void requestDestroyed(ServletRequestEvent event) {
            note("done");
        }

        @Override
        public void attributeAdded(ServletRequestAttributeEvent event) {
            note("+r." + event.getName() + "=" + event.getValue());
        }

        @Override
        public void attributeReplaced(ServletRequestAttributeEvent event) {
            note("~r." + event.getName() + "=" + event.getValue());
        }

        @Override
        public void attributeRemoved(ServletRequestAttributeEvent event) {
            note("-r." + event.getName() + "=" + event.getValue());
        }

        @Override
        public void sessionCreated(HttpSessionEvent event) {
            note("session");
        }

        @Override
        public void sessionDestroyed(HttpSessionEvent event) {
            note("over");
        }

        @Override
        public void attributeAdded(HttpSessionBindingEvent event) {
            note("+s." + event.getName() + "=" + event.getValue());
        }

        @Override
        public void attributeReplaced(HttpSessionBindingEvent event) {
            note("~s." + event.getName() + "=" + event.getValue());
        }

        @Override
        public void attributeRemoved(HttpSessionBindingEvent event) {
            note("-s." + event.getName() + "=" + event.getValue());
        }

        @Override
        public void sessionIdChanged(HttpSessionEvent event, String old) {
            note("id" + (old.equals(event.getSession().getId()) ? "?" : ""));
        }
    }

    /** A servlet and a filter that note their lives. */
    final class Living extends HttpServlet implements Filter {
        private static final long serialVersionUID = 1;
        private final transient Notes notes;

        Living(Notes notes) {
            this.notes = notes;
        }

        @Override
        public void init() {
            notes.add("servlet");
        }

        @Override
        public void init(FilterConfig config) {
            notes.add("filter");
        }

        @Override
        public void destroy() {
            notes.add("destroyed");
        }

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain) {
            // Nothing comes through it.
        }
    }

    @Section("11.3.2, 2.3.1, 6.2.1")
    @Test
    default void listenersHearOfTheBeginningInOrderAndOfTheEndInReverse() throws Exception {
        Notes notes = new Notes();
        ServletApplication application = app("/shop").listener(new All("a", notes)).listener(new All("b", notes))
                .filter("f", new Living(notes), filter -> filter.addMappingForUrlPatterns(null, true, "/never"))
                .servlet("s", new Living(notes), servlet -> servlet.setLoadOnStartup(1), "/s").build();
        application.deploy();
        notes.expect("a:begins b:begins filter servlet");
        application.undeploy(Duration.ZERO);
        notes.expect("a:begins b:begins filter servlet destroyed destroyed b:ends a:ends");
    }

    @Section("11.3.2")
    @Test
    default void listenersThatAreAddedByCodeFollowThoseThatWereDeclared() throws Exception {
        Notes notes = new Notes();
        try (ContractSite site = open(app("/shop").listener(new All("declared", notes))
                .initializer((classes, context) -> context.addListener(new All("first", notes)))
                .initializer((classes, context) -> context.addListener(new All("second", notes)))
                .servlet("s", Case.text("served"), "/*"))) {
            site.ask("GET /shop/");
            notes.expect("declared:begins first:begins second:begins declared:request first:request second:request"
                    + " second:done first:done declared:done");
        }
    }

    @Section("4.4.3")
    @Test
    default void aContextListenerMayAddListenersOfOtherKinds() throws Exception {
        Notes notes = new Notes();
        try (ContractSite site = open(app("/shop").listener(new ServletContextListener() {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                ServletContext context = event.getServletContext();
                assertThrows(IllegalArgumentException.class, () -> context.addListener(new All("late", notes)));
                assertThrows(IllegalArgumentException.class, () -> context.addListener(All.class));
                context.addListener(new ServletRequestListener() {
                    @Override
                    public void requestInitialized(ServletRequestEvent event) {
                        notes.add("heard");
                    }
                });
            }
        }).servlet("s", Case.text("served"), "/*"))) {
            site.ask("GET /shop/");
            notes.expect("heard");
        }
    }

    @Section("ServletContext.addListener")
    @Test
    default void whatIsNoListenerOfAContextIsRefused() throws Exception {
        class Foreign implements EventListener {}
        ServletApplication application = app("/shop").initializer((classes, context) -> {
            assertThrows(IllegalArgumentException.class, () -> context.addListener(new Foreign()));
            assertThrows(IllegalArgumentException.class, () -> context.addListener(Foreign.class));
            assertThrows(IllegalArgumentException.class, () -> context.addListener(Foreign.class.getName()));
            assertThrows(IllegalArgumentException.class, () -> context.addListener("no.such.Class"));
            assertThrows(IllegalArgumentException.class, () -> context.createListener(Foreign.class));
            // Of its own accord a session's value hears, and is registered nowhere.
            HttpSessionBindingListener value = new HttpSessionBindingListener() {};
            assertThrows(IllegalArgumentException.class, () -> context.addListener(value));
        }).build();
        application.deploy();
        application.undeploy(Duration.ZERO);
    }

    @Section("11.3.3")
    @Test
    default void attributeListenersHearWhatWasAddedReplacedAndRemoved() throws Exception {
        Notes notes = new Notes();
        ServletApplication application = app("/shop").initializer((classes, context) -> {
            context.addListener(new All("a", notes));
            context.addListener(new All("b", notes));
        }).build();
        application.deploy();
        ServletContext context = application.context();
        context.setAttribute("x", 1);
        context.setAttribute("x", 2);
        context.setAttribute("x", null);
        context.removeAttribute("x");
        application.undeploy(Duration.ZERO);
        notes.expect("a:begins b:begins a:+x=1 b:+x=1 a:~x=1 b:~x=1 a:-x=2 b:-x=2 b:ends a:ends");
    }

    @Section("11.3.3")
    @Test
    default void requestsAndTheirAttributesAreTold() throws Exception {
        Notes notes = new Notes();
        try (ContractSite site = open(app("/shop").listener(new All("a", notes)).listener(new All("b", notes))
                .servlet("s", Case.servlet((request, response) -> {
                    notes.add("served");
                    request.setAttribute("x", 1);
                    request.setAttribute("x", 2);
                    request.removeAttribute("x");
                    request.removeAttribute("x");
                }), "/*"))) {
            site.ask("GET /shop/");
            notes.expect("a:begins b:begins a:request b:request served a:+r.x=1 b:+r.x=1 a:~r.x=1 b:~r.x=1 a:-r.x=2 b:-r.x=2"
                    + " b:done a:done");
        }
    }

    @Section("ServletRequestListener")
    @Test
    default void theRequestOfAnEventIsTheOneThatFiltersAndServletSee() throws Exception {
        AtomicReference<ServletRequest> told = new AtomicReference<>();
        try (ContractSite site = open(app("/shop").listener(new ServletRequestListener() {
            @Override
            public void requestInitialized(ServletRequestEvent event) {
                told.set(event.getServletRequest());
                assertInstanceOf(HttpServletRequest.class, event.getServletRequest()).setAttribute("by", "listener");
                assertSame(event.getServletContext(), event.getServletRequest().getServletContext());
            }
        }).servlet("s", Case.servlet((request, response) ->
                response.getWriter().print(request.getAttribute("by") + " " + (request == told.get()))), "/*"))) {
            assertEquals("listener true", site.ask("GET /shop/").text());
        }
    }

    @Section("11.3.3, HttpSessionListener")
    @Test
    default void sessionsAndTheirAttributesAreTold() throws Exception {
        Notes notes = new Notes();
        try (ContractSite site = open(app("/shop").listener(new All("a", notes)).listener(new All("b", notes))
                .servlet("s", Case.servlet((request, response) -> {
                    var session = request.getSession();
                    session.setAttribute("x", 1);
                    session.setAttribute("x", 2);
                    request.changeSessionId();
                    session.invalidate();
                }), "/*"))) {
            assertEquals(200, site.ask("GET /shop/").status());
            notes.expect("a:begins b:begins a:request b:request a:session b:session a:+s.x=1 b:+s.x=1 a:~s.x=1 b:~s.x=1 a:id b:id"
                    + " b:over a:over a:-s.x=2 b:-s.x=2 b:done a:done");
        }
    }

    @Section("HttpSessionListener.sessionDestroyed")
    @Test
    default void aSessionIsStillThereWhileItsEndIsTold() throws Exception {
        Notes notes = new Notes();
        try (ContractSite site = open(app("/shop").listener(new HttpSessionListener() {
            @Override
            public void sessionDestroyed(HttpSessionEvent event) {
                notes.add(event.getSession().getAttribute("x") + "/" + event.getSession().getCreationTime());
            }
        }).servlet("s", Case.servlet((request, response) -> {
            var session = request.getSession();
            session.setAttribute("x", "value");
            notes.add(session.getCreationTime());
            session.invalidate();
            assertThrows(IllegalStateException.class, session::getCreationTime);
        }), "/*"))) {
            assertEquals(200, site.ask("GET /shop/").status());
            String[] words = notes.toString().split(" ");
            assertEquals("value/" + words[0], words[1]);
        }
    }

    @Section("11.3.2")
    @Test
    default void sessionsEndBeforeTheContextDoes() throws Exception {
        Notes notes = new Notes();
        Notes end = new Notes();
        try (ContractSite site = open(app("/shop").listener(new All("a", notes) {
            @Override
            public void sessionDestroyed(HttpSessionEvent event) {
                end.add("session");
            }

            @Override
            public void attributeRemoved(HttpSessionBindingEvent event) {
                end.add("value");
            }

            @Override
            public void contextDestroyed(ServletContextEvent event) {
                end.add("context");
            }
        }).servlet("s", Case.servlet((request, response) -> request.getSession().setAttribute("x", 1)), "/*"))) {
            assertEquals(200, site.ask("GET /shop/").status());
        }
        end.expect("session value context");
    }

    @Section("7.4, HttpSessionBindingListener")
    @Test
    default void aValueIsBoundBeforeItCanBeGotAndUnboundAfter() throws Exception {
        Notes notes = new Notes();
        class Value implements HttpSessionBindingListener {
            private final String name;

            Value(String name) {
                this.name = name;
            }

            @Override
            public void valueBound(HttpSessionBindingEvent event) {
                notes.add(name + ":bound:" + event.getSession().getAttribute("x"));
            }

            @Override
            public void valueUnbound(HttpSessionBindingEvent event) {
                notes.add(name + ":unbound:" + event.getSession().getAttribute("x"));
            }

            @Override
            public String toString() {
                return name;
            }
        }
        get((request, response) -> {
            var session = request.getSession();
            Value one = new Value("one");
            session.setAttribute("x", one);
            session.setAttribute("x", one);
            session.setAttribute("x", new Value("two"));
            session.removeAttribute("x");
            session.invalidate();
        });
        notes.expect("one:bound:null two:bound:one one:unbound:two two:unbound:null");
    }

    @Section("7.4")
    @Test
    default void aValueThatRefusesToBeBoundIsNotThere() throws Exception {
        get((request, response) -> {
            var session = request.getSession();
            assertThrows(IllegalStateException.class, () -> session.setAttribute("x", new HttpSessionBindingListener() {
                @Override
                public void valueBound(HttpSessionBindingEvent event) {
                    throw new IllegalStateException("not there");
                }
            }));
            assertNull(session.getAttribute("x"));
            assertFalse(session.getAttributeNames().hasMoreElements());
            session.invalidate();
        });
    }

    @Section("11.6")
    @Test
    default void whatAListenerThrowsIntoAServletHasItsErrorPageAndStopsTheOthers() throws Exception {
        Notes notes = new Notes();
        try (ContractSite site = open(app("/shop").listener(new HttpSessionAttributeListener() {
            @Override
            public void attributeAdded(HttpSessionBindingEvent event) {
                notes.add("first");
                throw new ArithmeticException("not this one");
            }
        }).listener(new HttpSessionAttributeListener() {
            @Override
            public void attributeAdded(HttpSessionBindingEvent event) {
                notes.add("second");
            }
        }).servlet("s", Case.servlet((request, response) -> request.getSession().setAttribute("x", 1)), "/s")
                .servlet("page", Case.servlet((request, response) ->
                        response.getWriter().print("page of " + request.getAttribute("jakarta.servlet.error.message"))), "/page")
                .errorPage(ArithmeticException.class, "/page"))) {
            Reply reply = site.ask("GET /shop/s");
            assertEquals("500 page of not this one", reply.status() + " " + reply.text());
            notes.expect("first");
        }
    }

    @Section("11.6")
    @Test
    default void whatIsThrownAtTheEndOfASessionReachesWhoAskedForIt() throws Exception {
        Notes notes = new Notes();
        HttpSessionListener quiet = new HttpSessionListener() {
            @Override
            public void sessionDestroyed(HttpSessionEvent event) {
                notes.add("quiet");
            }
        };
        try (ContractSite site = open(app("/shop").listener(quiet).listener(new HttpSessionListener() {
            @Override
            public void sessionDestroyed(HttpSessionEvent event) {
                notes.add("thrown");
                throw new ArithmeticException("at the end");
            }
        }).servlet("s", Case.servlet((request, response) -> {
            var session = request.getSession();
            session.setAttribute("x", new HttpSessionBindingListener() {
                @Override
                public void valueUnbound(HttpSessionBindingEvent event) {
                    notes.add("unbound");
                }
            });
            ArithmeticException thrown = assertThrows(ArithmeticException.class, session::invalidate);
            // It has ended all the same.
            assertThrows(IllegalStateException.class, session::isNew);
            assertNull(request.getSession(false));
            response.getWriter().print(thrown.getMessage());
        }), "/*"))) {
            assertEquals("at the end", site.ask("GET /shop/").text());
            notes.expect("thrown unbound");
        }
    }

    @Section("11.6")
    @Test
    default void whatIsThrownOutsideOfAnyRequestKeepsNobodyFromHearing() throws Exception {
        Notes notes = new Notes();
        try (ContractSite site = open(app("/shop").listener(new All("quiet", notes)).listener(new HttpSessionListener() {
            @Override
            public void sessionDestroyed(HttpSessionEvent event) {
                throw new ArithmeticException("at the end");
            }
        }).servlet("s", Case.servlet((request, response) -> request.getSession()), "/*"))) {
            assertEquals(200, site.ask("GET /shop/").status());
        }
        notes.expect("quiet:begins quiet:request quiet:session quiet:done quiet:over quiet:ends");
    }

    @Section("11.6")
    @Test
    default void aRequestWhoseListenerThrowsIsNotServed() throws Exception {
        Notes notes = new Notes();
        try (ContractSite site = open(app("/shop").listener(new ServletRequestListener() {
            @Override
            public void requestInitialized(ServletRequestEvent event) {
                if (event.getServletRequest().getParameter("break") != null) {
                    throw new ArithmeticException("broken");
                }
            }
        }).servlet("s", Case.servlet((request, response) -> notes.add("served")), "/*"))) {
            assertEquals(500, site.ask("GET /shop/?break=1").status());
            assertEquals(200, site.ask("GET /shop/").status());
            notes.expect("served");
        }
    }

    @Section("11.3.3")
    @Test
    default void aRequestThatFailsIsOverAllTheSame() throws Exception {
        Notes notes = new Notes();
        try (ContractSite site = open(app("/shop").listener(new All("a", notes))
                .servlet("s", Case.servlet((request, response) -> {
                    throw new IOException("failed");
                }), "/*"))) {
            assertEquals(500, site.ask("GET /shop/").status());
            notes.expect("a:begins a:request a:done");
        }
    }

    @Section("11.5")
    @Test
    default void thereIsOneListenerOfItsDeclaration() throws Exception {
        Notes notes = new Notes();
        All one = new All("a", notes);
        try (ContractSite site = open(app("/shop").listener(one).servlet("s", Case.servlet((request, response) ->
                request.getServletContext().setAttribute("x", one.name)), "/*"))) {
            site.ask("GET /shop/");
            notes.expect("a:begins a:request a:+x=a a:done");
        }
    }
}
