/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.forward.Forward;
import io.gatehouse.forward.Target;
import io.gatehouse.forward.TargetOptions;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Route;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A forward in the builder and in the configuration: where it is mounted, and that it ends with the server. */
@Timeout(60)
final class ForwardMountTest {

    private final FakeProvider provider = new FakeProvider("fake");

    @Test
    void theBuilderMountsAForwardAndTheServerClosesIt() throws Exception {
        Forward forward = Forward.to("http://127.0.0.1:9").build();
        try (Gatehouse gatehouse = builder().forward("/legacy/", forward).forward("/app/", "unix:/run/app.sock").start()) {
            Route route = gatehouse.routes().table().at(Prefix.parse("/legacy/"));
            assertEquals(forward, route.handler());
            assertEquals("Forward to unix:/run/app.sock",
                    gatehouse.routes().table().at(Prefix.parse("/app/")).handler().toString());
            assertEquals(List.of(Prefix.parse("/legacy/"), Prefix.parse("/app/")), List.copyOf(gatehouse.forwards().keySet()));
            assertEquals("0 held; 0 waiting\n    unix:/run/app.sock, up, 0 outstanding, 0 requests, 0 failed",
                    gatehouse.forwards().get(Prefix.parse("/app/")).toString());
        }
        FakeResponse response = new FakeResponse().handledBy(forward, FakeRequest.get("/"));
        assertEquals(503, response.sentStatus(), "closed");
    }

    @Test
    void aServerThatDoesNotComeUpClosesItToo() throws Exception {
        Forward forward = Forward.to("http://127.0.0.1:9").build();
        GatehouseBuilder twice = builder().forward("/a/", forward).forward("/a/", "http://127.0.0.1:10");
        assertThrows(IllegalStateException.class, twice::start);
        assertEquals(503, new FakeResponse().handledBy(forward, FakeRequest.get("/")).sentStatus());
    }

