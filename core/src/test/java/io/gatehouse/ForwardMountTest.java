/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatehouse.forward.Forward;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Route;
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

    @ParameterizedTest
    @CsvSource({"forward, http://app", "forward.x, http://app", "foward./x/, http://app", "forward./x/*, http://app"})
    void aWrongKeyIsRefused(String key, String value) {
        assertThrows(IllegalArgumentException.class, () -> of(key, value));
    }

    private GatehouseBuilder builder() {
        return Gatehouse.builder().configuration(Configuration.DEFAULTS).transport(provider);
    }

    private static Configuration of(String key, String value) {
        Properties file = new Properties();
        file.setProperty(key, value);
        return Configuration.of(file, Map.of(), new Properties());
    }
}
