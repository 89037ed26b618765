/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.FakeResponse;
import io.gatehouse.http.HttpDate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same site from a directory of the class path, from jars of three makes, and through a loader with URLs of its
 * own.
 */
class ClassPathTest {

    private static final byte[] LARGE = Site.bytes(700_000);

    @TempDir
    Path directory;

    private URLClassLoader loader;

    /** Where the files lie. */
    enum Kind { DIRECTORY, JAR, JAR_WITHOUT_FOLDERS, NESTED }

    private static Map<String, byte[]> entries() {
        Map<String, byte[]> entries = new TreeMap<>();
        for (String[] entry : new String[][] {
            {"static/index.html", "<h1>jar</h1>"}, {"static/a.txt", "in the jar"}, {"static/docs/index.html", "docs"},
            {"static/app.js", "a script that is longer than that"}, {"static/app.js.gz", "gzip-bytes"},
            {"static/.env", "SECRET"},
            {"static/WEB-INF/web.xml", "SECRET"}, {"static/empty.txt", ""}, {"static/od d/\u00e9 +%23#?.txt", "odd"},
            {"secret.txt", "SECRET"}, {"static2/secret.txt", "SECRET"}, {"META-INF/services/x", "SECRET"},
            {"META-INF/resources/webjars/lib/1.0/lib.js", "library"}, {"META-INF/resources/index.html", "resources"},
            {"com/example/Some.class", "SECRET"}
        }) {
            entries.put(entry[0], entry[1].getBytes(StandardCharsets.UTF_8));
        }
        entries.put("static/large.bin", LARGE);
        return entries;
    }

    private ClassLoader loader(Kind kind) throws Exception {
        if (kind == Kind.NESTED) {
            return new NestedLoader(entries());
        }
        Path place = directory.resolve(kind == Kind.DIRECTORY ? "cl%61ss es" : "li b.jar");
        if (kind == Kind.DIRECTORY) {
            Site site = new Site(place);
            for (Map.Entry<String, byte[]> entry : entries().entrySet()) {
                site.file(entry.getKey(), entry.getValue(), Site.MODIFIED);
            }
        } else {
            jar(place, kind == Kind.JAR, entries());
        }
        loader = new URLClassLoader(new URL[] {place.toUri().toURL()}, null);
        return loader;
    }