    @Test
    void theConfigurationMountsForwards() throws Exception {
        Configuration configuration = of("forward./legacy", "http://app:9000/x");
        RouteSpec.ForwardRoute spec = (RouteSpec.ForwardRoute) configuration.routes().get(0);
        assertEquals(Prefix.parse("/legacy/"), spec.prefix());
        assertEquals("http://app:9000/x", spec.target());
        assertEquals("forward./legacy=http://app:9000/x in gatehouse.properties", spec.origin());
        try (Gatehouse gatehouse = builder().configuration(configuration).start()) {
            assertEquals("Forward to http://app:9000/x",
                    gatehouse.routes().table().at(Prefix.parse("/legacy/")).handler().toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https:/app", "app:9000", "/run/app.sock", "http://app?x"})
    void aWrongOriginSaysWhereItStands(String origin) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> of("forward./x/", origin));
        assertEquals("forward./x/=" + origin + " in gatehouse.properties is wrong: '" + origin + "' is not an origin that can be "
                + "forwarded to: write http://127.0.0.1:9000, https://app/path/ or unix:/run/app.sock", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> builder().forward("/x/", origin));
    }

    @Test
    void severalTargetsShareAPrefix() throws Exception {
        Configuration configuration = of("forward./api/", "http://a:9000, https://b/x weight=3 slow-start=30s, unix:/run/c.sock rank=1 peer=app",
                "forwarding./api", "balance=round-robin, health=/health?x=1, health-every=2s, failures=5, pause=1s, fields=both, host=preserve, "
                        + "rewrite=true, upgrades=websocket chat, connections=7, queue=8, attempts=2, connect=1s, answer=2s, progress=3s, "
                        + "total=1m, tunnel=1h, hold=5s, held=9");
        try (Gatehouse gatehouse = builder().configuration(configuration).start()) {
            Forward forward = (Forward) gatehouse.routes().table().at(Prefix.parse("/api/")).handler();
            assertEquals("Forward to http://a:9000, https://b/x, unix:/run/c.sock", forward.toString());
            List<Target> targets = forward.targets().list();
            assertEquals(TargetOptions.DEFAULTS, targets.get(0).options());
            assertEquals(TargetOptions.DEFAULTS.withWeight(3).withSlowStart(Duration.ofSeconds(30)), targets.get(1).options());
            assertEquals(TargetOptions.DEFAULTS.withRank(1).withPeer("app"), targets.get(2).options());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"balance=least", "balance=address", "balance=path", "balance=field:X-Tenant", "fields=none", "fields=forwarded",
        "fields=x-forwarded", "host=app.internal:81", "rewrite=false", "upgrades=none", "failures=1", "pause=3s", "health=/", "hold=0s",
        "peer=app"})
    void eachOptionStandsAlone(String option) {
        RouteSpec.ForwardRoute spec =
                (RouteSpec.ForwardRoute) of("forward./x/", "unix:/run/app.sock", "forwarding./x/", option).routes().get(0);
        assertEquals(option, spec.options());
        assertEquals("unix:/run/app.sock", spec.target());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "balance=most|'balance=most' is no rule: write least, round-robin, address, path or field:X-Name",
        "balance=field:a b|balance by field a b: write the name of a field, as in X-Tenant",
        "fields=all|'fields=all' are none: write none, forwarded, x-forwarded or both",
        "rewrite=yes|'rewrite=yes' is neither true nor false: write one of them",
        "connections=many|'connections=many' is not a number: write digits, like 100",
        "total=5|'total=5' is not a duration: write one like 500ms, 10s, 2m or 1h",
        "health-every=5s|'health-every' has no path to ask for: write health=/path too",
        "health=x|a health check's path 'x': write it as in a URL, as /health",
        "upgrades=h2c|upgrades=h2c can't be let through: write the name of a protocol that is no HTTP, as websocket",
        "connections=0|a forward's limit connections=0: set it to 1 or more",
        "balance|'balance' is no option of a forward, or is given twice: write name=value",
        "hold=1s, hold=2s|'hold=2s' is no option of a forward, or is given twice: write name=value",
        "peer=app|http://app can't be bound to the user app: only a Unix-domain socket tells who listens, as unix:/run/app.sock",
    })
    void aWrongOptionSaysWhereItStands(String option, String message) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> of("forward./x/", "http://app", "forwarding./x/", option));
        assertEquals("forwarding./x/=" + option + " in gatehouse.properties is wrong: " + message, e.getMessage());
    }

    @Test
    void anUnknownOptionIsRefused() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> of("forward./x/", "http://app", "forwarding./x/", "blance=least"));
        assertTrue(e.getMessage().contains("'blance' is no option of a forward: write some of balance, health, "), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a weight", "http://a weight=", "http://a heavy=1", "http://a weight=0", "http://a weight=x",
        "http://a slow-start=1", "http://a,", "http://a,,http://b", "http://a peer=app", "http://a http://b"})
    void aWrongTargetSaysWhereItStands(String targets) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> of("forward./x/", targets));
        assertTrue(e.getMessage().startsWith("forward./x/=" + targets + " in gatehouse.properties is wrong: "), e.getMessage());
    }

    @Test
    void optionsNeedAForward() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> of("forwarding./x/", "balance=least"));
        assertEquals("forwarding./x/=balance=least in gatehouse.properties is for a prefix that is not forwarded: write forward. and the "
                + "same prefix with its targets too", e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"forward, http://app", "forward.x, http://app", "foward./x/, http://app", "forward./x/*, http://app"})
    void aWrongKeyIsRefused(String key, String value) {
        assertThrows(IllegalArgumentException.class, () -> of(key, value));
    }

    private GatehouseBuilder builder() {
        return Gatehouse.builder().configuration(Configuration.DEFAULTS).transport(provider);
    }

    private static Configuration of(String... keysAndValues) {
        Properties file = new Properties();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            file.setProperty(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Configuration.of(file, Map.of(), new Properties());
    }
}
