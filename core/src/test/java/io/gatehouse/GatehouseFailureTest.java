/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Connection;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.transport.TransportProvider;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the rest when one part of a server fails to start or to stop, and what is said of it. */
@Timeout(60)
public final class GatehouseFailureTest {

    private final FakeProvider provider = new FakeProvider("fake");
    private final List<String> events = provider.events;

    /** Components that write down what they let go of, and fail where the test says so. */
    private final class Recording implements Components {
        private RuntimeException onDestroy;

        @Override
        public <T> T create(Class<T> type) throws Exception {
            return PLAIN.create(type);
        }

        @Override
        public void destroy(Object component) {
            events.add("destroy " + component.getClass().getSimpleName());
            if (onDestroy != null) {
                throw onDestroy;
            }
        }

        @Override
        public TransportProvider transport(String name) {
            return null;
        }

        @Override
        public void close() {
            events.add("closed");
        }
    }

    private final Recording components = new Recording();

    @Test
    void aTransportThatFailsToStopTakesNothingElseWithIt() throws Exception {
        provider.breaking();
        Gatehouse gatehouse = builder().application(application("/shop")).handle("/a/", First.class).start();
        try (Logged log = new Logged("io.gatehouse")) {
            assertFalse(gatehouse.stop(Duration.ofSeconds(1)));
            assertTrue(log.from(Level.WARNING).get(0).contains("the transport"), log.from(Level.WARNING).toString());
        }
        assertEquals(List.of("create", "start", "stop PT1S", "end /shop", "destroy First"), events);
        gatehouse.join();
        assertFalse(gatehouse.stop(Duration.ZERO), "told to every caller");
    }

    @Test
    void aComponentThatFailsToGoTakesNoOtherWithIt() throws Exception {
        components.onDestroy = new IllegalStateException("pre-destroy");
        Gatehouse gatehouse = builder().handle("/a/", First.class).handle("/b/", Second.class).start();
        assertFalse(gatehouse.stop(Duration.ZERO));
        assertEquals(List.of("create", "start", "stop PT0S", "destroy Second", "destroy First"), events);
    }

    @Test
    void aFailedStartIsToldEvenIfItsUndoingFailsToo() {
        provider.failing().breaking();
        IOException e = assertThrows(IOException.class, () -> builder().handle("/a/", First.class).start());
        assertTrue(e.getMessage().contains("in use"), e.getMessage());
        assertEquals(List.of("create", "start", "stop PT0S", "destroy First"), events);
    }

    @Test
    void aSecondOpenDoesNotStopTheServer() throws Exception {
        Gatehouse gatehouse = builder().start();
        IllegalStateException e = assertThrows(IllegalStateException.class, gatehouse::open);
        assertTrue(e.getMessage().contains("opened before: build another one"), e.getMessage());
        assertEquals(List.of("create", "start"), events);
        gatehouse.close();
        e = assertThrows(IllegalStateException.class, gatehouse::open);
        assertTrue(e.getMessage().contains("stopped before"), e.getMessage());
    }

    @Test
    void aServerThatNeverOpenedGoesDownLikeAnother() {
        Gatehouse gatehouse = builder().application(application("/shop")).deploy();
        assertTrue(gatehouse.stop(Duration.ofSeconds(2)));
        assertEquals(List.of("create", "stop PT2S", "end /shop"), events);
    }

    @Test
    void theLastApplicationGoesDownFirst() {
        builder().application(application("/one")).application(application("/two")).deploy().close();
        assertEquals(List.of("create", "stop PT10S", "end /two", "end /one"), events);
    }

    @Test
    void aServerThatStopsOnExitLeavesNoHookBehind() throws Exception {
        Gatehouse gatehouse = builder().stopOnExit().start();
        assertTrue(gatehouse.stop(Duration.ZERO));
        provider.failing();
        assertThrows(IOException.class, () -> builder().stopOnExit().start());
    }

    @Test
    void theClassThatWasGivenIsTheOneThatIsMade() throws Exception {
        Class<?> twin = new Twins().loadClass(First.class.getName());
        assertFalse(First.class.equals(twin));
        try (Gatehouse gatehouse = builder().handle("/a/", twin).start()) {
            assertNotNull(gatehouse.explain("http://localhost/a/").winner());
            assertEquals(twin.getName(), gatehouse.explain("http://localhost/a/").winner().holder());
            assertSame(twin, lastMade);
        }
    }

    @Test
    void theOneLineOfTheStartSaysWhereItListens() throws Exception {
        try (Logged log = new Logged("io.gatehouse"); Gatehouse gatehouse = builder().listen("http://localhost:0").start()) {
            assertEquals(1, log.from(Level.INFO).size());
            String line = log.from(Level.INFO).get(0);
            assertTrue(line.matches("Gatehouse \\S+ on fake at http://localhost:40001, up in \\d+ ms, Java \\d+"), line);
            assertEquals("Gatehouse on fake at [http://localhost:40001]", gatehouse.toString());
        }
    }

    @Test
    void aRefusalIsADebugLineWithItsWord() throws Exception {
        try (Logged log = new Logged("io.gatehouse.refused"); Gatehouse gatehouse = builder().start()) {
            assertNotNull(gatehouse);
            InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);
            provider.config().listener().refused(null, Refusal.CONNECTIONS, "limits.connections=1 are open");
            provider.config().listener().refused(
                    new Connection(1, peer, peer, null, HttpVersion.HTTP_1_1), Refusal.HEAD_SIZE, "limits.head=16KiB");
            assertEquals("connections: limits.connections=1 are open", log.from(Level.FINE).get(0));
            assertTrue(log.from(Level.FINE).get(1).matches("head-size from .*4711: limits.head=16KiB"));
            assertEquals(List.of(), log.from(Level.INFO));
        }
    }

    private static Class<?> lastMade;

    private GatehouseBuilder builder() {
        return Gatehouse.builder().configuration(Configuration.DEFAULTS).components(components).transport(provider);
    }

    private ServletApplication application(String contextPath) {
        return ServletApplication.builder()
                .contextPath(contextPath)
                .initializer((classes, context) -> {
                    var registration = context.addServlet("s", new HttpServlet() {
                        @Override
                        public void destroy() {
                            events.add("end " + contextPath);
                        }
                    });
                    registration.addMapping("/*");
                    registration.setLoadOnStartup(1);
                })
                .build();
    }

    /** Loads another First. */
    private static final class Twins extends ClassLoader {
        Twins() {
            super(GatehouseFailureTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(First.class.getName())) {
                return super.loadClass(name, resolve);
            }
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    /** A handler. */
    public static class First implements Handler {
        public First() {
            note(getClass());
        }

        @Override
        public void handle(Request request, Response response) throws IOException {
            response.send("first");
        }
    }

    /** Another. */
    public static final class Second extends First {}

    /** Called by handlers of either loader. */
    public static void note(Class<?> type) {
        lastMade = type;
    }
}
