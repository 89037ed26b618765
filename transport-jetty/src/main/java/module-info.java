/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/** Jetty's core server as the wire: HTTP/1.1, HTTP/2, TLS. */
module io.gatehouse.transport.jetty {
    requires transitive io.gatehouse.core;
    requires static transitive jakarta.inject;
    requires static transitive org.glassfish.hk2.api;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.alpn.java.server;
    requires org.eclipse.jetty.alpn.server;
    requires org.eclipse.jetty.http2.server;
    requires org.eclipse.jetty.io;
    requires org.eclipse.jetty.util;

    exports io.gatehouse.transport.jetty;

    provides io.gatehouse.transport.TransportProvider with io.gatehouse.transport.jetty.JettyTransportProvider;
}
