/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EndpointTest {

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080, http, localhost, 8080",
        "http://localhost, http, localhost, 80",
        "https://localhost, https, localhost, 443",
        "http://localhost:0, http, localhost, 0",
        "http://*:8080, http, *, 8080",
        "http://*, http, *, 80",
        "https://*:0, https, *, 0",
        "http://127.0.0.1:65535, http, 127.0.0.1, 65535",
        "http://[::1]:8080, http, [::1], 8080",
        "http://[::1], http, [::1], 80",
        "http://[::]:0, http, [::], 0",
        "http://Example.ORG:81, http, example.org, 81",
        "http://localhost:8080/, http, localhost, 8080",
    })
    void aTcpEndpointIsRead(String text, String scheme, String host, int port) {
        assertEquals(new Endpoint.Tcp(scheme, host, port), Endpoint.parse(text));
    }

    @Test
    void aUnixEndpointIsRead() {
        assertEquals(new Endpoint.Unix(Path.of("/run/app.sock")), Endpoint.parse("unix:/run/app.sock"));
        assertEquals(new Endpoint.Unix(Path.of("app.sock")), Endpoint.parse("unix:app.sock"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "localhost", "localhost:8080", "8080", "http:", "http://", "http:///", "http://:8080", "ftp://localhost",
        "HTTP://localhost", "http://localhost:65536", "http://localhost:-1", "http://localhost:x", "http://localhost:8080/a",
        "http://localhost:80:80", "http://local host", "http://u@localhost", "http://[::1", "http://::1:80", "unix:",
        "http://localhost:80:0", "http://+:80", "http://*x:80",
    })
    void whatIsNoEndpointIsRefusedWithAnExample(String text) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> Endpoint.parse(text));
        assertTrue(refused.getMessage().startsWith("listen=" + text + " "), refused.getMessage());
        assertTrue(refused.getMessage().contains("http://localhost:8080"), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:8080", "https://*:8443", "http://[::1]:80", "unix:/run/app.sock"})
    void anEndpointIsWrittenAsItIsRead(String text) {
        assertEquals(text, Endpoint.parse(text).toString());
    }
}
