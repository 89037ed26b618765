/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/** The model, the transport SPI and everything above the wire. */
module io.gatehouse.core {
    requires transitive jakarta.servlet;
    requires static transitive org.jspecify;
    requires static jakarta.inject;
    requires static transitive org.glassfish.hk2.api;
    requires com.github.benmanes.caffeine;
    requires org.objectweb.asm;
    requires java.xml;
    requires jdk.net;
    requires static java.desktop;
    requires static java.logging;
    requires static java.management;
    requires static java.sql;

    exports io.gatehouse;
    exports io.gatehouse.cache;
    exports io.gatehouse.claim;
    exports io.gatehouse.files;
    exports io.gatehouse.forward;
    exports io.gatehouse.handler;
    exports io.gatehouse.hk2;
    exports io.gatehouse.http;
    exports io.gatehouse.http1;
    exports io.gatehouse.route;
    exports io.gatehouse.security;
    exports io.gatehouse.servlet;
    exports io.gatehouse.tls;
    exports io.gatehouse.transport;
    exports io.gatehouse.webapp;

    uses io.gatehouse.Components.Source;
    uses io.gatehouse.transport.TransportProvider;

    provides io.gatehouse.Components.Source with io.gatehouse.hk2.LocatorSource;
}
