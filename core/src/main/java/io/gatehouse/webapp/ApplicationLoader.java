/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import jakarta.servlet.Servlet;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The class loader of one application (Servlet 6.1 section 10.7): {@code WEB-INF/classes}, then the jars of {@code WEB-INF/lib},
 * then the parent; the other way round for what {@link Visibility} says. Used by all threads of the application.
 *
 * <pre>
 *   OPEN ──close──► CLOSED    classes that were loaded live on; asking for another one says who asks too late
 * </pre>
 */
final class ApplicationLoader extends UncachedLoader {

    static {
        registerAsParallelCapable();
    }

    private final Visibility visibility;
    private final ClassLoader parent;
    private volatile boolean closed;

    private ApplicationLoader(String name, URL[] places, ClassLoader parent, Visibility visibility) {
        super(name, places, parent);
        this.parent = parent;
        this.visibility = visibility;
    }

    /**
     * @throws DeploymentException if the parent does not see the container's Servlet API
     */
    static ApplicationLoader of(String name, Layout layout, ClassLoader parent, Visibility visibility)
            throws DeploymentException {
        List<URL> places = new ArrayList<>();
        try {
            requireApi(parent);
            String classes = layout.classes().toUri().toString();
            // A directory's address ends in a slash, also while there is no such directory.
            places.add(new URL(classes.endsWith("/") ? classes : classes + "/"));
            for (Path jar : layout.jars()) {
                places.add(jar.toUri().toURL());
            }
        } catch (MalformedURLException e) {
            throw new DeploymentException(layout.root() + " has no address: name another directory", e);
        }
        return new ApplicationLoader(name, places.toArray(URL[]::new), parent, visibility);
    }

    private static void requireApi(ClassLoader parent) throws DeploymentException {
        try {
            if (parent.loadClass(Servlet.class.getName()) == Servlet.class) {
                return;
            }
        } catch (ClassNotFoundException | LinkageError e) {
            throw new DeploymentException("the parent class loader " + parent
                    + " does not see the Servlet API: give that of WebApplication, or one below it", e);
        }
        throw new DeploymentException("the parent class loader " + parent
                + " sees another Servlet API than the container's: give that of WebApplication, or one below it");
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                loaded = search(name);
            }
            if (resolve) {
                resolveClass(loaded);
            }
            return loaded;
        }
    }

    private Class<?> search(String name) throws ClassNotFoundException {
        String packageName = Visibility.packageOf(name, '.');
        if (Visibility.isJdk(packageName)) {
            return parent.loadClass(name);
        }
        boolean hidden = visibility.isHidden(packageName);
        if (!hidden && visibility.isShared(packageName)) {
            try {
                return parent.loadClass(name);
            } catch (ClassNotFoundException e) {
                return own(name); // the parent has the package's neighbours, but not this one
            }
        }
        try {
            return own(name);
        } catch (ClassNotFoundException e) {
            if (hidden) {
                throw e;
            }
            return ofParent(name, e);
        }
    }

    private Class<?> ofParent(String name, ClassNotFoundException own) throws ClassNotFoundException {
        try {
            return parent.loadClass(name);
        } catch (ClassNotFoundException e) {
            throw closed ? own : e;
        }
    }

    private Class<?> own(String name) throws ClassNotFoundException {
        if (closed) {
            throw new ClassNotFoundException(name + " is asked for after its application " + getName()
                    + " was undeployed, by the thread " + Thread.currentThread().getName() + ": end it with the application");
        }
        return findClass(name);
    }

    @Override
    public @Nullable URL getResource(String name) {
        boolean visible = isVisible(name);
        boolean parentFirst = visible && isParentFirst(name);
        URL found = parentFirst ? parent.getResource(name) : findResource(name);
        if (found != null) {
            return found;
        }
        return parentFirst ? findResource(name) : visible ? parent.getResource(name) : null;
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        boolean visible = isVisible(name);
        List<URL> own = Collections.list(findResources(name));
        List<URL> others = visible ? Collections.list(parent.getResources(name)) : List.of();
        List<URL> all = new ArrayList<>(visible && isParentFirst(name) ? others : own);
        all.addAll(visible && isParentFirst(name) ? own : others);
        Set<String> seen = new LinkedHashSet<>();
        all.removeIf(each -> !seen.add(each.toExternalForm())); // a parent may see the same directory
        return Collections.enumeration(all);
    }

    /** Not by the address: closing this loader would then close the jars of the parent that were read through it. */
    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
        boolean visible = isVisible(name);
        if (visible && isParentFirst(name)) {
            InputStream in = parent.getResourceAsStream(name);
            return in != null ? in : ownStream(name);
        }
        InputStream in = ownStream(name);
        return in == null && visible ? parent.getResourceAsStream(name) : in;
    }

    private @Nullable InputStream ownStream(String name) {
        URL found = findResource(name);
        try {
            return found == null ? null : found.openStream();
        } catch (IOException e) {
            return null;
        }
    }

    private static String packageOf(String resource) {
        return Visibility.packageOf(resource, '/');
    }

    private boolean isParentFirst(String resource) {
        String packageName = packageOf(resource);
        return !packageName.isEmpty() && (Visibility.isJdk(packageName) || visibility.isShared(packageName));
    }

    /** Whether the parent's resource may be seen: not the container's classes, nor what it offers to its own service loaders. */
    private boolean isVisible(String resource) {
        return !visibility.isHidden(packageOf(resource)) && !resource.startsWith("META-INF/services/io.gatehouse.");
    }

    /** Defines a class of the container's in here, for what only the application's own code may do. */
    Class<?> define(String name, byte[] bytes) {
        return defineClass(name, bytes, 0, bytes.length);
    }

    @Override
    public void close() throws IOException {
        closed = true;
        super.close();
    }

    /** For a person. */
    @Override
    public String toString() {
        return "class loader of " + getName() + (closed ? ", closed" : "");
    }
}
