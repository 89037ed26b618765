/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.Transport;
import io.gatehouse.transport.TransportConfig;
import io.gatehouse.transport.TransportProvider;
import jakarta.inject.Named;
import java.util.Map;
import org.jvnet.hk2.annotations.Service;

/**
 * Makes transports that run on Jetty's core server: HTTP/1.1 and, unless {@code jetty.http2=false}, HTTP/2 on the
 * same port: agreed on by ALPN inside TLS (RFC 7301), known beforehand without.
 */
@Service
@Named("jetty")
public final class JettyTransportProvider implements TransportProvider {
    private static final String HTTP2 = "http2";

    /** For {@link java.util.ServiceLoader} and HK2. */
    public JettyTransportProvider() {}

    @Override
    public String name() {
        return "jetty";
    }

    @Override
    public Transport create(TransportConfig config) {
        boolean http2 = true;
        for (Map.Entry<String, String> option : config.options().entrySet()) {
            if (!option.getKey().equals(HTTP2)) {
                throw new IllegalArgumentException(
                        "jetty." + option.getKey() + " is no setting: write jetty." + HTTP2 + ", the only one, or take it out");
            }
            http2 = flag(option.getValue());
        }
        for (Endpoint endpoint : config.endpoints()) {
            if (endpoint instanceof Endpoint.Inherited) {
                throw new IllegalArgumentException("listen=" + endpoint
                        + ": transport jetty closes what it listens at, and standard output with it: set transport=nio, or listen on TCP");
            }
        }
        return new JettyTransport(config, http2);
    }

    private static boolean flag(String value) {
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException("jetty." + HTTP2 + "=" + value + ": write true or false");
        }
        return value.equals("true");
    }
}
