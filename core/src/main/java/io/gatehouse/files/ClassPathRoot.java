/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarFile;

/**
 * Files of a folder on the class path: of all directories and jars that have it, as the class loader finds them, jars
 * inside jars included if the loader knows how.
 *
 * <p>A file in a directory is served as {@link DirectoryRoot} does it, so that an edit is seen. What comes out of a
 * jar stays the same as long as the class loader lives, and is remembered by its stamp. A location without a name
 * would publish classes and configuration, and is refused; so is one inside META-INF, but META-INF/resources, whose
 * purpose this is (Servlet 6.1 section 4.6).
 */
final class ClassPathRoot implements Root {

    private static final Nothing NOTHING = new Nothing();
    private static final Folder FOLDER = new Folder();

    private final ClassLoader loader;
    private final String location;
    private final Map<String, Source> known = new ConcurrentHashMap<>(); // at most as many as the jars have entries
    private final Spool spool = new Spool();

    /**
     * A root.
     *
     * @param location a folder, with or without slashes at its ends
     * @throws IllegalArgumentException if it may not be served, or is nowhere on the class path
     */
    ClassPathRoot(ClassLoader loader, String location) {
        this.loader = loader;
        this.location = trimmed(location);
        requireServable(this.location);
        requirePresent();
    }

    @Override
    public Found find(String path) throws IOException {
        String name = path.isEmpty() ? location : location + '/' + path;
        Source source = known.get(name);
        if (source != null) {
            return source;
        }
        URL url = loader.getResource(name);
        if (url == null) {
            return loader.getResource(name + '/') == null ? NOTHING : FOLDER;
        }
        if (url.getProtocol().equals("file")) {
            return findFile(url, path);
        }
        if (url.getPath().endsWith("/") || loader.getResource(name + '/') != null) {
            return FOLDER;
        }
        Source found = JarSource.read(url, spool);
        known.put(name, found);
        return found;
    }

    @Override
    public boolean hasImplicitFolders() {
        return true;
    }

    @Override
    public String toString() {
        return "classpath:" + location;
    }

    /**
     * The directory of the class path that holds the location is its root, by going up as many names as the path has.
     */
    private static Found findFile(URL url, String path) throws IOException {
        Path root;
        try {
            root = Path.of(url.toURI());
        } catch (URISyntaxException e) {
            return NOTHING;
        }
        for (int at = path.isEmpty() ? -1 : 0; at >= 0; at = path.indexOf('/', at + 1)) {
            Path parent = root.getParent();
            if (parent == null) {
                return NOTHING;
            }
            root = parent;
        }
        return new DirectoryRoot(root).find(path);
    }

    private static String trimmed(String location) {
        int from = 0;
        int to = location.length();
        while (from < to && location.charAt(from) == '/') {
            from++;
        }
        while (to > from && location.charAt(to - 1) == '/') {
            to--;
        }
        return location.substring(from, to);
    }

    private static void requireServable(String location) {
        String lower = location.toLowerCase(Locale.ROOT) + '/';
        String inside = location;
        if (lower.startsWith("meta-inf/resources/")) {
            inside = location.substring(Math.min(location.length(), "meta-inf/resources/".length()));
        }
        if (location.isEmpty() || !PathSyntax.isPlain(inside, false)) {
            throw new IllegalArgumentException("'classpath:" + location
                    + "' can't be served: it would publish what is not for "
                    + "the public; name a folder such as classpath:static or classpath:META-INF/resources");
        }
    }

    private void requirePresent() {
        if (loader.getResource(location) != null || loader.getResource(location + '/') != null) {
            return;
        }
        List<URL> manifests;
        try {
            manifests = Collections.list(loader.getResources(JarFile.MANIFEST_NAME));
        } catch (IOException e) {
            manifests = List.of();
        }
        for (URL manifest : manifests) {
            if (hasLocation(manifest)) {
                return;
            }
        }
        throw new IllegalArgumentException("no folder '" + location + "' on the class path; looked for the entries '"
                + location + "' and '" + location + "/', and below it in " + manifests.size()
                + " jars, by the class loader "
                + loader + ": check the spelling, or name the class loader that has it");
    }

    /** Jars may have files without entries for their folders. */
    private boolean hasLocation(URL manifest) {
        try {
            URLConnection connection = manifest.openConnection();
            connection.setUseCaches(false);
            if (!(connection instanceof JarURLConnection jar)) {
                return false;
            }
            try (JarFile file = jar.getJarFile()) {
                return file.stream().anyMatch(entry -> entry.getName().startsWith(location + '/'));
            }
        } catch (IOException e) {
            return false;
        }
    }
}
