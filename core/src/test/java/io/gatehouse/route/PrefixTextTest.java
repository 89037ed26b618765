/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prefixes character by character, and in one form however they are written. */
class PrefixTextTest {

    /** Every ASCII character in a path: itself, to be encoded, or refused. What is read is written and read again. */
    @Test
    void everyCharacterOfAPath() {
        for (char c = 0; c < 128; c++) {
            String text = "/a" + c + "b/";
            boolean refused = c <= ' ' || c == 127 || "#%*;?\\".indexOf(c) >= 0;
            if (refused) {
                IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> Prefix.parse(text));
                assertTrue(thrown.getMessage().endsWith("write one like http://+:80/app/, //example.com/app/ or /app/"), text);
            } else {
                assertEquals(text, Prefix.parse(text).path(), "U+" + Integer.toHexString(c));
                assertEquals(Prefix.parse(text), Prefix.parse(Prefix.parse(text).toString()));
            }
            String encoded = "/a" + String.format("%%%02X", (int) c) + "b/";
            boolean never = c < ' ' || c == 127 || c == '/' || c == '\\';
            if (never) {
                assertThrows(IllegalArgumentException.class, () -> Prefix.parse(encoded), encoded);
            } else {
                Prefix prefix = Prefix.parse(encoded);
                assertEquals(text, prefix.path());
                assertEquals(prefix, Prefix.parse(prefix.toString()), prefix::toString);
            }
        }
    }

    @Test
    void everyCharacterOfAHost() {
        String name = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
        for (int i = 1; i < 0x180; i++) {
            char c = (char) i;
            String text = "http://a" + c + "b/";
            boolean splits = c == '/' || c == ':';
            if (name.indexOf(c) >= 0) {
                assertEquals(("a" + c + "b").toLowerCase(java.util.Locale.ROOT), Prefix.parse(text).host());
            } else if (!splits) {
                assertThrows(IllegalArgumentException.class, () -> Prefix.parse(text), "U+" + Integer.toHexString(i));
            }
        }
    }

    @Test
    void everyPort() {
        for (int port = 0; port < 66_000; port++) {
            String text = "//h:" + port;
            if (port >= 1 && port <= 65_535) {
                assertEquals(port, Prefix.parse(text).port());
            } else {
                assertThrows(IllegalArgumentException.class, () -> Prefix.parse(text), text);
            }
        }
        assertEquals(80, Prefix.parse("//h:00080/").port());
        assertThrows(IllegalArgumentException.class, () -> Prefix.parse("//h:000080/"));
    }

    /** Seeded IPv6 addresses in their long form become their shortest, which stands for the same address. */
    @Test
    void anAddressHasOneForm() throws Exception {
        Random random = new Random(9);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder longest = new StringBuilder();
            for (int i = 0; i < 8; i++) {
                int group = random.nextInt(3) > 0 ? 0 : random.nextInt(0x10000);
                longest.append(i == 0 ? "" : ":").append(String.format(random.nextBoolean() ? "%04x" : "%X", group));
            }
            Prefix prefix = Prefix.parse("http://[" + longest + "]/");
            InetAddress address = InetAddress.getByName(longest.toString());
            assertEquals(address, prefix.address());
            assertEquals(prefix, Prefix.parse(prefix.toString()));
            if (prefix.host().startsWith("[")) {
                assertEquals(address, InetAddress.getByName(prefix.host()));
                assertEquals(prefix.host().toLowerCase(java.util.Locale.ROOT), prefix.host());
                assertTrue(prefix.host().length() <= longest.length() + 2, prefix.host());
                assertTrue(!prefix.host().matches(".*[\\[:]0:0[:\\]].*") || prefix.host().contains("::"), prefix.host());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        // RFC 5952 section 4.2: the longest run, of equals the first, and never a run of one
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1", "2001:0:0:1:0:0:0:1, 2001:0:0:1::1", "0:0:0:0:0:0:0:0, ::", "0:0:0:0:0:0:0:1, ::1",
        "1:0:0:0:0:0:0:0, 1::", "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1", "0:1:0:1:0:1:0:1, 0:1:0:1:0:1:0:1",
        "0:0:1:1:1:1:0:0, ::1:1:1:1:0:0", "1:1:1:1:1:1:0:0, 1:1:1:1:1:1::", "0:1:1:1:1:1:1:0, 0:1:1:1:1:1:1:0",
        "2001:0DB8::0001, 2001:db8::1", "::ABCD, ::abcd", "1:0:0:2:0:0:0:3, 1:0:0:2::3",
    })
    void theFormIsTheShortest(String written, String form) {
        assertEquals("[" + form + "]", Prefix.parse("//[" + written + "]:1/").host());
    }

    @ParameterizedTest
    @CsvSource({
        "/app/, /app/, true", "/app/, /app, true", "/app/, /app/x, true", "/app/, /appx, false", "/app/, /ap, false", "/app/, /, false",
        "/, /, true", "/, /anything, true", "/a/b/, /a/b, true", "/a/b/, /a/b/c/d, true", "/a/b/, /a, false", "/a/b/, /a/, false",
        "/a/b/, /a/B/, false", "/a/b/, /a/bb/, false", "/%20/, '/ ', true", "/%20/, /%20/, false",
    })
    void aSubtreeHasItsPaths(String prefix, String path, boolean covered) {
        assertEquals(covered, Prefix.parse(prefix).covers(path));
        assertEquals(covered, Prefix.parse("http://h:80" + prefix).covers(path), "whatever the host");
    }

    @Test
    void closenessOrdersSchemesAndPorts() {
        String[] order = {"//h/", "http://h/", "//h:80/", "http://h:80/"};
        for (int i = 0; i < order.length; i++) {
            assertEquals(i, Prefix.parse(order[i]).closeness());
            assertNotNull(Prefix.parse(order[i]).category());
        }
    }

    @Test
    void settingsOfARouteAreChecked() {
        for (long limit : new long[] {-1, 0, 1, Long.MAX_VALUE}) {
            assertEquals(limit, RouteSettings.DEFAULTS.withBodyLimit(limit).bodyLimit());
            assertEquals("me", RouteSettings.DEFAULTS.withLabel("me").withBodyLimit(limit).label());
        }
        String message = assertThrows(
                IllegalArgumentException.class, () -> RouteSettings.DEFAULTS.withBodyLimit(-2)).getMessage();
        assertEquals("a body limit of -2: set it to 0 or more, or to -1 for limits.body", message);
    }
}
