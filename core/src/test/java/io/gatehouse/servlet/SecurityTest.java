/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.security.Identity;
import io.gatehouse.security.IdentityStore;
import io.gatehouse.security.MemoryIdentityStore;
import io.gatehouse.security.SecurityConstraint;
import io.gatehouse.security.SecuritySettings;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 chapter 13: who gets in, and what the application is told of the caller. */
@ExtendWith(Undeploy.class)
final class SecurityTest {

    static final IdentityStore STORE = MemoryIdentityStore.builder()
            .plain("alice", "secret", "admin", "clerk").plain("bob", "s3cret:x", "clerk").plain("zoë", "grüße", "clerk").build();

    private static final SecuritySettings BASIC = SecuritySettings.NONE.withBasic("accounts", STORE).withConstraints(
            SecurityConstraint.on("/admin/*").roles("admin"), SecurityConstraint.on("/clerk/*").roles("clerk"),
            SecurityConstraint.on("/known/*").roles("**"), SecurityConstraint.on("/never/*").nobody(),
            SecurityConstraint.on("/write/*").methods("POST").roles("clerk"));

    static ServletApplication app(SecuritySettings settings, Servlets.Action action) throws ServletException {
        return Servlets.deployed(ServletApplication.builder().security(settings)
                .servlet("main", Servlets.servlet(action), Servlets.async(), "/*"));
    }

    /** Tells who it is. */
    static void tell(HttpServletRequest request, jakarta.servlet.http.HttpServletResponse response) throws IOException {
        response.setContentType("text/plain;charset=utf-8");
        response.getWriter().print(request.getRemoteUser() + " by " + request.getAuthType());
    }

