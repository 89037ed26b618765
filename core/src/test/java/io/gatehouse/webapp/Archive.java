/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A web application or a jar in the making: files by their paths. */
final class Archive {

    private final Map<String, byte[]> files = new LinkedHashMap<>();

    Archive file(String path, String text) {
        return file(path, text.getBytes(StandardCharsets.UTF_8));
    }

    Archive file(String path, byte[] bytes) {
        files.put(path, bytes);
        return this;
    }

    /** A web.xml of 6.1 with these elements. */
    Archive webXml(String elements) {
        return file("WEB-INF/web.xml", Documents.webApp(elements));
    }

    /** As a jar: a web-fragment.xml with these elements. */
    Archive fragment(String elements) {
        return file("META-INF/web-fragment.xml", Documents.fragment(elements));
    }

    /** Sources, compiled together, into WEB-INF/classes. */
    Archive classes(String... sources) {
        SourceCode.compile(sources).forEach((path, bytes) -> file("WEB-INF/classes/" + path, bytes));
        return this;
    }

    /** As a jar: sources, compiled together. */
    Archive sources(String... sources) {
        SourceCode.compile(sources).forEach(this::file);
        return this;
    }

    /** As a jar: an initialiser that is named as a service. */
    Archive service(String className) {
        return file(Layout.SERVICES, className + "\n");
    }

    /** A jar in WEB-INF/lib. */
    Archive lib(String name, Archive jar) {
        return file("WEB-INF/lib/" + name, jar.bytes());
    }

    Map<String, byte[]> files() {
        return files;
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> each : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(each.getKey()));
                zip.write(each.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Written as a file. */
    Path war(Path file) throws IOException {
        return Files.write(file, bytes());
    }

    /** Written as a directory. */
    Path directory(Path root) throws IOException {
        for (Map.Entry<String, byte[]> each : files.entrySet()) {
            Path file = root.resolve(each.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, each.getValue());
        }
        return Files.createDirectories(root);
    }
}
