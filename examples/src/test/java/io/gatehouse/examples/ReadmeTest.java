/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the README shows is what is compiled and run here: every snippet of Java and of properties in it stands in a
 * file of this module, between {@code README:name} and {@code README:end} in comments, and its table of settings is the
 * code's.
 */
final class ReadmeTest {

    private static final Path README = Path.of("../README.md");
    private static final Path MAIN = Path.of("src/main");

    @Test
    void everyJavaSnippetComesFromAnExample() throws IOException {
        List<String> shown = blocks("java");
        assertFalse(shown.isEmpty(), "the README shows no Java");
        Map<String, String> snippets = snippets(".java");
        for (String block : shown) {
            assertTrue(
                    snippets.containsValue(block),
                    () -> "the README shows Java that is in no example:\n" + block + "\nknown: " + snippets);
        }
    }

    @Test
    void everyPropertiesSnippetComesFromAnExample() throws IOException {
        List<String> shown = blocks("properties");
        Map<String, String> snippets = snippets(".properties");
        for (String block : shown) {
            assertTrue(
                    snippets.containsValue(block),
                    () -> "the README shows properties that are in no example:\n" + block + "\nknown: " + snippets);
        }
    }

    @Test
    void everySnippetIsShown() throws IOException {
        List<String> shown = new ArrayList<>(blocks("java"));
        shown.addAll(blocks("properties"));
        Map<String, String> snippets = snippets(".java");
        snippets.putAll(snippets(".properties"));
        snippets.forEach((name, snippet) ->
                assertTrue(shown.contains(snippet), () -> "the README does not show README:" + name + ":\n" + snippet));
    }

    @Test
    void theTableOfSettingsIsTheCodesOwn() throws IOException {
        String readme = Files.readString(README);
        assertTrue(
                readme.contains("\n\n" + Setting.table() + "\n"),
                () -> "the README's table of settings is not this one:\n" + Setting.table());
    }

    @Test
    void theTestSeesADifference() {
        assertEquals("a {\n    b;\n}", withoutIndent(List.of("    a {", "        b;", "    }")));
        assertEquals("a\n\n  b", withoutIndent(List.of("  a", "", "    b")));
    }

    /** The fenced blocks of a language. */
    private static List<String> blocks(String language) throws IOException {
        List<String> blocks = new ArrayList<>();
        List<String> block = null;
        for (String line : Files.readAllLines(README)) {
            if (block == null && line.equals("```" + language)) {
                block = new ArrayList<>();
            } else if (block != null && line.equals("```")) {
                blocks.add(withoutIndent(block));
                block = null;
            } else if (block != null) {
                block.add(line);
            }
        }
        return blocks;
    }

    private static Map<String, String> snippets(String ending) throws IOException {
        Map<String, String> snippets = new TreeMap<>();
        try (Stream<Path> files = Files.walk(MAIN)) {
            files.filter(file -> file.toString().endsWith(ending)).forEach(file -> collect(file, snippets));
        }
        return snippets;
    }

    private static void collect(Path file, Map<String, String> into) {
        String name = null;
        List<String> snippet = new ArrayList<>();
        for (String line : lines(file)) {
            String mark = line.strip().replaceFirst("^(//|#) ", "");
            if (mark.equals("README:end")) {
                into.put(name, withoutIndent(snippet));
                name = null;
            } else if (mark.startsWith("README:")) {
                name = mark.substring(7);
                snippet.clear();
            } else if (name != null) {
                snippet.add(line);
            }
        }
        assertTrue(name == null, file + ": README:" + name + " has no README:end");
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String withoutIndent(List<String> lines) {
        int indent = lines.stream()
                .filter(line -> !line.isBlank())
                .mapToInt(line -> line.length() - line.stripLeading().length())
                .min()
                .orElse(0);
        return String.join(
                "\n", lines.stream().map(line -> line.isBlank() ? "" : line.substring(indent)).toList());
    }
}
