/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.security.MemoryIdentityStore;
import io.gatehouse.security.SecurityConstraint;
import io.gatehouse.security.SecuritySettings;
import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.tls.Certified;
import io.gatehouse.tls.ClientCertificate;
import io.gatehouse.tls.TlsSettings;
import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.Peer;
import io.gatehouse.transport.TransportProvider;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.Serial;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A servlet application that relies on TLS, from the certificate's file to a client of the JDK; on every transport. */
@Timeout(value = 2 * Peer.HANG_SECONDS, unit = TimeUnit.SECONDS)
public abstract class SecureSiteContract {

    private static final Certified SERVER = Certified.of("localhost");
    private static final Certified AUTHORITY = Certified.authority("authority");
    private static final Certified CAROL = AUTHORITY.issue("carol");

    @TempDir
    private Path directory;

    /** Tells what a servlet knows of the connection. */
    private static final class Tell extends HttpServlet {
        @Serial
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            Object chain = request.getAttribute("jakarta.servlet.request.X509Certificate");
            response.getWriter().print(request.getScheme() + " " + request.isSecure() + " " + request.getRemoteUser() + " "
                    + request.getAuthType() + " " + request.getAttribute("jakarta.servlet.request.key_size") + " "
                    + (request.getAttribute("jakarta.servlet.request.cipher_suite") instanceof String) + " "
                    + (request.getAttribute("jakarta.servlet.request.ssl_session_id") instanceof String) + " "
                    + (chain instanceof X509Certificate[] shown ? shown[0].getSubjectX500Principal().getName() : "none") + " "
                    + request.getServletConnection().getProtocol());
        }
    }

    /** The transport. */
    protected abstract TransportProvider provider();

    /** The version that a client of the JDK and the transport agree on inside TLS, by ALPN. */
    protected abstract HttpClient.Version version();

    private Gatehouse site(ClientCertificate demand, String... endpoints) throws IOException {
        Path file = Files.writeString(directory.resolve("site.pem"), SERVER.pem() + SERVER.keyPem());
        Path trust = Files.writeString(directory.resolve("trust.pem"), AUTHORITY.pem());
        TlsSettings tls = TlsSettings.NONE.withCertificate(file);
        List<Endpoint> listen = Arrays.stream(endpoints).map(Endpoint::parse).toList();
        return Gatehouse.builder()
                .configuration(Configuration.DEFAULTS.withEndpoints(listen)
                        .withTls(demand == ClientCertificate.NONE ? tls : tls.withClient(demand).withTrust(trust)))
                .transport(provider())
                .application(ServletApplication.builder()
                        .security(SecuritySettings.NONE
                                .withClientCertificates(
                                        MemoryIdentityStore.builder().certificate("carol", "CN=carol", "clerk").build())
                                .withConstraints(
                                        SecurityConstraint.on("/in/*").roles("clerk").confidential(),
                                        SecurityConstraint.on("/safe/*").confidential()))
                        .servlet(new Tell(), "/*").build())
                .start();
    }

    private static HttpResponse<String> get(HttpClient client, Endpoint endpoint, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(endpoint + path)).timeout(Duration.ofSeconds(Peer.HANG_SECONDS)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static HttpClient client(Certified shown) {
        return HttpClient.newBuilder().sslContext(SERVER.client(shown)).build();
    }

    @Test
    void aCertificateLogsIn() throws Exception {
        try (Gatehouse site = site(ClientCertificate.WANTED, "https://localhost:0")) {
            Endpoint https = site.endpoints().get(0);
            String protocol = version() == HttpClient.Version.HTTP_2 ? "h2" : "http/1.1";
            HttpResponse<String> answer = get(client(CAROL), https, "/in/x");
            assertEquals("https true carol CLIENT_CERT 256 true true CN=carol " + protocol, answer.body());
            assertEquals(version(), answer.version());
            HttpClient nobody = HttpClient.newBuilder().sslContext(SERVER.trusting()).build();
            assertEquals(403, get(nobody, https, "/in/x").statusCode());
            assertEquals("https true null null 256 true true none " + protocol, get(nobody, https, "/open").body());
        }
    }

    @Test
    void whatNeedsProtectionIsSentToTheOneSecureEndpoint() throws Exception {
        try (Gatehouse site = site(ClientCertificate.NONE, "http://localhost:0", "https://localhost:0")) {
            Endpoint http = site.endpoints().get(0);
            Endpoint https = site.endpoints().get(1);
            HttpResponse<String> plain = get(client(CAROL), http, "/safe/x?a=b");
            assertEquals(302, plain.statusCode());
            assertEquals(https + "/safe/x?a=b", plain.headers().firstValue("Location").orElse(""));
            HttpClient follower = HttpClient.newBuilder().sslContext(SERVER.trusting())
                    .followRedirects(HttpClient.Redirect.NORMAL).build();
            assertTrue(get(follower, http, "/safe/x").body().startsWith("https true null"));
            assertEquals("http false null null null false false none http/1.1", get(client(CAROL), http, "/open").body());
        }
    }

    @Test
    void ofNoneOrSeveralItIsRefused() throws Exception {
        for (String[] endpoints : new String[][] {
            {"http://localhost:0"}, {"http://localhost:0", "https://localhost:0", "https://127.0.0.1:0"}}) {
            try (Gatehouse site = site(ClientCertificate.NONE, endpoints)) {
                assertEquals(403, get(client(CAROL), site.endpoints().get(0), "/safe/x").statusCode());
            }
        }
    }
}
