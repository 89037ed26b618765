/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An application that is exchanged while it is in use. */
@Section("10.8")
@DisplayNameGeneration(SectionNames.class)
@Timeout(300)
class LiveApplicationTest {

    private static final Duration GRACE = Duration.ofSeconds(30);

    @TempDir
    Path place;

    private final ExecutorService clients = Executors.newCachedThreadPool();

    @AfterEach
    void end() throws InterruptedException {
        clients.shutdownNow();
        assertTrue(clients.awaitTermination(30, TimeUnit.SECONDS));
    }

    /** A servlet at /v that tells a version, and one at /wait that waits for latches of the context. */
    private static Archive version(int version) {
        return new Archive().file("version.txt", "static " + version).classes(
                SourceCode.servlet("V", "@WebServlet(\"/v\")", "\"version " + version + "\""),
                "package app; @WebServlet(\"/wait\") public class W extends HttpServlet { protected void doGet(HttpServletRequest q,"
                        + " HttpServletResponse s) throws IOException { ((java.util.concurrent.CountDownLatch) getServletContext()"
                        + ".getAttribute(\"in\")).countDown(); try { ((java.util.concurrent.CountDownLatch) getServletContext()"
                        + ".getAttribute(\"go\")).await(); } catch (InterruptedException e) { s.getWriter().print(\"interrupted \"); }"
                        + " s.getWriter().print(\"waited " + version + " \" + new Late()); } }",
                "package app; public class Late { public String toString() { return \"late " + version + "\"; } }");
    }

    private WebApplication application(int version) throws IOException {
        return WebApplication.of(version(version).war(place.resolve("app.war"))).contextPath("/app")
                .workDirectory(place.resolve("work"));
    }

    private long unpacked() throws IOException {
        try (Stream<Path> all = Files.list(place.resolve("work"))) {
            return all.count();
        }
    }

    private static String get(LiveApplication live, String target) throws Exception {
        FakeResponse response = new FakeResponse().handledBy(live, FakeRequest.get(target));
        if (response.outcome() instanceof HttpFailure failure) {
            return String.valueOf(failure.status());
        }
        return response.sentText();
    }

    @Test
    void theFilesAreReadAgain() throws Exception {
        LiveApplication live = LiveApplication.of(application(1));
        assertNull(live.context());
        assertEquals("503", get(live, "/app/v"));
        live.deploy();
        assertEquals("version 1", get(live, "/app/v"));
        assertEquals("static 1", get(live, "/app/version.txt"));
        application(2);
        assertEquals("version 1", get(live, "/app/v"));
        assertTrue(live.redeploy(GRACE));
        assertEquals("version 2", get(live, "/app/v"));
        assertEquals("static 2", get(live, "/app/version.txt"));
        assertEquals(1, unpacked());
        assertTrue(live.undeploy(GRACE));
        assertEquals("503", get(live, "/app/v"));
        assertEquals(0, unpacked());
    }

    @Test
    void anotherArchiveMayTakeThePlace() throws Exception {
        LiveApplication live = LiveApplication.of(application(1));
        live.deploy();
        WebApplication other = WebApplication.of(version(2).directory(place.resolve("two"))).contextPath("/app");
        live.redeploy(other, GRACE);
        assertEquals("version 2", get(live, "/app/v"));
        live.redeploy(GRACE);
        assertEquals("version 2", get(live, "/app/v"));
        assertThrows(IllegalArgumentException.class,
                () -> live.redeploy(WebApplication.of(place.resolve("two")).contextPath("/other"), GRACE));
        assertEquals("version 2", get(live, "/app/v"));
        live.undeploy(GRACE);
    }

