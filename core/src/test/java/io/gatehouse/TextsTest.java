/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes, durations and counts to their ends, near names by the plain definition, and sources with odd contents. */
class TextsTest {

    @Test
    void everySizeIsWrittenInAFormThatIsReadAgain() {
        Random random = new Random(1);
        for (int round = 0; round < 5_000; round++) {
            long bytes = random.nextLong() >>> 2 + random.nextInt(60);
            if (random.nextBoolean()) {
                bytes = bytes >>> 30 << 10 * random.nextInt(4) & Long.MAX_VALUE >>> 1;
            }
            String text = Quantities.text(bytes);
            assertEquals(bytes, Quantities.size(text), text);
            assertEquals(bytes, Quantities.size(bytes + "B"));
            assertEquals(bytes, Quantities.size(Long.toString(bytes)));
            boolean whole = bytes > 0 && bytes % 1024 == 0;
            assertEquals(whole, text.endsWith("iB"), text);
        }
    }

    @Test
    void everyDurationIsWrittenInAFormThatIsReadAgain() {
        Random random = new Random(2);
        for (int round = 0; round < 5_000; round++) {
            Duration duration = Duration.ofMillis(random.nextLong() >>> 12 + random.nextInt(50));
            String text = Quantities.text(duration);
            assertEquals(duration, Quantities.duration(text), text);
            assertEquals(duration.toMillis() % 1_000 == 0, !text.endsWith("ms"), text);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // what still fits under 2^62, and the first that does not
        "4611686018427387903, true", "4611686018427387904, false", "4503599627370495KiB, true", "4503599627370496KiB, false",
        "4398046511103MiB, true", "4398046511104MiB, false", "4294967295GiB, true", "4294967296GiB, false",
        "00000000000000000000000000001GiB, true", "99999999999999999999999999999999, false", "0GiB, true",
    })
    void sizesHaveAnEnd(String text, boolean fits) {
        if (fits) {
            assertTrue(Quantities.size(text) >= 0);
        } else {
            String message = assertThrows(IllegalArgumentException.class, () -> Quantities.size(text)).getMessage();
            assertTrue(message.startsWith("is too large: write less than 2^62"), message);
        }
    }

    @Test
    void unitsAreMultiplied() {
        String[] sizes = {"B", "KiB", "MiB", "GiB"};
        String[] times = {"ms", "s", "m", "h"};
        long[] factors = {1, 1_000, 60_000, 3_600_000};
        for (int number : new int[] {0, 1, 2, 7, 999, 1024}) {
            for (int unit = 0; unit < 4; unit++) {
                BigInteger bytes = BigInteger.valueOf(number).shiftLeft(10 * unit);
                assertEquals(bytes.longValueExact(), Quantities.size(number + sizes[unit]));
                assertEquals(Duration.ofMillis(number * factors[unit]), Quantities.duration(number + times[unit]));
            }
            assertEquals(number, Quantities.count("" + number));
            assertEquals(number, Quantities.count("000" + number));
        }
    }

    /** Every character in front of, inside and behind a number. */
    @Test
    void onlyDigitsAreDigits() {
        for (int i = 0; i < 0x700; i++) {
            char c = (char) i;
            boolean digit = c >= '0' && c <= '9';
            for (String text : new String[] {c + "1", "1" + c + "1", "1" + c}) {
                boolean unit = text.endsWith("B");
                assertRead(digit || unit && text.equals("1B"), () -> Quantities.size(text), text);
                assertRead(digit, () -> Quantities.count(text), text);
                assertRead(digit, () -> Quantities.duration(text + "s"), text + "s");
            }
        }
    }

    private static void assertRead(boolean fine, Runnable reader, String text) {
        if (fine) {
            reader.run();
        } else if (!text.equals("1ms") && !text.endsWith("ms")) {
            assertThrows(IllegalArgumentException.class, reader::run, text);
        }
    }

    /** The distance is a metric over seeded words, and never more than the longer word. */
    @Test
    void distancesAreThoseOfAMetric() {
        Random random = new Random(5);
        for (int round = 0; round < 3_000; round++) {
            String a = word(random);
            String b = word(random);
            int distance = Nearest.distance(a, b);
            assertEquals(distance, Nearest.distance(b, a));
            assertEquals(a.equals(b), distance == 0);
            assertTrue(distance <= Math.max(a.length(), b.length()));
            assertTrue(distance >= Math.abs(a.length() - b.length()));
            assertEquals(distance, Nearest.distance("x" + a, "x" + b));
            assertTrue(Nearest.distance(a + "y", b) <= distance + 1);
            String nearest = Nearest.of(a, List.of(b, a, word(random)));
            assertEquals(a, nearest, "the word itself is the nearest");
        }
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        for (int i = random.nextInt(7); i > 0; i--) {
            word.append("abc-.".charAt(random.nextInt(5)));
        }
        return word.toString();
    }

