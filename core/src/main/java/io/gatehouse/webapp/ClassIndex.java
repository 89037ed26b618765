/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * The classes of an application that were scanned, and their supertypes wherever those lie: what is not the application's is
 * read through its class loader as a resource. No class is loaded. One thread, while deploying.
 */
final class ClassIndex {

    static final String CLASSES = "WEB-INF/classes";

    private static final System.Logger LOG = System.getLogger("io.gatehouse.webapp");

    private final ClassLoader loader;
    private final Map<String, ScannedClass> scanned = new LinkedHashMap<>();
    private final Map<String, Optional<ScannedClass>> elsewhere = new HashMap<>();

    private ClassIndex(ClassLoader loader) {
        this.loader = loader;
    }

    /** Scans {@code WEB-INF/classes} and some jars of an application. */
    static ClassIndex scan(Layout layout, List<String> jars, ClassLoader loader) throws DeploymentException {
        ClassIndex index = new ClassIndex(loader);
        index.scanDirectory(layout.classes());
        for (String jar : jars) {
            index.scanJar(layout.jar(jar));
        }
        return index;
    }

    /** The classes in the order of their places: a class that two have is the first one's. */
    Collection<ScannedClass> classes() {
        return Collections.unmodifiableCollection(scanned.values());
    }

    /** The classes of one place. */
    List<ScannedClass> classesOf(String source) {
        return scanned.values().stream().filter(each -> each.source().equals(source)).toList();
    }

    /** A class of the application or of what it sees; null if there is none. */
    @Nullable ScannedClass find(String name) {
        ScannedClass own = scanned.get(name);
        return own != null ? own : elsewhere.computeIfAbsent(name, this::readElsewhere).orElse(null);
    }

    /** A class's superclasses and all interfaces, itself not included. Those that are missing are named, but not gone into. */
    Set<String> supertypes(ScannedClass type) {
        Set<String> found = new LinkedHashSet<>();
        collect(type, found);
        return found;
    }

    private void collect(ScannedClass type, Set<String> found) {
        for (String each : Stream.concat(Stream.ofNullable(type.parent()), type.interfaces().stream()).toList()) {
            if (found.add(each)) {
                ScannedClass above = find(each);
                if (above != null) {
                    collect(above, found);
                }
            }
        }
    }

    private Optional<ScannedClass> readElsewhere(String name) {
        try (InputStream in = loader.getResourceAsStream(name.replace('.', '/') + ".class")) {
            return in == null ? Optional.empty() : Optional.ofNullable(ClassFileReader.read("the parent", name, in));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "can't read " + name, e);
            return Optional.empty();
        }
    }

    private void scanDirectory(Path directory) throws DeploymentException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted().toList()) {
                String entry = directory.relativize(file).toString();
                if (isClass(entry) && Files.isRegularFile(file)) {
                    try (InputStream in = Files.newInputStream(file)) {
                        add(ClassFileReader.read(CLASSES, entry, in));
                    }
                }
            }
        } catch (IOException e) {
            throw new DeploymentException(directory + " can't be read: give the server's user the right to", e);
        }
    }

    private void scanJar(Path jar) throws DeploymentException {
        try (JarFile file = Layout.open(jar)) {
            for (ZipEntry entry : file.versionedStream().toList()) {
                if (isClass(entry.getName())) {
                    try (InputStream in = file.getInputStream(entry)) {
                        add(ClassFileReader.read(Layout.name(jar), entry.getName(), in));
                    }
                }
            }
        } catch (IOException e) {
            throw Layout.unreadable(jar, e);
        }
    }

    private void add(@Nullable ScannedClass found) {
        if (found != null) {
            scanned.putIfAbsent(found.name(), found);
        }
    }

    private static boolean isClass(String entry) {
        return entry.endsWith(".class") && !entry.endsWith("module-info.class") && !entry.endsWith("package-info.class")
                && !entry.startsWith("META-INF/");
    }
}
