/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An application goes as a whole: whatever fails on the way, the rest is let go of, and no file stays. */
@ExtendWith(Undeploy.class)
final class TakeDownTest {

    private static final List<String> EVENTS = new ArrayList<>();

    @BeforeEach
    void begin() {
        EVENTS.clear();
    }

    /** Makes by constructor; fails to let go of what it is told to. */
    private record Failing(Class<?> stubborn, Throwable failure) implements ComponentFactory {
        @Override
        public <T> T create(Class<T> type) throws Exception {
            return type.getConstructor().newInstance();
        }

        @Override
        public void destroy(Object component) {
            EVENTS.add("let go " + component.getClass().getSimpleName());
            if (stubborn.isInstance(component)) {
                if (failure instanceof Error e) {
                    throw e;
                }
                throw (RuntimeException) failure;
            }
        }
    }

    public static final class FirstServlet extends HttpServlet {
        @Override
        public void destroy() {
            EVENTS.add("destroy first");
        }
    }

    public static final class SecondServlet extends HttpServlet {
        @Override
        public void destroy() {
            EVENTS.add("destroy second");
        }
    }

    public static final class OneFilter implements Filter {
        @Override
        public void doFilter(ServletRequest q, ServletResponse r, FilterChain chain) throws IOException, ServletException {
            chain.doFilter(q, r);
        }

        @Override
        public void destroy() {
            EVENTS.add("destroy filter");
        }
    }

    public static final class OneListener implements ServletContextListener {
        @Override
        public void contextDestroyed(ServletContextEvent event) {
            EVENTS.add("context destroyed");
        }
    }

    private static ServletApplicationBuilder whole(ComponentFactory factory) {
        return ServletApplication.builder().components(factory).listener(OneListener.class)
                .filter(OneFilter.class, "/*")
                .servlet("1", FirstServlet.class, s -> s.setLoadOnStartup(1), "/1")
                .servlet("2", SecondServlet.class, s -> s.setLoadOnStartup(2), "/2");
    }

    static Stream<Failing> failing() {
        return Stream.of(
                new Failing(Void.class, null),
                new Failing(FirstServlet.class, new IllegalStateException("first")),
                new Failing(SecondServlet.class, new NoClassDefFoundError("second")),
                new Failing(OneFilter.class, new AssertionError("filter")),
                new Failing(OneListener.class, new IllegalArgumentException("listener")),
                new Failing(Object.class, new StackOverflowError("all")));
    }

    @ParameterizedTest
    @MethodSource("failing")
    @DisplayName("a component that can't be let go of keeps no other from its end")
    void componentsThatFail(Failing factory) throws Exception {
        ServletApplication app = Servlets.deployed(whole(factory));
        File directory = (File) app.context().getAttribute(ServletContext.TEMPDIR);
        assertTrue(app.undeploy(Duration.ZERO));
        assertEquals(
                List.of("destroy second", "let go SecondServlet", "destroy first", "let go FirstServlet", "destroy filter",
                        "let go OneFilter", "context destroyed", "let go OneListener"),
                EVENTS);
        assertFalse(directory.exists(), "the last step was taken");
    }

