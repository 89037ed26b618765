/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.JarURLConnection;
import java.net.ProxySelector;
import java.net.ResponseCache;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes an ended application out of the places of the JDK in which it may have left itself, so that its class loader can be
 * collected: threads and timers, database drivers, log handlers, resource bundles, caches of beans and of open jars, providers of
 * security, beans of management, and the defaults of the whole process. What should have been undone by the application is said.
 *
 * <p>Thread-local values go with their threads: those of an application's own end with it, and {@link LiveApplication} lets the
 * server renew its workers.
 */
final class Farewell implements Closeable {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.webapp");

    /** How long threads may take to end after their interrupt. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final ApplicationLoader loader;
    private final List<Path> jars;

    Farewell(ApplicationLoader loader, List<Path> jars) {
        this.loader = loader;
        this.jars = jars;
    }

    /** Before the loader is closed. Every step is taken, whatever becomes of the others. */
    @Override
    public void close() {
        ThreadFarewell threads = new ThreadFarewell(loader, PATIENCE);
        step(threads::run);
        tell("hooks for the exit", step(threads::removeHooks));
        tell("database drivers", step(this::drivers));
        tell("handlers or filters of the loggers", step(() -> LogFarewell.run(loader)));
        tell("beans of management", step(() -> ManagementFarewell.run(loader)));
        tell("providers of security", step(this::providers));
        tell("defaults of the process", step(this::defaults));
        step(() -> {
            ResourceBundle.clearCache(loader);
            BeanFarewell.run();
            return List.of();
        });
        for (Path jar : jars) {
            step(() -> {
                forget(jar);
                return List.of();
            });
        }
    }

    /** A part of the JDK may be missing, or refuse. */
    private static List<String> step(Supplier<List<String>> work) {
        try {
            return work.get();
        } catch (RuntimeException | LinkageError e) {
            LOG.log(System.Logger.Level.DEBUG, "a step of cleaning up after an application failed", e);
            return List.of();
        }
    }

    private void tell(String what, List<String> names) {
        if (!names.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "the application of the " + loader + " has left " + what + ": "
                    + String.join(", ", names) + "; they were removed: let it do that itself, in contextDestroyed");
        }
    }

    private List<String> drivers() {
        String name = DriverFarewell.class.getName();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (InputStream in = Farewell.class.getResourceAsStream("DriverFarewell.class")) {
            if (in == null) {
                return List.of();
            }
            Class<?> own = loader.define(name, in.readAllBytes());
            var constructor = own.getDeclaredConstructor();
            constructor.setAccessible(true);
            // If nobody has asked for drivers before, the JDK looks for them now: for the server's, not for ours.
            thread.setContextClassLoader(loader.getParent());
            Supplier<?> farewell = (Supplier<?>) constructor.newInstance();
            List<String> names = new ArrayList<>();
            if (farewell.get() instanceof List<?> found) {
                found.forEach(each -> names.add(String.valueOf(each)));
            }
            return names;
        } catch (IOException | ReflectiveOperationException e) {
            LOG.log(System.Logger.Level.DEBUG, "database drivers can't be seen", e);
            return List.of();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private List<String> providers() {
        List<String> names = new ArrayList<>();
        for (Provider each : Security.getProviders()) {
            if (isOurs(each)) {
                Security.removeProvider(each.getName());
                names.add(each.getName());
            }
        }
        return names;
    }

    private List<String> defaults() {
        List<String> names = new ArrayList<>();
        if (isOurs(Thread.getDefaultUncaughtExceptionHandler())) {
            Thread.setDefaultUncaughtExceptionHandler(null);
            names.add("the handler of uncaught exceptions");
        }
        if (isOurs(Authenticator.getDefault())) {
            Authenticator.setDefault(null);
            names.add("the authenticator");
        }
        if (isOurs(CookieHandler.getDefault())) {
            CookieHandler.setDefault(null);
            names.add("the cookie handler");
        }
        if (isOurs(ProxySelector.getDefault())) {
            ProxySelector.setDefault(null);
            names.add("the proxy selector");
        }
        if (isOurs(ResponseCache.getDefault())) {
            ResponseCache.setDefault(null);
            names.add("the response cache");
        }
        return names;
    }

    private boolean isOurs(@Nullable Object thing) {
        return thing != null && thing.getClass().getClassLoader() == loader;
    }

    /** Who opens a jar's address with the JDK's cache gets the open jar that lies there, if one does; closing it takes it out. */
    private static void forget(Path jar) {
        try {
            URLConnection connection = new URL("jar:" + jar.toUri().toURL() + "!/").openConnection();
            connection.setUseCaches(true);
            if (connection instanceof JarURLConnection cached) {
                cached.getJarFile().close();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "can't close " + jar, e);
        }
    }
}
