/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Class files that are read and never loaded. */
@Section("8.2.4")
@DisplayNameGeneration(SectionNames.class)
class ClassIndexTest {

    private static final String MARK = "package app; @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)"
            + " public @interface Mark { }";

    @TempDir
    Path place;

    private static ScannedClass read(byte[] bytes) throws Exception {
        return ClassFileReader.read("x.jar", "A.class", new ByteArrayInputStream(bytes));
    }

    private static byte[] ofVersion(byte[] bytes, int major) {
        byte[] copy = bytes.clone();
        copy[6] = (byte) (major >> 8);
        copy[7] = (byte) major;
        return copy;
    }

    /** 45 is Java 1.1, 61 is 17, 69 is 25. */
    @ParameterizedTest
    @ValueSource(ints = {45, 49, 52, 61, 65, 69})
    void classFilesOfEveryJavaAreRead(int major) throws Exception {
        byte[] bytes = SourceCode.compile(SourceCode.servlet("A", "@WebServlet(\"/a\")", "1")).get("app/A.class");
        ScannedClass read = read(ofVersion(bytes, major));
        assertEquals("app.A", read.name());
        assertEquals("jakarta.servlet.http.HttpServlet", read.parent());
        assertEquals(Set.of("jakarta.servlet.annotation.WebServlet"), read.marks());
    }

    @Test
    void whatCanNotBeReadIsLeftOut() throws Exception {
        byte[] bytes = SourceCode.compile(SourceCode.servlet("A", "@WebServlet(\"/a\")", "1")).get("app/A.class");
        assertNull(read(ofVersion(bytes, 999)));
        assertNull(read(new byte[0]));
        assertNull(read("no class at all, but long enough for a header".getBytes()));
        assertNull(read(Arrays.copyOf(bytes, bytes.length / 2)));
    }

