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
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cache answers before an application is asked who may: what needed a login must never lie in it, whatever the application and
 * the route say about lifetimes, and neither may what those get who are not known.
 */
@Timeout(60)
class SecuredPagesTest {

    private static final MemoryIdentityStore USERS =
            MemoryIdentityStore.builder().plain("alice", "a", "staff").plain("bob", "b", "staff").build();

    private final OnMemory memory = new OnMemory();

    /** A page that tells who asks and says that everybody may keep it. */
    private static final class Page extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private final String directives;

        Page(String directives) {
            this.directives = directives;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (!directives.isEmpty()) {
                response.setHeader("Cache-Control", directives);
                response.addHeader("CDN-Cache-Control", directives);
            }
            response.setHeader("ETag", "\"one\"");
            boolean tells = !request.getServletPath().equals("/plain");
            response.getWriter().print(request.getServletPath() + " for " + (tells ? request.getRemoteUser() : "all"));
        }
    }

    private static Stream<Arguments> policies() {
        return Stream.of(CachePolicy.forDuration(Duration.ofMinutes(5)), CachePolicy.untilPurged(),
                        CachePolicy.untilPurged().withCookies(true).withErrors(true), CachePolicy.asHeadersSay(),
                        CachePolicy.asHeadersSay().withCookies(true).withErrors(true))
                .flatMap(policy -> Stream.of("", "max-age=600", "public, max-age=600", "s-maxage=600, must-revalidate")
                        .map(directives -> Arguments.of(policy, directives)));
    }

    private Gatehouse site(SecuritySettings security, CachePolicy policy, String directives) throws IOException {
        ServletApplication application = ServletApplication.builder().contextPath("/a")
                .security(security.withConstraints(SecurityConstraint.on("/in/*").roles("staff")))
                .servlet("page", new Page(directives), "/in/*", "/open", "/login", "/plain")
                .build();
        Configuration configuration = Configuration.of(new Properties(), Map.of(), new Properties());
        return Gatehouse.builder().configuration(configuration.withEndpoints(memory.endpoints())).transport(memory.provider())
                .application(application).cache("/a/", policy).start();
    }

    private RawClient client(Gatehouse gatehouse) throws IOException {
        return new RawClient(memory.connect(gatehouse.endpoints().get(0)));
    }

    private static String basic(String user, String password) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void whoIsKnownByCredentialsIsAnsweredAlone(CachePolicy policy, String directives) throws Exception {
        try (Gatehouse gatehouse = site(SecuritySettings.NONE.withBasic("r", USERS), policy, directives);
                RawClient client = client(gatehouse)) {
            for (int round = 0; round < 2; round++) {
                assertEquals(401, client.ask("GET /a/in/x").status());
                for (String user : new String[] {"alice", "bob"}) {
                    RawClient.Reply reply = client.ask("GET /a/in/x", basic(user, user.substring(0, 1)));
                    assertEquals("/in for " + user, reply.text());
                    assertFalse(reply.fromMemory());
                    assertTrue(reply.field("Cache-Control").contains("private"), reply.field("Cache-Control"));
                    assertEquals("null", reply.field("CDN-Cache-Control"));
                }
                assertEquals(401, client.ask("GET /a/in/x", basic("alice", "b")).status());
                assertEquals(401, client.ask("GET /a/in/x", "If-None-Match: \"one\"").status());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void whoIsKnownByASessionIsAnsweredAlone(CachePolicy policy, String directives) throws Exception {
        try (Gatehouse gatehouse = site(SecuritySettings.NONE.withForm("/login", "/login", USERS), policy, directives);
                RawClient client = client(gatehouse)) {
            for (String user : new String[] {"alice", "bob"}) {
                RawClient.Reply page = client.ask("GET /a/in/x");
                assertEquals("/login for null", page.text());
                assertEquals("no-store", page.field("Cache-Control"));
                String form = "j_username=" + user + "&j_password=" + user.substring(0, 1);
                RawClient.Reply in = client.ask("POST /a/j_security_check", "Content-Type: application/x-www-form-urlencoded",
                        "Cookie: " + page.field("Set-Cookie").split(";", 2)[0], "Content-Length: " + form.length(), "", form);
                assertEquals(303, in.status());
                String cookie = "Cookie: " + in.field("Set-Cookie").split(";", 2)[0];
                for (int round = 0; round < 2; round++) {
                    RawClient.Reply reply = client.ask("GET /a/in/x", cookie);
                    assertEquals("/in for " + user, reply.text());
                    assertFalse(reply.fromMemory());
                    assertEquals("/login for null", client.ask("GET /a/in/x").text());
                }
                // What tells a caller's name is one caller's, wherever it lies.
                assertEquals("/open for " + user, client.ask("GET /a/open?" + user, cookie).text());
                assertEquals("/open for null", client.ask("GET /a/open?" + user).text());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void whatNeedsNobodyIsKeptAsEver(CachePolicy policy, String directives) throws Exception {
        boolean kept = !directives.isEmpty() || !policy.equals(CachePolicy.asHeadersSay())
                && !policy.equals(CachePolicy.asHeadersSay().withCookies(true).withErrors(true));
        try (Gatehouse gatehouse = site(SecuritySettings.NONE.withBasic("r", USERS), policy, directives);
                RawClient client = client(gatehouse)) {
            assertEquals("/plain for all", client.ask("GET /a/plain").text());
            RawClient.Reply again = client.ask("GET /a/plain");
            assertEquals("/plain for all", again.text());
            assertEquals(kept, again.fromMemory());
        }
    }
}
