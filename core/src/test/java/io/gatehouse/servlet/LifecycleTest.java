/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 chapter 2: the servlet's life, and the two phases of an application. */
@ExtendWith(Undeploy.class)
final class LifecycleTest {

    /** Notes its calls. */
    static class Noted extends HttpServlet {
        final List<String> calls;
        final String name;

        Noted(List<String> calls, String name) {
            this.calls = calls;
            this.name = name;
        }

        @Override
        public void init() throws ServletException {
            calls.add("init " + name);
        }

        @Override
        protected void doGet(HttpServletRequest q, HttpServletResponse r) throws ServletException, IOException {
            r.getWriter().print(name);
        }

        @Override
        public void destroy() {
            calls.add("destroy " + name);
        }
    }

    @Test
    @DisplayName("2.3.1: load-on-startup servlets are initialised in order, others at their first request")
    void loadOnStartup() throws Exception {
        List<String> calls = new ArrayList<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("lazy", new Noted(calls, "lazy"), "/lazy")
                .servlet("two", new Noted(calls, "two"), s -> s.setLoadOnStartup(2), "/two")
                .servlet("one", new Noted(calls, "one"), s -> s.setLoadOnStartup(1), "/one")
                .servlet("never", new Noted(calls, "never"), s -> s.setLoadOnStartup(-1), "/never"));
        assertEquals(List.of("init one", "init two"), calls);
        Call.get(app, "/lazy");
        Call.get(app, "/lazy");
        assertEquals(List.of("init one", "init two", "init lazy"), calls);
        app.undeploy(Duration.ZERO);
        assertEquals(Set.of("destroy one", "destroy two", "destroy lazy"), Set.copyOf(calls.subList(3, 6)));
        assertEquals(6, calls.size());
    }

    @Test
    @DisplayName("2.3.2: under many first requests at once a servlet is initialised once")
    void singleInit() throws Exception {
        AtomicInteger inits = new AtomicInteger();
        CountDownLatch inInit = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ServletApplication app = Servlets.deployed(ServletApplication.builder().servlet("s", new HttpServlet() {
            @Override
            public void init() throws ServletException {
                inits.incrementAndGet();
                inInit.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    throw new ServletException(e);
                }
            }

            @Override
            protected void doGet(HttpServletRequest q, HttpServletResponse r) throws IOException {
                r.getWriter().print("up");
            }
        }, "/s"));
        List<CompletableFuture<String>> answers = new ArrayList<>();
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            for (int i = 0; i < 8; i++) {
                answers.add(CompletableFuture.supplyAsync(() -> {
                    try {
                        return Call.get(app, "/s").text();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }, pool));
            }
            inInit.await();
            go.countDown();
            for (CompletableFuture<String> answer : answers) {
                assertEquals("up", answer.get(20, TimeUnit.SECONDS));
            }
        } finally {
            pool.shutdown();
        }
        assertEquals(1, inits.get());
    }

    @Test
    @DisplayName("2.3.2.1: a failed init is answered with 500 and tried again; destroy is not called")
    void failedInit() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        List<String> calls = new ArrayList<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder().servlet("s", new Noted(calls, "s") {
            @Override
            public void init() throws ServletException {
                if (attempts.incrementAndGet() == 1) {
                    throw new ServletException("not yet");
                }
            }
        }, "/s"));
        MemoryResponse first = Call.get(app, "/s");
        assertEquals(500, first.status());
        assertFalse(first.text().contains("not yet"), "no inner text leaks");
        assertEquals("s", Call.get(app, "/s").text());
        assertEquals(List.of(), calls);
    }

    @Test
    @DisplayName("2.3.3.2: UnavailableException for a time gives 503 with Retry-After until the time is over")
    void unavailableForATime() throws Exception {
        TestClock clock = new TestClock();
        AtomicBoolean broken = new AtomicBoolean(true);
        ServletApplication app = Servlets.deployed(ServletApplication.builder().clock(clock)
                .servlet("s", Servlets.servlet((q, r) -> {
                    if (broken.getAndSet(false)) {
                        throw new UnavailableException("later", 30);
                    }
                    r.getWriter().print("back");
                }), "/s"));
        MemoryResponse first = Call.get(app, "/s");
        assertEquals(503, first.status());
        assertEquals("30", first.header("Retry-After"));
        clock.advance(Duration.ofSeconds(29));
        assertEquals(503, Call.get(app, "/s").status());
        clock.advance(Duration.ofSeconds(2));
        assertEquals("back", Call.get(app, "/s").text());
    }

    @Test
    @DisplayName("2.3.3.2: UnavailableException for good gives 404 from then on; destroy is called in the end")
    void unavailableForGood() throws Exception {
        List<String> calls = new ArrayList<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder().servlet("s", new Noted(calls, "s") {
            @Override
            protected void doGet(HttpServletRequest q, HttpServletResponse r) throws ServletException {
                throw new UnavailableException("never");
            }
        }, "/s"));
        assertEquals(404, Call.get(app, "/s").status());
        assertEquals(404, Call.get(app, "/s").status());
        app.undeploy(Duration.ZERO);
        assertEquals(List.of("init s", "destroy s"), calls);
    }

    @Test
    @DisplayName("2.3.2.1: UnavailableException in init")
    void unavailableInInit() throws Exception {
        TestClock clock = new TestClock();
        ServletApplication app = Servlets.deployed(ServletApplication.builder().clock(clock)
                .servlet("s", new HttpServlet() {
                    private static int attempts;

                    @Override
                    public void init() throws ServletException {
                        if (attempts++ == 0) {
                            throw new UnavailableException("warming up", 5);
                        }
                    }

                    @Override
                    protected void doGet(HttpServletRequest q, HttpServletResponse r) {
                        r.setStatus(204);
                    }
                }, "/s"));
        assertEquals(503, Call.get(app, "/s").status());
        assertEquals(503, Call.get(app, "/s").status());
        clock.advance(Duration.ofSeconds(6));
        assertEquals(204, Call.get(app, "/s").status());
    }

    @Test
    @DisplayName("deploy: what fails leaves everything destroyed again, in reverse order")
    void failingDeploy() {
        List<String> calls = new ArrayList<>();
        ServletApplication app = ServletApplication.builder().requireServlets(true)
                .listener(new ServletContextListener() {
                    @Override
                    public void contextInitialized(ServletContextEvent event) {
                        calls.add("context");
                    }

                    @Override
                    public void contextDestroyed(ServletContextEvent event) {
                        calls.add("context destroyed");
                    }
                })
                .servlet("good", new Noted(calls, "good"), s -> s.setLoadOnStartup(1))
                .servlet("bad", new Noted(calls, "bad") {
                    @Override
                    public void init() {
                        throw new IllegalStateException("bad");
                    }
                }, s -> s.setLoadOnStartup(2))
                .build();
        assertThrows(IllegalStateException.class, app::deploy);
        assertEquals(List.of("context", "init good", "destroy good", "context destroyed"), calls);
        assertThrows(IllegalStateException.class, app::context);
        assertThrows(IllegalStateException.class, app::deploy);
    }

    @ParameterizedTest(name = "2.3.2.1: {0} at init on start-up keeps that servlet out of service, and no other")
    @ValueSource(strings = {"unavailable", "for good", "servlet", "runtime", "linkage"})
    void failingOnStartUp(String how) throws Exception {
        List<String> calls = new ArrayList<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("bad", new HttpServlet() {
                    @Override
                    public void init() throws ServletException {
                        calls.add("init");
                        switch (how) {
                            case "unavailable" -> throw new UnavailableException(how, 60);
                            case "for good" -> throw new UnavailableException(how);
                            case "servlet" -> throw new ServletException(how);
                            case "runtime" -> throw new IllegalStateException(how);
                            default -> throw new NoClassDefFoundError(how);
                        }
                    }

                    @Override
                    public void destroy() {
                        calls.add("destroy");
                    }
                }, s -> s.setLoadOnStartup(1), "/bad")
                .servlet("good", new Noted(calls, "good"), s -> s.setLoadOnStartup(2), "/good"));
        assertEquals(List.of("init", "init good"), calls);
        int status = Call.get(app, "/bad").status();
        assertEquals(how.equals("unavailable") ? 503 : how.equals("for good") ? 404 : 500, status);
        assertEquals(!how.contains("avail") && !how.contains("good"), calls.size() == 3, "the others are tried again");
        assertEquals(200, Call.get(app, "/good").status());
    }

    @Test
    @DisplayName("undeploy refuses new requests, waits for those in flight, and says if it did not get them all")
    void undeployWaits() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        ServletApplication app = Servlets.deployed(ServletApplication.builder().servlet("s", new Noted(calls, "s") {
            @Override
            protected void doGet(HttpServletRequest q, HttpServletResponse r) throws ServletException, IOException {
                inside.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    throw new ServletException(e);
                }
                calls.add("served");
                super.doGet(q, r);
            }
        }, "/s"));
        CompletableFuture<MemoryResponse> answer = new CompletableFuture<>();
        Thread worker = new Thread(() -> {
            try {
                answer.complete(Call.get(app, "/s"));
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        worker.start();
        inside.await();
        CompletableFuture<Boolean> quiet = new CompletableFuture<>();
        Thread ending = new Thread(() -> quiet.complete(app.undeploy(Duration.ofSeconds(20))));
        ending.start();
        // The door is closed before the wait begins.
        while (ending.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertEquals(503, Call.get(app, "/s").status());
        go.countDown();
        assertTrue(quiet.get(20, TimeUnit.SECONDS));
        assertEquals("s", answer.get(20, TimeUnit.SECONDS).text());
        assertEquals(List.of("init s", "served", "destroy s"), calls);
    }

    @Test
    @DisplayName("ServletConfig tells name, context and init parameters")
    void config() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().servlet("named", new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest q, HttpServletResponse r) throws IOException {
                assertSame(q.getServletContext(), getServletContext());
                r.getWriter().print(getServletName() + getInitParameter("a") + getInitParameter("none")
                        + Collections.list(getInitParameterNames()));
            }
        }, s -> s.setInitParameters(Map.of("a", "1")), "/s"));
        assertEquals("named1null[a]", Call.get(app, "/s").text());
    }

    /** Made by the container. */
    public static final class Plain extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest q, HttpServletResponse r) throws IOException {
            r.getWriter().print("plain");
        }
    }

    @Test
    @DisplayName("components given as classes or names are made by the factory and given back to it")
    void factory() throws Exception {
        List<String> calls = new ArrayList<>();
        ComponentFactory factory = new ComponentFactory() {
            @Override
            public <T> T create(Class<T> type) throws Exception {
                calls.add("create " + type.getSimpleName());
                return ComponentFactory.CONSTRUCTOR.create(type);
            }

            @Override
            public void destroy(Object component) {
                calls.add("destroy " + component.getClass().getSimpleName());
            }
        };
        ServletApplication app = Servlets.deployed(ServletApplication.builder().components(factory)
                .servlet(Plain.class, "/class")
                .initializer((classes, context) -> context.addServlet("byName", Plain.class.getName())
                        .addMapping("/name")));
        assertEquals("plain", Call.get(app, "/class").text());
        assertEquals("plain", Call.get(app, "/name").text());
        app.undeploy(Duration.ZERO);
        assertEquals(List.of("create Plain", "create Plain", "destroy Plain", "destroy Plain"), calls);
    }

    @Test
    @DisplayName("a class that can't be loaded or made is a 500 with a log, not a broken application")
    void missingClass() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .initializer((classes, context) -> {
                    context.addServlet("gone", "no.such.Servlet").addMapping("/gone");
                    context.addServlet("wrong", "java.lang.String").addMapping("/wrong");
                    context.addServlet("private", Noted.class).addMapping("/private");
                }));
        assertEquals(500, Call.get(app, "/gone").status());
        assertEquals(500, Call.get(app, "/wrong").status());
        assertEquals(500, Call.get(app, "/private").status());
    }

    @Test
    @DisplayName("2.1: HttpServlet's own OPTIONS, TRACE, HEAD and unknown methods")
    void httpServletMethods() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("s", new Noted(new ArrayList<>(), "hello"), "/s"));
        MemoryResponse options = Call.of(app, "OPTIONS", "/s").send();
        assertEquals("GET, HEAD, TRACE, OPTIONS", options.header("Allow").replace("HEAD, GET", "GET, HEAD"));
        MemoryResponse trace = Call.of(app, "TRACE", "/s").field("X-A", "1").field("Cookie", "a=b").send();
        assertTrue(trace.text().contains("X-A: 1"), trace.text());
        assertFalse(trace.text().contains("a=b"), "no secrets are echoed");
        assertEquals("message/http", trace.header("Content-Type").split(";")[0]);
        MemoryResponse head = Call.of(app, "HEAD", "/s").send();
        assertEquals("5", head.header("Content-Length"));
        assertEquals("", head.text());
        assertEquals(405, Call.of(app, "PUT", "/s").send().status());
        assertEquals(501, Call.of(app, "BREW", "/s").send().status());
    }

    @Test
    @DisplayName("the application's class loader is around deploy, requests and undeploy, and gone after")
    void contextClassLoader() throws Exception {
        ClassLoader loader = new URLClassLoader(new URL[0], LifecycleTest.class.getClassLoader());
        List<ClassLoader> seen = new ArrayList<>();
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        ServletApplication app = Servlets.deployed(ServletApplication.builder().classLoader(loader)
                .servlet("s", new Noted(new ArrayList<>(), "s") {
                    @Override
                    public void init() {
                        seen.add(Thread.currentThread().getContextClassLoader());
                    }

                    @Override
                    protected void doGet(HttpServletRequest q, HttpServletResponse r) {
                        seen.add(Thread.currentThread().getContextClassLoader());
                    }

                    @Override
                    public void destroy() {
                        seen.add(Thread.currentThread().getContextClassLoader());
                    }
                }, s -> s.setLoadOnStartup(1), "/s"));
        assertSame(before, Thread.currentThread().getContextClassLoader());
        Call.get(app, "/s");
        assertSame(before, Thread.currentThread().getContextClassLoader());
        app.undeploy(Duration.ZERO);
        assertSame(before, Thread.currentThread().getContextClassLoader());
        assertEquals(List.of(loader, loader, loader), seen);
    }
}