    @Test
    void aFailingExchangeLeavesTheOldOneInService() throws Exception {
        LiveApplication live = LiveApplication.of(application(1));
        live.deploy();
        Files.writeString(place.resolve("app.war"), "broken");
        assertThrows(DeploymentException.class, () -> live.redeploy(GRACE));
        assertEquals("version 1", get(live, "/app/v"));
        Archive failing = version(2).classes("package app; @WebListener public class L implements ServletContextListener {"
                + " public void contextInitialized(ServletContextEvent e) { throw new IllegalStateException(\"no\"); } }");
        failing.war(place.resolve("app.war"));
        assertThrows(IllegalStateException.class, () -> live.redeploy(GRACE));
        assertEquals("version 1", get(live, "/app/v"));
        assertEquals(1, unpacked());
        application(3);
        live.redeploy(GRACE);
        assertEquals("version 3", get(live, "/app/v"));
        live.undeploy(GRACE);
    }

    @Test
    void aFailingFirstDeploymentMayBeTriedAgain() throws Exception {
        WebApplication wanted = application(1);
        Files.writeString(place.resolve("app.war"), "broken");
        LiveApplication live = LiveApplication.of(wanted);
        assertThrows(ServletException.class, live::deploy);
        application(2);
        live.deploy();
        assertEquals("version 2", get(live, "/app/v"));
        assertThrows(IllegalStateException.class, live::deploy);
        live.undeploy(GRACE);
        assertThrows(IllegalStateException.class, live::deploy);
        assertThrows(IllegalStateException.class, () -> live.redeploy(GRACE));
        assertTrue(live.undeploy(GRACE));
    }

    @Test
    void aRequestEndsOnTheApplicationThatItMet() throws Exception {
        CountDownLatch in = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch exchanged = new CountDownLatch(1);
        LiveApplication live = LiveApplication.of(application(1));
        live.attribute("in", in);
        live.attribute("go", go);
        live.afterExchange(exchanged::countDown);
        live.deploy();
        Future<String> old = clients.submit(() -> get(live, "/app/wait"));
        in.await();
        application(2);
        Future<Boolean> redeployed = clients.submit(() -> live.redeploy(GRACE));
        exchanged.await();
        assertEquals("version 2", get(live, "/app/v"));
        assertFalse(old.isDone() || redeployed.isDone());
        go.countDown();
        assertEquals("waited 1 late 1", old.get());
        assertTrue(redeployed.get());
        live.undeploy(GRACE);
    }

    @Test
    void aGraceThatIsOverCutsOff() throws Exception {
        CountDownLatch in = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        LiveApplication live = LiveApplication.of(application(1));
        live.attribute("in", in);
        live.attribute("go", go);
        live.deploy();
        Future<String> old = clients.submit(() -> get(live, "/app/wait"));
        in.await();
        application(2);
        assertFalse(live.redeploy(Duration.ZERO));
        assertEquals("version 2", get(live, "/app/v"));
        go.countDown();
        assertNotNull(old.get());
        assertFalse(old.get().contains("late 2"));
        live.undeploy(GRACE);
    }

    @Test
    void afterEachExchangeThatIsToldTwice() throws Exception {
        AtomicInteger told = new AtomicInteger();
        LiveApplication live = LiveApplication.of(application(1));
        live.afterExchange(told::incrementAndGet);
        live.deploy();
        assertEquals(0, told.get());
        live.redeploy(GRACE);
        assertEquals(2, told.get());
        live.undeploy(GRACE);
        assertEquals(2, told.get());
    }