    @Test
    @DisplayName("a servlet's, a filter's and a listener's own failure keeps nothing else from its end")
    void partsThatFail() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .listener(new ServletContextListener() {
                    @Override
                    public void contextDestroyed(ServletContextEvent event) {
                        EVENTS.add("outer listener");
                    }
                })
                .listener(new ServletContextListener() {
                    @Override
                    public void contextDestroyed(ServletContextEvent event) {
                        throw new AssertionError("listener");
                    }
                })
                .servlet("a", new HttpServlet() {
                    @Override
                    public void destroy() {
                        throw new StackOverflowError("servlet");
                    }
                }, s -> s.setLoadOnStartup(0), "/a"));
        assertTrue(app.undeploy(Duration.ZERO));
        assertEquals(List.of("outer listener"), EVENTS);
    }

    @Test
    @DisplayName("an asynchronous request whose end fails keeps the application from nothing")
    void suspendedThatFail() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().listener(OneListener.class)
                .servlet("s", Servlets.servlet((q, r) -> q.startAsync().addListener(new jakarta.servlet.AsyncListener() {
                    @Override
                    public void onComplete(jakarta.servlet.AsyncEvent event) {
                        throw new AssertionError("complete");
                    }

                    @Override
                    public void onTimeout(jakarta.servlet.AsyncEvent event) {}

                    @Override
                    public void onError(jakarta.servlet.AsyncEvent event) {
                        throw new AssertionError("error");
                    }

                    @Override
                    public void onStartAsync(jakarta.servlet.AsyncEvent event) {}
                })), Servlets.async(), "/*"));
        Call.of(app, "GET", "/1").start();
        Call.of(app, "GET", "/2").start();
        assertFalse(app.undeploy(Duration.ZERO), "two were in flight");
        assertEquals(List.of("context destroyed"), EVENTS);
    }

    @Test
    @DisplayName("4.8.1: the directory is there while the application is, with what it puts there, and goes with it")
    void ownDirectory() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder());
        Path directory = ((File) app.context().getAttribute(ServletContext.TEMPDIR)).toPath();
        Files.createDirectories(directory.resolve("a/b"));
        Files.writeString(directory.resolve("a/b/c"), "text");
        Path elsewhere = Files.createTempFile("kept", ".txt");
        try {
            Files.createSymbolicLink(directory.resolve("a/link"), elsewhere);
            assertTrue(app.undeploy(Duration.ZERO));
            assertFalse(Files.exists(directory));
            assertTrue(Files.exists(elsewhere), "a link goes, not what it leads to");
        } finally {
            Files.delete(elsewhere);
        }
    }

    @Test
    @DisplayName("4.8.1: two applications have two directories")
    void directoriesAreApart() throws Exception {
        ServletApplication one = Servlets.deployed(ServletApplication.builder().contextPath("/a"));
        ServletApplication two = Servlets.deployed(ServletApplication.builder().contextPath("/b"));
        assertNotEquals(
                one.context().getAttribute(ServletContext.TEMPDIR), two.context().getAttribute(ServletContext.TEMPDIR));
    }

    @Test
    @DisplayName("a directory that was named is made, used and kept")
    void givenDirectory(@TempDir Path parent) throws Exception {
        Path given = parent.resolve("x/y");
        ServletApplication app = Servlets.deployed(ServletApplication.builder().temporaryDirectory(given));
        assertEquals(given.toFile(), app.context().getAttribute(ServletContext.TEMPDIR));
        Files.writeString(given.resolve("kept"), "text");
        app.undeploy(Duration.ZERO);
        assertEquals("text", Files.readString(given.resolve("kept")));
    }

    @Test
    @DisplayName("a directory that can't be made fails the deployment with a word on what to do")
    void directoryThatIsAFile(@TempDir Path parent) throws Exception {
        Path file = Files.writeString(parent.resolve("file"), "");
        ServletException e = assertThrows(
                ServletException.class, () -> ServletApplication.builder().temporaryDirectory(file).build().deploy());
        assertTrue(e.getMessage().contains("name a writable one"), e.getMessage());
    }

    /** How a deployment can fail, each at another step. */
    private static Consumer<ServletApplicationBuilder> failure(String step) {
        return switch (step) {
            case "initializer" -> builder -> builder.initializer((classes, context) -> {
                throw new ServletException(step);
            });
            case "no such class" -> builder -> builder.initializer((classes, context) ->
                    context.addServlet("x", "no.such.Class").setLoadOnStartup(1));
            case "listener" -> builder -> builder.listener(new ServletContextListener() {
                @Override
                public void contextInitialized(ServletContextEvent event) {
                    throw new IllegalStateException(step);
                }
            });
            case "filter" -> builder -> builder.filter("f", new Filter() {
                @Override
                public void init(FilterConfig config) {
                    throw new StackOverflowError(step);
                }

                @Override
                public void doFilter(ServletRequest q, ServletResponse r, FilterChain chain) {}
            }, registration -> {});
            case "servlet" -> builder -> builder.servlet("s", new HttpServlet() {
                @Override
                public void init() throws ServletException {
                    throw new ServletException(step);
                }
            }, s -> s.setLoadOnStartup(0), "/x");
            default -> builder -> builder.servlet("1", FirstServlet.class, s -> {}, "/x");
        };
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"initializer", "no such class", "listener", "filter", "servlet", "the same name twice"})
    @DisplayName("a deployment that fails leaves no directory, and lets go of what was made")
    void failedDeployment(String step) {
        List<Path> directories = new ArrayList<>();
        ServletApplicationBuilder builder = whole(new Failing(Void.class, null));
        builder.initializer((classes, context) ->
                directories.add(((File) context.getAttribute(ServletContext.TEMPDIR)).toPath()));
        failure(step).accept(builder.requireServlets(true));
        assertThrows(Throwable.class, () -> builder.build().deploy());
        for (Path directory : directories) {
            assertFalse(Files.exists(directory), step);
        }
        assertTrue(EVENTS.contains("let go OneListener"), EVENTS.toString());
    }
}