    static String basic(String name, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static MemoryResponse as(ServletApplication app, String name, String password, String path) throws Exception {
        return Call.of(app, "GET", path).field("Authorization", basic(name, password)).send();
    }

    @Test
    void aChallengeInUtf8() throws Exception {
        MemoryResponse response = Call.get(app(BASIC, SecurityTest::tell), "/admin/x");
        assertEquals(401, response.status());
        assertEquals("Basic realm=\"accounts\", charset=\"UTF-8\"", response.header("WWW-Authenticate"));
        assertEquals("private", response.header("Cache-Control"));
    }

    @ParameterizedTest
    @CsvSource({
        "alice, secret, /admin/x, 200", "alice, secret, /clerk/x, 200", "bob, s3cret:x, /admin/x, 403", "bob, s3cret:x, /clerk/x, 200",
        "bob, s3cret:x, /known/x, 200", "bob, s3cret, /known/x, 401", "carol, secret, /known/x, 401", "alice, Secret, /admin, 401",
        "zoë, grüße, /clerk, 200", "alice, secret, /never/x, 403", "alice, wrong, /never/x, 403", "alice, wrong, /open, 200",
        "alice, secret, /open, 200", "alice, wrong, /admin;a=b/x, 401", "alice, wrong, /admin;/x, 401", "alice, wrong, /%61dmin/x, 401"})
    void whoGetsIn(String name, String password, String path, int status) throws Exception {
        MemoryResponse response = as(app(BASIC, SecurityTest::tell), name, password, path);
        assertEquals(status, response.status());
        assertEquals(status == 401, response.fields().contains("WWW-Authenticate"));
        if (status == 200 && !path.equals("/open")) {
            assertEquals(name + " by BASIC", response.text());
        }
    }

    @ParameterizedTest
    @CsvSource({"GET, 200", "POST, 401", "HEAD, 200", "PUT, 200"})
    void methodsThatAreUncoveredAreOpen(String method, int status) throws Exception {
        assertEquals(status, Call.of(app(BASIC, (q, r) -> {}), method, "/write/x").send().status());
    }

    @ParameterizedTest
    @CsvSource({"GET, 403", "POST, 401", "HEAD, 403", "BREW, 403"})
    void unlessTheyAreDenied(String method, int status) throws Exception {
        ServletApplication app = app(BASIC.withUncoveredDenied(true), (q, r) -> {});
        assertEquals(status, Call.of(app, method, "/write/x").send().status());
        assertEquals(200, Call.of(app, method, "/open").send().status());
    }

    /** RFC 7617: whatever is not well-formed shows nobody, and is answered by a challenge. */
    @ParameterizedTest
    @ValueSource(strings = {
        "", "Basic", "Basic ", "Basic =", "Basic !!!!", "Basic YWxpY2U6c2VjcmV0!", "Basic YWxpY2U6c2VjcmV0 x",
        "Basic YWxpY2U6c2VjcmV0,", "Basic: YWxpY2U6c2VjcmV0", "YWxpY2U6c2VjcmV0", "Bearer YWxpY2U6c2VjcmV0", "BasicYWxpY2U6c2VjcmV0",
        "Basic YWxpY2U=", "Basic YWxpY2U6c2VjcmV0AA==", "Basic /////w==", "Basic YWxpY2U6c2VjcmV0\tx", "Digest YWxpY2U6c2VjcmV0"})
    void malformedCredentialsShowNobody(String field) throws Exception {
        ServletApplication app = app(BASIC, SecurityTest::tell);
        assertEquals(401, Call.of(app, "GET", "/admin/x").field("Authorization", field).send().status());
        assertEquals("null by null", Call.of(app, "GET", "/open").field("Authorization", field).send().text());
    }

    @Test
    void theSchemeHasNoCaseAndStandsOnce() throws Exception {
        ServletApplication app = app(BASIC, SecurityTest::tell);
        String good = basic("alice", "secret");
        for (String field : new String[] {good.replace("Basic", "bAsIc"), good.replace("Basic ", "BASIC   ")}) {
            assertEquals(200, Call.of(app, "GET", "/admin/x").field("Authorization", field).send().status());
        }
        assertEquals(401, Call.of(app, "GET", "/admin/x").field("Authorization", good).field("Authorization", good)
                .send().status());
    }

    /** Who is known is known on open pages too, and is asked for only if somebody wants to know. */
    @Test
    void openPagesKnowWhoShowsCredentials() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        SecuritySettings counting = BASIC.withStore(shown -> {
            asked.incrementAndGet();
            return STORE.find(shown);
        });
        ServletApplication app = app(counting, (q, r) -> {
            if (q.getParameter("ask") != null) {
                tell(q, r);
            }
        });
        as(app, "alice", "secret", "/open");
        assertEquals(0, asked.get());
        assertEquals("alice by BASIC", as(app, "alice", "secret", "/open?ask=1").text());
        assertEquals("null by null", as(app, "alice", "wrong", "/open?ask=1").text());
        assertEquals(2, asked.get());
    }

    @Test
    void rolesOfTheCaller() throws Exception {
        ServletApplication app = app(BASIC.withRoleLink("main", "boss", "admin").withRoleLink("other", "chief", "admin"), (q, r) -> {
            StringBuilder out = new StringBuilder();
            for (String role : new String[] {"admin", "clerk", "boss", "chief", "*", "**", "Admin", "", "none"}) {
                out.append(q.isUserInRole(role) ? "y" : "n");
            }
            r.getWriter().print(out.append(q.isUserInRole(null) ? "y" : "n").append(q.getUserPrincipal()));
        });
        assertEquals("yyynnynnnnalice", as(app, "alice", "secret", "/x").text());
        assertEquals("nynnnynnnnbob", as(app, "bob", "s3cret:x", "/x").text());
        assertEquals("nnnnnnnnnnnull", Call.get(app, "/x").text());
    }

    /** Section 13.3: a role of the application's that is named ** is a role. */
    @Test
    void twoStarsAreARoleIfDeclared() throws Exception {
        ServletApplication app = app(BASIC.withRoles("**"), (q, r) -> r.getWriter().print(q.isUserInRole("**")));
        assertEquals("false", as(app, "alice", "secret", "/x").text());
    }

    @Test
    void aStoreThatCantTellIsA503() throws Exception {
        SecuritySettings broken = BASIC.withStore(shown -> {
            throw new IOException("the directory does not answer");
        });
        ServletApplication app = app(broken, SecurityTest::tell);
        MemoryResponse response = as(app, "alice", "secret", "/admin/x");
        assertEquals(503, response.status());
        assertEquals("5", response.header("Retry-After"));
        assertFalse(response.text().contains("directory"));
        assertEquals("null by null", as(app, "alice", "secret", "/open").text());
        assertEquals(401, Call.get(app, "/admin/x").status(), "nobody was asked for");
    }

