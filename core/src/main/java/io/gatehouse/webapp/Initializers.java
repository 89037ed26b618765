/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * The initialisers of an application (Servlet 6.1 section 8.2.4): those of the parent first, then those of the application's
 * classes, then those of its jars in the order of their fragments. A class that is named twice runs once.
 */
final class Initializers {

    /** Gives the scanned classes when they are asked for: nobody scans for initialisers that want none. */
    interface Index {
        ClassIndex scan() throws DeploymentException;
    }

    private final ClassLoader loader;

    /** By class name, where it is named. */
    private final Map<String, String> found = new LinkedHashMap<>();

    private Initializers(ClassLoader loader) {
        this.loader = loader;
    }

    /**
     * Finds them; loads nothing.
     *
     * @param jars that take part, in their order
     * @param wanted by class name
     */
    static Initializers find(
            Layout layout, List<String> jars, ClassLoader parent, ClassLoader loader, Predicate<String> wanted)
            throws DeploymentException {
        Initializers initializers = new Initializers(loader);
        try {
            for (URL url : Collections.list(parent.getResources(Layout.SERVICES))) {
                URLConnection connection = url.openConnection();
                connection.setUseCaches(false);
                try (InputStream in = connection.getInputStream()) {
                    initializers.read(url.toString(), in);
                }
            }
            Path own = layout.classes().resolve(Layout.SERVICES);
            if (Files.isRegularFile(own)) {
                try (InputStream in = Files.newInputStream(own)) {
                    initializers.read("WEB-INF/classes/" + Layout.SERVICES, in);
                }
            }
            for (String jar : jars) {
                initializers.readJar(layout.jar(jar));
            }
        } catch (IOException e) {
            throw new DeploymentException("a list of initialisers, " + Layout.SERVICES + ", can't be read: " + e.getMessage(), e);
        }
        initializers.found.keySet().removeIf(name -> !wanted.test(name));
        return initializers;
    }

    /** The class names, in the order of running. */
    List<String> names() {
        return List.copyOf(found.keySet());
    }

    /** Makes and runs them, on the deploying thread. */
    void run(Index index, ServletContext context) throws ServletException {
        ClassIndex scanned = null;
        for (Map.Entry<String, String> each : found.entrySet()) {
            ServletContainerInitializer initializer = make(each.getKey(), each.getValue());
            Set<Class<?>> wanted = HandledTypes.wanted(initializer.getClass());
            @Nullable Set<Class<?>> classes = null;
            if (!wanted.isEmpty()) {
                scanned = scanned == null ? index.scan() : scanned;
                Set<Class<?>> handled = HandledTypes.find(scanned, wanted, loader);
                classes = handled.isEmpty() ? null : handled;
            }
            initializer.onStartup(classes, context);
        }
    }

    private ServletContainerInitializer make(String name, String origin) throws DeploymentException {
        try {
            return Class.forName(name, true, loader).asSubclass(ServletContainerInitializer.class)
                    .getDeclaredConstructor().newInstance();
        } catch (ClassCastException e) {
            throw new DeploymentException(origin + " names " + name
                    + ", which is no ServletContainerInitializer of this container's API: correct the file", e);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new DeploymentException(origin + " names " + name
                    + ", which can't be made: give it a public constructor without parameters, and what it needs", e);
        }
    }

    private void readJar(Path jar) throws IOException {
        try (JarFile file = Layout.open(jar)) {
            ZipEntry entry = file.getEntry(Layout.SERVICES);
            if (entry != null) {
                try (InputStream in = file.getInputStream(entry)) {
                    read(Layout.name(jar) + "!/" + Layout.SERVICES, in);
                }
            }
        }
    }

    private void read(String origin, InputStream in) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            int comment = line.indexOf('#');
            String name = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (!name.isEmpty()) {
                found.putIfAbsent(name, origin);
            }
        }
    }
}
