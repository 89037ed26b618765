/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.HttpVersion;
import jakarta.servlet.ServletRequestAttributeEvent;
import jakarta.servlet.ServletRequestAttributeListener;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servlet 6.1 section 3.10: what a request tells of its TLS connection. */
@ExtendWith(Undeploy.class)
final class TlsTest {

    private static final String PREFIX = "jakarta.servlet.request.";

    /** Self-signed, CN=client, made for this test; valid for a hundred years. */
    private static final String CERTIFICATE = """
            -----BEGIN CERTIFICATE-----
            MIIBOzCB4aADAgECAgh6wE4UrViZMjAKBggqhkjOPQQDAjARMQ8wDQYDVQQDEwZj
            bGllbnQwIBcNMjAwMTAxMDAwMDAwWhgPMjExOTEyMDgwMDAwMDBaMBExDzANBgNV
            BAMTBmNsaWVudDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCJiWM93o38LSJvZ
            T5uHhEeFe/pA39Vbg7agv8qcRrqR+Rga4kpcFo/yFRrKe2SkTkR+EnCwz6DF5Y+y
            qCUMFp+jITAfMB0GA1UdDgQWBBQvdJIyQFUx3YuACFDUmyLWUe+LTTAKBggqhkjO
            PQQDAgNJADBGAiEAp8Tw7F3UjlT9nMIOdPN5YjHgSiQ75m4MKeul8Qto+WcCIQDB
            7xarjCLFbaivBuKEU1/2PrrPdWIR/HQuPAzMIBZs4g==
            -----END CERTIFICATE-----
            """;

    /** A session of which only what a server asks for is known. */
    static SSLSession session(String protocol, String suite, byte[] id, Certificate... peer) {
        return (SSLSession) Proxy.newProxyInstance(
                TlsTest.class.getClassLoader(), new Class<?>[] {SSLSession.class}, (proxy, method, arguments) ->
                        switch (method.getName()) {
                            case "getProtocol" -> protocol;
                            case "getCipherSuite" -> suite;
                            case "getId" -> id;
                            case "getPeerCertificates" -> {
                                if (peer.length == 0) {
                                    throw new SSLPeerUnverifiedException("peer not authenticated");
                                }
                                yield peer;
                            }
                            case "toString" -> "session";
                            case "hashCode" -> 1;
                            default -> throw new IllegalStateException("not asked for: " + method);
                        });
    }

    private static SSLSession session() {
        return session("TLSv1.3", "TLS_AES_256_GCM_SHA384", new byte[] {1, (byte) 0xAB, 0});
    }