    @Test
    void aStoreThatThrowsLetsNobodyIn() throws Exception {
        ServletApplication app = app(BASIC.withStore(shown -> {
            throw new IllegalStateException("bug");
        }), SecurityTest::tell);
        assertEquals(500, as(app, "alice", "secret", "/admin/x").status());
    }

    /** Section 13.2: constraints are about what the client asks for, not about what the application sends on. */
    @Test
    void forwardsAndIncludesAreNotConstrained() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().security(BASIC)
                .servlet("never", Servlets.text("inside"), "/never/*")
                .servlet("open", Servlets.servlet((q, r) -> q.getRequestDispatcher("/never/x").forward(q, r)), "/forward")
                .servlet("in", Servlets.servlet((q, r) -> q.getRequestDispatcher("/never/x").include(q, r)), "/include"));
        assertEquals("inside", Call.get(app, "/forward").text());
        assertEquals("inside", Call.get(app, "/include").text());
        assertEquals(403, Call.get(app, "/never/x").status());
    }

    @Test
    void filtersSeeOnlyWhoIsLetIn() throws Exception {
        AtomicInteger seen = new AtomicInteger();
        ServletApplication app = Servlets.deployed(ServletApplication.builder().security(BASIC)
                .filter(Servlets.filter((q, r, chain) -> {
                    seen.incrementAndGet();
                    chain.doFilter(q, r);
                }), "/*").servlet(Servlets.text("x"), "/*"));
        assertEquals(401, Call.get(app, "/admin/x").status());
        assertEquals(403, Call.get(app, "/never/x").status());
        assertEquals(0, seen.get());
        assertEquals(200, as(app, "alice", "secret", "/admin/x").status());
        assertEquals(1, seen.get());
    }

    @Test
    void anErrorPageAnswersARefusal() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().security(BASIC).contextPath("/c")
                .errorPage(401, "/page").errorPage(403, "/never/page").servlet(Servlets.text("x"), "/*")
                .servlet("page", Servlets.text("please log in"), "/page").servlet("n", Servlets.text("no"), "/never/page"));
        MemoryResponse response = Call.get(app, "/c/admin/x");
        assertEquals(401, response.status());
        assertEquals("please log in", response.text());
        assertTrue(response.fields().contains("WWW-Authenticate"));
        assertEquals("no", Call.get(app, "/c/never/x").text());
    }

    /** The answer to someone who is known is nobody else's, whatever the application forgets to say. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "|private", "max-age=60|max-age=60, private", "no-store|no-store", "private, max-age=5|private, max-age=5",
        "public, max-age=60|public, max-age=60, private", "s-maxage=5|s-maxage=5, private", "max-age=60, must-revalidate|max-age=60, must-revalidate, private"})
    void answersToTheKnownAreNotShared(String said, String sent) throws Exception {
        ServletApplication app = app(BASIC, (q, r) -> {
            if (q.getPathInfo().endsWith("late")) {
                q.getRemoteUser();
            }
            if (said != null) {
                r.setHeader("Cache-Control", said);
            }
            q.getRemoteUser();
        });
        assertEquals(sent, as(app, "alice", "secret", "/admin/x").header("Cache-Control"));
        assertEquals(sent, as(app, "alice", "secret", "/open").header("Cache-Control"));
        assertEquals(sent, as(app, "alice", "secret", "/late").header("Cache-Control"));
        assertEquals(said, Call.get(app, "/open").header("Cache-Control"));
    }

    @Test
    void aResetDoesNotMakeThemShared() throws Exception {
        ServletApplication app = app(BASIC, (q, r) -> {
            r.setHeader("Cache-Control", "public");
            r.reset();
            if (q.getParameter("null") != null) {
                r.setHeader("Cache-Control", null);
            }
        });
        assertEquals("private", as(app, "alice", "secret", "/admin/x").header("Cache-Control"));
        assertEquals("private", as(app, "alice", "secret", "/admin/x?null=1").header("Cache-Control"));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /p/x, 0, 403,", "GET, /p/x?a=b, 443, 302, https://www.example.org/p/x?a=b",
        "HEAD, /p, 8443, 302, https://www.example.org:8443/p", "POST, /p/%41, 443, 307, https://www.example.org/p/%41"})
    void plainConnectionsAreSentToProtectedOnes(String method, String path, int port, int status, String to) throws Exception {
        SecuritySettings settings = BASIC.withConstraints(SecurityConstraint.on("/p/*").confidential()).withHttpsPort(port);
        MemoryResponse response = Call.of(app(settings, SecurityTest::tell), method, path).send();
        assertEquals(status, response.status());
        assertEquals(to, response.header("Location"));
        assertEquals(200, Call.of(app(settings, SecurityTest::tell), method, path).scheme("https").send().status());
    }

    /** Credentials are not asked for where they would travel in clear. */
    @Test
    void theConnectionComesBeforeTheCaller() throws Exception {
        SecuritySettings settings = BASIC.withConstraints(SecurityConstraint.on("/p/*").roles("clerk").confidential())
                .withHttpsPort(443);
        assertEquals(302, Call.get(app(settings, SecurityTest::tell), "/p/x").status());
        assertEquals(401, Call.of(app(settings, SecurityTest::tell), "GET", "/p/x").scheme("https").send().status());
    }

    /** A welcome file is served only to who may see both the directory and the file. */
    @ParameterizedTest
    @CsvSource({"'', 401, 200", "*.jsp, 401, 401", "/, 401, 200", "/index.jsp, 401, 401", "/other, 200, 200"})
    void welcomeFilesAreAskedForToo(String pattern, int root, int file) throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().welcomeFiles("index.jsp")
                .security(SecuritySettings.NONE.withBasic("r", STORE)
                        .withConstraints(SecurityConstraint.on(pattern).roles("clerk")))
                .servlet("pages", Servlets.text("page"), "*.jsp"));
        assertEquals(root, Call.get(app, "/").status());
        assertEquals(pattern.equals("/") ? 401 : file, Call.get(app, "/index.jsp").status());
    }

    @Test
    void loginAndLogout() throws Exception {
        ServletApplication app = app(SecuritySettings.NONE.withBasic("r", STORE), (q, r) -> {
            assertNull(q.getRemoteUser());
            assertThrows(ServletException.class, () -> q.login("alice", "wrong"));
            assertThrows(ServletException.class, () -> q.login(null, null));
            assertNull(q.getUserPrincipal());
            q.login("alice", "secret");
            assertEquals("alice", q.getRemoteUser());
            assertEquals("BASIC", q.getAuthType());
            assertTrue(q.isUserInRole("admin"));
            assertTrue(q.authenticate(r));
            assertThrows(ServletException.class, () -> q.login("bob", "s3cret:x"));
            assertEquals("alice", q.getRemoteUser());
            q.logout();
            assertNull(q.getRemoteUser());
            assertNull(q.getAuthType());
            assertFalse(q.isUserInRole("admin"));
            q.logout();
            q.login("bob", "s3cret:x");
            r.getWriter().print(q.getRemoteUser());
            assertNull(q.getSession(false), "no session was asked for");
        });
        assertEquals("bob", Call.get(app, "/").text());
    }

    /** A session that is there carries the login, and gets another id. */
    @Test
    void aLoginInASessionLasts() throws Exception {
        ServletApplication app = app(SecuritySettings.NONE.withStore(STORE), (q, r) -> {
            switch (q.getPathInfo()) {
                case "/in" -> {
                    String before = q.getSession().getId();
                    q.login("alice", "secret");
                    assertFalse(before.equals(q.getSession().getId()));
                }
                case "/out" -> q.logout();
                case "/end" -> q.getSession().invalidate();
                default -> { }
            }
            tell(q, r);
        });
        MemoryResponse in = Call.get(app, "/in");
        assertEquals("alice by LOGIN", in.text());
        String cookie = in.header("Set-Cookie").split(";")[0];
        assertEquals("alice by LOGIN", Call.of(app, "GET", "/x").field("Cookie", cookie).send().text());
        assertEquals("null by null", Call.of(app, "GET", "/out").field("Cookie", cookie).send().text());
        assertEquals("null by null", Call.of(app, "GET", "/x").field("Cookie", cookie).send().text());
    }

    @Test
    void theLoginEndsWithItsSession() throws Exception {
        ServletApplication app = app(SecuritySettings.NONE.withStore(STORE), (q, r) -> {
            q.getSession();
            q.login("alice", "secret");
            q.getSession().invalidate();
            q.getSession();
        });
        String cookie = Call.get(app, "/").header("Set-Cookie").split(";")[0];
        ServletApplication other = app(SecuritySettings.NONE.withStore(STORE), SecurityTest::tell);
        assertEquals("null by null", Call.of(other, "GET", "/").field("Cookie", cookie).send().text());
    }

    @Test
    void authenticateBeginsTheLogin() throws Exception {
        ServletApplication app = app(SecuritySettings.NONE.withBasic("r", STORE), (q, r) -> {
            if (q.authenticate(r)) {
                tell(q, r);
            }
        });
        assertEquals(401, Call.get(app, "/").status());
        assertEquals("alice by BASIC", as(app, "alice", "secret", "/").text());
        ServletApplication none = app(SecuritySettings.NONE, (q, r) -> {
            assertThrows(ServletException.class, () -> q.authenticate(r));
            assertThrows(ServletException.class, () -> q.login("a", "b"));
            q.logout();
            r.flushBuffer();
            assertThrows(IllegalStateException.class, () -> q.authenticate(r));
        });
        assertEquals(200, Call.get(none, "/").status());
    }

    /** Constraints without a login are closed, not open. */
    @Test
    void withoutALoginNobodyGetsIn() throws Exception {
        ServletApplication app = app(
                SecuritySettings.NONE.withConstraints(SecurityConstraint.on("/*").roles("clerk")), SecurityTest::tell);
        assertEquals(403, as(app, "alice", "secret", "/").status());
    }

    /** The decision is made before an asynchronous servlet goes on, and is not made again for its dispatch. */
    @Test
    void asynchronousDispatchesAreNotConstrained() throws Exception {
        ServletApplication app = app(BASIC, (q, r) -> {
            if (q.getDispatcherType() == jakarta.servlet.DispatcherType.REQUEST) {
                q.startAsync().dispatch("/never/x");
            } else {
                tell(q, r);
            }
        });
        assertEquals("alice by BASIC", as(app, "alice", "secret", "/admin/x").text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"no slash", ""})
    void settingsThatDoNotFitAreRefused(String page) {
        assertThrows(IllegalArgumentException.class, () -> SecuritySettings.NONE.withForm(page, "/e", STORE));
        assertThrows(IllegalArgumentException.class, () -> SecuritySettings.NONE.withForm("/l", page, STORE));
        assertThrows(IllegalArgumentException.class, () -> SecuritySettings.NONE.withBasic("a\r\nb", STORE));
        assertThrows(IllegalArgumentException.class, () -> SecuritySettings.NONE.withHttpsPort(65_536));
        assertThrows(IllegalArgumentException.class, () -> SecuritySettings.NONE.withSavedBytes(-1));
    }

    @Test
    void aRealmIsQuoted() throws Exception {
        MemoryResponse response = Call.get(app(SecuritySettings.NONE.withBasic("a \"b\" \\c", STORE)
                .withConstraints(SecurityConstraint.on("/*").authenticated()), SecurityTest::tell), "/");
        assertEquals("Basic realm=\"a \\\"b\\\" \\\\c\", charset=\"UTF-8\"", response.header("WWW-Authenticate"));
    }

    @Test
    void aPrincipalOfTheStoresOwnIsHandedOver() throws Exception {
        java.security.Principal own = () -> "own";
        ServletApplication app = app(BASIC.withStore(shown -> new Identity(own, Set.of("admin"))), (q, r) -> {
            assertTrue(q.getUserPrincipal() == own);
            tell(q, r);
        });
        assertEquals("own by BASIC", as(app, "any", "thing", "/admin/x").text());
    }
}
