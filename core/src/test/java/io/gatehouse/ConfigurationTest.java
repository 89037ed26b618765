/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.CacheMemory;
import io.gatehouse.cache.CachePolicy;
import io.gatehouse.claim.ClaimSettings;
import io.gatehouse.claim.TenantSettings;
import io.gatehouse.http.ProxyRules;
import io.gatehouse.http.TargetRules;
import io.gatehouse.route.Prefix;
import io.gatehouse.tls.TlsSettings;
import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.Timeouts;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {

    @Test
    void nothingSetIsTheDefaults() {
        assertEquals(Configuration.DEFAULTS, of("", Map.of(), Map.of()));
    }

    @Test
    void readsEverySetting() {
        Configuration configuration = of("""
                transport=jetty
                listen=http://localhost:0, https://*:8443,unix:/run/app.sock
                io-threads=3
                workers=virtual
                stop.grace=1m
                limits.line=4KiB
                limits.head=32KiB
                limits.fields=50
                limits.body=1GiB
                limits.drain=0
                limits.rate=100
                limits.connections=7
                limits.in-flight=8
                limits.queue=0
                timeouts.head=1s
                timeouts.idle=2m
                timeouts.body=500ms
                timeouts.write=1h
                timeouts.queue=3s
                target.encoded-slash=true
                target.encoded-dots=true
                target.path-parameters=true
                target.empty-segments=true
                target.backslash=true
                target.non-ascii=true
                jetty.http2=false
                nio.some-thing=x
                files./docs/=/srv/docs
                spa./app/=classpath:app
                servlet./api/*=com.example.ApiServlet
                handle./x/=com.example.MyHandler
                limits.body./x/=20MiB
                """, Map.of(), Map.of());
        assertEquals("jetty", configuration.transport());
        assertEquals(
                List.of(
                        new Endpoint.Tcp("http", "localhost", 0),
                        new Endpoint.Tcp("https", "*", 8443),
                        new Endpoint.Unix(Path.of("/run/app.sock"))),
                configuration.endpoints());
        assertEquals(3, configuration.ioThreads());
        assertEquals(WorkerKind.VIRTUAL, configuration.workers());
        assertEquals(Duration.ofMinutes(1), configuration.stopGrace());
        assertEquals(new Limits(4096, 32768, 50, 1L << 30, 0, 100, 7, 8, 0), configuration.limits());
        assertEquals(
                new Timeouts(Duration.ofSeconds(1), Duration.ofMinutes(2), Duration.ofMillis(500), Duration.ofHours(1),
                        Duration.ofSeconds(3)),
                configuration.timeouts());
        assertEquals(new TargetRules(true, true, true, true, true, true), configuration.target());
        assertEquals(Map.of("http2", "false"), configuration.optionsOf("jetty"));
        assertEquals(Map.of("some-thing", "x"), configuration.optionsOf("nio"));
        assertEquals(Map.of(), configuration.optionsOf("other"));
        assertEquals(20L << 20, configuration.bodyLimit(Prefix.parse("/x/")));
        assertEquals(-1, configuration.bodyLimit(Prefix.parse("/docs/")));
        String file = " in gatehouse.properties";
        assertEquals(
                List.of(
                        new RouteSpec.FilesRoute(Prefix.parse("/docs/"), "/srv/docs", "files./docs/=/srv/docs" + file),
                        new RouteSpec.HandlerRoute(
                                Prefix.parse("/x/"), "com.example.MyHandler", "handle./x/=com.example.MyHandler" + file),
                        new RouteSpec.ServletRoute(Prefix.parse("/"), "/api/*", "com.example.ApiServlet",
                                "servlet./api/*=com.example.ApiServlet" + file),
                        new RouteSpec.SpaRoute(Prefix.parse("/app/"), "classpath:app", "spa./app/=classpath:app" + file)),
                configuration.routes());
    }

    @Test
    void laterSourcesRiseAboveEarlierOnes() {
        Configuration program = Configuration.DEFAULTS.withTransport("nio").withIoThreads(1);
        Map<String, String> environment = new TreeMap<>();
        Map<String, String> system = new TreeMap<>();
        assertEquals("nio", of(program, "", environment, system).transport());
        String file = "transport=jetty\nlimits.in-flight=1\nlimits.queue=1\nlimits.fields=1";
        assertEquals("jetty", of(program, file, environment, system).transport());
        environment.put("GATEHOUSE_TRANSPORT", "from-environment");
        environment.put("GATEHOUSE_LIMITS_IN_FLIGHT", "2");
        environment.put("GATEHOUSE_LIMITS_QUEUE", "2");
        assertEquals("from-environment", of(program, file, environment, system).transport());
        system.put("gatehouse.transport", "from-system");
        system.put("gatehouse.limits.queue", "3");
        Configuration configuration = of(program, file, environment, system);
        assertEquals("from-system", configuration.transport());
        assertEquals(1, configuration.limits().fields());
        assertEquals(2, configuration.limits().inFlight());
        assertEquals(3, configuration.limits().queue());
        assertEquals(1, configuration.ioThreads(), "what no source sets is the program's");
        assertEquals(10_000, configuration.limits().connections());
    }

    @Test
    void everySettingHasAVariableAndAProperty() {
        for (Setting setting : Setting.ALL) {
            if (setting.family()) {
                continue;
            }
            String value = switch (setting.key()) {
                case "transport" -> "abc";
                case "listen" -> "unix:/x";
                case "workers" -> "pool";
                case "tls.client" -> "wanted";
                case "cache-memory" -> "direct";
                case "proxy.trusted" -> "10.0.0.0/8, unix:";
                case "proxy.fields" -> "forwarded";
                case "limits.line" -> "1KiB";
                case "claims.mode" -> "666";
                case "tenant.claims" -> "/x/";
                case "limits.head" -> "64KiB";
                default -> setting.fallback().equals("false") ? "true"
                        : setting.key().startsWith("timeouts") || setting.key().startsWith("stop")
                                || List.of("file-freshness", "claims.ping", "claims.linger", "claims.hold", "claims.answer").contains(setting.key()) ? "77s" : "77";
            };
            Configuration byFile = of(setting.key() + "=" + value, Map.of(), Map.of());
            Configuration byVariable = of("", Map.of(setting.variable(), value), Map.of());
            Configuration byProperty = of("", Map.of(), Map.of("gatehouse." + setting.key(), value));
            assertNotEquals(Configuration.DEFAULTS, byFile, setting.key());
            assertEquals(byFile, byVariable, setting.key());
            assertEquals(byFile, byProperty, setting.key());
        }
    }

    @Test
    void theListOfSettingsTellsTheTruthAboutDefaults() {
        StringBuilder file = new StringBuilder();
        for (Setting setting : Setting.ALL) {
            assertTrue(!setting.meaning().isBlank(), setting.key());
            if (!setting.family() && !setting.fallback().isEmpty()) {
                file.append(setting.key()).append('=').append(setting.fallback()).append('\n');
            }
        }
        assertEquals(Configuration.DEFAULTS, of(file.toString(), Map.of(), Map.of()));
    }

    @Test
    void theTableHasALineForEachSetting() {
        List<String> lines = Setting.table().lines().toList();
        assertEquals(Setting.ALL.size() + 2, lines.size());
        assertEquals("| key | default | meaning |", lines.get(0));
        assertTrue(lines.contains("| `limits.line` | `8KiB` | bytes of a request line; past it 414 |"));
        assertTrue(lines.stream().allMatch(line -> line.chars().filter(c -> c == '|').count() == 4), "a cell holds no bar");
        assertEquals(Setting.ALL.size(), Setting.ALL.stream().map(Setting::key).distinct().count());
    }

    @Test
    void blankVariablesAndPropertiesSetNothing() {
        assertEquals(
                Configuration.DEFAULTS,
                of("", Map.of("GATEHOUSE_TRANSPORT", " ", "GATEHOUSE_LISTEN", ""), Map.of("gatehouse.transport", "")));
        assertEquals("jetty", of("transport=jetty", Map.of("GATEHOUSE_TRANSPORT", ""), Map.of()).transport());
    }

    @Test
    void othersVariablesAndPropertiesArePassedOver() {
        Map<String, String> environment = Map.of(
                "PATH", "x", "GATEHOUSE", "x", "GATEHOUSE_CONFIG", "x", "GATEHOUSE_PORT", "tcp://10.0.0.1:80",
                "GATEHOUSE_PORT_80_TCP_ADDR", "10.0.0.1", "GATEHOUSE_SERVICE_HOST", "10.0.0.1", "GATEHOUSE_SERVICE_PORT_HTTP", "80");
        assertEquals(
                Configuration.DEFAULTS, of("", environment, Map.of("java.home", "x", "gatehouse.config", "x", "gatehousekeeper", "x")));
    }

    @Test
    void aTransportsOptionsMayComeFromAnywhere() {
        Configuration configuration = of("transport=quic\nquic.alt=1\nquic.both=1",
                Map.of("GATEHOUSE_QUIC_BOTH", "2", "GATEHOUSE_JETTY_ACCEPT_QUEUE", "9"), Map.of("gatehouse.nio.x.y", "3"));
        assertEquals(Map.of("alt", "1", "both", "2"), configuration.optionsOf("quic"));
        assertEquals(Map.of("accept-queue", "9"), configuration.optionsOf("jetty"));
        assertEquals(Map.of("x.y", "3"), configuration.optionsOf("nio"));
    }

    @Test
    void theProgramsOptionsAreLaidUnderTheOthers() {
        Configuration program = Configuration.DEFAULTS.withOptions(Map.of("nio", Map.of("a", "1", "b", "1")));
        assertEquals(Map.of("a", "1", "b", "2"), of(program, "nio.b=2", Map.of(), Map.of()).optionsOf("nio"));
    }

    @Test
    void aHigherSourceReplacesARouteHoweverItsPrefixIsWritten() {
        Configuration configuration = of(
                "files./docs=one\nfiles.http\\://Host\\:80/a=two", Map.of(), Map.of("gatehouse.files.//*/docs/", "three"));
        assertEquals(2, configuration.routes().size());
        assertEquals(
                new RouteSpec.FilesRoute(Prefix.parse("/docs/"), "three",
                        "-Dgatehouse.files.//*/docs/=three in the system properties"),
                configuration.routes().get(0));
        assertEquals("http://host:80/a/", configuration.routes().get(1).prefix().toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // key, root, pattern
        "servlet./api/*           | /                     | /api/*",
        "servlet./exact           | /                     | /exact",
        "servlet./                | /                     | /",
        "servlet./*               | /                     | /*",
        "servlet.*.do             | /                     | *.do",
        "servlet.http\\://h/api/* | http://h/             | /api/*",
        "servlet.http\\://h\\:81/*.do | http://h:81/      | *.do",
        "servlet.//h/x            | //h/                  | /x",
        "servlet.https\\://+\\:443 | https://+:443/       | /",
        "servlet.http\\://*\\:80/a/* | http://*:80/       | /a/*",
    })
    void readsServletMappings(String key, String root, String pattern) {
        RouteSpec route = of(key + "=com.example.S", Map.of(), Map.of()).routes().get(0);
        RouteSpec.ServletRoute servlet = (RouteSpec.ServletRoute) route;
        assertEquals(Prefix.parse(root), servlet.prefix());
        assertEquals(pattern, servlet.pattern());
        assertEquals("com.example.S", servlet.className());
    }

    @Test
    void manyServletsShareARoot() {
        assertEquals(3, of("servlet./a/*=A\nservlet./b/*=B\nfiles./=c", Map.of(), Map.of()).routes().size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // line | all that the message must say, separated by &
        "transprot=nio         | transprot=nio in gatehouse.properties & did you mean transport?",
        "limit.head=1          | did you mean limits.head?",
        "limits.inflight=1     | did you mean limits.in-flight?",
        "gatehouse.limits.queu=1 | did you mean limits.queue?",
        "timeout.idle=1s       | did you mean timeouts.idle?",
        "file./docs/=x         | did you mean files.<prefix>?",
        "files=x               | did you mean files.<prefix>?",
        "files.=x              | did you mean files.<prefix>?",
        "jety.http2=x          | sets nothing that is known & did you mean jetty.http2?",
        "servlets./api/*=x     | did you mean servlet.<pattern>?",
        "limits.line=abc       | limits.line=abc in gatehouse.properties is not a size & 8KiB",
        "limits.line=8KB       | is not a size",
        "limits.line=8 KiB     | is not a size",
        "limits.line=-1        | is not a size",
        "limits.line=3GiB      | write less than 2GiB",
        "limits.line=0         | limits.line=0 in gatehouse.properties is wrong & set it to 1 or more",
        "limits.line=1MiB      | limits.line=1MiB in gatehouse.properties & raise limits.head",
        "limits.head=1KiB      | limits.head=1KiB in gatehouse.properties & raise limits.head",
        "limits.fields=x       | is not a number & write digits",
        "limits.fields=8KiB    | is not a number",
        "limits.fields=3000000000 | is too large: write at most 2147483647",
        "limits.body=99999999999999999999 | is too large",
        "limits.body./x/=abc   | limits.body./x/=abc in gatehouse.properties is not a size",
        "limits.body.x=1       | is for no prefix & begins with neither a scheme nor a slash",
        "timeouts.idle=30      | timeouts.idle=30 in gatehouse.properties is not a duration & 10s",
        "timeouts.idle=1d      | is not a duration",
        "timeouts.idle=1.5s    | is not a duration",
        "timeouts.idle=0s      | timeouts.idle=0s in gatehouse.properties & more than zero",
        "stop.grace=soon       | stop.grace=soon in gatehouse.properties is not a duration",
        "workers=green         | write auto, pool or virtual",
        "workers=VIRTUAL       | write auto, pool or virtual",
        "io-threads=-1         | is not a number",
        "listen=localhost:8080 | listen=localhost:8080 in gatehouse.properties & write http://localhost:8080",
        "listen=http://a:1,,http://b:1 | an empty place in its list",
        "listen=http://a:1,    | an empty place in its list",
        "listen=http://a:1,http://a:1 | names http://a:1 twice",
        "target.backslash=yes  | is neither true nor false",
        "target.backslash=TRUE | is neither true nor false",
        "transport=            | has no value: write one, or remove the line",
        "files./a/=            | has no value",
        "files.a/=x            | files.a/=x in gatehouse.properties is for no prefix",
        "files./a/*=x          | takes its whole subtree",
        "files.http://+:80/a/=x | write a backslash before each colon",
        "handle./a/=not a class | is not the name of a class: write one like com.example.MyServlet",
        "handle./a/=com..X     | is not the name of a class",
        "handle./a/=.X         | is not the name of a class",
        "handle./a/=a/X        | is not the name of a class",
        "servlet./a/=1X        | is not the name of a class",
        "servlet.a=X           | has a pattern that no servlet can have",
        "servlet./a*=X         | has a pattern that no servlet can have",
        "servlet./*/b=X        | has a pattern that no servlet can have",
        "servlet.*.=X          | has a pattern that no servlet can have",
        "servlet.*.a/b=X       | has a pattern that no servlet can have",
        "servlet.ftp\\://h/=X  | is for no host",
    })
    void saysWhatIsWrong(String line, String parts) {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> of(line, Map.of(), Map.of()));
        for (String part : parts.split("&")) {
            assertTrue(thrown.getMessage().contains(part.strip()), thrown.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "files./a=x   | files./a/=y",
        "files./a/=x  | spa./a/=y",
        "files./a/=x  | handle./a/=Y",
        "spa./%61/=x  | spa./a/=y",
        "limits.body./a=1 | limits.body./a/=1",
    })
    void onePrefixHasOneLine(String one, String two) {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> of(one + "\n" + two, Map.of(), Map.of()));
        assertTrue(thrown.getMessage().contains(one.strip()) && thrown.getMessage().contains(two.strip()), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("remove one of"), thrown.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GATEHOUSE_LIMIT_HEAD     | 1   | did you mean GATEHOUSE_LIMITS_HEAD?",
        "GATEHOUSE_TRANSPROT      | nio | did you mean GATEHOUSE_TRANSPORT?",
        "GATEHOUSE_NIO            | x   | sets nothing that is known",
        "GATEHOUSE_NIO_           | x   | sets nothing that is known",
        "GATEHOUSE_FILES_DOCS     | x   | Routes are written in the properties file",
        "GATEHOUSE_LIMITS_HEAD    | abc | GATEHOUSE_LIMITS_HEAD=abc in the environment is not a size",
        "GATEHOUSE_LIMITS_FIELDS  | 0   | GATEHOUSE_LIMITS_FIELDS=0 in the environment is wrong: limits.fields=0",
        "GATEHOUSE_LISTEN         | x   | GATEHOUSE_LISTEN=x in the environment",
    })
    void saysWhatIsWrongInTheEnvironment(String variable, String value, String part) {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> of("", Map.of(variable, value), Map.of()));
        assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
        assertTrue(thrown.getMessage().contains(variable), thrown.getMessage());
    }

    @Test
    void saysWhatIsWrongInTheSystemProperties() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class, () -> of("", Map.of(), Map.of("gatehouse.timeouts.idle", "x")));
        assertTrue(thrown.getMessage().startsWith(
                "-Dgatehouse.timeouts.idle=x in the system properties is not a duration"), thrown.getMessage());
        IllegalArgumentException unknown = assertThrows(
                IllegalArgumentException.class, () -> of("", Map.of(), Map.of("gatehouse.trasport", "x")));
        assertTrue(unknown.getMessage().contains("did you mean transport?"), unknown.getMessage());
    }

    @Test
    void theRecordChecksItself() {
        assertThrows(IllegalArgumentException.class, () -> Configuration.DEFAULTS.withEndpoints(List.of()));
        assertThrows(IllegalArgumentException.class, () -> Configuration.DEFAULTS.withIoThreads(-1));
        assertThrows(IllegalArgumentException.class, () -> Configuration.DEFAULTS.withStopGrace(Duration.ofMillis(-1)));
        assertThrows(IllegalArgumentException.class, () -> Configuration.DEFAULTS.withFileFreshness(Duration.ofMillis(-1)));
        assertThrows(IllegalArgumentException.class, () -> Configuration.DEFAULTS.withFileFreshness(Duration.ofDays(366)));
        assertNull(Configuration.DEFAULTS.transport());
    }

    @Test
    void eachWithChangesOneThing() {
        Limits limits = Limits.DEFAULTS.withQueue(7);
        Timeouts timeouts = Timeouts.DEFAULTS.withIdle(Duration.ofSeconds(7));
        TargetRules rules = TargetRules.STRICT.withBackslash(true);
        ProxyRules proxies = ProxyRules.NONE.withTrusted("10.0.0.0/8").withHost(true);
        List<Endpoint> endpoints = List.of(new Endpoint.Unix(Path.of("s")));
        Map<Prefix, CachePolicy> caches = Map.of(Prefix.parse("/x/"), CachePolicy.asHeadersSay());
        ClaimSettings claims = ClaimSettings.NONE.withSocket(Path.of("g"));
        TenantSettings tenant = TenantSettings.DEFAULTS.withPriority(3);
        TlsSettings tls = TlsSettings.NONE.withCertificate(Path.of("c"));
        Configuration changed = Configuration.DEFAULTS.withTransport("t").withEndpoints(endpoints).withIoThreads(2)
                .withWorkers(WorkerKind.POOL).withStopGrace(Duration.ZERO).withLimits(limits).withTimeouts(timeouts)
                .withTarget(rules).withOptions(Map.of("t", Map.of("a", "b"))).withCacheSize(9).withCacheMemory(CacheMemory.DIRECT)
                .withFileFreshness(Duration.ZERO).withFileGzip(true).withCaches(caches).withProxies(proxies).withReusePort(true).withClaims(claims)
                .withTenant(tenant).withTls(tls);
        assertEquals(
                new Configuration("t", endpoints, 2, WorkerKind.POOL, Duration.ZERO, limits, timeouts, rules, proxies,
                        Map.of("t", Map.of("a", "b")), List.of(), Map.of(), 9, CacheMemory.DIRECT, Duration.ZERO, true, caches,
                        true, claims, tenant, tls),
                changed);
    }

    private static Configuration of(String file, Map<String, String> environment, Map<String, String> system) {
        return of(Configuration.DEFAULTS, file, environment, system);
    }

    private static Configuration of(
            Configuration program, String file, Map<String, String> environment, Map<String, String> system) {
        Properties values = new Properties();
        try {
            values.load(new StringReader(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Properties properties = new Properties();
        properties.putAll(system);
        return Configuration.of(program, values, environment, properties);
    }
}
