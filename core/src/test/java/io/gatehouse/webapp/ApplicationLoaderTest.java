/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.OutputCache;
import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import jakarta.servlet.Servlet;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The class loader of an application (Servlet 6.1 section 10.7). */
@Section("10.7.2")
@DisplayNameGeneration(SectionNames.class)
class ApplicationLoaderTest {

    private static final ClassLoader SERVER = ApplicationLoaderTest.class.getClassLoader();

    @TempDir
    Path place;

    private final List<URLClassLoader> open = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (URLClassLoader each : open) {
            each.close();
        }
    }

    private static String version(String name, String version) {
        return "package app; public class " + name + " { public String toString() { return \"" + version + "\"; } }";
    }

    private ApplicationLoader loader(Archive archive, ClassLoader parent, Visibility visibility) throws Exception {
        Layout layout = Layout.of(archive.directory(place.resolve("app" + open.size())));
        ApplicationLoader loader = ApplicationLoader.of("app", layout, parent, visibility);
        open.add(loader);
        return loader;
    }

    private ApplicationLoader loader(Archive archive) throws Exception {
        return loader(archive, SERVER, new Visibility(List.of(), List.of()));
    }

    /** What the server's own class path has: a jar between the tests' loader and the application's. */
    private ClassLoader parent(Archive jar) throws Exception {
        Path file = jar.war(place.resolve("parent" + open.size() + ".jar"));
        URLClassLoader loader = new URLClassLoader(new URL[] {file.toUri().toURL()}, SERVER);
        open.add(loader);
        return loader;
    }

    private static String made(ClassLoader loader, String name) throws Exception {
        return loader.loadClass(name).getConstructor().newInstance().toString();
    }

    @Test
    void classesComeBeforeJarsAndJarsBeforeTheParent() throws Exception {
        ClassLoader parent = parent(new Archive().sources(version("A", "parent"), version("B", "parent"), version("C", "parent")));
        ApplicationLoader loader = loader(new Archive()
                .classes(version("A", "classes"))
                .lib("x.jar", new Archive().sources(version("A", "lib"), version("B", "lib"))), parent,
                new Visibility(List.of(), List.of()));
        assertEquals("classes", made(loader, "app.A"));
        assertEquals("lib", made(loader, "app.B"));
        assertEquals("parent", made(loader, "app.C"));
        assertSame(loader, loader.loadClass("app.B").getClassLoader());
        assertSame(loader.loadClass("app.A"), loader.loadClass("app.A"));
    }

    @Test
    void jarsComeInTheOrderOfTheirNames() throws Exception {
        ApplicationLoader loader = loader(new Archive()
                .lib("b.jar", new Archive().sources(version("A", "b")))
                .lib("a.jar", new Archive().sources(version("A", "a"))));
        assertEquals("a", made(loader, "app.A"));
    }

    @Test
    void applicationsDoNotSeeEachOther() throws Exception {
        ApplicationLoader one = loader(new Archive().classes(version("A", "1"), version("OnlyOne", "1")));
        ApplicationLoader two = loader(new Archive().classes(version("A", "2")));
        assertEquals("1", made(one, "app.A"));
        assertEquals("2", made(two, "app.A"));
        assertNotSame(one.loadClass("app.A"), two.loadClass("app.A"));
        assertThrows(ClassNotFoundException.class, () -> two.loadClass("app.OnlyOne"));
    }

    /** An application may bring such classes along; they are not taken (section 10.7.2). */
    @ParameterizedTest
    @CsvSource({"java.lang.String", "java.sql.Driver", "javax.xml.parsers.SAXParser", "org.w3c.dom.Node",
        "jakarta.servlet.Servlet", "jakarta.servlet.http.HttpServlet", "io.gatehouse.cache.OutputCache"})
    void whatIsTheServersStaysTheServers(String name) throws Exception {
        ApplicationLoader loader = loader(new Archive()
                .file("WEB-INF/classes/" + name.replace('.', '/') + ".class", "no class at all"));
        assertSame(Class.forName(name, false, SERVER), loader.loadClass(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"io.gatehouse.Gatehouse", "io.gatehouse.engine.Engine", "io.gatehouse.servlet.ServletApplication",
        "io.gatehouse.webapp.WebApplication", "io.gatehouse.route.Routes", "io.gatehouse.transport.Transport"})
    void theInsideOfTheContainerIsHidden(String name) throws Exception {
        ApplicationLoader loader = loader(new Archive());
        assertNotNull(Class.forName(name, false, SERVER));
        assertThrows(ClassNotFoundException.class, () -> loader.loadClass(name));
        String resource = name.replace('.', '/') + ".class";
        assertNull(loader.getResource(resource));
        assertNull(loader.getResourceAsStream(resource));
        assertFalse(loader.getResources(resource).hasMoreElements());
    }

    @Test
    void whatTheContainerHandsOutIsSeen() throws Exception {
        ApplicationLoader loader = loader(new Archive());
        assertSame(OutputCache.class, loader.loadClass("io.gatehouse.cache.OutputCache"));
        assertNull(loader.getResource("META-INF/services/io.gatehouse.transport.TransportProvider"));
    }

    @Test
    void packagesCanBeSharedAndHidden() throws Exception {
        Archive server = new Archive().sources("package lib.log; public class Log { public String toString() { return \"server\"; } }",
                "package lib.secret; public class Key { }").file("lib/secret/key.txt", "key");
        Archive own = new Archive().classes(
                "package lib.log; public class Log { public String toString() { return \"own\"; } }",
                "package lib.log.more; public class Own { public String toString() { return \"own\"; } }");
        ClassLoader parent = parent(server);
        ApplicationLoader plain = loader(own, parent, new Visibility(List.of(), List.of()));
        assertEquals("own", made(plain, "lib.log.Log"));
        assertNotNull(plain.loadClass("lib.secret.Key"));
        ApplicationLoader set = loader(own, parent, new Visibility(List.of("lib.log"), List.of("lib.secret")));
        assertEquals("server", made(set, "lib.log.Log"));
        assertEquals("own", made(set, "lib.log.more.Own"));
        assertThrows(ClassNotFoundException.class, () -> set.loadClass("lib.secret.Key"));
        assertNull(set.getResource("lib/secret/key.txt"));
        assertNotNull(plain.getResource("lib/secret/key.txt"));
    }

    @Test
    void aPackageIsNotSharedBecauseItsNameBeginsAlike() {
        Visibility visibility = new Visibility(List.of("org.a"), List.of("org.h"));
        assertTrue(visibility.isShared("org.a") && visibility.isShared("org.a.b"));
        assertFalse(visibility.isShared("org.ab") || visibility.isShared("org") || visibility.isShared(""));
        assertTrue(visibility.isHidden("org.h.x") && !visibility.isHidden("org.hx"));
        assertFalse(visibility.isHidden("io.gatehouse.examples"));
        assertTrue(Visibility.isJdk("java.util") && Visibility.isJdk("javax.net.ssl") && !Visibility.isJdk("javax.servlet"));
    }

    private static List<String> texts(ClassLoader loader, String name) throws IOException {
        List<String> texts = new ArrayList<>();
        for (URL url : Collections.list(loader.getResources(name))) {
            try (InputStream in = url.openStream()) {
                texts.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return texts;
    }

    @Test
    void resourcesComeInTheOrderOfClasses() throws Exception {
        ClassLoader parent = parent(new Archive().file("x/r.txt", "parent").file("only.txt", "parent"));
        ApplicationLoader loader = loader(new Archive().file("WEB-INF/classes/x/r.txt", "classes")
                .lib("b.jar", new Archive().file("x/r.txt", "b"))
                .lib("a.jar", new Archive().file("x/r.txt", "a").file("in.txt", "a")), parent,
                new Visibility(List.of(), List.of()));
        assertEquals(List.of("classes", "a", "b", "parent"), texts(loader, "x/r.txt"));
        assertEquals(List.of("parent"), texts(loader, "only.txt"));
        assertEquals(List.of("a"), texts(loader, "in.txt"));
        assertEquals(List.of(), texts(loader, "none.txt"));
        assertNull(loader.getResource("none.txt"));
        assertNull(loader.getResourceAsStream("none.txt"));
        try (InputStream in = loader.getResourceAsStream("x/r.txt")) {
            assertEquals("classes", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        ApplicationLoader sharing = loader(new Archive().file("WEB-INF/classes/x/r.txt", "classes"), parent,
                new Visibility(List.of("x"), List.of()));
        assertEquals(List.of("parent", "classes"), texts(sharing, "x/r.txt"));
        try (InputStream in = sharing.getResourceAsStream("x/r.txt")) {
            assertEquals("parent", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void aPlaceThatBothSeeIsListedOnce() throws Exception {
        Archive archive = new Archive().file("WEB-INF/classes/r.txt", "one");
        Path root = archive.directory(place.resolve("same"));
        URLClassLoader parent = new URLClassLoader(new URL[] {root.resolve("WEB-INF/classes/").toUri().toURL()}, SERVER);
        open.add(parent);
        ApplicationLoader loader = ApplicationLoader.of("same", Layout.of(root), parent, new Visibility(List.of(), List.of()));
        open.add(loader);
        assertEquals(List.of("one"), texts(loader, "r.txt"));
    }

    @Test
    void addressesInJarsCanBeReadAndGoneOnFrom() throws Exception {
        ApplicationLoader loader = loader(new Archive().lib("a b.jar",
                new Archive().file("d/one.txt", "1").file("d/two.txt", "2").file("up.txt", "up")));
        URL one = loader.getResource("d/one.txt");
        assertTrue(one.toString().startsWith("jar:file:") && one.toString().endsWith("a%20b.jar!/d/one.txt"), one.toString());
        assertEquals("2", text(new URL(one, "two.txt")));
        assertEquals("up", text(new URL(one, "/up.txt")));
        assertEquals("up", text(new URL(one, "../up.txt")));
        assertEquals("1", text(new URL(one, one.toString())));
        assertEquals(one, new URL(one.toString()));
        assertEquals(one.toString(), one.toURI().toString());
        URLConnection connection = one.openConnection();
        assertFalse(connection.getUseCaches());
        assertEquals("d/one.txt", ((JarURLConnection) connection).getEntryName());
        ((JarURLConnection) connection).getJarFile().close();
    }

    private static String text(URL url) throws IOException {
        try (InputStream in = url.openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** On Linux open files are links in a directory of the process; elsewhere only that nothing fails is seen. */
    @Test
    void noJarStaysOpen() throws Exception {
        ApplicationLoader loader = loader(new Archive().lib("handles.jar",
                new Archive().file("r.txt", "r").sources(version("A", "a"))));
        for (int i = 0; i < 50; i++) {
            assertEquals("r", text(loader.getResource("r.txt")));
            try (InputStream in = loader.getResourceAsStream("r.txt")) {
                assertEquals('r', in.read());
            }
        }
        assertEquals("a", made(loader, "app.A"));
        assertTrue(openFiles("handles.jar") <= 1, "one for classes at most");
        loader.close();
        assertEquals(0, openFiles("handles.jar"));
    }

    private static long openFiles(String name) throws IOException {
        Path links = Path.of("/proc/self/fd");
        if (!Files.isDirectory(links)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(links)) {
            return all.filter(each -> {
                try {
                    return Files.readSymbolicLink(each).toString().endsWith(name);
                } catch (IOException e) {
                    return false; // closed meanwhile
                }
            }).count();
        }
    }

    /** Streams of the parent's jars that were read through the loader are not the loader's to close. */
    @Test
    void closingLeavesTheParentsJarsOpen() throws Exception {
        ClassLoader parent = parent(new Archive().file("p.txt", "parent").file("q.txt", "q"));
        ApplicationLoader one = loader(new Archive(), parent, new Visibility(List.of(), List.of()));
        try (InputStream in = one.getResourceAsStream("p.txt")) {
            in.readAllBytes();
        }
        try (InputStream reading = parent.getResource("q.txt").openStream()) {
            one.close();
            assertEquals('q', reading.read());
        }
        assertEquals("parent", text(parent.getResource("p.txt")));
    }

    @Test
    void aClosedLoaderSaysWhoAsksTooLate() throws Exception {
        ApplicationLoader loader = loader(new Archive().classes(version("A", "a"), version("B", "b")));
        Class<?> early = loader.loadClass("app.A");
        loader.close();
        assertSame(early, loader.loadClass("app.A"));
        ClassNotFoundException late = assertThrows(ClassNotFoundException.class, () -> loader.loadClass("app.B"));
        assertTrue(late.getMessage().contains("asked for after its application app was undeployed, by the thread "
                + Thread.currentThread().getName()), late.getMessage());
        assertEquals("class loader of app, closed", loader.toString());
        assertSame(String.class, loader.loadClass("java.lang.String"));
    }

    @Test
    void aParentWithoutOrWithAnotherApiIsRefused() throws Exception {
        Layout layout = Layout.of(new Archive().directory(place.resolve("api")));
        Visibility visibility = new Visibility(List.of(), List.of());
        DeploymentException without = assertThrows(DeploymentException.class,
                () -> ApplicationLoader.of("a", layout, ClassLoader.getPlatformClassLoader(), visibility));
        assertTrue(without.getMessage().contains("does not see the Servlet API"), without.getMessage());
        URL api = Servlet.class.getProtectionDomain().getCodeSource().getLocation();
        URLClassLoader other = new URLClassLoader(new URL[] {api}, ClassLoader.getPlatformClassLoader());
        open.add(other);
        DeploymentException another = assertThrows(DeploymentException.class,
                () -> ApplicationLoader.of("a", layout, other, visibility));
        assertTrue(another.getMessage().contains("sees another Servlet API"), another.getMessage());
    }

    @Test
    void manyThreadsLoadOneClassOnce() throws Exception {
        ApplicationLoader loader = loader(new Archive().classes(version("A", "a")));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<Class<?>>> loads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                loads.add(threads.submit(() -> {
                    go.await();
                    return loader.loadClass("app.A");
                }));
            }
            go.countDown();
            for (Future<Class<?>> each : loads) {
                assertSame(loader.loadClass("app.A"), each.get());
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void newestOfAMultiReleaseJarIsTaken() throws Exception {
        byte[] old = SourceCode.compile(version("M", "old")).get("app/M.class");
        byte[] newer = SourceCode.compile(version("M", "newer")).get("app/M.class");
        ApplicationLoader loader = loader(new Archive().lib("mr.jar", new Archive()
                .file("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\nMulti-Release: true\r\n\r\n")
                .file("app/M.class", old).file("META-INF/versions/17/app/M.class", newer)
                .file("META-INF/versions/99/app/M.class", old)));
        assertEquals("newer", made(loader, "app.M"));
    }

    @Test
    void theContainersTypesAreNotTheApplications() {
        assertFalse(Visibility.SHARED.contains(Visibility.packageOf(ServletApplication.class.getName(), '.')));
    }
}
