/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * Content below one directory of the class path, in directories and jars alike. Directories are told from files by the
 * entry itself, because a class loader finds both; in a jar that was made without entries for directories there are
 * none.
 */
final class ClassPathResources implements Resources {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    private final ClassLoader loader;
    private final String directory;

    /** What is a directory, by address: it takes opening the jar to know, and a class path does not change. */
    private final Map<String, Boolean> directories = new ConcurrentHashMap<>();

    ClassPathResources(ClassLoader loader, String directory) {
        this.loader = loader;
        this.directory = strip(directory);
    }

    @Override
    public @Nullable URL getResource(String path) {
        URL url = loader.getResource(name(path));
        return url != null && path.endsWith("/") && !isDirectory(url) ? null : url;
    }

    @Override
    public @Nullable InputStream getResourceAsStream(String path) {
        if (path.endsWith("/")) {
            return null;
        }
        URL url = loader.getResource(name(path));
        // Read through the loader: it has its jars open already.
        return url == null || isDirectory(url) ? null : loader.getResourceAsStream(name(path));
    }

    @Override
    public @Nullable Set<String> getResourcePaths(String path) {
        String prefix = path.endsWith("/") ? path : path + "/";
        Set<String> paths = null;
        try {
            for (URL url : Collections.list(loader.getResources(name(path)))) {
                Set<String> found = list(url, prefix);
                if (found != null) {
                    paths = paths == null ? new TreeSet<>() : paths;
                    paths.addAll(found);
                }
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, () -> "can't list " + path, e);
        }
        return paths;
    }

    @Override
    public @Nullable Path getRealPath(String path) {
        URL url = getResource(path);
        return url == null ? null : file(url);
    }

    private @Nullable Set<String> list(URL url, String prefix) throws IOException {
        Path path = file(url);
        if (path != null) {
            return Files.isDirectory(path) ? relative(path, prefix) : null;
        }
        if (!(url.openConnection() instanceof JarURLConnection connection)) {
            return null;
        }
        connection.setUseCaches(false);
        try (JarFile jar = connection.getJarFile()) {
            String start = connection.getEntryName();
            start = start == null ? "" : start.endsWith("/") ? start : start + "/";
            Set<String> found = new TreeSet<>();
            for (JarEntry entry : Collections.list(jar.entries())) {
                String name = entry.getName();
                if (name.startsWith(start) && name.length() > start.length()) {
                    int slash = name.indexOf('/', start.length());
                    found.add(prefix + name.substring(start.length(), slash < 0 ? name.length() : slash + 1));
                }
            }
            return found.isEmpty() ? null : found;
        }
    }

    private static Set<String> relative(Path directory, String prefix) throws IOException {
        Set<String> found = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                found.add(prefix + entry.getFileName() + (Files.isDirectory(entry) ? "/" : ""));
            }
        }
        return found;
    }

    private boolean isDirectory(URL url) {
        return directories.computeIfAbsent(url.toString(), any -> probe(url));
    }

    private static boolean probe(URL url) {
        Path path = file(url);
        if (path != null) {
            return Files.isDirectory(path);
        }
        try {
            if (url.openConnection() instanceof JarURLConnection connection) {
                connection.setUseCaches(false);
                try (JarFile jar = connection.getJarFile()) {
                    String name = connection.getEntryName();
                    return name != null && (name.endsWith("/") || jar.getEntry(name + "/") != null);
                }
            }
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    private static @Nullable Path file(URL url) {
        if (!url.getProtocol().equals("file")) {
            return null;
        }
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException | IllegalArgumentException e) {
            return null;
        }
    }

    private String name(String path) {
        return strip(directory + "/" + strip(path));
    }

    private static String strip(String path) {
        String stripped = path.startsWith("/") ? path.substring(1) : path;
        return stripped.endsWith("/") ? stripped.substring(0, stripped.length() - 1) : stripped;
    }
}
