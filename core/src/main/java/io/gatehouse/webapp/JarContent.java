/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import io.gatehouse.servlet.Resources;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * The content below {@code META-INF/resources} of one jar (Servlet 6.1 section 4.6). Its names are known from the beginning,
 * those of directories too, for which many jars have no entries; the jar is open until the application ends.
 */
final class JarContent implements Resources, Closeable {

    private final Path file;
    private final JarFile jar;

    /** Paths of files, and of directories with a slash at the end. */
    private final Set<String> paths = new TreeSet<>();

    private JarContent(Path file, JarFile jar) {
        this.file = file;
        this.jar = jar;
    }

    /** The content of a jar; null if it has none. */
    static @Nullable JarContent open(Path file) throws IOException {
        JarFile jar = Layout.open(file);
        JarContent content = new JarContent(file, jar);
        String prefix = Layout.RESOURCES.substring(0, Layout.RESOURCES.length() - 1);
        jar.stream().map(ZipEntry::getName).filter(name -> name.startsWith(Layout.RESOURCES))
                .forEach(name -> content.add(name.substring(prefix.length())));
        if (content.paths.isEmpty()) {
            jar.close();
            return null;
        }
        return content;
    }

    private void add(String path) {
        paths.add(path);
        for (int slash = path.lastIndexOf('/'); slash >= 0; slash = path.lastIndexOf('/', slash - 1)) {
            if (!paths.add(path.substring(0, slash + 1)) && slash + 1 < path.length()) {
                break; // with all above it
            }
        }
    }

    @Override
    public @Nullable URL getResource(String path) {
        String found = paths.contains(path) ? path : paths.contains(path + "/") ? path + "/" : null;
        try {
            return found == null ? null
                    : UncachedLoader.inJar(file.toUri().toURL(), Layout.RESOURCES + found.substring(1));
        } catch (MalformedURLException e) {
            return null;
        }
    }

    @Override
    public @Nullable InputStream getResourceAsStream(String path) {
        if (path.endsWith("/") || !paths.contains(path)) {
            return null;
        }
        try {
            ZipEntry entry = jar.getEntry(Layout.RESOURCES + path.substring(1));
            return entry == null ? null : jar.getInputStream(entry);
        } catch (IOException | IllegalStateException e) {
            return null; // closed: the application has ended
        }
    }

    @Override
    public @Nullable Set<String> getResourcePaths(String path) {
        String directory = path.endsWith("/") ? path : path + "/";
        if (!paths.contains(directory)) {
            return null;
        }
        Set<String> found = new TreeSet<>();
        for (String each : paths) {
            int slash = each.indexOf('/', directory.length());
            if (each.startsWith(directory) && each.length() > directory.length() && (slash < 0 || slash == each.length() - 1)) {
                found.add(each);
            }
        }
        return found;
    }

    @Override
    public @Nullable Path getRealPath(String path) {
        return null;
    }

    @Override
    public void close() throws IOException {
        jar.close();
    }

    /** For a person. */
    @Override
    public String toString() {
        return "content of " + file;
    }
}
