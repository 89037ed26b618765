/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.security.SecurityConstraint;
import io.gatehouse.security.SecuritySettings;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 section 13.6.3: FORM authentication. */
@ExtendWith(Undeploy.class)
final class FormLoginTest {

    static final SecuritySettings FORM = SecuritySettings.NONE.withForm("/login", "/wrong?e=1", SecurityTest.STORE)
            .withConstraints(SecurityConstraint.on("/in/*").roles("clerk"), SecurityConstraint.on("/admin/*").roles("admin"));

    /** Echoes method, query, fields, body and caller. */
    static ServletApplicationBuilder site(SecuritySettings settings) {
        return ServletApplication.builder().contextPath("/c").security(settings)
                .servlet("login", Servlets.servlet((q, r) -> r.getWriter().print("please, " + q.getMethod() + " "
                        + q.getAttribute("jakarta.servlet.forward.request_uri"))), "/login")
                .servlet("wrong", Servlets.servlet((q, r) -> r.getWriter().print("wrong " + q.getParameter("e"))), "/wrong")
                .servlet("echo", Servlets.servlet((q, r) -> {
                    r.setCharacterEncoding("UTF-8");
                    r.getWriter().print(q.getMethod() + " " + q.getQueryString() + " " + q.getContentType() + " "
                            + q.getContentLength() + " " + q.getHeader("X-Own") + " "
                            + (q.getParameter("p") != null ? "p=" + q.getParameter("p")
                                    : new String(q.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                            + " " + q.getRemoteUser() + " " + q.getAuthType());
                }), Servlets.async(), "/*");
    }

    private static ServletApplication app() throws ServletException {
        return Servlets.deployed(site(FORM));
    }

    static String cookie(MemoryResponse response) {
        return String.valueOf(response.header("Set-Cookie")).split(";")[0];
    }

    static MemoryResponse submit(ServletApplication app, String cookie, String name, String password) throws Exception {
        return Call.of(app, "POST", "/c/j_security_check").field("Cookie", cookie)
                .form("j_username=" + name + "&j_password=" + password).send();
    }

    static MemoryResponse get(ServletApplication app, String cookie, String path) throws Exception {
        return Call.of(app, "GET", path).field("Cookie", cookie).send();
    }

    /** A page that is for protected connections only is neither shown nor answered over another one (13.6.3). */
    @ParameterizedTest
    @ValueSource(strings = {"/login", "/wrong", "/*"})
    void aConfidentialLoginIsNotDoneInTheOpen(String pattern) throws Exception {
        ServletApplication app = Servlets.deployed(site(SecuritySettings.NONE.withForm("/login", "/wrong?e=1", SecurityTest.STORE)
                .withHttpsPort(443).withConstraints(SecurityConstraint.on("/in/*").roles("clerk"),
                        SecurityConstraint.on(pattern).confidential())));
        MemoryResponse asked = Call.get(app, "/c/in/a?x=1");
        assertEquals("302 https://www.example.org/c/in/a?x=1", asked.status() + " " + asked.header("Location"));
        MemoryResponse posted = Call.of(app, "POST", "/c/in/a").body("text").send();
        assertEquals("307 https://www.example.org/c/in/a", posted.status() + " " + posted.header("Location"));
        MemoryResponse page = Call.of(app, "GET", "/c/in/a?x=1").scheme("https").send();
        assertEquals("please, GET /c/in/a", page.text());
        String session = cookie(page);
        MemoryResponse open = submit(app, session, "bob", "s3cret:x");
        assertEquals("307 https://www.example.org/c/j_security_check", open.status() + " " + open.header("Location"));
        MemoryResponse right = Call.of(app, "POST", "/c/j_security_check").scheme("https").field("Cookie", session)
                .form("j_username=bob&j_password=s3cret:x").send();
        assertEquals("303 https://www.example.org/c/in/a?x=1", right.status() + " " + right.header("Location"));
    }

    @Test
    void theWholeWay() throws Exception {
        ServletApplication app = app();
        MemoryResponse asked = Call.get(app, "/c/in/a?x=1&y=%20");
        assertEquals(200, asked.status());
        assertEquals("please, GET /c/in/a", asked.text());
        assertEquals("no-store", asked.header("Cache-Control"));
        String before = cookie(asked);
        MemoryResponse right = submit(app, before, "alice", "secret");
        assertEquals(303, right.status());
        assertEquals("http://www.example.org/c/in/a?x=1&y=%20", right.header("Location"));
        assertEquals("no-store", right.header("Cache-Control"));
        String after = cookie(right);
        assertNotEquals(before, after, "the session must have another id");
        MemoryResponse there = get(app, after, "/c/in/a?x=1&y=%20");
        assertEquals("GET x=1&y=%20 null -1 null  alice FORM", there.text());
        assertEquals("private", there.header("Cache-Control"));
        assertEquals("GET null null -1 null  alice FORM", get(app, after, "/c/open").text());
        assertEquals("please, GET /c/in/a", get(app, before, "/c/in/a").text(), "the id from before the login is void");
    }

    /** Section 7.3: whoever made the victim use an id must not be logged in by the victim. */
    @Test
    void anIdThatWasPlantedIsWorthNothing() throws Exception {
        ServletApplication app = app();
        String planted = cookie(Call.get(app, "/c/in/x"));
        String victim = cookie(submit(app, planted, "alice", "secret"));
        assertTrue(get(app, victim, "/c/in/x").text().endsWith("alice FORM"));
        assertTrue(get(app, planted, "/c/in/x").text().startsWith("please"));
        MemoryResponse invented = submit(app, "JSESSIONID=inventedinventedinvented", "bob", "s3cret:x");
        assertEquals(303, invented.status());
        assertFalse(cookie(invented).contains("invented"));
    }

    @Test
    void listenersHearOfTheNewId() throws Exception {
        List<String> heard = new ArrayList<>();
        ServletApplication app = Servlets.deployed(site(FORM).listener(new HttpSessionIdListener() {
            @Override
            public void sessionIdChanged(HttpSessionEvent event, String old) {
                heard.add(old);
            }
        }));
        String before = cookie(Call.get(app, "/c/in/x"));
        submit(app, before, "alice", "secret");
        assertEquals(List.of(before.substring("JSESSIONID=".length())), heard);
    }

    @ParameterizedTest
    @CsvSource({"alice, wrong", "nobody, secret", "alice, ''", "'', ''"})
    void aWrongPasswordLeadsToTheErrorPage(String name, String password) throws Exception {
        ServletApplication app = app();
        String cookie = cookie(Call.get(app, "/c/in/x"));
        MemoryResponse wrong = submit(app, cookie, name, password);
        assertEquals(200, wrong.status());
        assertEquals("wrong 1", wrong.text());
        assertEquals("no-store", wrong.header("Cache-Control"));
        assertTrue(get(app, cookie, "/c/in/x").text().startsWith("please"));
        // The request still waits.
        assertEquals("http://www.example.org/c/in/x", submit(app, cookie, "alice", "secret").header("Location"));
    }

    @Test
    void missingFieldsAreWrong() throws Exception {
        ServletApplication app = app();
        for (String form : List.of("", "j_username=alice", "j_password=secret", "J_USERNAME=alice&J_PASSWORD=secret")) {
            assertEquals("wrong 1", Call.of(app, "POST", "/c/j_security_check").form(form).send().text(), form);
        }
        assertEquals("wrong 1", Call.of(app, "POST", "/c/j_security_check").body("j_username=alice&j_password=secret").send().text());
    }

    @Test
    void namesAndPasswordsAreInUtf8() throws Exception {
        assertEquals(303, submit(app(), "", "zo%C3%AB", "gr%C3%BC%C3%9Fe").status());
    }

    /** By GET, name and password would lie in logs and histories. */
    @Test
    void onlyAPostIsALogin() throws Exception {
        MemoryResponse response = Call.get(app(), "/c/j_security_check?j_username=alice&j_password=secret");
        assertEquals(200, response.status());
        assertTrue(response.text().endsWith("null null"), response.text());
    }

    @Test
    void whoCameByHimselfIsSentToTheRoot() throws Exception {
        ServletApplication app = app();
        MemoryResponse right = Call.of(app, "POST", "/c/any/where/j_security_check")
                .form("j_username=bob&j_password=s3cret:x").send();
        assertEquals("http://www.example.org/c/", right.header("Location"));
        assertTrue(get(app, cookie(right), "/c/in/x").text().endsWith("bob FORM"));
    }

    @Test
    void rolesCountAfterTheLogin() throws Exception {
        ServletApplication app = app();
        String cookie = cookie(submit(app, cookie(Call.get(app, "/c/admin/x")), "bob", "s3cret:x"));
        assertEquals(403, get(app, cookie, "/c/admin/x").status());
        assertEquals(200, get(app, cookie, "/c/in/x").status());
    }

    /** What was posted before the login is there after it: method, fields and body, once. */
    @ParameterizedTest
    @CsvSource({"POST", "PUT", "PATCH", "BREW"})
    void aRequestWithABodyComesBack(String method) throws Exception {
        ServletApplication app = app();
        String before = cookie(Call.of(app, method, "/c/in/post?q=1").field("Content-Type", "text/x-own").field("X-Own", "mine")
                .field("If-None-Match", "*").body("grüße").send());
        String after = cookie(submit(app, before, "alice", "secret"));
        assertEquals(method + " q=1 text/x-own 7 mine grüße alice FORM",
                Call.of(app, "GET", "/c/in/post?q=1").field("Cookie", after).field("X-Own", "later").send().text());
        assertEquals("GET q=1 null -1 later  alice FORM",
                Call.of(app, "GET", "/c/in/post?q=1").field("Cookie", after).field("X-Own", "later").send().text());
    }

    @Test
    void aFormComesBackAsParameters() throws Exception {
        ServletApplication app = app();
        String before = cookie(Call.of(app, "POST", "/c/in/form").form("p=%C3%A4&q=2").send());
        String after = cookie(submit(app, before, "alice", "secret"));
        String text = get(app, after, "/c/in/form").text();
        assertEquals("POST null application/x-www-form-urlencoded 12 null p=ä alice FORM", text);
    }

    @Test
    void aBodyInPiecesAndOfUnknownLengthComesBack() throws Exception {
        ServletApplication app = app();
        String before = cookie(Call.of(app, "POST", "/c/in/chunks").chunked().pieces(3).body("0123456789").send());
        String after = cookie(submit(app, before, "alice", "secret"));
        assertEquals("POST null null 10 null 0123456789 alice FORM", get(app, after, "/c/in/chunks").text());
    }

    @Test
    void aBodyComesBackToAReadListener() throws Exception {
        ServletApplication app = Servlets.deployed(site(FORM).servlet("async", Servlets.servlet((q, r) -> {
            q.startAsync();
            ServletInputStream in = q.getInputStream();
            StringBuilder read = new StringBuilder();
            in.setReadListener(new ReadListener() {
                @Override
                public void onDataAvailable() throws IOException {
                    while (in.isReady() && !in.isFinished()) {
                        int c = in.read();
                        if (c >= 0) {
                            read.append((char) c);
                        }
                    }
                }

                @Override
                public void onAllDataRead() throws IOException {
                    r.getWriter().print("read " + read);
                    q.getAsyncContext().complete();
                }

                @Override
                public void onError(Throwable t) {
                    q.getAsyncContext().complete();
                }
            });
        }), Servlets.async(), "/in/listen"));
        String before = cookie(Call.of(app, "POST", "/c/in/listen").body("abc").send());
        String after = cookie(submit(app, before, "alice", "secret"));
        assertEquals("read abc", get(app, after, "/c/in/listen").text());
    }

    /** It comes back only to who asks for it as the redirect does, and in no other session. */
    @Test
    void itComesBackToNobodyElse() throws Exception {
        ServletApplication app = app();
        String before = cookie(Call.of(app, "POST", "/c/in/post").body("secret body").send());
        assertTrue(get(app, before, "/c/in/post").text().startsWith("please"), "not before the login");
        before = cookie(Call.of(app, "POST", "/c/in/post").body("secret body").send());
        String after = cookie(submit(app, before, "alice", "secret"));
        assertTrue(Call.of(app, "POST", "/c/in/post").field("Cookie", after).body("other").send().text().contains("other"));
        assertTrue(get(app, after, "/c/in/post?x=1").text().startsWith("GET"));
        String another = cookie(submit(app, "", "bob", "s3cret:x"));
        assertTrue(get(app, another, "/c/in/post").text().startsWith("GET"));
        assertTrue(get(app, after, "/c/in/post").text().contains("secret body"));
    }

    /** A later request takes the place of one that waits, unless it is something that the page loads. */
    @Test
    void theLastPageWaits() throws Exception {
        ServletApplication app = app();
        String cookie = cookie(Call.get(app, "/c/in/first"));
        get(app, cookie, "/c/in/second");
        Call.of(app, "GET", "/c/in/icon").field("Cookie", cookie).field("Sec-Fetch-Mode", "no-cors").send();
        assertEquals("http://www.example.org/c/in/second", submit(app, cookie, "alice", "secret").header("Location"));
        cookie = cookie(Call.get(app, "/c/in/first"));
        Call.of(app, "GET", "/c/in/third").field("Cookie", cookie).field("Sec-Fetch-Mode", "navigate").send();
        assertEquals("http://www.example.org/c/in/third", submit(app, cookie, "alice", "secret").header("Location"));
    }

    @Test
    void thePagesAreSeenThoughTheyAreConstrained() throws Exception {
        ServletApplication app = Servlets.deployed(site(FORM.withConstraints(SecurityConstraint.on("/*").authenticated())));
        assertEquals("please, GET null", Call.get(app, "/c/login").text());
        assertEquals("wrong null", Call.get(app, "/c/wrong").text());
        assertTrue(Call.get(app, "/c/other").text().startsWith("please, GET /c/other"));
        MemoryResponse right = Call.of(app, "POST", "/c/j_security_check").form("j_username=alice&j_password=secret").send();
        assertEquals(303, right.status());
    }

    /** A page is shown by GET, whatever was asked for, so that a static page will do. */
    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "DELETE", "HEAD"})
    void thePageIsShownByGet(String method) throws Exception {
        MemoryResponse response = Call.of(app(), method, "/c/in/x").send();
        assertEquals(200, response.status());
        assertEquals(method.equals("HEAD") ? "" : "please, GET /c/in/x", response.text());
    }

