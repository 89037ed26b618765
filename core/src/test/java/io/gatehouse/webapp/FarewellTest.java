/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.Authenticator;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Timer;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.Logger;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Applications that leave themselves behind in the JDK: what is cleared, what is said, and that the class loader goes. */
@Timeout(120)
class FarewellTest {

    private static final String DRIVER = "package app; import java.sql.*; public class D implements Driver {"
            + " public Connection connect(String u, Properties p) { return null; } public boolean acceptsURL(String u) { return false; }"
            + " public DriverPropertyInfo[] getPropertyInfo(String u, Properties p) { return new DriverPropertyInfo[0]; }"
            + " public int getMajorVersion() { return 1; } public int getMinorVersion() { return 0; }"
            + " public boolean jdbcCompliant() { return false; }"
            + " public java.util.logging.Logger getParentLogger() { return null; } }";

    private static final String BEAN = "package app; public class Bean implements BeanMBean { public int getX() { return 1; } }";
    private static final String BEAN_FACE = "package app; public interface BeanMBean { int getX(); }";
    private static final String LEVEL = "package app; public class Level extends java.util.logging.Level {"
            + " public Level() { super(\"APP_LEVEL\", 850, \"app.Texts\"); } }";
    private static final String HANDLER = "package app; public class Log extends java.util.logging.Handler implements"
            + " java.util.logging.Filter { public void publish(java.util.logging.LogRecord r) { } public void flush() { }"
            + " public void close() { } public boolean isLoggable(java.util.logging.LogRecord r) { return true; } }";
    private static final String PROVIDER = "package app; public class Prov extends java.security.Provider {"
            + " public Prov() { super(\"AppProv\", \"1\", \"\"); } }";
    private static final String AUTHENTICATOR = "package app; public class Auth extends java.net.Authenticator { }";
    private static final String CATCHER = "package app; public class Catcher implements Thread.UncaughtExceptionHandler {"
            + " public void uncaughtException(Thread t, Throwable e) { } }";
    private static final String TEXTS = "package app; public class Texts extends ListResourceBundle {"
            + " protected Object[][] getContents() { return new Object[][] {{\"APP_LEVEL\", \"level\"}}; } }";
    private static final String WAITER = "package app; public class Waiter extends Thread { public Waiter() { super(\"app-waiter\");"
            + " setDaemon(true); } public void run() { try { new java.util.concurrent.CountDownLatch(1).await(); }"
            + " catch (InterruptedException e) { } } }";
    private static final String HOLDER = "package app; public class Holder { public static final ThreadLocal<Holder> HELD ="
            + " new ThreadLocal<>(); public static Holder instance = new Holder(); private int x; public int getX() { return x; } }";

    @TempDir
    Path place;

    /** An application whose servlet does something when it is asked, and prints an x. */
    private WebApplication application(String statements) throws Exception {
        Archive archive = new Archive()
                .webXml("<servlet><servlet-name>A</servlet-name><servlet-class>app.A</servlet-class></servlet>"
                        + "<servlet-mapping><servlet-name>A</servlet-name><url-pattern>/</url-pattern></servlet-mapping>")
                .classes(DRIVER, BEAN, BEAN_FACE, LEVEL, HANDLER, PROVIDER, AUTHENTICATOR, CATCHER, TEXTS, WAITER, HOLDER,
                        "package app; public class A extends HttpServlet { protected void doGet(HttpServletRequest request,"
                                + " HttpServletResponse response) throws IOException, ServletException { try { " + statements
                                + " } catch (Exception e) { throw new ServletException(e); } response.getWriter().print('x'); } }")
                .lib("extra.jar", new Archive().file("extra.txt", "extra"));
        return WebApplication.of(archive.war(place.resolve("app.war"))).contextPath("");
    }

