/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.GenericServlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.UnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servlet 6.1 sections 2.3.2 to 2.3.4: servlets that fail, and the end of their service. */
@ExtendWith(Undeploy.class)
@Timeout(60)
final class UnavailableTest {

    /** Notes its life, and does as it is told. */
    private static final class Noted extends GenericServlet {
        private static final long serialVersionUID = 1L;
        private final transient List<String> calls = Collections.synchronizedList(new ArrayList<>());
        private final transient Servlets.Action action;

        Noted(Servlets.Action action) {
            this.action = action;
        }

        @Override
        public void init() {
            calls.add("init");
        }

        @Override
        public void service(ServletRequest request, ServletResponse response) throws ServletException, IOException {
            Servlets.servlet(action).service(request, response);
        }

        @Override
        public void destroy() {
            calls.add("destroy");
        }
    }

    private static ServletApplication app(TestClock clock, Noted... servlets) throws Exception {
        ServletApplicationBuilder builder = ServletApplication.builder().clock(clock);
        for (int i = 0; i < servlets.length; i++) {
            builder.servlet("s" + i, servlets[i], Servlets.async(), "/" + i + "/*");
        }
        return Servlets.deployed(builder);
    }

    @Test
    @DisplayName("2.3.3.2: unavailable for good: 404, destroy is called, and the servlet does not come back")
    void forGood() throws Exception {
        Noted servlet = new Noted((q, r) -> {
            throw new UnavailableException("worn out");
        });
        ServletApplication app = app(new TestClock(), servlet);
        assertEquals(404, Call.get(app, "/0").status());
        assertEquals(List.of("init", "destroy"), servlet.calls);
        assertEquals(404, Call.get(app, "/0").status());
        assertTrue(app.undeploy(Duration.ZERO));
        assertEquals(List.of("init", "destroy"), servlet.calls, "destroyed once");
    }

    @Test
    @DisplayName("2.3.4: destroy waits for the requests that are still in the servlet")
    void destroyWaits() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Noted servlet = new Noted((q, r) -> {
            if (q.getParameter("slow") != null) {
                inside.countDown();
                leave.await();
                r.getWriter().print("slow but served");
                return;
            }
            throw new UnavailableException("worn out");
        });
        ServletApplication app = app(new TestClock(), servlet);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<MemoryResponse> slow = threads.submit(() -> Call.get(app, "/0?slow"));
            inside.await();
            assertEquals(404, Call.get(app, "/0").status());
            assertEquals(List.of("init"), servlet.calls, "one request is still in service");
            leave.countDown();
            assertEquals("slow but served", slow.get().text());
            assertEquals(List.of("init", "destroy"), servlet.calls);
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest(name = "2.3.3.2: unavailable for {0} s answers 503 with Retry-After {1}")
    @CsvSource({"1, 1", "60, 60", "0, 1", "-5, 1"})
    void forATime(int seconds, String retryAfter) throws Exception {
        TestClock clock = new TestClock();
        AtomicInteger served = new AtomicInteger();
        Noted servlet = new Noted((q, r) -> {
            if (served.incrementAndGet() == 1) {
                throw new UnavailableException("tired", seconds);
            }
            r.getWriter().print("rested");
        });
        ServletApplication app = app(clock, servlet);
        MemoryResponse first = Call.get(app, "/0");
        assertEquals(503, first.status());
        assertEquals(retryAfter, first.header("Retry-After"));
        assertFalse(first.text().contains("tired"), "the message is the application's own");
        assertEquals(503, Call.get(app, "/0").status());
        assertEquals(1, served.get(), "not asked while it rests");
        clock.advance(Duration.ofSeconds(Math.max(1, seconds)));
        assertEquals("rested", Call.get(app, "/0").text());
        assertEquals(List.of("init"), servlet.calls, "the instance stays");
    }

    @ParameterizedTest(name = "9.5: a servlet that can't be reached by {0} does not take the one that asked with it")
    @CsvSource({"forward", "include", "named"})
    void onlyTheInnermost(String how) throws Exception {
        TestClock clock = new TestClock();
        Noted inner = new Noted((q, r) -> {
            throw new UnavailableException("tired", 10);
        });
        Noted outer = new Noted((q, r) -> {
            if (q.getParameter("call") == null) {
                r.getWriter().print("well");
            } else {
                switch (how) {
                    case "forward" -> q.getRequestDispatcher("/0/x").forward(q, r);
                    case "include" -> q.getRequestDispatcher("/0/x").include(q, r);
                    default -> q.getServletContext().getNamedDispatcher("s0").forward(q, r);
                }
            }
        });
        ServletApplication app = app(clock, inner, outer);
        assertEquals(503, Call.get(app, "/1?call").status());
        assertEquals("well", Call.get(app, "/1").text());
        assertEquals(503, Call.get(app, "/1?call").status(), "refused before it is called");
        assertEquals("well", Call.get(app, "/1").text());
        assertEquals(503, Call.get(app, "/0").status());
    }

