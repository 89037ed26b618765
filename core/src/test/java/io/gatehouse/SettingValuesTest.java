/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every setting with good and bad values, from every source: what it becomes, and what is said of it. */
class SettingValuesTest {

    /** Where a setting of the record is found again, as text. */
    private static final Map<String, Function<Configuration, Object>> READERS = new HashMap<>();

    static {
        READERS.put("transport", Configuration::transport);
        READERS.put("listen", Configuration::endpoints);
        READERS.put("io-threads", Configuration::ioThreads);
        READERS.put("workers", Configuration::workers);
        READERS.put("stop.grace", c -> c.stopGrace().toMillis());
        READERS.put("limits.line", c -> c.limits().line());
        READERS.put("limits.head", c -> c.limits().head());
        READERS.put("limits.fields", c -> c.limits().fields());
        READERS.put("limits.body", c -> c.limits().body());
        READERS.put("limits.drain", c -> c.limits().drain());
        READERS.put("limits.rate", c -> c.limits().rate());
        READERS.put("limits.connections", c -> c.limits().connections());
        READERS.put("limits.in-flight", c -> c.limits().inFlight());
        READERS.put("limits.queue", c -> c.limits().queue());
        READERS.put("cache-size", Configuration::cacheSize);
        READERS.put("cache-memory", Configuration::cacheMemory);
        READERS.put("file-freshness", c -> c.fileFreshness().toMillis());
        READERS.put("file-gzip", Configuration::fileGzip);
        READERS.put("timeouts.queue", c -> c.timeouts().queue().toMillis());
        READERS.put("timeouts.head", c -> c.timeouts().head().toMillis());
        READERS.put("timeouts.idle", c -> c.timeouts().idle().toMillis());
        READERS.put("timeouts.body", c -> c.timeouts().body().toMillis());
        READERS.put("timeouts.write", c -> c.timeouts().write().toMillis());
        READERS.put("target.encoded-slash", c -> c.target().encodedSlash());
        READERS.put("target.encoded-dots", c -> c.target().encodedDots());
        READERS.put("target.path-parameters", c -> c.target().pathParameters());
        READERS.put("target.empty-segments", c -> c.target().emptySegments());
        READERS.put("target.backslash", c -> c.target().backslash());
        READERS.put("target.non-ascii", c -> c.target().nonAscii());
        READERS.put("proxy.trusted", c -> c.proxies().trusted() + (c.proxies().unix() ? " and unix:" : ""));
        READERS.put("proxy.fields", c -> c.proxies().fields());
        READERS.put("proxy.host", c -> c.proxies().host());
    }

    static {
        READERS.put("listen.reuse-port", Configuration::reusePort);
        READERS.put("tls.certificate", configuration -> configuration.tls().certificate());
        READERS.put("tls.key", configuration -> configuration.tls().key());
        READERS.put("tls.password", configuration -> configuration.tls().password());
        READERS.put("tls.client", configuration -> configuration.tls().client());
        READERS.put("tls.trust", configuration -> configuration.tls().trust());
        READERS.put("claims.socket", c -> c.claims().socket());
        READERS.put("claims.mode", c -> c.claims().mode());
        READERS.put("claims.group", c -> c.claims().group());
        READERS.put("claims.connections", c -> c.claims().connections());
        READERS.put("claims.limit", c -> c.claims().claims());
        READERS.put("claims.ping", c -> c.claims().ping().toMillis());
        READERS.put("claims.linger", c -> c.claims().linger().toMillis());
        READERS.put("claims.hold", c -> c.claims().hold().toMillis());
        READERS.put("claims.queue", c -> c.claims().queue());
        READERS.put("claims.answer", c -> c.claims().answer().toMillis());
        READERS.put("tenant.claims", c -> c.tenant().claims());
        READERS.put("tenant.priority", c -> c.tenant().priority());
        READERS.put("tenant.group", c -> c.tenant().group());
    }

    private static final String[] SOURCES = {"file", "environment", "system"};

    private static Configuration set(String source, String key, String value) {
        Properties file = new Properties();
        Map<String, String> environment = new HashMap<>();
        Properties system = new Properties();
        put(file, environment, system, source, key, value);
        return Configuration.of(file, environment, system);
    }

    private static void put(
            Properties file, Map<String, String> environment, Properties system, String source, String key, String value) {
        switch (source) {
            case "file" -> file.setProperty(key, value);
            case "environment" -> environment.put(variable(key), value);
            default -> system.setProperty("gatehouse." + key, value);
        }
    }

