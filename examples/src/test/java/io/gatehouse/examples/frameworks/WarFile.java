/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.frameworks;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Makes WAR files, and jars for them, of sources and texts. Used by one thread. */
final class WarFile {

    private final Path directory;
    private final Map<String, byte[]> entries = new TreeMap<>();

    /**
     * @param directory for what is made on the way, which exists
     */
    WarFile(Path directory) {
        this.directory = directory;
    }

    WarFile text(String name, String text) {
        entries.put(name, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    WarFile file(String name, Path file) throws IOException {
        entries.put(name, Files.readAllBytes(file));
        return this;
    }

    /**
     * Compiles classes.
     *
     * @param prefix where they go: {@code WEB-INF/classes/}
     * @param sources by the full names of the classes
     */
    WarFile classes(String prefix, Map<String, String> sources) throws IOException {
        Path out = Files.createTempDirectory(directory, "classes");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter errors = new StringWriter();
        List<JavaFileObject> units = sources.entrySet().stream()
                .<JavaFileObject>map(source -> new Source(source.getKey(), source.getValue()))
                .toList();
        boolean compiled = compiler.getTask(errors, null, null, List.of("-d", out.toString(), "-proc:none", "--release", "17",
                "-cp", System.getProperty("java.class.path")), null, units).call();
        if (!compiled) {
            throw new IOException(errors.toString());
        }
        try (Stream<Path> files = Files.walk(out)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                file(prefix + out.relativize(file).toString().replace('\\', '/'), file);
            }
        }
        return this;
    }

    /** Adds a jar made of another one's entries. */
    WarFile jar(String name, WarFile jar) throws IOException {
        return file(name, jar.write(Files.createTempFile(directory, "part", ".jar")));
    }

    /** Writes it. */
    Path write(Path to) throws IOException {
        try (OutputStream file = Files.newOutputStream(to); ZipOutputStream zip = new ZipOutputStream(file)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return to;
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String className, String text) {
            super(URI.create("string:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
