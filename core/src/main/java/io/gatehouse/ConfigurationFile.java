/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The properties file, found and read: the one that {@code gatehouse.config} names, else {@code gatehouse.properties} in the
 * working directory, else on the class path, else none. One file is read, never two.
 *
 * @param name for messages
 */
record ConfigurationFile(Properties values, String name) {

    static final String NAME = "gatehouse.properties";
    private static final String CLASS_PATH = "classpath:";

    /**
     * Finds and reads it.
     *
     * @throws IllegalArgumentException if it is named and not there, or can't be read
     */
    static ConfigurationFile find(Map<String, String> environment, Properties system, Path directory, ClassLoader loader) {
        String named = system.getProperty("gatehouse.config", "");
        String from = "-Dgatehouse.config";
        if (named.isBlank()) {
            named = environment.getOrDefault("GATEHOUSE_CONFIG", "");
            from = "GATEHOUSE_CONFIG";
        }
        if (named.startsWith(CLASS_PATH)) {
            ConfigurationFile file = onClassPath(loader, named.substring(CLASS_PATH.length()));
            if (file == null) {
                throw new IllegalArgumentException(from + "=" + named + " is not on the class path: name one that is, or a file");
            }
            return file;
        }
        if (!named.isBlank()) {
            Path path = directory.resolve(named);
            if (!Files.isRegularFile(path)) {
                throw new IllegalArgumentException(
                        from + "=" + named + " is no file, looked for at " + path.toAbsolutePath() + ": name one that is there");
            }
            return read(path);
        }
        Path path = directory.resolve(NAME);
        if (Files.isRegularFile(path)) {
            return read(path);
        }
        ConfigurationFile file = onClassPath(loader, NAME);
        return file != null ? file : new ConfigurationFile(new Properties(), NAME);
    }

    private static ConfigurationFile read(Path path) {
        try (Reader in = Files.newBufferedReader(path)) {
            return new ConfigurationFile(load(in, path.toString()), path.toString());
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    path + " can't be read (" + e + "): make it readable, in UTF-8, or name another file", e);
        }
    }

    private static @Nullable ConfigurationFile onClassPath(ClassLoader loader, String resource) {
        String name = CLASS_PATH + resource;
        try (InputStream in = loader.getResourceAsStream(resource)) {
            return in == null
                    ? null
                    : new ConfigurationFile(load(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()), name), name);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    name + " can't be read (" + e + "): write it in UTF-8, or name another file", e);
        }
    }

    /** Properties in UTF-8 that may set each key once. */
    static Properties load(Reader in, String name) throws IOException {
        Properties values = new Once(name);
        try {
            values.load(in);
        } catch (Twice e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " has a malformed \\u escape: write \\u and four hex digits, "
                    + "or \\\\ for a backslash", e);
        }
        Properties plain = new Properties();
        plain.putAll(values);
        return plain;
    }

    private static final class Twice extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        Twice(String message) {
            super(message);
        }
    }

    private static final class Once extends Properties {
        private static final long serialVersionUID = 1L;
        private final String name;

        Once(String name) {
            this.name = name;
        }

        // Held by the lock of the map, as every method of it; nothing here blocks.
        @Override
        public synchronized @Nullable Object put(Object key, Object value) {
            if (containsKey(key)) {
                throw new Twice(key + " is set twice in " + name + ": remove one of the lines");
            }
            return super.put(key, value);
        }
    }
}