    @Test
    @DisplayName("2.3.4: after undeploy a servlet is not initialised again by a request that is late")
    void notRevived() throws Exception {
        List<String> calls = new ArrayList<>();
        Noted late = new Noted((q, r) -> {});
        ServletApplication[] app = new ServletApplication[1];
        Noted undeploys = new Noted((q, r) -> {
            assertFalse(app[0].undeploy(Duration.ZERO), "this request is in flight");
            calls.add("undeployed");
            q.getRequestDispatcher("/1").forward(q, r);
        });
        app[0] = app(new TestClock(), undeploys, late);
        assertEquals(503, Call.get(app[0], "/0").status());
        assertEquals(List.of("undeployed"), calls);
        assertEquals(List.of(), late.calls);
        assertEquals(503, Call.get(app[0], "/0").status(), "and no other request comes in");
    }

    @Test
    @DisplayName("2.3.2.1: of many first requests one initialises; when that fails, each of the others tries")
    void failingInitUnderLoad() throws Exception {
        int crowd = 8;
        AtomicInteger inits = new AtomicInteger();
        AtomicInteger running = new AtomicInteger();
        GenericServlet servlet = new GenericServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            public void init() throws ServletException {
                assertEquals(1, running.incrementAndGet(), "one thread at a time");
                boolean fails = inits.incrementAndGet() <= 3;
                running.decrementAndGet();
                if (fails) {
                    throw new ServletException("not yet");
                }
            }

            @Override
            public void service(ServletRequest request, ServletResponse response) throws IOException {
                response.getWriter().print("up");
            }
        };
        ServletApplication app = Servlets.deployed(ServletApplication.builder().servlet("s", servlet, "/*"));
        CyclicBarrier gate = new CyclicBarrier(crowd);
        ExecutorService threads = Executors.newFixedThreadPool(crowd);
        try {
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < crowd; i++) {
                answers.add(threads.submit(() -> {
                    gate.await();
                    return Call.get(app, "/").status();
                }));
            }
            int failed = 0;
            for (Future<Integer> answer : answers) {
                failed += answer.get() == 500 ? 1 : 0;
            }
            assertEquals(3, failed);
            assertEquals(4, inits.get());
            assertEquals("up", Call.get(app, "/").text());
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest(name = "2.3.3.2: what {0} throws costs its own answer only")
    @CsvSource({"java.lang.StackOverflowError", "java.lang.OutOfMemoryError", "java.lang.AssertionError",
        "java.lang.IllegalStateException", "java.io.IOException", "jakarta.servlet.ServletException",
        "java.lang.NoClassDefFoundError", "java.lang.NullPointerException"})
    void anyThrowable(String type) throws Exception {
        Noted servlet = new Noted((q, r) -> {
            if (q.getParameter("fail") != null) {
                r.getWriter().print("half");
                r.setHeader("X-Kept", "1");
                Throwable thrown = (Throwable) Class.forName(type).getConstructor().newInstance();
                if (thrown instanceof Error error) {
                    throw error;
                }
                throw (Exception) thrown;
            }
            r.getWriter().print("fine");
        });
        ServletApplication app = app(new TestClock(), servlet);
        MemoryResponse failed = Call.get(app, "/0?fail");
        assertEquals(500, failed.status());
        assertFalse(failed.text().contains("half"));
        assertEquals("fine", Call.get(app, "/0").text());
        assertTrue(app.undeploy(Duration.ofSeconds(10)), "the failed request was counted out");
    }

    @Test
    @DisplayName("15.3.3: a filter sees multipart settings of the annotation at the very first request")
    void annotationBeforeInit() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .filter(Servlets.filter((q, r, chain) -> {
                    r.setHeader("X-Filter", String.valueOf(q.getParameter("a")));
                    chain.doFilter(q, r);
                }), "/*")
                .servlet(MultipartTest.Annotated.class, "/*"));
        MemoryResponse got = Call.of(app, "POST", "/").field("Content-Type", "multipart/form-data; boundary=B")
                .body("--B\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--B--").send();
        assertEquals("1", got.header("X-Filter"));
        assertEquals("1", got.text());
    }

    @Test
    @DisplayName("2.3.2: a class that can't be loaded fails its requests, and nothing else")
    void missingClass() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .initializer((classes, context) -> context.addServlet("gone", "org.example.Gone").addMapping("/gone"))
                .servlet("fine", Servlets.text("fine"), "/fine"));
        for (int i = 0; i < 2; i++) {
            assertEquals(500, Call.get(app, "/gone").status());
            assertEquals("fine", Call.get(app, "/fine").text());
        }
        assertThrows(NullPointerException.class, () -> app.context().getInitParameter(null));
        assertNull(app.context().getServletContextName());
    }

    @Test
    @DisplayName("2.3.3: SERVICE of one instance is entered by many threads at once")
    void concurrentService() throws Exception {
        CyclicBarrier together = new CyclicBarrier(4);
        Noted servlet = new Noted((q, r) -> {
            together.await();
            r.getWriter().print(q.getQueryString());
        });
        ServletApplication app = app(new TestClock(), servlet);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String query = "n=" + i;
                answers.add(threads.submit(() -> Call.get(app, "/0?" + query).text()));
            }
            for (int i = 0; i < 4; i++) {
                assertEquals("n=" + i, answers.get(i).get());
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
