/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatehouse.cache.CachePolicy;
import io.gatehouse.transport.Client;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.TransportUnderTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An origin that answers nothing keeps those waiting who have asked it, and nobody else. */
interface FairnessContract {

    /** What carries the requests. */
    TransportUnderTest transport();

    /** Many more requests than there are places in flight, each of which would hold one for as long as its origin is silent. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    default void aSilentOriginCostsNobodyElseAPlace(boolean cached) throws Exception {
        Semaphore asked = new Semaphore(0);
        List<Client> waiting = new ArrayList<>();
        try (ScriptedOrigin silent = ScriptedOrigin.tcp(line -> {
            line.head();
            asked.release();
            line.ended();
        }); ScriptedOrigin other = ScriptedOrigin.tcp(ScriptedOrigin.always("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
                ForwardSite site = ForwardSite.open(transport(), false, Limits.DEFAULTS.withInFlight(2), builder -> {
                    builder.forward("/silent/", silent.text()).forward("/other/", other.text());
                    builder.handle("/own/", (request, response) -> response.send("own"));
                    return cached ? builder.cache("/silent/", CachePolicy.forDuration(Duration.ofHours(1))) : builder;
                })) {
            try {
                for (int i = 0; i < 8; i++) {
                    Client client = site.client();
                    waiting.add(client);
                    client.send("GET /silent/" + i + " HTTP/1.1\r\nHost: test\r\n\r\n");
                    asked.acquire();
                    assertEquals("200 own", site.get("/own/"));
                }
                assertEquals("200 ok", site.get("/other/"));
                assertEquals(8, site.gatehouse.forwards().values().iterator().next().targets().get(0).outstanding());
            } finally {
                for (Client client : waiting) {
                    client.close();
                }
            }
        }
    }
}
