/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The texts of paths: percent-encoding, dot segments, path parameters; against the JDK's words where it has some. */
final class PathTextTest {

    private static final String ALPHABET = "abz09-._~:/?#[]@!$&'()*+,;=% \"<>\\^`{|}\u0001\u007f\u00e4\u20ac\ud83d\ude00";

    private static String random(Random random, int most) {
        int[] points = ALPHABET.codePoints().toArray();
        StringBuilder out = new StringBuilder();
        for (int n = random.nextInt(most); n > 0; n--) {
            out.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return out.toString();
    }

    @Test
    @DisplayName("encodePath and decodePath: what goes in comes out, and between them nothing but ASCII that is no delimiter")
    void pathRoundTrip() {
        Random random = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            String path = "/" + random(random, 12).replace("\u0001", "");
            String encoded = PercentCoding.encodePath(path);
            assertTrue(encoded.chars().allMatch(c -> c > ' ' && c < 127), encoded);
            assertTrue(encoded.indexOf('?') < 0 && encoded.indexOf('#') < 0 && encoded.indexOf(';') < 0, encoded);
            assertEquals(path, PercentCoding.decodePath(encoded), encoded);
        }
    }

    @Test
    @DisplayName("encodeUri leaves an encoded URI as it is, and makes one of any text without brackets")
    void uris() {
        Random random = new Random(2);
        for (int i = 0; i < 5_000; i++) {
            String text = random(random, 12);
            String once = PercentCoding.encodeUri(text);
            assertEquals(once, PercentCoding.encodeUri(once));
            assertTrue(once.chars().allMatch(c -> c > ' ' && c < 127), once);
        }
        assertEquals("/a%20b?c=%C3%A4", URI.create(PercentCoding.encodeUri("/a b?c=\u00e4")).toString());
        assertEquals("%F0%9F%98%80", PercentCoding.encodeUri("\ud83d\ude00"));
        assertEquals("%3F", PercentCoding.encodeUri("\ud83d"), "half a character is a question mark");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "ISO-8859-1", "Shift_JIS", "windows-1252"})
    @DisplayName("decodeForm reads what the JDK's URLEncoder writes, in each charset")
    void forms(String name) {
        Charset charset = Charset.forName(name);
        Random random = new Random(3);
        for (int i = 0; i < 2_000; i++) {
            String text = random(random, 12);
            String encoded = URLEncoder.encode(text, charset);
            assertEquals(URLDecoder.decode(encoded, charset), PercentCoding.decodeForm(encoded, charset), encoded);
        }
    }

    @Test
    @DisplayName("random escapes are decoded as the JDK does, or refused where they are broken or no UTF-8")
    void brokenEscapes() {
        Random random = new Random(4);
        String alphabet = "a%0123456789abcdefABCDEF";
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(8); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String encoded = text.toString();
            String expected;
            try {
                expected = URLDecoder.decode(encoded, StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                expected = null;
            }
            if (expected == null || expected.indexOf('\ufffd') >= 0) {
                refused++;
                assertThrows(IllegalArgumentException.class,
                        () -> PercentCoding.decodeForm(encoded, StandardCharsets.UTF_8), encoded);
            } else {
                assertEquals(expected, PercentCoding.decodeForm(encoded, StandardCharsets.UTF_8), encoded);
            }
        }
        assertTrue(refused > 1_000, "the table has both kinds");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%", "/%4", "/%zz", "/%C3", "/%FF", "/%00", "/%0A", "/%1f", "/%ED%A0%80", "/%C0%AF", "/%F5%80%80%80"})
    @DisplayName("decodePath refuses broken escapes, overlong and lone bytes, and controls")
    void refusedPaths(String path) {
        assertNull(PercentCoding.decodePath(path));
        assertNull(DispatchPath.parse(path));
    }

    /** Dot segments taken out segment by segment, as slowly as one can; null if it climbs out. */
    private static String model(String path) {
        List<String> kept = new ArrayList<>();
        String[] parts = path.substring(1).split("/", -1);
        for (String part : parts) {
            if (part.equals("..")) {
                if (kept.isEmpty()) {
                    return null;
                }
                kept.remove(kept.size() - 1);
            } else if (!part.isEmpty() && !part.equals(".")) {
                kept.add(part);
            }
        }
        String last = parts[parts.length - 1];
        boolean open = last.isEmpty() || last.equals(".") || last.equals("..");
        return "/" + String.join("/", kept) + (open && !kept.isEmpty() ? "/" : "");
    }

    @Test
    @DisplayName("normalise takes out dot segments and empty ones, as the model does, and is done with one turn")
    void normalise() {
        Random random = new Random(5);
        String[] parts = {"a", "b", ".", "..", "", "...", ".a", "a.", "..b"};
        int climbed = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder path = new StringBuilder();
            for (int n = 1 + random.nextInt(6); n > 0; n--) {
                path.append('/').append(parts[random.nextInt(parts.length)]);
            }
            String expected = model(path.toString());
            assertEquals(expected, DispatchPath.normalise(path.toString()), path.toString());
            if (expected == null) {
                climbed++;
            } else {
                assertEquals(expected, DispatchPath.normalise(expected));
                assertFalse((expected + "/").contains("/../"), expected);
            }
        }
        assertTrue(climbed > 1_000, "the table has both kinds");
    }

    @ParameterizedTest(name = "{0} without parameters is {1}")
    @CsvSource({"/a, /a", "/a;b, /a", "/a;b/c, /a/c", "/a;b=1;c=2/d;e, /a/d", "/;x, /", ";x, ''", "/a;/b;/c, /a/b/c", "/a;b?c, /a",
        "'', ''"})
    void parameters(String path, String expected) {
        assertEquals(expected, DispatchPath.withoutParameters(path));
    }

    @ParameterizedTest(name = "{0}: path {1}, query {2}, uri {3}")
    @CsvSource(nullValues = "-", value = {
        "/a, /a, -, /a", "/a?b, /a, b, /a", "/a?, /a, '', /a", "/a?b?c, /a, b?c, /a", "/a;p/b?c;d, /a/b, c;d, /a;p/b",
        "/a#f, /a, -, /a", "/a%3Fb, /a?b, -, /a%3Fb", "/a%3Bb, /a;b, -, /a%3Bb", "/a/../b?x=../y, /b, x=../y, /a/../b",
        "/%2e%2e/a, -, -, -", "a, -, -, -", "?a, -, -, -", "'', -, -, -", "/.., -, -, -", "/a/%2e%2e/b, /b, -, /a/%2e%2e/b",
    })
    void dispatchPaths(String text, String path, String query, String uri) {
        DispatchPath parsed = DispatchPath.parse(text);
        if (path == null) {
            assertNull(parsed);
            return;
        }
        assertNotNull(parsed);
        assertEquals(path, parsed.path());
        assertEquals(query, parsed.query());
        assertEquals(uri, parsed.uri());
    }
}