    static X509Certificate certificate() throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(CERTIFICATE.getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    @DisplayName("protocol, cipher suite, key size and session id are attributes")
    void attributes() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertEquals("TLSv1.3", q.getAttribute(PREFIX + "secure_protocol"));
            assertEquals("TLS_AES_256_GCM_SHA384", q.getAttribute(PREFIX + "cipher_suite"));
            assertEquals(256, q.getAttribute(PREFIX + "key_size"));
            assertEquals("01ab00", q.getAttribute(PREFIX + "ssl_session_id"));
            assertNull(q.getAttribute(PREFIX + "X509Certificate"));
            List<String> names = Collections.list(q.getAttributeNames());
            assertTrue(names.containsAll(List.of(PREFIX + "secure_protocol", PREFIX + "cipher_suite", PREFIX + "key_size",
                    PREFIX + "ssl_session_id")), names.toString());
            assertFalse(names.contains(PREFIX + "X509Certificate"), names.toString());
        });
        assertEquals(200, Call.of(app, "GET", "/").tls(session()).send().status());
    }

    @Test
    @DisplayName("without TLS there are none of them")
    void plain() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertEquals(List.of(), Collections.list(q.getAttributeNames()));
            assertFalse(q.isSecure());
            assertFalse(q.getServletConnection().isSecure());
            assertEquals("http", q.getScheme());
        });
        assertEquals(200, Call.get(app, "/").status());
    }

    @Test
    @DisplayName("the client's certificates are an array, its own first")
    void certificates() throws Exception {
        X509Certificate own = certificate();
        X509Certificate issuer = certificate();
        ServletApplication app = Servlets.app((q, r) -> {
            Object found = q.getAttribute(PREFIX + "X509Certificate");
            assertArrayEquals(new X509Certificate[] {own, issuer}, (X509Certificate[]) found);
            r.getWriter().print(((X509Certificate[]) found)[0].getSubjectX500Principal().getName());
        });
        SSLSession session = session("TLSv1.2", "TLS_RSA_WITH_AES_128_CBC_SHA", new byte[0], own, issuer);
        assertEquals("CN=client", Call.of(app, "GET", "/").tls(session).send().text());
    }

    @Test
    @DisplayName("a certificate of another kind is no X509Certificate, and the request goes on")
    void otherCertificate() throws Exception {
        Certificate other = new Certificate("raw") {
            @Override
            public byte[] getEncoded() {
                return new byte[0];
            }

            @Override
            public void verify(java.security.PublicKey key) {}

            @Override
            public void verify(java.security.PublicKey key, String provider) {}

            @Override
            public String toString() {
                return "raw";
            }

            @Override
            public java.security.PublicKey getPublicKey() {
                return null;
            }
        };
        ServletApplication app = Servlets.app((q, r) -> r.getWriter().print(q.getAttribute(PREFIX + "X509Certificate")));
        SSLSession session = session("TLSv1.3", "TLS_AES_128_GCM_SHA256", new byte[0], other);
        assertEquals("null", Call.of(app, "GET", "/").tls(session).send().text());
    }

    @ParameterizedTest(name = "{0} has a key of {1} bits")
    @CsvSource({
        "TLS_AES_128_GCM_SHA256, 128", "TLS_AES_256_GCM_SHA384, 256", "TLS_CHACHA20_POLY1305_SHA256, 256",
        "TLS_AES_128_CCM_SHA256, 128", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384, 256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, 128", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, 256",
        "TLS_RSA_WITH_3DES_EDE_CBC_SHA, 168", "TLS_RSA_WITH_AES_128_CBC_SHA256, 128",
        "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256, 256", "TLS_RSA_WITH_AES_256_CBC_SHA, 256",
    })
    void keySize(String suite, int bits) throws Exception {
        assertEquals(bits, Peer.keySize(suite));
        ServletApplication app = Servlets.app((q, r) -> r.getWriter().print(q.getAttribute(PREFIX + "key_size")));
        SSLSession session = session("TLSv1.2", suite, new byte[] {1});
        assertEquals("" + bits, Call.of(app, "GET", "/").tls(session).send().text());
    }

    @Test
    @DisplayName("scheme, port, URL and the connection say that it is secure")
    void secure() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertTrue(q.isSecure());
            assertTrue(q.getServletConnection().isSecure());
            assertEquals("https", q.getScheme());
            assertEquals(443, q.getServerPort());
            assertEquals("https://www.example.org/a", q.getRequestURL().toString());
            r.getWriter().print(q.getServletConnection().getProtocol());
        });
        assertEquals("http/1.1", Call.of(app, "GET", "/a").tls(session()).send().text());
        assertEquals("h2", Call.of(app, "GET", "/a").version(HttpVersion.HTTP_2).tls(session()).send().text());
    }

    @Test
    @DisplayName("behind a proxy that ended TLS the scheme says so, and there are no attributes of it")
    void endedBefore() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertTrue(q.isSecure());
            assertFalse(q.getServletConnection().isSecure());
            assertNull(q.getAttribute(PREFIX + "cipher_suite"));
        });
        assertEquals(200, Call.of(app, "GET", "/").scheme("https").send().status());
    }

    @Test
    @DisplayName("the container's attributes are told to no listener; the application may replace them")
    void listeners() throws Exception {
        List<String> heard = new ArrayList<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .listener(new ServletRequestAttributeListener() {
                    @Override
                    public void attributeAdded(ServletRequestAttributeEvent event) {
                        heard.add("added " + event.getName());
                    }

                    @Override
                    public void attributeReplaced(ServletRequestAttributeEvent event) {
                        heard.add("replaced " + event.getValue());
                    }

                    @Override
                    public void attributeRemoved(ServletRequestAttributeEvent event) {
                        heard.add("removed " + event.getValue());
                    }
                })
                .servlet("s", Servlets.servlet((q, r) -> {
                    assertEquals(List.of(), heard);
                    q.setAttribute(PREFIX + "key_size", 7);
                    q.removeAttribute(PREFIX + "cipher_suite");
                    r.getWriter().print(q.getAttribute(PREFIX + "key_size"));
                }), "/*"));
        assertEquals("7", Call.of(app, "GET", "/").tls(session()).send().text());
        assertEquals(List.of("replaced 256", "removed TLS_AES_256_GCM_SHA384"), heard);
    }

    @Test
    @DisplayName("they are there for filters, forwards, includes and error pages alike")
    void everywhere() throws Exception {
        List<String> seen = new ArrayList<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder().errorPage(404, "/look")
                .filter(Servlets.filter((q, r, chain) -> {
                    seen.add("filter " + q.getAttribute(PREFIX + "secure_protocol"));
                    chain.doFilter(q, r);
                }), "/*")
                .servlet("look", Servlets.servlet((q, r) ->
                        seen.add(q.getDispatcherType() + " " + q.getAttribute(PREFIX + "secure_protocol"))), "/look")
                .servlet("forward", Servlets.servlet((q, r) -> q.getRequestDispatcher("/look").forward(q, r)), "/forward")
                .servlet("include", Servlets.servlet((q, r) -> q.getRequestDispatcher("/look").include(q, r)), "/include")
                .servlet("error", Servlets.servlet((q, r) -> r.sendError(404)), "/error"));
        for (String path : List.of("/forward", "/include", "/error")) {
            Call.of(app, "GET", path).tls(session()).send();
        }
        assertEquals(List.of("filter TLSv1.3", "FORWARD TLSv1.3", "filter TLSv1.3", "INCLUDE TLSv1.3", "filter TLSv1.3",
                "ERROR TLSv1.3"), seen);
    }

    @Test
    @DisplayName("7.1.1: the session's cookie is marked secure over TLS, and not without it unless asked to")
    void sessionCookie() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> q.getSession());
        String secure = Call.of(app, "GET", "/").tls(session()).send().header("Set-Cookie");
        String plain = Call.get(app, "/").header("Set-Cookie");
        assertTrue(secure.contains("; Secure"), secure);
        assertFalse(plain.contains("Secure"), plain);
    }
}
