/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationFileTest {

    @TempDir
    Path directory;

    @TempDir
    Path classes;

    private URLClassLoader loader;

    @BeforeEach
    void open() throws IOException {
        loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
    }

    @Test
    void withoutAFileNothingIsSet() {
        ConfigurationFile file = find(Map.of(), "");
        assertTrue(file.values().isEmpty());
        assertEquals("gatehouse.properties", file.name());
    }

    @Test
    void theWorkingDirectoryComesBeforeTheClassPath() throws IOException {
        Files.writeString(classes.resolve("gatehouse.properties"), "transport=on-class-path\nio-threads=2");
        ConfigurationFile first = find(Map.of(), "");
        assertEquals("on-class-path", first.values().getProperty("transport"));
        assertEquals("classpath:gatehouse.properties", first.name());
        Files.writeString(directory.resolve("gatehouse.properties"), "transport=in-directory");
        ConfigurationFile second = find(Map.of(), "");
        assertEquals("in-directory", second.values().getProperty("transport"));
        assertEquals(1, second.values().size(), "one file is read, never two");
        assertTrue(second.name().endsWith("gatehouse.properties"), second.name());
    }

    @Test
    void anotherFileMayBeNamed() throws IOException {
        Files.writeString(directory.resolve("gatehouse.properties"), "transport=a");
        Files.writeString(directory.resolve("other.properties"), "transport=b");
        Files.writeString(classes.resolve("third.properties"), "transport=c");
        assertEquals("b", find(Map.of("GATEHOUSE_CONFIG", "other.properties"), "").values().getProperty("transport"));
        assertEquals("c", find(Map.of(), "classpath:third.properties").values().getProperty("transport"));
        assertEquals(
                "c",
                find(Map.of("GATEHOUSE_CONFIG", "other.properties"), "classpath:third.properties").values().getProperty("transport"));
        String absolute = directory.resolve("other.properties").toAbsolutePath().toString();
        assertEquals("b", find(Map.of(), absolute).values().getProperty("transport"));
        assertEquals("a", find(Map.of("GATEHOUSE_CONFIG", " "), " ").values().getProperty("transport"));
    }

    @ParameterizedTest
    @CsvSource({
        "missing.properties, is no file",
        ".., is no file",
        "classpath:missing.properties, is not on the class path",
    })
    void aFileThatIsNamedMustBeThere(String named, String part) {
        IllegalArgumentException byProperty = assertThrows(IllegalArgumentException.class, () -> find(Map.of(), named));
        assertTrue(byProperty.getMessage().startsWith("-Dgatehouse.config=" + named + " " + part), byProperty.getMessage());
        IllegalArgumentException byVariable =
                assertThrows(IllegalArgumentException.class, () -> find(Map.of("GATEHOUSE_CONFIG", named), ""));
        assertTrue(byVariable.getMessage().startsWith("GATEHOUSE_CONFIG=" + named + " " + part), byVariable.getMessage());
    }

    @Test
    void isReadAsUtf8() throws IOException {
        Files.writeString(directory.resolve("gatehouse.properties"), "files./café/=/srv/größe");
        assertEquals("/srv/größe", find(Map.of(), "").values().getProperty("files./café/"));
    }

    @Test
    void whatIsNotUtf8IsRefused() throws IOException {
        Files.write(directory.resolve("gatehouse.properties"), "files./a/=gr\u00f6\u00dfe".getBytes(StandardCharsets.ISO_8859_1));
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> find(Map.of(), ""));
        assertTrue(thrown.getMessage().contains("in UTF-8"), thrown.getMessage());
    }

    @Test
    void aKeyIsSetOnce() throws IOException {
        Files.writeString(directory.resolve("gatehouse.properties"), "transport=nio\ntransport=jetty\n");
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> find(Map.of(), ""));
        assertTrue(thrown.getMessage().startsWith("transport is set twice in "), thrown.getMessage());
        assertTrue(thrown.getMessage().endsWith("remove one of the lines"), thrown.getMessage());
    }

    @Test
    void aBadEscapeIsExplained() throws IOException {
        Files.writeString(directory.resolve("gatehouse.properties"), "files./a/=C:\\users\n");
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> find(Map.of(), ""));
        assertTrue(thrown.getMessage().contains("\\\\ for a backslash"), thrown.getMessage());
    }

    private ConfigurationFile find(Map<String, String> environment, String config) {
        Properties system = new Properties();
        if (!config.isEmpty()) {
            system.setProperty("gatehouse.config", config);
        }
        return ConfigurationFile.find(environment, system, directory, loader);
    }
}
