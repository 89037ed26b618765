/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import io.gatehouse.tls.TlsSettings;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What a transport's own test says about it; everything else in the contract is the same for all. */
public interface TransportUnderTest {

    /** Makes the transports. */
    TransportProvider provider();

    /** Where a test's transport listens: one endpoint, any free port. */
    default List<Endpoint> endpoints() {
        return List.of(new Endpoint.Tcp("http", "localhost", 0));
    }

    /** The scheme of what comes over these endpoints. */
    default String scheme() {
        return endpoints().get(0).secure() ? "https" : "http";
    }

    /** What it is told of TLS in every test. */
    default TlsSettings tls() {
        return TlsSettings.NONE;
    }

    /** The transport's own options in every test. */
    default Map<String, String> options() {
        return Map.of();
    }

    /** Connects a client to an endpoint as it was bound. */
    default Peer connect(Endpoint bound) throws IOException {
        return SocketPeer.connect(bound);
    }

    /** Takes a port in another way than by a transport, so that none can bind it; closing gives it back. */
    default Occupied occupy() throws IOException {
        return Occupied.socket();
    }

    /** The words that every thread's name of this transport begins with. */
    default String threads() {
        return "gatehouse-" + provider().name() + "-";
    }
}
