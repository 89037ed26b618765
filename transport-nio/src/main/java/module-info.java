/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/** HTTP/1.1 on plain {@code java.nio}. */
module io.gatehouse.transport.nio {
    requires transitive io.gatehouse.core;
    requires static jakarta.inject;
    requires static org.glassfish.hk2.api;

    exports io.gatehouse.transport.nio;

    provides io.gatehouse.transport.TransportProvider with
            io.gatehouse.transport.nio.NioTransportProvider;
}
