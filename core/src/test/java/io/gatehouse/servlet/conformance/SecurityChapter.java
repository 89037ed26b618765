/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.security.DigestAlgorithm;
import io.gatehouse.security.IdentityStore;
import io.gatehouse.security.MemoryIdentityStore;
import io.gatehouse.security.SecurityConstraint;
import io.gatehouse.security.SecuritySettings;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chapter 13: constraints and logins, by raw requests. */
interface SecurityChapter extends Chapter {

    /** Two users, one of whom has both roles. */
    IdentityStore STORE = MemoryIdentityStore.builder()
            .plain("alice", "secret", "admin", "clerk").plain("bob", "s3cret", "clerk").build();

    private ContractSite secured() throws Exception {
        SecurityConstraint[] constraints = {
            SecurityConstraint.on("/admin/*").roles("admin"), SecurityConstraint.on("/clerk/*").roles("clerk"),
            SecurityConstraint.on("/never/*").nobody(), SecurityConstraint.on("/tls/*").confidential(),
            SecurityConstraint.on("/write/*").methods("POST", "PUT").roles("clerk"),
            SecurityConstraint.on("/known/*").roles("**")};
        return site(SecurityChapter.class, app -> app.contextPath("/s")
                .security(SecuritySettings.NONE.withBasic("accounts", STORE).withConstraints(constraints).withHttpsPort(8443))
                .servlet("who", Case.servlet((request, response) -> {
                    String query = String.valueOf(request.getQueryString());
                    if (query.equals("login")) {
                        request.login("alice", "secret");
                    } else if (query.equals("logout")) {
                        request.logout();
                    } else if (query.equals("ask") && !request.authenticate(response)) {
                        return;
                    }
                    String body = new String(request.getInputStream().readAllBytes(), ISO_8859_1);
                    response.getWriter().print(request.getRemoteUser() + " " + request.getAuthType() + " "
                            + request.isUserInRole("admin") + body);
                }), "/*")
                .servlet("on", Case.servlet((request, response) -> {
                    String to = String.valueOf(request.getQueryString());
                    request.getRequestDispatcher("/never/x").forward(request, response);
                    assertEquals("go", to);
                }), "/forward"));
    }