    @Test
    void variablesOfAllSettingsDifferAndNoneIsKubernetes() {
        Set<String> variables = new HashSet<>();
        for (Setting setting : Setting.ALL) {
            if (!setting.family()) {
                assertTrue(variables.add(setting.variable()), setting.key());
                assertTrue(setting.variable().matches("GATEHOUSE(_[A-Z]+)+"), setting.variable());
                assertFalse(setting.variable().startsWith("GATEHOUSE_PORT"), setting.variable());
                assertFalse(setting.variable().startsWith("GATEHOUSE_SERVICE_"), setting.variable());
                assertTrue(setting.key().matches("[a-z]+(-[a-z]+)*(\\.[a-z]+(-[a-z]+)*)?"), setting.key());
            } else {
                assertTrue(setting.fallback().isEmpty(), setting.key());
            }
            assertFalse(setting.meaning().endsWith("."), setting.key());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GATEHOUSE_PORT, true", "GATEHOUSE_PORT_8080_TCP, true", "GATEHOUSE_SERVICE_HOST, true", "GATEHOUSE_SERVICE_PORT, true",
        "GATEHOUSE_CONFIG, true", "GATEHOUSE, true", "GATEHOUSES_X, true", "gatehouse_listen, true", "MY_GATEHOUSE_X, true",
        "GATEHOUSE_PORTS, false", "GATEHOUSE_SERVICE, false", "GATEHOUSE_, false", "GATEHOUSE_X, false", "GATEHOUSE_CONFIGS, false",
        "GATEHOUSE_LISTEN_X, false", "GATEHOUSE_LIMITS, false", "GATEHOUSE_limits_head, false", "GATEHOUSE_SERVLET, false",
    })
    void someVariablesAreOthers(String variable, boolean others) {
        Map<String, String> environment = Map.of(variable, "x");
        if (others) {
            assertEquals(Configuration.DEFAULTS, Configuration.of(new Properties(), environment, new Properties()));
            return;
        }
        String message = assertThrows(IllegalArgumentException.class,
                () -> Configuration.of(new Properties(), environment, new Properties())).getMessage();
        assertTrue(message.startsWith("the environment variable " + variable + " sets nothing that is known"), message);
        assertTrue(message.contains("did you mean GATEHOUSE_"), message);
    }

    @ParameterizedTest
    @CsvSource({
        "gatehouse, true", "gatehouse.config, true", "gatehousex.listen, true", "Gatehouse.listen, true", "x.gatehouse.listen, true",
        "gatehouse., false", "gatehouse.x, false", "gatehouse.Listen, false", "gatehouse.limits, false", "gatehouse.limits., false",
        "gatehouse.config.x, false", "gatehouse..listen, false", "gatehouse.gatehouse.listen, false",
    })
    void somePropertiesAreOthers(String name, boolean others) {
        Properties system = new Properties();
        system.setProperty(name, "x");
        if (others) {
            assertEquals(Configuration.DEFAULTS, Configuration.of(new Properties(), Map.of(), system));
            return;
        }
        String message = assertThrows(IllegalArgumentException.class,
                () -> Configuration.of(new Properties(), Map.of(), system)).getMessage();
        assertTrue(message.startsWith("-D" + name + "=x in the system properties sets nothing that is known"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"quic", "my-own", "x"})
    void aChosenTransportMayHaveOptions(String transport) {
        String variable = "GATEHOUSE_" + transport.toUpperCase(java.util.Locale.ROOT).replace('-', '_') + "_BIG_OPTION";
        for (String chooser : new String[] {"file", "environment", "system", "program"}) {
            Properties file = new Properties();
            Properties system = new Properties();
            Map<String, String> environment = new java.util.TreeMap<>();
            Configuration program = Configuration.DEFAULTS;
            switch (chooser) {
                case "file" -> file.setProperty("transport", transport);
                case "environment" -> environment.put("GATEHOUSE_TRANSPORT", transport);
                case "system" -> system.setProperty("gatehouse.transport", transport);
                default -> program = program.withTransport(transport);
            }
            file.setProperty(transport + ".a", "1");
            file.setProperty(transport + ".b.c", "1");
            environment.put(variable, "2");
            system.setProperty("gatehouse." + transport + ".a", "3");
            Configuration configuration = Configuration.of(program, file, environment, system);
            assertEquals(Map.of("a", "3", "b.c", "1", "big-option", "2"), configuration.optionsOf(transport), chooser);
            assertEquals(transport, configuration.transport());
        }
        Properties file = new Properties();
        file.setProperty(transport + ".a", "1");
        assertThrows(IllegalArgumentException.class, () -> Configuration.of(file, Map.of(), new Properties()), "nobody chose it");
    }

    @Test
    void optionsOfTheKnownTransportsNeedNoChoice() {
        Properties file = new Properties();
        file.setProperty("nio.some", "1");
        file.setProperty("jetty.http2", "false");
        Configuration configuration = Configuration.of(file, Map.of(), new Properties());
        assertEquals(Set.of("jetty", "nio"), new TreeSet<>(configuration.options().keySet()));
        for (String key : new String[] {"nio", "nio.", ".nio", "jetty."}) {
            Properties wrong = new Properties();
            wrong.setProperty(key, "1");
            assertThrows(IllegalArgumentException.class, () -> Configuration.of(wrong, Map.of(), new Properties()), key);
        }
    }

    @Test
    void withChangesOneThingAndChecksIt() {
        Configuration base = Configuration.DEFAULTS;
        assertEquals(base, base.withTransport("x").withTransport(null));
        assertEquals(base, base.withWorkers(WorkerKind.POOL).withWorkers(WorkerKind.AUTO));
        assertEquals(base, base.withStopGrace(Duration.ZERO).withStopGrace(Duration.ofSeconds(10)));
        assertEquals(base, base.withIoThreads(9).withIoThreads(0));
        assertEquals(base, base.withOptions(Map.of("a", Map.of())).withOptions(Map.of()));
        String threads = assertThrows(IllegalArgumentException.class, () -> base.withIoThreads(-7)).getMessage();
        assertEquals("io-threads=-7: set it to 0 for the default, or to 1 or more", threads);
        String grace = assertThrows(
                IllegalArgumentException.class, () -> base.withStopGrace(Duration.ofSeconds(-1))).getMessage();
        assertTrue(grace.contains("stop.grace=PT-1S: set it to 0s or more"), grace);
        String endpoints = assertThrows(IllegalArgumentException.class, () -> base.withEndpoints(List.of())).getMessage();
        assertEquals("no endpoint: set listen, as in listen=http://localhost:8080", endpoints);
    }
}
