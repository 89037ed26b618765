/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.hk2.LocatorComponents;
import io.gatehouse.servlet.ComponentFactory;
import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code @PostConstruct} and {@code @PreDestroy}, with injection and without (Servlet 6.1 section 15.5). */
@Section("15.5")
@DisplayNameGeneration(SectionNames.class)
class LifecycleCallbacksTest {

    private static final List<String> CALLS = new ArrayList<>();

    @TempDir
    Path place;

    @BeforeEach
    void forget() {
        CALLS.clear();
    }

    private static LifecycleCallbacks callbacks(Map<String, Said<String>> after, Map<String, Said<String>> before) {
        return new LifecycleCallbacks(ComponentFactory.CONSTRUCTOR, true, after, before);
    }

    private static LifecycleCallbacks annotated() {
        return callbacks(Map.of(), Map.of());
    }

    private static Map<String, Said<String>> named(Class<?> type, String method) {
        return Map.of(type.getName(), new Said<>(method, new Place("WEB-INF/web.xml", 7)));
    }

    private static List<String> life(LifecycleCallbacks callbacks, Class<?> type) throws Exception {
        Object component = callbacks.create(type);
        CALLS.add("in use");
        callbacks.destroy(component);
        return List.copyOf(CALLS);
    }

    /** Has one of each. */
    public static class Plain {
        @PostConstruct
        void begin() {
            CALLS.add("begin");
        }

        @PreDestroy
        private void end() {
            CALLS.add("end");
        }

        void other() {
            CALLS.add("other");
        }
    }

    /** Adds its own, private ones under the same names. */
    public static class Below extends Plain {
        @PostConstruct
        private void beginBelow() {
            CALLS.add("begin below");
        }

        @PreDestroy
        void endBelow() {
            CALLS.add("end below");
        }
    }

    /** Overrides one. */
    public static class Overriding extends Plain {
        @Override
        @PostConstruct
        void begin() {
            CALLS.add("begin instead");
        }
    }

    /** Overrides one, and does not want it called. */
    public static class Silent extends Plain {
        @Override
        void begin() {
            CALLS.add("never");
        }
    }

    /** Fails at its beginning. */
    public static class Failing {
        @PostConstruct
        void begin() {
            throw new IllegalStateException("no");
        }
    }

    /** Fails at its end. */
    public static class FailingLate {
        @PreDestroy
        void end() {
            throw new IllegalStateException("no");
        }
    }

    /** Can't be called. */
    public static class WithParameter {
        @PostConstruct
        void begin(String x) {}
    }

    /** Can't be called either. */
    public static class OfNobody {
        @PostConstruct
        static void begin() {}
    }

    @Test
    void annotatedMethodsAreCalled() throws Exception {
        assertEquals(List.of("begin", "in use", "end"), life(annotated(), Plain.class));
        assertEquals(List.of(), CALLS.stream().filter("other"::equals).toList());
    }

    @Test
    void thoseOfTheSuperclassBeginFirstAndEndLast() throws Exception {
        assertEquals(List.of("begin", "begin below", "in use", "end below", "end"), life(annotated(), Below.class));
    }

    @Test
    void anOverriddenMethodIsCalledOnceOrNotAtAll() throws Exception {
        assertEquals(List.of("begin instead", "in use", "end"), life(annotated(), Overriding.class));
        CALLS.clear();
        assertEquals(List.of("in use", "end"), life(annotated(), Silent.class));
    }

    @Test
    void whatADescriptorNamesIsCalled() throws Exception {
        assertEquals(List.of("begin", "in use", "end", "other").stream().sorted().toList(),
                life(callbacks(Map.of(), named(Plain.class, "other")), Plain.class).stream().sorted().toList());
    }

    @Test
    void aMethodThatIsNotThereIsNamed() {
        DeploymentException refused = assertThrows(DeploymentException.class,
                () -> callbacks(named(Plain.class, "start"), Map.of()).create(Plain.class));
        assertEquals("WEB-INF/web.xml line 7: " + Plain.class.getName()
                + " has no method start() without parameters: write one, or correct the name", refused.getMessage());
    }

