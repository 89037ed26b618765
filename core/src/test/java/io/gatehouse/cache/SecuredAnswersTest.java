/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.security.MemoryIdentityStore;
import io.gatehouse.security.SecurityConstraint;
import io.gatehouse.security.SecuritySettings;
import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.transport.OnMemory;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an application answers to someone who is known never comes from the output cache, whatever the policy of the route. */
class SecuredAnswersTest {

    /** Tells everybody who he is, and says that it may be kept for an hour. */
    private static final class Careless extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setHeader("Cache-Control", "max-age=3600");
            response.getWriter().print("hello " + request.getRemoteUser());
        }
    }

    private static Stream<CachePolicy> policies() {
        return Stream.of(CachePolicy.asHeadersSay(), CachePolicy.forDuration(Duration.ofMinutes(5)), CachePolicy.untilPurged(),
                CachePolicy.forDuration(Duration.ofMinutes(5)).withCookies(true),
                CachePolicy.forDuration(Duration.ofMinutes(5)).withErrors(true).withCollapse(false));
    }

    private static RawClient client(Gatehouse server, OnMemory memory) throws IOException {
        return new RawClient(memory.connect(server.endpoints().get(0)));
    }

    private static Gatehouse server(OnMemory memory, CachePolicy policy, SecuritySettings settings) throws IOException {
        ServletApplication application = ServletApplication.builder().security(settings.withConstraints(
                SecurityConstraint.on("/in/*").roles("clerk"))).servlet(new Careless(), "/*").build();
        return Gatehouse.builder()
                .configuration(Configuration.DEFAULTS.withEndpoints(memory.endpoints()))
                .transport(memory.provider()).application(application).cache("/", policy).start();
    }

    private static MemoryIdentityStore store() {
        return MemoryIdentityStore.builder().plain("alice", "a", "clerk").plain("bob", "b", "clerk").build();
    }

    private static String basic(String credentials) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void ofBasic(CachePolicy policy) throws Exception {
        OnMemory memory = new OnMemory();
        try (Gatehouse server = server(memory, policy, SecuritySettings.NONE.withBasic("r", store()));
                RawClient client = client(server, memory)) {
            for (String path : new String[] {"/in/x", "/open"}) {
                assertEquals("hello alice", client.ask("GET " + path, basic("alice:a")).text());
                assertEquals("hello bob", client.ask("GET " + path, basic("bob:b")).text());
                RawClient.Reply nobody = client.ask("GET " + path);
                assertFalse(nobody.fromMemory());
                assertEquals(path.equals("/open") ? 200 : 401, nobody.status());
                assertFalse(nobody.text().contains("alice") || nobody.text().contains("bob"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void ofForm(CachePolicy policy) throws Exception {
        OnMemory memory = new OnMemory();
        try (Gatehouse server = server(memory, policy, SecuritySettings.NONE.withForm("/login", "/login", store()));
                RawClient client = client(server, memory)) {
            String body = "j_username=alice&j_password=a";
            client.sendRaw("POST /j_security_check HTTP/1.1\r\nHost: test\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                    + "Content-Length: " + body.length() + "\r\n\r\n" + body);
            String cookie = "Cookie: " + client.reply(false).field("Set-Cookie").split(";")[0];
            for (String path : new String[] {"/in/x", "/open"}) {
                RawClient.Reply alice = client.ask("GET " + path, cookie);
                assertEquals("hello alice", alice.text());
                assertTrue(alice.field("Cache-Control").contains("private"), alice.field("Cache-Control"));
                assertFalse(client.ask("GET " + path, cookie).fromMemory());
                RawClient.Reply nobody = client.ask("GET " + path);
                assertFalse(nobody.fromMemory());
                assertEquals("hello null", nobody.text());
            }
        }
    }
}
