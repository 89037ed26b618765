/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.hk2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;

import io.gatehouse.Components;
import io.gatehouse.cache.OutputCache;
import io.gatehouse.transport.Transport;
import io.gatehouse.transport.TransportConfig;
import io.gatehouse.transport.TransportProvider;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.glassfish.hk2.api.MultiException;
import org.glassfish.hk2.api.ServiceLocator;
import org.glassfish.hk2.api.ServiceLocatorState;
import org.glassfish.hk2.utilities.ServiceLocatorUtilities;
import org.glassfish.hk2.utilities.binding.AbstractBinder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.InOrder;

class LocatorComponentsTest {

    @TempDir
    Path services;

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private URLClassLoader loader;
    private ServiceLocator locator;

    /** The class path with two descriptions more, as a transport's jar would bring them. */
    @BeforeEach
    void describeTransports() throws IOException {
        write("META-INF/services/" + TransportProvider.class.getName(), Loaded.class.getName() + "\n");
        write("META-INF/hk2-locator/default", "[" + Described.class.getName() + "]S\ncontract={" + TransportProvider.class.getName()
                + "}\nname=described\nqualifier={" + Named.class.getName() + "}\n\n");
        loader = new URLClassLoader(new URL[] {services.toUri().toURL()}, before);
        Thread.currentThread().setContextClassLoader(loader);
        locator = ServiceLocatorUtilities.createAndPopulateServiceLocator("test of components");
        ServiceLocatorUtilities.bind(locator, new AbstractBinder() {
            @Override
            protected void configure() {
                bindAsContract(Greeting.class).in(Singleton.class);
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        locator.shutdown();
        Thread.currentThread().setContextClassLoader(before);
        loader.close();
    }

    @Test
    void injectsWhatTheProgramsLocatorBinds() {
        LocatorComponents components = LocatorComponents.of(locator);
        GreetingServlet servlet = components.create(GreetingServlet.class);
        assertSame(locator.getService(Greeting.class), servlet.byField);
        assertSame(servlet.byField, servlet.byConstructor);
        assertEquals(List.of("constructed", "post-constructed"), servlet.life);
        components.destroy(servlet);
        assertEquals(List.of("constructed", "post-constructed", "pre-destroyed"), servlet.life);
        assertSame(locator, components.locator());
    }

    @Test
    void eachComponentIsAnObjectOfItsOwn() {
        LocatorComponents components = LocatorComponents.of(locator);
        assertNotSame(components.create(GreetingServlet.class), components.create(GreetingServlet.class));
        assertNotSame(components.create(Greeting.class), locator.getService(Greeting.class));
    }

    /** What a servlet that purges looks like. */
    public static final class Purger {
        private final OutputCache cache;

        @Inject
        public Purger(OutputCache cache) {
            this.cache = cache;
        }
    }

    @Test
    void whatTheServerProvidesIsInjected() {
        OutputCache first = OutputCache.of(1 << 20);
        OutputCache second = OutputCache.of(1 << 20);
        LocatorComponents components = LocatorComponents.of(locator);
        components.provide(OutputCache.class, first);
        assertSame(first, components.create(Purger.class).cache);
        components.provide(OutputCache.class, second);
        assertSame(second, components.create(Purger.class).cache, "the last one counts");
        components.close();
        assertThrows(IllegalArgumentException.class, () -> LocatorComponents.of(locator).create(Purger.class));
        LocatorComponents ours = LocatorComponents.standard();
        ours.provide(OutputCache.class, first);
        assertSame(first, ours.create(Purger.class).cache);
        ours.close();
    }

    @Test
    void theProgramsLocatorLivesOn() {
        LocatorComponents components = LocatorComponents.of(locator);
        components.close();
        components.close();
        assertEquals(ServiceLocatorState.RUNNING, locator.getState());
    }

    @Test
    void ourLocatorIsMadeAtTheFirstUseAndShutDown() {
        LocatorComponents components = LocatorComponents.standard();
        Plain plain = components.create(Plain.class);
        assertNotNull(plain);
        ServiceLocator ours = components.locator();
        assertSame(ours, components.locator());
        components.destroy(plain);
        components.close();
        components.close();
        assertEquals(ServiceLocatorState.SHUTDOWN, ours.getState());
        components.destroy(plain);
    }

    @Test
    void nothingIsMadeForNothing() {
        LocatorComponents components = LocatorComponents.standard();
        components.destroy(new Object());
        components.close();
        IllegalStateException thrown =
                assertThrows(IllegalStateException.class, () -> components.create(Plain.class));
        assertTrue(thrown.getMessage().contains("shut down"), thrown.getMessage());
    }

    @Test
    void manyThreadsGetOneLocator() throws InterruptedException, ExecutionException {
        LocatorComponents components = LocatorComponents.standard();
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<ServiceLocator>> all = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                all.add(pool.submit(components::locator));
            }
            var seen = ConcurrentHashMap.newKeySet();
            for (Future<ServiceLocator> one : all) {
                seen.add(one.get());
            }
            assertEquals(1, seen.size());
        } finally {
            pool.shutdown();
            components.close();
        }
    }

    @Test
    void saysWhatCannotBeInjected() {
        LocatorComponents components = LocatorComponents.of(locator);
        IllegalArgumentException missing =
                assertThrows(IllegalArgumentException.class, () -> components.create(Unsatisfied.class));
        assertTrue(missing.getMessage().startsWith("can't make a " + Unsatisfied.class.getName()), missing.getMessage());
        assertTrue(missing.getMessage().contains("bind what it injects"), missing.getMessage());
        IllegalArgumentException failing =
                assertThrows(IllegalArgumentException.class, () -> components.create(Failing.class));
        assertTrue(failing.getMessage().contains("no luck"), failing.getMessage());
    }

    @Test
    void findsTransportsByName() {
        Components components = LocatorComponents.standard();
        assertInstanceOf(Described.class, components.transport("described"), "a service of HK2's");
        assertInstanceOf(Loaded.class, components.transport("loaded"), "one of the service loader's");
        assertNull(components.transport("other"));
        components.close();
    }

    @Test
    void theBinderBringsTransportsIntoAnyLocator() {
        LocatorComponents components = LocatorComponents.of(locator);
        assertNull(components.transport("loaded"));
        ServiceLocatorUtilities.bind(locator, new GatehouseBinder());
        assertInstanceOf(Loaded.class, components.transport("loaded"));
        assertEquals("loaded", locator.createAndInitialize(NeedsTransport.class).transport.name());
    }

    @Test
    void standardComponentsInjectWhereHk2Is() {
        Components components = Components.standard();
        assertInstanceOf(LocatorComponents.class, components);
        components.close();
    }

    @Test
    void asksTheLocatorInOrder() {
        ServiceLocator mocked = mock(ServiceLocator.class);
        Plain plain = new Plain();
        when(mocked.createAndInitialize(Plain.class)).thenReturn(plain);
        LocatorComponents components = LocatorComponents.of(mocked);
        assertSame(plain, components.create(Plain.class));
        components.destroy(plain);
        components.close();
        components.destroy(plain);
        InOrder order = inOrder(mocked);
        order.verify(mocked).createAndInitialize(Plain.class);
        order.verify(mocked).preDestroy(plain);
        verifyNoMoreInteractions(mocked);
    }

    @Test
    void aFailingPreDestroyHarmsNobody() {
        ServiceLocator mocked = mock(ServiceLocator.class);
        doThrow(new MultiException(new IllegalStateException("no"))).when(mocked).preDestroy(any());
        LocatorComponents components = LocatorComponents.of(mocked);
        components.destroy(new Plain());
        verify(mocked).preDestroy(any());
        verify(mocked, never()).shutdown();
        assertFalse(components.toString().isEmpty());
    }

    @Test
    void theSourceFindsNothingWhereHk2IsNot() {
        assertNull(new LocatorSource(ClassLoader.getPlatformClassLoader()).open());
        Components found = new LocatorSource().open();
        assertInstanceOf(LocatorComponents.class, found);
        found.close();
    }

    private void write(String name, String text) throws IOException {
        Path file = services.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    public static final class Greeting {}

    public static final class Plain {}

    public static final class GreetingServlet extends HttpServlet {
        @Inject
        transient Greeting byField;

        final transient Greeting byConstructor;
        final transient List<String> life = new ArrayList<>(List.of("constructed"));

        @Inject
        public GreetingServlet(Greeting greeting) {
            byConstructor = greeting;
        }

        @PostConstruct
        void made() {
            assertNotNull(byField);
            life.add("post-constructed");
        }

        @PreDestroy
        void gone() {
            life.add("pre-destroyed");
        }
    }

    public static final class Unsatisfied {
        @Inject
        Runnable nowhereBound;
    }

    public static final class Failing {
        public Failing() {
            throw new IllegalStateException("no luck");
        }
    }

    public static final class NeedsTransport {
        @Inject
        @Named("loaded")
        TransportProvider transport;
    }

    public static class Loaded implements TransportProvider {
        @Override
        public String name() {
            return "loaded";
        }

        @Override
        public Transport create(TransportConfig config) {
            throw new IllegalArgumentException("made for its name only");
        }
    }

    public static final class Described extends Loaded {
        @Override
        public String name() {
            return "described";
        }
    }
}