    private static void jar(Path place, boolean folders, Map<String, byte[]> entries) throws IOException {
        try (OutputStream out = Files.newOutputStream(place); JarOutputStream jar = new JarOutputStream(out)) {
            java.util.Set<String> made = new java.util.HashSet<>();
            put(jar, "META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                for (int at = entry.getKey().indexOf('/'); folders
                        && at >= 0; at = entry.getKey().indexOf('/', at + 1)) {
                    if (made.add(entry.getKey().substring(0, at + 1))) {
                        put(jar, entry.getKey().substring(0, at + 1), new byte[0]);
                    }
                }
                put(jar, entry.getKey(), entry.getValue());
            }
        }
        Files.setLastModifiedTime(place, FileTime.from(Site.MODIFIED));
    }

    private static void put(JarOutputStream jar, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new JarEntry(name);
        entry.setTime(0); // as reproducible builds do: the time says nothing
        jar.putNextEntry(entry);
        jar.write(bytes);
        jar.closeEntry();
    }

    @AfterEach
    void close() throws IOException {
        if (loader != null) {
            loader.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void servesWhatADirectoryServes(Kind kind) throws Exception {
        StaticFiles files = StaticFiles.ofClassPath(loader(kind), "static").build();
        FakeResponse home = Site.get(files, "/");
        assertEquals("<h1>jar</h1>", home.sentText());
        assertEquals("text/html; charset=utf-8", home.sent("Content-Type"));
        assertEquals("12", home.sent("Content-Length"));
        assertEquals(home.sentHead(), Site.find(files, "/").head());
        assertEquals("in the jar", Site.get(files, "/a.txt").sentText());
        assertEquals("docs", Site.get(files, "/docs/").sentText());
        assertEquals("", Site.get(files, "/empty.txt").sentText());
        assertEquals("0", Site.get(files, "/empty.txt").sent("Content-Length"));
        assertEquals("odd", Site.get(files, "/od%20d/%C3%A9%20+%2523%23%3F.txt").sentText());
        FakeResponse moved = Site.get(files, "/docs?q");
        assertEquals(301, moved.sentStatus());
        assertEquals("/docs/?q", moved.sent("Location"));
        FakeResponse coded = Site.get(files, "/app.js", "Accept-Encoding", "gzip");
        assertEquals("gzip-bytes", coded.sentText());
        assertEquals("gzip", coded.sent("Content-Encoding"));
        assertEquals("Accept-Encoding", Site.get(files, "/app.js").sent("Vary"));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void conditionsAndRangesHold(Kind kind) throws Exception {
        StaticFiles files = StaticFiles.ofClassPath(loader(kind), "/static/").build();
        for (String target : new String[] {"/a.txt", "/large.bin"}) {
            FakeResponse whole = Site.get(files, target);
            String tag = whole.sent("ETag");
            assertNotNull(tag);
            assertEquals(304, Site.get(files, target, "If-None-Match", tag).sentStatus());
            assertEquals(412, Site.get(files, target, "If-Match", "\"x\"").sentStatus());
            FakeResponse part = Site.get(files, target, "Range", "bytes=3-5", "If-Range", tag);
            assertEquals(206, part.sentStatus());
            assertArrayEquals(Arrays.copyOfRange(whole.sentBytes(), 3, 6), part.sentBytes());
            assertEquals(416, Site.get(files, target, "Range", "bytes=1000000-").sentStatus());
            if (kind != Kind.NESTED) {
                assertEquals(Site.MODIFIED_DATE, whole.sent("Last-Modified"), "of the file, or of the jar");
            }
            FakeResponse head = Site.head(files, target);
            assertEquals(whole.sentHead(), head.sentHead());
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aLargeFileGoesOutAsAFile(Kind kind) throws Exception {
        StaticFiles files = StaticFiles.ofClassPath(loader(kind), "static").executor(Runnable::run).build();
        FakeResponse first = Site.get(files, "/large.bin");
        assertArrayEquals(LARGE, first.sentBytes());
        FileChannel channel = first.transferred();
        assertNotNull(channel);
        FakeResponse second = Site.get(files, "/large.bin");
        assertArrayEquals(LARGE, second.sentBytes());
        if (kind == Kind.DIRECTORY) {
            assertFalse(channel.isOpen());
            return;
        }
        assertSame(channel, second.transferred(), "unpacked once");
        assertTrue(channel.isOpen());
        channel.close(); // as an interrupt does, which then hits all who share it
        assertArrayEquals(LARGE, Site.get(files, "/large.bin").sentBytes());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatIsHiddenOrOutsideIsMissing(Kind kind) throws Exception {
        StaticFiles files = StaticFiles.ofClassPath(loader(kind), "static").build();
        for (String target : new String[] {
            "/.env", "/WEB-INF/web.xml", "/web-inf/web.xml", "/../secret.txt", "/..", "/nothing", "/docs/nothing",
            "/a.txt/", "/a.txt/x",
            "/../static2/secret.txt", "//a.txt", "/./a.txt", "/docs/../a.txt", "/com/example/Some.class",
            "/../com/example/Some.class",
            "/\\..\\secret.txt", "/META-INF/services/x", "/a.txt!/x", "/x!/../a.txt", "/docs//index.html"
        }) {
            assertEquals(404, Site.get(files, target).sentStatus(), target);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void resourcesOfWebjarsAreServed(Kind kind) throws Exception {
        ClassLoader used = loader(kind);
        StaticFiles all = StaticFiles.ofClassPath(used, "META-INF/resources").build();
        assertEquals("library", Site.get(all, "/webjars/lib/1.0/lib.js").sentText());
        assertEquals("resources", Site.get(all, "/").sentText());
        assertEquals(404, Site.get(all, "/../services/x").sentStatus());
        StaticFiles one = StaticFiles.ofClassPath(used, "META-INF/resources/webjars/lib/1.0").build();
        assertEquals("library", Site.get(one, "/lib.js").sentText());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aLocationThatIsNotThereFailsWithWhereItLooked(Kind kind) throws Exception {
        ClassLoader used = loader(kind);
        StaticFilesBuilder builder = StaticFiles.ofClassPath(used, "publik");
        IllegalArgumentException failure = assertThrows(IllegalArgumentException.class, builder::build);
        assertTrue(failure.getMessage().contains("'publik'"), failure.getMessage());
        assertTrue(failure.getMessage().contains("class loader"), failure.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "/", "META-INF", "META-INF/", "meta-inf/services", "META-INF/resources/../services",
        "META-INF/resources/../..", "WEB-INF", "static/WEB-INF",
        "../static", "static/..", ".git", "static//docs", "static\\docs", "META-INF/resources/.hidden",
        "META-INF/resources/META-INF"
    })
    void aLocationThatWouldPublishClassesIsRefused(String location) throws Exception {
        StaticFilesBuilder builder = StaticFiles.ofClassPath(loader(Kind.JAR), location);
        assertThrows(IllegalArgumentException.class, builder::build);
    }

    @Test
    void theTagIsOfTheBytesAndNotOfTheBuild() throws Exception {
        ClassLoader first = loader(Kind.JAR);
        Map<String, byte[]> changed = entries();
        changed.put("static/a.txt", "in THE jar".getBytes(StandardCharsets.UTF_8));
        Path other = directory.resolve("other.jar");
        jar(other, true, changed);
        try (URLClassLoader second = new URLClassLoader(new URL[] {other.toUri().toURL()}, null)) {
            StaticFiles one = StaticFiles.ofClassPath(first, "static").build();
            StaticFiles two = StaticFiles.ofClassPath(second, "static").build();
            assertNotEquals(Site.get(one, "/a.txt").sent("ETag"), Site.get(two, "/a.txt").sent("ETag"));
            assertEquals(Site.get(one, "/app.js").sent("ETag"), Site.get(two, "/app.js").sent("ETag"));
            assertNotEquals(Site.get(one, "/app.js").sent("ETag"),
                    Site.get(one, "/app.js", "Accept-Encoding", "gzip").sent("ETag"));
        }
    }

    @Test
    void severalJarsAreOneSite() throws Exception {
        ClassLoader first = loader(Kind.JAR_WITHOUT_FOLDERS);
        Path other = directory.resolve("other.jar");
        jar(other, true, Map.of("static/other.txt", "of another jar".getBytes(StandardCharsets.UTF_8),
                "static/a.txt", "hidden by the first".getBytes(StandardCharsets.UTF_8)));
        try (URLClassLoader both = new URLClassLoader(new URL[] {other.toUri().toURL()}, first)) {
            StaticFiles files = StaticFiles.ofClassPath(both, "static").build();
            assertEquals("in the jar", Site.get(files, "/a.txt").sentText());
            assertEquals("of another jar", Site.get(files, "/other.txt").sentText());
        }
    }

    @Test
    void theContextClassLoaderIsUsedForTheWordClasspath() throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(loader(Kind.JAR));
        try {
            StaticFiles files = StaticFiles.of("classpath:static").build();
            assertEquals("in the jar", Site.get(files, "/a.txt").sentText());
            assertEquals("files of classpath:static", files.toString());
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void anEditInADirectoryOfTheClassPathIsSeen() throws Exception {
        StaticFiles files = StaticFiles.ofClassPath(loader(Kind.DIRECTORY), "static").freshness(Duration.ZERO).build();
        assertEquals("in the jar", Site.get(files, "/a.txt").sentText());
        new Site(directory.resolve("cl%61ss es")).file("static/a.txt", "edited");
        assertEquals("edited", Site.get(files, "/a.txt").sentText());
    }

    @Test
    void aLinkOutOfADirectoryOfTheClassPathIsRefused() throws Exception {
        ClassLoader used = loader(Kind.DIRECTORY);
        Files.createSymbolicLink(directory.resolve("cl%61ss es/static/out.txt"), Path.of("../secret.txt"));
        StaticFiles files = StaticFiles.ofClassPath(used, "static").build();
        assertEquals(404, Site.get(files, "/out.txt").sentStatus());
    }

    @Test
    void aJarWithoutATimeHasNoLastModified() throws Exception {
        StaticFiles files = StaticFiles.ofClassPath(loader(Kind.NESTED), "static").build();
        FakeResponse response = Site.get(files, "/a.txt");
        assertNull(response.sent("Last-Modified"));
        assertEquals(200, Site.get(files, "/a.txt", "If-Modified-Since", HttpDate.format(0)).sentStatus());
        assertEquals(200, Site.get(files, "/a.txt", "If-Unmodified-Since", HttpDate.format(0)).sentStatus());
    }

    /**
     * A class loader as those of executable jars are: its URLs have a protocol of its own, and only streams behind
     * them.
     */
    private static final class NestedLoader extends ClassLoader {
        private final Map<String, byte[]> entries;

        NestedLoader(Map<String, byte[]> entries) {
            super(null);
            this.entries = entries;
        }

        @Override
        @SuppressWarnings("deprecation") // URL.of came with Java 20
        protected URL findResource(String name) {
            String below = name.endsWith("/") ? name : name + '/';
            boolean folder = entries.keySet().stream().anyMatch(entry -> entry.startsWith(below));
            if (!entries.containsKey(name) && !folder) {
                return null;
            }
            try {
                return new URL(null, "nested:app.jar!" + name, new URLStreamHandler() {
                    @Override
                    protected URLConnection openConnection(URL url) {
                        return new Nested(url, entries.getOrDefault(name, new byte[0]));
                    }
                });
            } catch (MalformedURLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        protected Enumeration<URL> findResources(String name) {
            return java.util.Collections.enumeration(List.of());
        }
    }

    /** A stream behind a URL. */
    private static final class Nested extends URLConnection {
        private final byte[] bytes;

        Nested(URL url, byte[] bytes) {
            super(url);
            this.bytes = bytes;
        }

        @Override
        public void connect() {
            connected = true;
        }

        @Override
        public InputStream getInputStream() {
            return new ByteArrayInputStream(bytes);
        }
    }
}