    /** Whatever stands in a class file, scanning ends and the deployment goes on. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void brokenClassFilesDoNoHarm(long seed) throws Exception {
        byte[] bytes = SourceCode.compile(SourceCode.servlet("A", "@WebServlet(value = \"/a\", initParams ="
                + " @WebInitParam(name = \"x\", value = \"1\"))", "1")).get("app/A.class");
        Random random = new Random(seed);
        int readable = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] broken = bytes.clone();
            for (int j = 0; j < 1 + random.nextInt(4); j++) {
                broken[10 + random.nextInt(broken.length - 10)] = (byte) random.nextInt();
            }
            readable += read(broken) == null ? 0 : 1;
        }
        assertTrue(readable > 0 && readable < 2000, readable + " were readable");
    }

    @Test
    void marksAreThoseOfTheClassAndOfItsMembers() throws Exception {
        Map<String, byte[]> classes = SourceCode.compile(MARK,
                "package app; @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.CLASS) public @interface Unseen { }",
                "package app; @Mark @Unseen public class OnType { }",
                "package app; public class OnField { @Mark int field; }",
                "package app; public class OnMethod { @Mark void method() { } }",
                "package app; public class OnConstructor { @Mark OnConstructor() { } }",
                "package app; public class OnParameter { void method(@Mark int x) { @Mark int y; } }");
        assertEquals(Set.of("app.Mark"), read(classes.get("app/OnType.class")).marks());
        assertEquals(Set.of(), read(classes.get("app/OnType.class")).memberMarks());
        for (String name : List.of("OnField", "OnMethod", "OnConstructor")) {
            assertEquals(Set.of("app.Mark"), read(classes.get("app/" + name + ".class")).memberMarks(), name);
            assertEquals(Set.of(), read(classes.get("app/" + name + ".class")).marks(), name);
        }
        assertEquals(Set.of(), read(classes.get("app/OnParameter.class")).memberMarks());
    }

    @Test
    void supertypesAreFoundAcrossJarsAndInTheParent() throws Exception {
        Map<String, byte[]> all = SourceCode.compile(
                "package one; public interface Top { }",
                "package two; public interface Middle extends one.Top, Comparable<String> { }",
                "package app; public abstract class Low extends java.util.ArrayList<String> implements two.Middle { }",
                "package app; public abstract class Lowest extends Low { }");
        Archive archive = new Archive().file("WEB-INF/classes/app/Low.class", all.get("app/Low.class"))
                .file("WEB-INF/classes/app/Lowest.class", all.get("app/Lowest.class"))
                .lib("1.jar", new Archive().file("one/Top.class", all.get("one/Top.class")))
                .lib("2.jar", new Archive().file("two/Middle.class", all.get("two/Middle.class")));
        try (Scanned scanned = Scanned.of(place.resolve("app"), archive, "2.jar")) {
            Set<String> found = scanned.index().supertypes(scanned.index().find("app.Lowest"));
            assertTrue(found.containsAll(Set.of("app.Low", "two.Middle", "one.Top", "java.lang.Comparable", "java.util.ArrayList",
                    "java.util.Collection", "java.lang.Object")), found.toString());
            assertEquals(Set.of("one.Top", "java.lang.Comparable"), scanned.index().supertypes(scanned.index().find("two.Middle")));
            assertNull(scanned.index().find("no.Such"));
            assertNotNull(scanned.index().find("one.Top"));
            assertFalse(scanned.index().classes().stream().anyMatch(each -> each.name().equals("one.Top")), "1.jar was not scanned");
        }
    }

    @Test
    void theFirstPlaceOfAClassCounts() throws Exception {
        Archive archive = new Archive().classes(SourceCode.servlet("A", "@WebServlet(\"/classes\")", "1"))
                .lib("a.jar", new Archive().sources(SourceCode.servlet("A", "@WebServlet(\"/jar\")", "1")));
        try (Scanned scanned = Scanned.of(place.resolve("app"), archive, "a.jar")) {
            assertEquals("[/classes]", scanned.annotations().servletMappings.get(0).patterns().toString());
            assertEquals(List.of(), scanned.index().classesOf("a.jar"));
        }
    }

    @Test
    void ofAMultiReleaseJarTheNewestClassIsScanned() throws Exception {
        byte[] old = SourceCode.compile(SourceCode.servlet("A", "@WebServlet(\"/old\")", "1")).get("app/A.class");
        byte[] newer = SourceCode.compile(SourceCode.servlet("A", "@WebServlet(\"/newer\")", "1")).get("app/A.class");
        Archive archive = new Archive().lib("mr.jar", new Archive()
                .file("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\nMulti-Release: true\r\n\r\n")
                .file("app/A.class", old).file("META-INF/versions/11/app/A.class", newer)
                .file("META-INF/versions/98/app/A.class", old));
        try (Scanned scanned = Scanned.of(place.resolve("app"), archive, "mr.jar")) {
            assertEquals("[/newer]", AnnotationReader.read(scanned.index(), "mr.jar").servletMappings.get(0).patterns().toString());
        }
    }

    @Test
    void moduleAndPackageDescriptionsAreNoClasses() throws Exception {
        Archive archive = new Archive().file("WEB-INF/classes/module-info.class", "x").file("WEB-INF/classes/a/package-info.class", "x")
                .file("WEB-INF/classes/readme.txt", "x");
        try (Scanned scanned = Scanned.of(place.resolve("app"), archive)) {
            assertTrue(scanned.index().classes().isEmpty());
        }
    }

    /** A loader defines a package with the first class of it that it loads. */
    @Test
    void nothingIsLoaded() throws Exception {
        Archive archive = new Archive().classes(SourceCode.servlet("A", "@WebServlet(\"/a\")", "1"), MARK);
        try (Scanned scanned = Scanned.of(place.resolve("app"), archive)) {
            scanned.annotations();
            scanned.index().supertypes(scanned.index().find("app.A"));
            assertEquals(0, scanned.loader().getDefinedPackages().length);
            scanned.loader().loadClass("app.A");
            assertEquals(1, scanned.loader().getDefinedPackages().length);
        }
    }
}
