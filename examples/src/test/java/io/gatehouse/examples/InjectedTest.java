/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class InjectedTest {

    @Test
    void theServletHasItsService() throws IOException {
        try (Gatehouse gatehouse = Injected.builder()
                        .configuration(Configuration.DEFAULTS)
                        .listen("http://127.0.0.1:0")
                        .start();
                Wire wire = Wire.tcp(gatehouse.uri())) {
            assertEquals("visitor 1", wire.get("/visitors").answer().text());
            assertEquals("visitor 2", wire.get("/visitors").answer().text());
        }
    }
}
