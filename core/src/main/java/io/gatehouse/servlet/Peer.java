/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.Connection;
import jakarta.servlet.ServletConnection;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** What a request tells of its connection (Servlet 6.1 section 3.3, {@code ServletRequest}'s address methods). */
final class Peer implements ServletConnection {

    private final Connection connection;

    Peer(Connection connection) {
        this.connection = connection;
    }

    /** The numeric address, or an empty text for a Unix-domain socket. */
    static String address(SocketAddress socket) {
        if (socket instanceof InetSocketAddress inet && inet.getAddress() != null) {
            String text = inet.getAddress().getHostAddress();
            int zone = text.indexOf('%');
            return zone < 0 ? text : text.substring(0, zone);
        }
        return "";
    }

    /** The port, or 0 for a Unix-domain socket. */
    static int port(SocketAddress socket) {
        return socket instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }

    /** Sets the attributes that a request over TLS has (section 3.10). */
    static void tlsAttributes(Connection connection, BiConsumer<String, Object> set) {
        SSLSession tls = connection.tls();
        if (tls == null) {
            return;
        }
        String suite = tls.getCipherSuite();
        set.accept("jakarta.servlet.request.secure_protocol", tls.getProtocol());
        set.accept("jakarta.servlet.request.cipher_suite", suite);
        set.accept("jakarta.servlet.request.key_size", keySize(suite));
        set.accept("jakarta.servlet.request.ssl_session_id", HexFormat.of().formatHex(tls.getId()));
        try {
            Certificate[] chain = tls.getPeerCertificates();
            X509Certificate[] certificates = Arrays.copyOf(chain, chain.length, X509Certificate[].class);
            set.accept("jakarta.servlet.request.X509Certificate", certificates);
        } catch (SSLPeerUnverifiedException | ArrayStoreException e) {
            // No client certificate was asked for or given, which is the ordinary case.
            return;
        }
    }

    /** The length of a cipher suite's key in bits, from its name. */
    static int keySize(String suite) {
        if (suite.contains("_256_") || suite.contains("CHACHA20")) {
            return 256;
        }
        return suite.contains("3DES") ? 168 : 128;
    }

    @Override
    public String getConnectionId() {
        return Long.toString(connection.id());
    }

    @Override
    public String getProtocol() {
        return switch (connection.protocol()) {
            case HTTP_1_0 -> "http/1.0";
            case HTTP_1_1 -> "http/1.1";
            case HTTP_2 -> connection.secure() ? "h2" : "h2c";
        };
    }

    /** HTTP/1.1 and 2 do not name their connections. */
    @Override
    public String getProtocolConnectionId() {
        return "";
    }

    @Override
    public boolean isSecure() {
        return connection.secure();
    }
}