    private static String variable(String key) {
        return "GATEHOUSE_" + key.toUpperCase(java.util.Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    @Test
    void everySettingIsInTheTable() {
        Set<String> keys = new HashSet<>();
        for (Setting setting : Setting.ALL) {
            if (!setting.family()) {
                keys.add(setting.key());
                assertEquals(variable(setting.key()), setting.variable());
            } else {
                assertEquals("", setting.variable());
            }
        }
        assertEquals(READERS.keySet(), keys);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "transport           | nio      | nio",
        "transport           | my-own   | my-own",
        "listen              | http://localhost:0 | [http://localhost:0]",
        "listen              | http://*:80 , unix:/run/x.sock | [http://*:80, unix:/run/x.sock]",
        "listen              | https://[::1]:8443 | [https://[::1]:8443]",
        "io-threads          | 0        | 0",
        "io-threads          | 64       | 64",
        "workers             | auto     | AUTO",
        "workers             | pool     | POOL",
        "workers             | virtual  | VIRTUAL",
        "stop.grace          | 0s       | 0",
        "stop.grace          | 1ms      | 1",
        "stop.grace          | 2m       | 120000",
        "stop.grace          | 1h       | 3600000",
        "limits.line         | 1KiB     | 1024",
        "limits.line         | 100      | 100",
        "limits.head         | 1MiB     | 1048576",
        "limits.fields       | 1        | 1",
        "limits.fields       | 2147483647 | 2147483647",
        "limits.body         | 0        | 0",
        "limits.body         | 10GiB    | 10737418240",
        "limits.body         | 1B       | 1",
        "limits.drain        | 0        | 0",
        "limits.drain        | 64KiB    | 65536",
        "limits.rate         | 1KiB     | 1024",
        "limits.connections  | 1        | 1",
        "limits.in-flight    | 1        | 1",
        "limits.queue        | 0        | 0",
        "proxy.trusted       | 10.0.0.0/8 | [10.0.0.0/8]",
        "proxy.trusted       | unix:    | [] and unix:",
        "proxy.trusted       | 192.0.2.1 , unix: | [192.0.2.1/32] and unix:",
        "proxy.fields        | forwarded | FORWARDED",
        "proxy.fields        | x-forwarded | X_FORWARDED",
        "proxy.host          | true     | true",
        "proxy.host          | false    | false",
        "cache-size          | 0        | 0",
        "cache-size          | 64MiB    | 67108864",
        "cache-memory        | heap     | HEAP",
        "cache-memory        | direct   | DIRECT",
        "file-freshness      | 0s       | 0",
        "file-freshness      | 8760h    | 31536000000",
        "file-gzip           | true     | true",
        "file-gzip           | false    | false",
        "timeouts.head       | 1ms      | 1",
        "timeouts.idle       | 90s      | 90000",
        "timeouts.body       | 5m       | 300000",
        "timeouts.write      | 1h       | 3600000",
        "listen              | gatehouse:/run/g.sock,http://a:1 | [gatehouse:/run/g.sock, http://a:1]",
        "listen              | inherited:http | [inherited:http]",
        "listen.reuse-port   | true     | true",
        "tls.certificate     | site.pem | site.pem",
        "tls.key             | site.key | site.key",
        "tls.password        | secret   | secret",
        "tls.client          | needed   | needed",
        "tls.trust           | ca.pem   | ca.pem",
        "claims.socket       | /run/gatehouse.sock | /run/gatehouse.sock",
        "claims.mode         | 666      | 666",
        "claims.group        | www      | www",
        "claims.connections  | 10000    | 10000",
        "claims.limit        | 1        | 1",
        "claims.ping         | 10ms     | 10",
        "claims.ping         | 1h       | 3600000",
        "claims.linger       | 0s       | 0",
        "claims.hold         | 1h       | 3600000",
        "claims.queue        | 0        | 0",
        "claims.answer       | 1ms      | 1",
        "tenant.claims       | /a , http://+:80/b/ | [/a/, http://+:80/b/]",
        "tenant.priority     | -1000    | -1000",
        "tenant.priority     | 7        | 7",
        "tenant.group        | www      | www",
        "target.encoded-slash | true    | true",
        "target.encoded-dots | true     | true",
        "target.path-parameters | true  | true",
        "target.empty-segments | true   | true",
        "target.backslash    | true     | true",
        "target.non-ascii    | true     | true",
        "target.non-ascii    | false    | false",
    })
    void aGoodValueIsReadFromEverySource(String key, String value, String read) {
        for (String source : SOURCES) {
            Configuration configuration = set(source, key, value);
            assertEquals(read, String.valueOf(READERS.get(key).apply(configuration)), source);
            assertEquals(read, String.valueOf(READERS.get(key).apply(set(source, key, "  " + value + "\t"))), source);
            READERS.forEach((other, reader) -> {
                if (!other.equals(key)) {
                    assertEquals(reader.apply(Configuration.DEFAULTS), reader.apply(configuration), other);
                }
            });
        }
    }

    static List<String[]> bad() {
        Map<String, String> kinds = Map.of(
                "size", "x;-1;+1;1.5;8KB;8 KiB;8kib;1K;KiB;0x10;1e3;99999999999999999999;8388608TiB",
                "count", "x;-1;+1;1.5;8KiB;2147483648;99999999999999999999;1_000;0x10;1 0",
                "time", "x;-1s;30;1.5s;1d;1S;s;1 s;99999999999999999999h;1s1s;PT1S;forever",
                "flag", "TRUE;False;yes;no;on;1;0;truefalse;t",
                "cache-memory", "HEAP;off-heap;heap,direct;0",
                "workers", "AUTO;Pool;threads;virtual,pool;0",
                "listen", "localhost:8080;http://;ftp://a:1;8080;http://a:70000;,;http://a:1,;http://a:1,http://a:1;http//a:1");
        List<String[]> rows = new ArrayList<>();
        for (String key : READERS.keySet()) {
            String kind = key.startsWith("target.") || Set.of("file-gzip", "listen.reuse-port").contains(key) ? "flag"
                    : key.startsWith("timeouts.") || key.equals("stop.grace") || key.equals("file-freshness")
                            || Set.of("claims.ping", "claims.linger", "claims.hold", "claims.answer").contains(key) ? "time"
                    : Set.of("io-threads", "limits.fields", "limits.connections", "limits.in-flight", "limits.queue", "claims.connections",
                            "claims.limit", "claims.queue").contains(key)
                            ? "count" : key.startsWith("limits.") ? "size" : key;
            for (String value : kinds.getOrDefault(kind, "").split(";", -1)) {
                if (!value.isEmpty()) {
                    rows.add(new String[] {key, value});
                }
            }
        }
        for (String key : List.of("limits.line", "limits.head", "limits.fields", "limits.connections", "limits.in-flight")) {
            rows.add(new String[] {key, "0"});
        }
        for (String key : List.of("timeouts.head", "timeouts.idle", "timeouts.body", "timeouts.write")) {
            rows.add(new String[] {key, "0s"});
            rows.add(new String[] {key, "0ms"});
        }
        rows.add(new String[] {"file-freshness", "8784h"});
        for (String value : "66;6600;678;rw-;0x6;-66".split(";")) {
            rows.add(new String[] {"claims.mode", value});
        }
        for (String value : "1001;-1001;+1;1.0;x;--1;-".split(";")) {
            rows.add(new String[] {"tenant.priority", value});
        }
        for (String value : "a;ftp://x/;/a,;,/a;/a,/a/;/b?".split(";")) {
            rows.add(new String[] {"tenant.claims", value});
        }
        for (String key : List.of("claims.connections", "claims.limit")) {
            rows.add(new String[] {key, "0"});
            rows.add(new String[] {key, "10001"});
        }
        rows.add(new String[] {"claims.ping", "9ms"});
        rows.add(new String[] {"claims.ping", "61m"});
        rows.add(new String[] {"claims.hold", "61m"});
        rows.add(new String[] {"claims.answer", "0s"});
        rows.add(new String[] {"claims.answer", "25h"});
        rows.add(new String[] {"claims.linger", "8784h"});
        rows.add(new String[] {"limits.line", "2GiB"});
        rows.add(new String[] {"limits.head", "2GiB"});
        rows.add(new String[] {"limits.head", "8"});
        return rows;
    }

    /** The message quotes the line as it was written and says where, whichever source it is. */
    @ParameterizedTest
    @MethodSource("bad")
    void aBadValueIsRefusedFromEverySource(String key, String value) {
        Map<String, String> quotes = Map.of(
                "file", key + "=" + value + " in gatehouse.properties",
                "environment", variable(key) + "=" + value + " in the environment",
                "system", "-Dgatehouse." + key + "=" + value + " in the system properties");
        for (String source : SOURCES) {
            IllegalArgumentException thrown =
                    assertThrows(IllegalArgumentException.class, () -> set(source, key, value), key + "=" + value);
            assertTrue(thrown.getMessage().startsWith(quotes.get(source)), thrown.getMessage());
            assertTrue(thrown.getMessage().length() > quotes.get(source).length() + 10, "says nothing: " + thrown.getMessage());
        }
        // A bad value in a lower source is not looked at if a higher one sets the key.
        String good = READERS.get(key).apply(Configuration.DEFAULTS) instanceof Boolean ? "true"
                : key.equals("tenant.claims") ? "/" : Setting.ALL.stream()
                .filter(setting -> setting.key().equals(key)).findFirst().orElseThrow().fallback();
        Properties file = new Properties();
        file.setProperty(key, value);
        Configuration overruled = Configuration.of(file, Map.of(variable(key), good), new Properties());
        assertEquals(set("file", key, good), overruled);
    }

    /** Seeded settings in seeded sources: of each key the highest source is the one that counts. */
    @Test
    void theHighestSourceCounts() {
        Map<String, String[]> values = new HashMap<>();
        values.put("limits.fields", new String[] {"11", "12", "13"});
        values.put("limits.body", new String[] {"1KiB", "2KiB", "3KiB"});
        values.put("limits.queue", new String[] {"21", "22", "23"});
        values.put("timeouts.idle", new String[] {"31s", "32s", "33s"});
        values.put("io-threads", new String[] {"1", "2", "3"});
        values.put("workers", new String[] {"pool", "virtual", "auto"});
        values.put("transport", new String[] {"a", "b", "c"});
        values.put("stop.grace", new String[] {"1s", "2s", "3s"});
        Random random = new Random(77);
        for (int round = 0; round < 500; round++) {
            Properties file = new Properties();
            Map<String, String> environment = new HashMap<>();
            Properties system = new Properties();
            Properties flat = new Properties();
            for (Map.Entry<String, String[]> entry : values.entrySet()) {
                for (int source = 0; source < SOURCES.length; source++) {
                    if (random.nextInt(3) > 0) {
                        String value = entry.getValue()[source];
                        put(file, environment, system, SOURCES[source], entry.getKey(), value);
                        flat.setProperty(entry.getKey(), value);
                    }
                }
            }
            assertEquals(
                    Configuration.of(flat, Map.of(), new Properties()), Configuration.of(file, environment, system));
        }
    }

    /** A typing error of one character in any key is answered with the key that was meant. */
    @Test
    void aTypingErrorIsUnderstood() {
        Random random = new Random(13);
        int meant = 0;
        int all = 0;
        for (String key : READERS.keySet()) {
            for (int round = 0; round < 20; round++) {
                int at = random.nextInt(key.length() - 1);
                String wrong = switch (random.nextInt(3)) {
                    case 0 -> key.substring(0, at) + key.substring(at + 1);
                    case 1 -> key.substring(0, at) + 'q' + key.substring(at);
                    default -> key.substring(0, at) + key.charAt(at + 1) + key.charAt(at) + key.substring(at + 2);
                };
                if (READERS.containsKey(wrong)) {
                    continue;
                }
                all++;
                for (String source : new String[] {"file", "system"}) {
                    IllegalArgumentException thrown =
                            assertThrows(IllegalArgumentException.class, () -> set(source, wrong, "1"), wrong);
                    assertTrue(thrown.getMessage().contains("did you mean "), thrown.getMessage());
                    meant += thrown.getMessage().endsWith("did you mean " + key + "?") ? 1 : 0;
                }
            }
        }
        assertTrue(meant > 2 * all * 9 / 10, meant + " of " + 2 * all);
    }

    @Test
    void aDefaultWrittenOutChangesNothing() {
        for (Setting setting : Setting.ALL) {
            if (!setting.family() && !setting.fallback().isEmpty()) {
                for (String source : SOURCES) {
                    assertEquals(Configuration.DEFAULTS, set(source, setting.key(), setting.fallback()), setting.key());
                }
            }
        }
        assertNotEquals(Configuration.DEFAULTS, set("file", "transport", "nio"));
    }
}
