/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gatehouse.security.Credentials;
import io.gatehouse.security.Identity;
import io.gatehouse.security.IdentityStore;
import io.gatehouse.security.MemoryIdentityStore;
import io.gatehouse.security.PropertiesIdentityStore;
import io.gatehouse.security.SecurityConstraint;
import io.gatehouse.security.SecuritySettings;
import jakarta.servlet.ServletException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Servlet 6.1 section 13.6.4: authentication by the certificate of the TLS connection. */
@ExtendWith(Undeploy.class)
final class CertificateLoginTest {

    private static ServletApplication app(IdentityStore store) throws ServletException {
        return SecurityTest.app(SecuritySettings.NONE.withClientCertificates(store)
                .withConstraints(SecurityConstraint.on("/in/*").roles("clerk")), SecurityTest::tell);
    }

    private static SSLSession session(Certificate... peer) {
        return TlsTest.session("TLSv1.3", "TLS_AES_128_GCM_SHA256", new byte[] {1}, peer);
    }

    @Test
    void theSubjectSaysWhoItIs() throws Exception {
        ServletApplication app = app(MemoryIdentityStore.builder().certificate("carol", "cn=Client", "clerk").build());
        assertEquals("carol by CLIENT_CERT", Call.of(app, "GET", "/in/x").tls(session(TlsTest.certificate())).send().text());
        assertEquals("carol by CLIENT_CERT", Call.of(app, "GET", "/open").tls(session(TlsTest.certificate())).send().text());
    }

    @Test
    void othersAreRefused() throws Exception {
        ServletApplication app = app(MemoryIdentityStore.builder().certificate("carol", "CN=other", "clerk").build());
        assertEquals(403, Call.of(app, "GET", "/in/x").tls(session(TlsTest.certificate())).send().status());
        assertEquals(403, Call.of(app, "GET", "/in/x").tls(session()).send().status());
        MemoryResponse plain = Call.of(app, "GET", "/in/x").field("Authorization", SecurityTest.basic("carol", "x")).send();
        assertEquals(403, plain.status());
        assertFalse(plain.fields().contains("WWW-Authenticate"));
        ServletApplication without = app(MemoryIdentityStore.builder().certificate("carol", "CN=client", "boss").build());
        assertEquals(403, Call.of(without, "GET", "/in/x").tls(session(TlsTest.certificate())).send().status());
    }

    @Test
    void theFileKnowsSubjects(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("users"), "carol.certificate = CN=client\ncarol.roles = clerk\n");
        ServletApplication app = app(new PropertiesIdentityStore(file));
        assertEquals("carol by CLIENT_CERT", Call.of(app, "GET", "/in/x").tls(session(TlsTest.certificate())).send().text());
    }

    @Test
    void aStoreSeesTheChain() throws Exception {
        AtomicReference<Credentials> seen = new AtomicReference<>();
        ServletApplication app = app(shown -> {
            seen.set(shown);
            return Identity.of("who", "clerk");
        });
        assertEquals(200, Call.of(app, "GET", "/in/x").tls(session(TlsTest.certificate())).send().status());
        Credentials.Certificates certificates = (Credentials.Certificates) seen.get();
        assertEquals(TlsTest.certificate(), certificates.own());
        assertEquals(1, certificates.chain().size());
        assertEquals("certificate of CN=client", certificates.toString());
    }
}