    /** A browser that kept the page from before a logout must not hear that it is still good. */
    @Test
    void conditionsAreNotForTheLoginPage() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .security(SecuritySettings.NONE.withForm("/login", "/login", SecurityTest.STORE)
                        .withConstraints(SecurityConstraint.on("/in/*").roles("clerk")))
                .servlet("login", new jakarta.servlet.http.HttpServlet() {
                    private static final long serialVersionUID = 1;

                    @Override
                    protected long getLastModified(jakarta.servlet.http.HttpServletRequest request) {
                        return 1_000_000_000_000L;
                    }

                    @Override
                    protected void doGet(
                            jakarta.servlet.http.HttpServletRequest request, jakarta.servlet.http.HttpServletResponse response)
                            throws IOException {
                        response.getWriter().print("please " + request.getHeader("If-Modified-Since")
                                + request.getContentLength() + request.getHeader("Accept"));
                    }
                }, "/login").servlet("in", Servlets.text("in"), "/in/*"));
        MemoryResponse response = Call.of(app, "POST", "/in/x").field("If-Modified-Since", "Sun, 01 Jan 2040 00:00:00 GMT")
                .field("Accept", "*/*").field("Range", "bytes=0-1").body("abc").send();
        assertEquals(200, response.status());
        assertEquals("please null-1*/*", response.text());
    }

    @Test
    void authenticateShowsThePage() throws Exception {
        ServletApplication app = Servlets.deployed(site(FORM).servlet("ask", Servlets.servlet((q, r) -> {
            if (q.authenticate(r)) {
                r.getWriter().print("hello " + q.getRemoteUser());
            }
        }), "/ask"));
        MemoryResponse asked = Call.get(app, "/c/ask");
        assertEquals("please, GET /c/ask", asked.text());
        MemoryResponse right = submit(app, cookie(asked), "alice", "secret");
        assertEquals("http://www.example.org/c/ask", right.header("Location"));
        assertEquals("hello alice", get(app, cookie(right), "/c/ask").text());
    }

    @Test
    void loginAndLogoutByTheApplication() throws Exception {
        ServletApplication app = Servlets.deployed(site(FORM)
                .servlet("login by code", Servlets.servlet((q, r) -> q.login("alice", "secret")), "/code")
                .servlet("logout", Servlets.servlet((q, r) -> q.logout()), "/logout"));
        String cookie = cookie(Call.get(app, "/c/code"));
        assertTrue(get(app, cookie, "/c/in/x").text().endsWith("alice FORM"));
        get(app, cookie, "/c/logout");
        assertTrue(get(app, cookie, "/c/in/x").text().startsWith("please"));
    }

    @Test
    void aStoreThatCantTellIsA503() throws Exception {
        ServletApplication app = Servlets.deployed(site(FORM.withStore(shown -> {
            throw new IOException("down");
        })));
        assertEquals(503, submit(app, "", "alice", "secret").status());
        assertTrue(Call.get(app, "/c/in/x").text().startsWith("please"));
    }

    /** Another login in a session that has one: the new one counts, under a new id. */
    @Test
    void aSecondLoginReplacesTheFirst() throws Exception {
        ServletApplication app = app();
        String first = cookie(submit(app, "", "alice", "secret"));
        String second = cookie(submit(app, first, "bob", "s3cret:x"));
        assertNotEquals(first, second);
        assertTrue(get(app, second, "/c/in/x").text().endsWith("bob FORM"));
        assertTrue(get(app, first, "/c/in/x").text().startsWith("please"));
    }

    @Test
    void authorizationFieldsAreNothingToIt() throws Exception {
        MemoryResponse response = Call.of(app(), "GET", "/c/in/x")
                .field("Authorization", SecurityTest.basic("alice", "secret")).send();
        assertTrue(response.text().startsWith("please"));
        assertNull(response.header("WWW-Authenticate"));
    }

    @Test
    void beforeThePageNothingMustBeSent() throws Exception {
        ServletApplication app = Servlets.deployed(site(FORM).servlet("late", Servlets.servlet((q, r) -> {
            r.flushBuffer();
            assertThrows(IllegalStateException.class, () -> q.authenticate(r));
        }), "/late"));
        assertEquals(200, Call.get(app, "/c/late").status());
    }
}
