/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import io.gatehouse.tls.ServerTls;
import io.gatehouse.tls.TlsSettings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a transport is told.
 *
 * @param endpoints where to listen, at least one
 * @param limits on what peers may take
 * @param timeouts on how long peers may take
 * @param ioThreads how many I/O threads; 0 lets the transport choose by the number of processors
 * @param listener hears of refusals
 * @param options settings of one transport alone, under its own names without its own prefix ({@code jetty.http2=false} arrives as {@code
 *     http2}); a transport refuses one that it does not know
 * @param reusePort whether TCP ports are opened with SO_REUSEPORT, so that another process of the same user can open them too
 * @param tls what endpoints with https show and ask for
 */
public record TransportConfig(
        List<Endpoint> endpoints,
        Limits limits,
        Timeouts timeouts,
        int ioThreads,
        TransportListener listener,
        Map<String, String> options,
        boolean reusePort,
        TlsSettings tls) {

    /** The same with ports of its own, and without TLS. */
    public TransportConfig(List<Endpoint> endpoints, Limits limits, Timeouts timeouts, int ioThreads, TransportListener listener,
            Map<String, String> options) {
        this(endpoints, limits, timeouts, ioThreads, listener, options, false, TlsSettings.NONE);
    }

    /** Takes copies, and checks. */
    public TransportConfig {
        endpoints = List.copyOf(endpoints);
        options = Map.copyOf(options);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("no endpoint: set listen, as in listen=http://localhost:8080");
        }
        if (ioThreads < 0) {
            throw new IllegalArgumentException("io-threads=" + ioThreads + ": set it to 0 for the default, or to 1 or more");
        }
    }

    /** These endpoints with every default. */
    public static TransportConfig of(Endpoint... endpoints) {
        return new TransportConfig(
                List.of(endpoints), Limits.DEFAULTS, Timeouts.DEFAULTS, 0, TransportListener.NONE, Map.of());
    }

    /** The same with other limits. */
    public TransportConfig withLimits(Limits value) {
        return new TransportConfig(endpoints, value, timeouts, ioThreads, listener, options, reusePort, tls);
    }

    /** The same with other timeouts. */
    public TransportConfig withTimeouts(Timeouts value) {
        return new TransportConfig(endpoints, limits, value, ioThreads, listener, options, reusePort, tls);
    }

    /** The same with another number of I/O threads. */
    public TransportConfig withIoThreads(int value) {
        return new TransportConfig(endpoints, limits, timeouts, value, listener, options, reusePort, tls);
    }

    /** The same with another listener. */
    public TransportConfig withListener(TransportListener value) {
        return new TransportConfig(endpoints, limits, timeouts, ioThreads, value, options, reusePort, tls);
    }

    /** The same with other options. */
    public TransportConfig withOptions(Map<String, String> value) {
        return new TransportConfig(endpoints, limits, timeouts, ioThreads, listener, value, reusePort, tls);
    }

    /** The same with ports that other processes of this user may open too, or not. */
    public TransportConfig withReusePort(boolean value) {
        return new TransportConfig(endpoints, limits, timeouts, ioThreads, listener, options, value, tls);
    }

    /** The same with another way to speak TLS. */
    public TransportConfig withTls(TlsSettings value) {
        return new TransportConfig(endpoints, limits, timeouts, ioThreads, listener, options, reusePort, value);
    }

    /**
     * The TLS of the endpoints with https, for a transport to open when it is made and to close when it has stopped; null if there
     * are none.
     *
     * @throws IllegalArgumentException if its files can't be used
     */
    public @Nullable ServerTls serverTls() {
        for (Endpoint endpoint : endpoints) {
            if (endpoint.secure()) {
                try {
                    return ServerTls.open(tls);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException("listen=" + endpoint + ": " + e.getMessage(), e);
                }
            }
        }
        return null;
    }
}