    private static String basic(String name, String password) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(UTF_8));
    }

    @Section("13.6.1")
    @Test
    default void basicAsksForNameAndPassword() throws Exception {
        Reply reply = secured().ask("GET /s/admin/x");
        assertEquals(401, reply.status());
        assertEquals("Basic realm=\"accounts\", charset=\"UTF-8\"", reply.field("WWW-Authenticate"));
        assertEquals("private", reply.field("Cache-Control"));
    }

    @Section("13.8.3")
    @ParameterizedTest
    @CsvSource({
        "alice, secret, /admin/x, 200", "alice, secret, /clerk/x, 200", "bob, s3cret, /admin/x, 403", "bob, s3cret, /clerk/x, 200",
        "bob, wrong, /clerk/x, 401", "carol, secret, /clerk/x, 401", "bob, s3cret, /known/x, 200", "bob, wrong, /known/x, 401",
        "alice, secret, /never/x, 403", "alice, wrong, /open, 200"})
    default void whoHasTheRoleGetsIn(String name, String password, String path, int status) throws Exception {
        Reply reply = secured().ask("GET /s" + path, basic(name, password));
        assertEquals(status, reply.status());
        if (status == 200 && !path.equals("/open")) {
            assertEquals(name + " BASIC " + name.equals("alice"), reply.text());
        }
    }

    /** However the path is spelt, it leads to the constraint if it leads to the servlet. */
    @Section("13.8.3")
    @ParameterizedTest
    @ValueSource(strings = {
        "/s/admin", "/s/admin/", "/s/admin/x", "/s/%61dmin/x", "/s/./admin/x", "/s/open/../admin/x", "/s//admin/x", "/s/admin//x",
        "/s/admin;a=b/x", "/s/admin;/x", "/s;x/admin/x", "/s/admin/x?y", "/s/admin/%2e/x", "/s/open/%2e%2e/admin/x", "//s/admin/x",
        "http://test/s/admin/x"})
    default void noSpellingGoesAround(String target) throws Exception {
        try (Wire wire = secured().connect()) {
            Reply reply = wire.ask("GET " + target);
            assertTrue(reply.status() == 401 || reply.status() == 400, target + " is answered by " + reply.status());
        }
    }

    @Section("13.8.4")
    @ParameterizedTest
    @CsvSource({"GET, 200", "HEAD, 200", "DELETE, 200", "POST, 401", "PUT, 401"})
    default void methodsThatAreNotNamedAreOpen(String method, int status) throws Exception {
        assertEquals(status, secured().ask(method + " /s/write/x").status());
    }

    /** A body that nobody reads does not become the next request. */
    @Section("13.8.3")
    @Test
    default void aRefusedBodyIsNoRequest() throws Exception {
        try (Wire wire = secured().connect()) {
            assertEquals(401, wire.ask("POST /s/write/x", "", "GET /s/never/x HTTP/1.1", "Host: x", "", "").status());
            if (!wire.over()) {
                assertEquals("null null false", wire.ask("GET /s/open").text());
            }
        }
    }

    @Section("13.8.3")
    @ParameterizedTest
    @CsvSource({
        "GET, /s/tls/x?a=b, 302, https://test:8443/s/tls/x?a=b", "POST, /s/tls/%41, 307, https://test:8443/s/tls/%41"})
    default void whatMustBeConfidentialIsRedirected(String method, String target, int status, String to) throws Exception {
        Reply reply = secured().ask(method + " " + target);
        assertEquals(status, reply.status());
        assertEquals(to, reply.field("Location"));
    }

    @Section("13.2")
    @Test
    default void constraintsAreNotAboutForwards() throws Exception {
        assertEquals("null null false", secured().ask("GET /s/forward?go").text());
        assertEquals(403, secured().ask("GET /s/never/x").status());
    }

    @Section("13.3 login, logout, authenticate")
    @Test
    default void theApplicationLogsInAndOut() throws Exception {
        assertEquals("alice BASIC true", secured().ask("GET /s/open?login").text());
        assertEquals("null null false", secured().ask("GET /s/open").text());
        assertEquals("null null false", secured().ask("GET /s/clerk/x?logout", basic("bob", "s3cret")).text());
        assertEquals(401, secured().ask("GET /s/open?ask").status());
        assertEquals("bob BASIC false", secured().ask("GET /s/open?ask", basic("bob", "s3cret")).text());
    }

    @Section("13.6.1")
    @ParameterizedTest
    @ValueSource(strings = {
        "Authorization:", "Authorization: Basic", "Authorization: Basic ====", "Authorization: Basic YWxpY2U=",
        "Authorization: Basic YWxpY2U6c2VjcmV0 x", "Authorization: Basic YWxpY2U6c2VjcmV0,YWxpY2U6c2VjcmV0",
        "Authorization: Basic \u00FF\u00FF", "Authorization: Basic /////w==", "Authorization: Basic YWxpY2U6c2VjcmV0AA==",
        "Authorization: Bearer YWxpY2U6c2VjcmV0", "Authorization: YWxpY2U6c2VjcmV0", "Authorization: Digest username=\"alice\""})
    default void malformedCredentialsAreNobodys(String field) throws Exception {
        try (Wire wire = secured().connect()) {
            Reply reply = wire.ask("GET /s/admin/x", field);
            assertTrue(reply.status() == 401 || reply.status() == 400, field + " is answered by " + reply.status());
        }
    }

    @Section("13.6.1")
    @Test
    default void twoAuthorizationFieldsAreNobodys() throws Exception {
        try (Wire wire = secured().connect()) {
            int status = wire.ask("GET /s/admin/x", basic("alice", "secret"), basic("alice", "secret")).status();
            assertTrue(status == 401 || status == 400, "answered by " + status);
        }
    }

    private ContractSite formSite(SecuritySettings more) throws Exception {
        return open(app("/f").security(more.withForm("/login", "/wrong", STORE)
                        .withConstraints(SecurityConstraint.on("/in/*").roles("clerk")))
                .servlet("login", Case.text("please log in"), "/login").servlet("wrong", Case.text("wrong"), "/wrong")
                .servlet("echo", Case.servlet((request, response) -> response.getWriter().print(request.getMethod() + " "
                        + request.getParameter("a") + " " + request.getRemoteUser() + " " + request.getContentLength())), "/*"));
    }

    private static String[] submission(String session, String name, String password) {
        return new String[] {
            "POST /f/j_security_check", "Cookie: JSESSIONID=" + session, "Content-Type: application/x-www-form-urlencoded", "",
            "j_username=" + name + "&j_password=" + password};
    }

    /** The whole way, with a request that comes back after it; the id from before is worth nothing. */
    @Section("13.6.3")
    @Test
    default void formKeepsTheRequestAndChangesTheSession() throws Exception {
        try (ContractSite site = formSite(SecuritySettings.NONE)) {
            Reply asked = site.ask("POST /f/in/x?q=1", "Content-Type: application/x-www-form-urlencoded", "", "a=%C3%A4&b=2");
            assertEquals("please log in", asked.text());
            assertEquals("no-store", asked.field("Cache-Control"));
            String planted = asked.session();
            assertEquals("wrong", site.ask(submission(planted, "alice", "nonsense")).text());
            Reply right = site.ask(submission(planted, "alice", "secret"));
            assertEquals(303, right.status());
            assertEquals("http://test/f/in/x?q=1", right.field("Location"));
            assertNotEquals(planted, right.session());
            assertEquals("please log in", site.ask("GET /f/in/x?q=1", "Cookie: JSESSIONID=" + planted).text());
            String cookie = "Cookie: JSESSIONID=" + right.session();
            Reply back = site.ask("GET /f/in/x?q=1", cookie);
            assertEquals("POST \u00E4 alice 12", back.text());
            assertEquals("private", back.field("Cache-Control"));
            assertEquals("GET null alice -1", site.ask("GET /f/in/x?q=1", cookie).text());
        }
    }

    @Section("13.6.3")
    @Test
    default void whatIsTooLongToBeKeptIsRefused() throws Exception {
        try (ContractSite site = formSite(SecuritySettings.NONE.withSavedBytes(1000)); Wire wire = site.connect()) {
            assertEquals(413, wire.ask("POST /f/in/x", "", "x".repeat(1001)).status());
        }
    }

    private static String proof(DigestAlgorithm algorithm, Reply challenge, int count, String uri) {
        String nonce = challenge.all("WWW-Authenticate").get(algorithm.ordinal()).replaceAll(".*nonce=\"([^\"]*)\".*", "$1");
        String rest = String.format("%s:%08x:cc:auth:%s", nonce, count, algorithm.hash("GET:" + uri));
        return String.format("Authorization: Digest username=\"bob\", realm=\"accounts\", nonce=\"%s\", uri=\"%s\", algorithm=%s, "
                + "response=\"%s\", qop=auth, nc=%08x, cnonce=\"cc\"", nonce, uri, algorithm.token(),
                algorithm.hash(algorithm.secret("bob", "accounts", "s3cret") + ":" + rest), count);
    }

    @Section("13.6.2")
    @ParameterizedTest
    @EnumSource(DigestAlgorithm.class)
    default void digestProvesOnce(DigestAlgorithm algorithm) throws Exception {
        try (ContractSite site = open(app("/d").security(SecuritySettings.NONE.withDigest("accounts", STORE)
                        .withConstraints(SecurityConstraint.on("/*").authenticated()))
                .servlet("who", Case.servlet((request, response) -> response.getWriter().print(
                        request.getRemoteUser() + " " + request.getAuthType())), "/*"))) {
            Reply challenge = site.ask("GET /d/x?a=%41");
            assertEquals(401, challenge.status());
            String proof = proof(algorithm, challenge, 1, "/d/x?a=%41");
            assertEquals("bob DIGEST", site.ask("GET /d/x?a=%41", proof).text());
            Reply replay = site.ask("GET /d/x?a=%41", proof);
            assertEquals(401, replay.status());
            assertTrue(replay.field("WWW-Authenticate").contains("stale=true"));
            assertEquals("bob DIGEST", site.ask("GET /d/x?a=%41", proof(algorithm, challenge, 2, "/d/x?a=%41")).text());
            Reply other = site.ask("GET /d/y", proof(algorithm, challenge, 3, "/d/x?a=%41"));
            assertEquals(401, other.status());
            assertFalse(other.field("WWW-Authenticate").contains("stale"));
            assertEquals(401, site.ask("GET /d/x", "Authorization: Digest " + "a=b,".repeat(40) + "c=d").status());
        }
    }

    @Section("13.6.1")
    @Test
    default void namesAreInUtf8() throws Exception {
        IdentityStore store = MemoryIdentityStore.builder().plain("zo\u00EB", "gr\u00FC\u00DFe").build();
        try (ContractSite site = open(app("/u").security(SecuritySettings.NONE.withBasic("r", store)
                        .withConstraints(SecurityConstraint.on("/*").authenticated()))
                .servlet("who", Case.servlet((request, response) -> {
                    response.setCharacterEncoding(StandardCharsets.UTF_8);
                    response.getWriter().print(request.getRemoteUser());
                }), "/*"))) {
            assertEquals("zo\u00EB", site.ask("GET /u/", basic("zo\u00EB", "gr\u00FC\u00DFe")).utf8());
        }
    }
}
