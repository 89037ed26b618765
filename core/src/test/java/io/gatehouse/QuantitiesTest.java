/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "1, 1, 1",
        "512B, 512, 512",
        "1024, 1024, 1KiB",
        "8KiB, 8192, 8KiB",
        "1536, 1536, 1536",
        "10MiB, 10485760, 10MiB",
        "1GiB, 1073741824, 1GiB",
        "5000GiB, 5368709120000, 5000GiB",
        "007, 7, 7",
    })
    void readsAndWritesSizes(String text, long bytes, String shortest) {
        assertEquals(bytes, Quantities.size(text));
        assertEquals(shortest, Quantities.text(bytes));
        assertEquals(bytes, Quantities.size(shortest));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "B", "KiB", "-1", "+1", "1K", "1kB", "1KB", "1kib", "1 KiB", "1.5MiB", "0x10", "\u0661", "1e3", "unlimited"})
    void refusesOtherSizes(String text) {
        assertThrows(IllegalArgumentException.class, () -> Quantities.size(text));
    }

    @ParameterizedTest
    @CsvSource({
        "0s, 0, 0s",
        "500ms, 500, 500ms",
        "1500ms, 1500, 1500ms",
        "10s, 10000, 10s",
        "2m, 120000, 120s",
        "1h, 3600000, 3600s",
        "3000ms, 3000, 3s",
    })
    void readsAndWritesDurations(String text, long millis, String form) {
        assertEquals(Duration.ofMillis(millis), Quantities.duration(text));
        assertEquals(form, Quantities.text(Duration.ofMillis(millis)));
        assertEquals(Duration.ofMillis(millis), Quantities.duration(form));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "ms", "-1s", "1 s", "1.5s", "1d", "1S", "PT1S", "99999999999999999999h"})
    void refusesOtherDurations(String text) {
        assertThrows(IllegalArgumentException.class, () -> Quantities.duration(text));
    }

    @Test
    void readsCounts() {
        assertEquals(0, Quantities.count("0"));
        assertEquals(Integer.MAX_VALUE, Quantities.count("2147483647"));
        for (String text : List.of("", "-1", "2147483648", "1_000", "1KiB", "x")) {
            assertThrows(IllegalArgumentException.class, () -> Quantities.count(text), text);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', 0",
        "a, '', 1",
        "abc, abc, 0",
        "abc, abd, 1",
        "abc, acb, 1",
        "kitten, sitting, 3",
        "transprot, transport, 1",
        "limits.inflight, limits.in-flight, 1",
    })
    void measuresHowFarNamesAreApart(String a, String b, int distance) {
        assertEquals(distance, Nearest.distance(a, b));
        assertEquals(distance, Nearest.distance(b, a));
    }

    @Test
    void theNearestNameIsTheFirstOfEquals() {
        assertEquals("abc", Nearest.of("abd", List.of("abc", "abe")));
        assertEquals("listen", Nearest.of("lisen", List.of("limits", "listen", "transport")));
        assertEquals("", Nearest.of("x", List.of()));
    }
}