    /** Deploys, asks once, undeploys; the heap watches the class loader. */
    private void cycle(WebApplication wanted, Heap heap) throws Exception {
        Served served = Served.of(wanted);
        heap.watch(served.context().getClassLoader());
        assertEquals("x", served.get("/"));
        served.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "nothing at all              | ;",
        "a session                   | request.getSession().setAttribute(\"a\", new Holder());",
        "an attribute                | getServletContext().setAttribute(\"a\", new Holder());",
        "a static field              | Holder.instance = new Holder();",
        "a driver                    | java.sql.DriverManager.registerDriver(new D());",
        "a resource bundle           | ResourceBundle.getBundle(\"app.Texts\").getString(\"APP_LEVEL\");",
        "a level of logging          | java.util.logging.Logger.getLogger(\"app.x\").log(new Level(), \"hi\");",
        "a logger                    | java.util.logging.Logger.getLogger(\"app.y\").setFilter(new Log());",
        "a handler of the root       | java.util.logging.Logger.getLogger(\"\").addHandler(new Log());",
        "a logger of the system      | System.getLogger(\"app.z\").log(System.Logger.Level.DEBUG, \"hi\");",
        "a bean of management        | java.lang.management.ManagementFactory.getPlatformMBeanServer().registerMBean(new Bean(), new javax.management.ObjectName(\"app:name=leak\"));",
        "a provider of security      | java.security.Security.addProvider(new Prov());",
        "a default authenticator     | java.net.Authenticator.setDefault(new Auth());",
        "a catcher of exceptions     | Thread.setDefaultUncaughtExceptionHandler(new Catcher());",
        "a thread                    | new Waiter().start();",
        "a thread of the JDK's class | Thread t = new Thread(() -> { try { Thread.sleep(1000000); } catch (InterruptedException e) { } }); t.setDaemon(true); t.start();",
        "an executor                 | java.util.concurrent.ExecutorService e = java.util.concurrent.Executors.newFixedThreadPool(2, r -> { Thread t = new Thread(r); t.setDaemon(true); return t; }); e.execute(() -> { }); e.shutdown();",
        "a cancelled timer           | Timer t = new Timer(\"app-timer\", true); t.schedule(new TimerTask() { public void run() { } }, 1000000); t.cancel();",
        "knowledge of beans          | java.beans.Introspector.getBeanInfo(Holder.class);",
        "a proxy                     | java.lang.reflect.Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {BeanMBean.class}, (p, m, a) -> null);",
        "a lambda and a method handle | Runnable r = Holder::new; r.run();",
        "an open jar of the cache    | new java.net.URL(getServletContext().getClassLoader().getResource(\"extra.txt\").toString()).openStream().close();",
        "services                    | ServiceLoader.load(Runnable.class).findFirst();",
        "a document builder          | javax.xml.parsers.DocumentBuilderFactory.newInstance().newDocumentBuilder();",
        "a failed request            | try { throw new IllegalStateException(); } catch (IllegalStateException e) { log(\"failed\", e); }"})
    void theClassLoaderIsCollected(String what, String statements) throws Exception {
        Heap heap = new Heap();
        WebApplication wanted = application(statements);
        for (int i = 0; i < 3; i++) {
            cycle(wanted, heap);
        }
        assertEquals(0, heap.left(), what + " keeps class loaders in memory");
    }

    @Test
    void whatIsClearedIsSaid() throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            cycle(application("java.sql.DriverManager.registerDriver(new D()); java.security.Security.addProvider(new Prov());"
                    + " java.net.Authenticator.setDefault(new Auth()); java.util.logging.Logger.getLogger(\"\").addHandler(new Log());"
                    + " java.util.logging.Logger.getLogger(\"app.filtered\").setFilter(new Log());"
                    + " java.lang.management.ManagementFactory.getPlatformMBeanServer().registerMBean(new Bean(),"
                    + " new javax.management.ObjectName(\"app:name=said\"));"), new Heap());
            assertTrue(log.has("has left database drivers: app.D; they were removed"), log.toString());
            assertTrue(log.has("has left providers of security: AppProv"), log.toString());
            assertTrue(log.has("has left defaults of the process: the authenticator"), log.toString());
            assertTrue(log.has("has left handlers or filters of the loggers: "), log.toString());
            assertTrue(log.has("the root logger"), log.toString());
            assertTrue(log.has("has left beans of management: app:name=said"), log.toString());
        }
        assertNull(Security.getProvider("AppProv"));
        assertNull(Authenticator.getDefault());
        assertFalse(ManagementFactory.getPlatformMBeanServer().isRegistered(new ObjectName("app:name=said")));
        assertFalse(DriverManager.drivers().anyMatch(each -> each.getClass().getName().equals("app.D")));
        for (Handler each : Logger.getLogger("").getHandlers()) {
            assertFalse(each.getClass().getName().startsWith("app."));
        }
    }

    @Test
    void anApplicationThatLeavesNothingIsNotBlamed() throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            cycle(application(";"), new Heap());
            assertEquals("[]", log.toString());
        }
    }

    /** A thread that ignores interrupts can't be ended by anyone: it is named, with where it is. */
    @Test
    void aThreadThatDoesNotEndIsNamed() throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            Served served = Served.of(application("java.util.concurrent.CountDownLatch end = new java.util.concurrent.CountDownLatch(1);"
                    + " getServletContext().setAttribute(\"end\", (Runnable) end::countDown); Thread t = new Thread(() -> { while"
                    + " (end.getCount() > 0) { try { end.await(); } catch (InterruptedException e) { } } }, \"app-stubborn\");"
                    + " t.setDaemon(true); t.start();"));
            assertEquals("x", served.get("/"));
            Runnable end = (Runnable) served.context().getAttribute("end");
            served.close();
            assertTrue(log.has("the thread app-stubborn of class loader of app.war"), log.toString());
            assertTrue(log.has("does not end and keeps its classes in memory: end it in contextDestroyed"), log.toString());
            assertTrue(log.has("\n    at "), log.toString());
            end.run();
        }
    }

    /** Only with the JDK's inside opened can a timer be stopped from outside; else it is named with both remedies. */
    @Test
    void aTimerThatIsLeftIsStoppedOrNamed() throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            Served served = Served.of(application("Timer t = new Timer(\"app-left-timer\", true); t.schedule(new TimerTask() {"
                    + " public void run() { } }, 1000000000); getServletContext().setAttribute(\"timer\", t);"));
            assertEquals("x", served.get("/"));
            Timer timer = (Timer) served.context().getAttribute("timer");
            served.close();
            boolean open = Object.class.getModule().isOpen("java.util", Farewell.class.getModule());
            assertEquals(!open, log.has("the thread app-left-timer of"), log.toString());
            assertEquals(!open, log.has("by the timer's cancel, or start Java with --add-opens java.base/java.util=ALL-UNNAMED"),
                    log.toString());
            timer.cancel();
        }
    }

    @Test
    void threadsOfOthersAreLeftAlone() throws Exception {
        Thread other = new Thread(() -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "not-the-applications");
        other.start();
        cycle(application(";"), new Heap());
        assertTrue(other.isAlive());
        assertFalse(other.isInterrupted());
        other.interrupt();
        other.join();
    }

    /** An open jar that lies in the JDK's cache would be read after the file was replaced. */
    @Test
    void openJarsLeaveTheCache() throws Exception {
        Path directory = new Archive().file("WEB-INF/x", "x").lib("text.jar", new Archive().file("t.txt", "old"))
                .directory(place.resolve("app"));
        URL address;
        try (Served served = Served.of(WebApplication.of(directory))) {
            address = new URL(served.context().getClassLoader().getResource("t.txt").toString()); // not ours any more, and cached
            try (InputStream in = address.openStream()) {
                assertEquals('o', in.read());
            }
        }
        Files.write(directory.resolve("WEB-INF/lib/text.jar"), new Archive().file("t.txt", "new text").bytes());
        try (InputStream in = new URL(address.toString()).openStream()) {
            assertEquals("new text", new String(in.readAllBytes()));
        }
        ((JarURLConnection) address.openConnection()).getJarFile().close();
    }

    @Test
    void theContextsLoaderIsKnownUntilTheEnd() throws Exception {
        Served served = Served.of(application(";"));
        assertNotNull(served.context().getClassLoader().getResource("extra.txt"));
        served.application().undeploy(Duration.ZERO);
        served.application().undeploy(Duration.ZERO);
    }
}
