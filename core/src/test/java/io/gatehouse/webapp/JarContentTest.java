/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Static content of jars, with entries for directories and without. */
@Section("4.6")
@DisplayNameGeneration(SectionNames.class)
class JarContentTest {

    @TempDir
    Path place;

    private Path jar(String... names) throws IOException {
        Archive archive = new Archive();
        for (String name : names) {
            archive.file(name, "content of " + name);
        }
        return archive.war(place.resolve("c d.jar"));
    }

    private static final String[] PLAIN = {
        "META-INF/resources/a.txt", "META-INF/resources/d/b.txt", "META-INF/resources/d/e/c.txt", "META-INF/resources/d/e/f/g/x.txt",
        "META-INF/resources/ü b.txt", "META-INF/resources/100%.txt", "META-INF/resources/a#b?.txt", "META-INF/other.txt", "top.txt"};

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void directoriesAreKnownWithAndWithoutEntries(boolean entries) throws Exception {
        String[] names = entries
                ? withDirectories() : PLAIN;
        try (JarContent content = JarContent.open(jar(names))) {
            assertEquals(Set.of("/a.txt", "/d/", "/ü b.txt", "/100%.txt", "/a#b?.txt"), content.getResourcePaths("/"));
            assertEquals(Set.of("/d/b.txt", "/d/e/"), content.getResourcePaths("/d"));
            assertEquals(Set.of("/d/b.txt", "/d/e/"), content.getResourcePaths("/d/"));
            assertEquals(Set.of("/d/e/c.txt", "/d/e/f/"), content.getResourcePaths("/d/e/"));
            assertEquals(Set.of("/d/e/f/g/"), content.getResourcePaths("/d/e/f"));
            assertNull(content.getResourcePaths("/a.txt"));
            assertNull(content.getResourcePaths("/none"));
            assertNotNull(content.getResource("/d/e/f"));
            assertNotNull(content.getResource("/"));
            assertNull(content.getResourceAsStream("/d"));
            assertNull(content.getResourceAsStream("/d/"));
        }
    }

    private static String[] withDirectories() {
        Set<String> all = new TreeSet<>(List.of(PLAIN));
        all.addAll(List.of("META-INF/", "META-INF/resources/", "META-INF/resources/d/", "META-INF/resources/d/e/",
                "META-INF/resources/d/e/f/", "META-INF/resources/d/e/f/g/"));
        return all.toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a.txt", "/d/b.txt", "/d/e/f/g/x.txt", "/ü b.txt", "/100%.txt", "/a#b?.txt"})
    void filesAreReadByPathAndByAddress(String path) throws Exception {
        try (JarContent content = JarContent.open(jar(PLAIN))) {
            String expected = "content of META-INF/resources" + path;
            try (InputStream in = content.getResourceAsStream(path)) {
                assertEquals(expected, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
            URL address = content.getResource(path);
            try (InputStream in = address.openStream()) {
                assertEquals(expected, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
            try (InputStream in = address.toURI().toURL().openStream()) {
                assertEquals(expected, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
            assertNull(content.getRealPath(path));
        }
    }

    @ParameterizedTest
    @CsvSource({"/none", "/A.txt", "/a.txt/", "/d/b", "/../other.txt", "/top.txt", "/META-INF/resources/a.txt"})
    void otherPathsAreNotThere(String path) throws Exception {
        try (JarContent content = JarContent.open(jar(PLAIN))) {
            assertNull(content.getResource(path));
            assertNull(content.getResourceAsStream(path));
            assertNull(content.getResourcePaths(path));
        }
    }

    @Test
    void aJarWithoutContentIsNoContent() throws Exception {
        assertNull(JarContent.open(jar("a.txt", "META-INF/resource/x.txt")));
        assertThrows(IOException.class, () -> JarContent.open(Files.writeString(place.resolve("bad.jar"), "bad")));
    }

    @Test
    void nothingIsReadAfterTheEnd() throws Exception {
        JarContent content = JarContent.open(jar(PLAIN));
        content.close();
        assertNull(content.getResourceAsStream("/a.txt"));
        assertTrue(content.toString().contains("c d.jar"));
        Files.delete(place.resolve("c d.jar"));
    }
}