    @Test
    void aPlaceNeedsAContextPath() throws Exception {
        WebApplication wanted = WebApplication.of(place.resolve("app.war"));
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> LiveApplication.of(wanted));
        assertTrue(refused.getMessage().endsWith("has no context path: set contextPath"), refused.getMessage());
        assertEquals("/x", LiveApplication.of(wanted.contextPath("/x")).contextPath());
        assertEquals("the web application at /x/", LiveApplication.of(wanted).toString());
    }

    /** Clients that never stop asking: no request is refused, and nobody sees an older version after a newer one. */
    @Test
    void noRequestIsLostWhileApplicationsAreExchanged() throws Exception {
        LiveApplication live = LiveApplication.of(application(0));
        live.deploy();
        AtomicBoolean over = new AtomicBoolean();
        List<Future<Set<String>>> asking = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            asking.add(clients.submit(() -> {
                Set<String> seen = new TreeSet<>();
                int last = -1;
                while (!over.get()) {
                    String text = get(live, "/app/v");
                    if (!text.startsWith("version ")) {
                        throw new AssertionError(text);
                    }
                    int version = Integer.parseInt(text.substring("version ".length()));
                    if (version < last) {
                        throw new AssertionError(version + " after " + last);
                    }
                    last = version;
                    seen.add(text);
                    begun.countDown();
                }
                return seen;
            }));
        }
        begun.await();
        for (int version = 1; version <= 15; version++) {
            application(version);
            assertTrue(live.redeploy(GRACE));
            assertEquals("version " + version, get(live, "/app/v"));
        }
        over.set(true);
        for (Future<Set<String>> each : asking) {
            assertTrue(each.get().size() > 1, each.get().toString());
        }
        live.undeploy(GRACE);
    }

    /** The acceptance of it all: one hundred times, with everything that applications hold, and no class loader is left. */
    @Test
    void afterOneHundredExchangesOneClassLoaderIsLeft() throws Exception {
        Archive archive = version(7).classes(
                SourceCode.servlet("V", "@WebServlet(value = \"/v\", loadOnStartup = 1, asyncSupported = true)",
                        "\"version 7 \" + request.getSession().isNew()"),
                "package app; @WebFilter(\"/*\") public class F implements Filter { static final Map<Object, Object> KEPT ="
                        + " new HashMap<>(); public void doFilter(ServletRequest q, ServletResponse s, FilterChain c) throws"
                        + " IOException, ServletException { KEPT.put(new Object(), q.getServletContext());"
                        + " System.getLogger(\"app.f\").log(System.Logger.Level.DEBUG, \"x\"); c.doFilter(q, s); } }",
                "package app; @WebListener public class L implements ServletContextListener, HttpSessionListener {"
                        + " public void contextInitialized(ServletContextEvent e) { e.getServletContext().setAttribute(\"l\", this);"
                        + " java.util.logging.Logger.getLogger(\"app.l\").fine(\"begun\"); Thread t = new Thread(() -> { try {"
                        + " Thread.sleep(100000000); } catch (InterruptedException x) { } }, \"app-hundred\"); t.setDaemon(true);"
                        + " t.start(); } public void sessionCreated(HttpSessionEvent e) { e.getSession().setAttribute(\"l\", this); } }")
                .lib("init.jar", new Archive().service("init.I").sources("package init; @HandlesTypes(Servlet.class) public class I"
                        + " implements ServletContainerInitializer { static Object held; public void onStartup(Set<Class<?>> c,"
                        + " ServletContext x) { held = c; } }").file("META-INF/resources/r.txt", "r"));
        archive.war(place.resolve("app.war"));
        LiveApplication live = LiveApplication.of(
                WebApplication.of(place.resolve("app.war")).contextPath("/app").workDirectory(place.resolve("work")));
        live.deploy();
        Heap heap = new Heap();
        for (int i = 0; i < 100; i++) {
            heap.watch(live.context().getClassLoader());
            assertEquals("version 7 true", get(live, "/app/v"));
            assertEquals("r", get(live, "/app/r.txt"));
            assertTrue(live.redeploy(GRACE));
        }
        assertEquals("version 7 true", get(live, "/app/v"));
        assertEquals(0, heap.left(), "class loaders of applications that have ended are in memory");
        assertEquals(0, live.survivors());
        assertEquals(1, unpacked());
        heap.watch(live.context().getClassLoader());
        live.undeploy(GRACE);
        assertEquals(0, heap.left());
    }

    @Test
    void survivorsAreCounted() throws Exception {
        LiveApplication live = LiveApplication.of(application(1));
        live.deploy();
        ClassLoader held = live.context().getClassLoader();
        live.redeploy(GRACE);
        assertEquals(1, live.survivors());
        assertNotNull(held);
        live.undeploy(GRACE);
    }
}