    @Test
    void whatCanNotBeCalledIsRefused() {
        for (Class<?> type : List.of(WithParameter.class, OfNobody.class)) {
            DeploymentException refused = assertThrows(DeploymentException.class, () -> annotated().create(type));
            assertTrue(refused.getMessage().contains("take away its parameters and static"), refused.getMessage());
        }
    }

    @Test
    void aFailingBeginningFailsTheMakingAndLetsGo() {
        List<Object> destroyed = new ArrayList<>();
        ComponentFactory factory = new ComponentFactory() {
            @Override
            public <T> T create(Class<T> type) throws Exception {
                return type.getConstructor().newInstance();
            }

            @Override
            public void destroy(Object component) {
                destroyed.add(component);
            }
        };
        DeploymentException refused = assertThrows(DeploymentException.class,
                () -> new LifecycleCallbacks(factory, true, Map.of(), Map.of()).create(Failing.class));
        assertEquals("no", refused.getCause().getMessage());
        assertEquals(1, destroyed.size());
    }

    @Test
    void aFailingEndIsLoggedAndTheFactoryToldAllTheSame() throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            life(annotated(), FailingLate.class);
            assertTrue(log.has("is called before its end failed"), log.toString());
        }
    }

    private static final String SERVLET = "package app; @WebServlet(\"/a\") public class A extends HttpServlet { String made = \"new\";"
            + " %s @jakarta.annotation.PostConstruct void begin() { made += \" begun\"; } @jakarta.annotation.PreDestroy void end() {"
            + " getServletContext().setAttribute(\"ended\", made + \" ended\"); } protected void doGet(HttpServletRequest q,"
            + " HttpServletResponse s) throws IOException { s.getWriter().print(made); } }";

    @Test
    void componentsOfAnApplicationAreCalled() throws Exception {
        Archive archive = new Archive().classes(String.format(SERVLET, ""));
        Served served = Served.of(WebApplication.of(archive.war(place.resolve("app.war"))));
        assertEquals("new begun", served.get("/a"));
        ServletContext context = served.context();
        served.close();
        assertEquals("new begun ended", context.getAttribute("ended"));
    }

    /** HK2 calls them itself, once. */
    @Test
    void hk2CallsThemItself() throws Exception {
        Archive archive = new Archive().classes(String.format(SERVLET, ""));
        Path war = archive.war(place.resolve("app.war"));
        try (LocatorComponents components = LocatorComponents.standard()) {
            Served served = Served.of(WebApplication.of(war).components(components));
            assertEquals("new begun", served.get("/a"));
            ServletContext context = served.context();
            served.close();
            assertEquals("new begun ended", context.getAttribute("ended"));
            assertNotNull(components.locator());
        }
    }

    /** A locator of the server's outlives the application, and does not keep its classes. */
    @Test
    void hk2LetsTheClassLoaderGo() throws Exception {
        Archive archive = new Archive().classes(String.format(SERVLET, ""));
        Path war = archive.war(place.resolve("app.war"));
        Heap heap = new Heap();
        try (LocatorComponents components = LocatorComponents.standard()) {
            for (int i = 0; i < 5; i++) {
                Served served = Served.of(WebApplication.of(war).components(components));
                heap.watch(served.context().getClassLoader());
                assertEquals("new begun", served.get("/a"));
                served.close();
            }
            assertEquals(0, heap.left());
            assertNotNull(components.locator());
        }
    }

    @Test
    void aServletThatCanNotBeMadeSaysWhy() throws ServletException, IOException {
        Archive archive = new Archive().classes("package app; @WebServlet(value = \"/a\", loadOnStartup = 1) public class A"
                + " extends HttpServlet { @jakarta.annotation.PostConstruct void begin() { throw new IllegalStateException(); } }");
        Path war = archive.war(place.resolve("app.war"));
        ServletException refused = assertThrows(
                ServletException.class, () -> Served.of(WebApplication.of(war).requireServlets(true)));
        assertTrue(refused.getMessage().contains("a method of app.A that is called after its making failed"), refused.getMessage());
    }
}
