/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.security.SecurityConstraint;
import io.gatehouse.security.SecuritySettings;
import io.gatehouse.servlet.ServletApplicationBuilder;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 13.6.3: login by a form of the application. */
interface FormLoginChapter extends Chapter {

    /** A page that says its name and how it was asked for. */
    final class Page extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setHeader("Cache-Control", "max-age=3600");
            response.getWriter().print(request.getServletPath() + " " + request.getMethod() + " " + request.getDispatcherType());
        }
    }

    private static void formed(ServletApplicationBuilder app) {
        app.contextPath("/f").security(SecuritySettings.NONE
                .withForm("/login", "/failed?why=wrong", ConstraintChapter.users()).withSavedBytes(400)
                .withConstraints(
                        SecurityConstraint.on("/*").roles("boss", "clerk"),
                        SecurityConstraint.on("/post/*").methods("POST", "PUT").roles("clerk"),
                        SecurityConstraint.on("/boss/*").roles("boss"),
                        SecurityConstraint.on("/open/*")));
        app.sessionTracking(SessionTrackingMode.COOKIE, SessionTrackingMode.URL);
        app.servlet("tells", new Tells(), "/*").servlet("page", new Page(), "/login", "/failed");
    }

    private ContractSite formed() throws IOException {
        return site(FormLoginChapter.class, FormLoginChapter::formed);
    }

    private static String cookie(String id) {
        return "Cookie: JSESSIONID=" + id;
    }

    /** Sends the form; the answer. */
    private Reply submit(String session, String user, String password) throws IOException {
        String form = "j_username=" + user + "&j_password=" + password;
        String type = "Content-Type: application/x-www-form-urlencoded";
        return session == null ? formed().ask("POST /f/j_security_check", type, "", form)
                : formed().ask("POST /f/j_security_check", cookie(session), type, "", form);
    }

    /** The id of a session in which the user has logged in. */
    private String loggedIn(String user, String password) throws IOException {
        Reply reply = submit(null, user, password);
        assertEquals(303, reply.status());
        return reply.session();
    }

    @Section("13.6.3")
    @Test
    default void whoIsNotKnownGetsTheLoginPageInPlace() throws Exception {
        Reply reply = formed().ask("GET /f/x?a=b");
        assertEquals(200, reply.status());
        assertEquals("/login GET FORWARD", reply.text());
        assertEquals("no-store", reply.field("Cache-Control"), "whatever the page says");
        assertTrue(reply.has("Set-Cookie"));
    }

    @Section("13.6.3")
    @Test
    default void theRightPasswordLeadsToWhatWasAskedFor() throws Exception {
        String before = formed().ask("GET /f/x/y%20z?a=b%26c").session();
        Reply reply = submit(before, "bob", "b");
        assertEquals(303, reply.status());
        assertEquals("http://test/f/x/y%20z?a=b%26c", reply.field("Location"));
        assertEquals("no-store", reply.field("Cache-Control"));
        Reply asked = formed().ask("GET /f/x/y%20z?a=b%26c", cookie(reply.session()));
        assertEquals("GET /x/y z bob FORM clerk known", asked.text());
        assertEquals("private", asked.field("Cache-Control"));
        assertEquals("GET /other bob FORM clerk known", formed().ask("GET /f/other", cookie(reply.session())).text());
    }

    /** Who has planted the id of a session in a browser gets nothing by its login. */
    @Section("13.6.3")
    @Test
    default void theSessionHasAnotherIdAfterTheLogin() throws Exception {
        String planted = formed().ask("GET /f/x").session();
        String after = submit(planted, "bob", "b").session();
        assertNotEquals(planted, after);
        assertEquals("/login GET FORWARD", formed().ask("GET /f/x", cookie(planted)).text());
        assertEquals("GET /x bob FORM clerk known", formed().ask("GET /f/x", cookie(after)).text());
    }

    @Section("13.10")
    @Test
    default void theSessionKeepsWhatItHad() throws Exception {
        String before = formed().ask("GET /f/open/x?do=session&value=basket").session();
        formed().ask("GET /f/x", cookie(before));
        String after = submit(before, "bob", "b").session();
        assertEquals("basket: GET /open/x bob FORM clerk known",
                formed().ask("GET /f/open/x?do=attribute", cookie(after)).text());
    }

    @Section("13.6.3")
    @ParameterizedTest
    @CsvSource({"bob, wrong", "nobody, b", "'', ''", "bob, ''"})
    default void theWrongPasswordLeadsToTheErrorPage(String user, String password) throws Exception {
        String session = formed().ask("GET /f/x").session();
        Reply reply = submit(session, user, password);
        assertEquals(200, reply.status());
        assertEquals("/failed GET FORWARD", reply.text());
        assertEquals("no-store", reply.field("Cache-Control"));
        assertEquals("/login GET FORWARD", formed().ask("GET /f/x", cookie(session)).text());
        assertEquals("http://test/f/x", submit(session, "bob", "b").field("Location"), "the next try leads on");
    }

    @Section("13.6.3")
    @ParameterizedTest
    @ValueSource(strings = {"", "j_username=bob", "j_password=b", "J_USERNAME=bob&J_PASSWORD=b"})
    default void halfAFormIsWrong(String form) throws Exception {
        assertEquals("/failed GET FORWARD", formed().ask("POST /f/j_security_check",
                "Content-Type: application/x-www-form-urlencoded", "", form).text());
    }

    @Section("13.6.3")
    @Test
    default void theFormMayBeInUtf8AndAnywhere() throws Exception {
        Reply reply = formed().ask("POST /f/deep/down/j_security_check", "Content-Type: application/x-www-form-urlencoded", "",
                "j_username=zo%C3%AB&j_password=p%C3%A4ssw%C3%B6rd");
        assertEquals(303, reply.status());
        String location = reply.field("Location");
        assertEquals("http://test/f/", location.replaceAll(";jsessionid=.*", ""), "nothing was asked for: the front page");
    }

    @Section("13.6.3")
    @Test
    default void aFormIsSentByPostOnly() throws Exception {
        assertEquals("/login GET FORWARD", formed().ask("GET /f/j_security_check?j_username=bob&j_password=b").text());
    }

    @Section("13.6.3")
    @Test
    default void http10IsRedirectedWith302() throws Exception {
        assertEquals(302, formed().ask("POST /f/j_security_check HTTP/1.0",
                "Content-Type: application/x-www-form-urlencoded", "", "j_username=bob&j_password=b").status());
    }

    @Section("13.6.3")
    @Test
    default void aPostIsMadeAgainAsItWas() throws Exception {
        Reply page = formed().ask("POST /f/post/it?q=1", "Content-Type: application/x-www-form-urlencoded", "X-Mark: m", "",
                "text=a+long+tale");
        assertEquals("/login GET FORWARD", page.text());
        Reply reply = submit(page.session(), "bob", "b");
        assertEquals("http://test/f/post/it?q=1", reply.field("Location"));
        String cookie = cookie(reply.session());
        assertEquals("POST /post/it bob FORM clerk known [a long tale]", formed().ask("GET /f/post/it?q=1", cookie).text());
        assertEquals("GET /post/it bob FORM clerk known", formed().ask("GET /f/post/it?q=1", cookie).text(), "once");
    }

    @Section("13.6.3")
    @Test
    default void aChunkedPutIsMadeAgain() throws Exception {
        Reply page = formed().ask("PUT /f/post/it", "Transfer-Encoding: chunked", "Expect: 100-continue", "", "3", "abc", "0", "", "");
        assertEquals(200, page.status(), page::text);
        Reply reply = submit(page.session(), "bob", "b");
        assertEquals("PUT /post/it bob FORM clerk known", formed().ask("GET /f/post/it", cookie(reply.session())).text());
    }

    @Section("13.6.3")
    @Test
    default void aRestoredRequestIsStillHeldToItsConstraints() throws Exception {
        Reply page = formed().ask("POST /f/post/it", "Content-Type: application/x-www-form-urlencoded", "", "text=x");
        Reply reply = submit(page.session(), "zo%C3%AB", "p%C3%A4ssw%C3%B6rd");
        assertEquals(403, formed().ask("GET /f/post/it", cookie(reply.session())).status());
    }

    @Section("13.6.3")
    @Test
    default void anotherRequestDoesNotTakeTheSavedOne() throws Exception {
        Reply page = formed().ask("POST /f/post/it?a", "Content-Type: application/x-www-form-urlencoded", "", "text=x");
        String cookie = cookie(submit(page.session(), "bob", "b").session());
        assertEquals("GET /post/it bob FORM clerk known", formed().ask("GET /f/post/it?b", cookie).text());
        assertEquals("GET /post/its bob FORM clerk known", formed().ask("GET /f/post/its?a", cookie).text());
        assertEquals("POST /post/it bob FORM clerk known [x]", formed().ask("GET /f/post/it?a", cookie).text());
    }

    @Section("13.6.3")
    @Test
    default void whatIsTooLongToKeepIsRefused() throws Exception {
        Reply fits = formed().ask("POST /f/post/it", "Content-Type: text/plain", "", "x".repeat(100));
        assertEquals(200, fits.status());
        Reply reply = formed().ask("POST /f/post/it", "Content-Type: text/plain", "", "x".repeat(401));
        assertEquals(413, reply.status());
        assertTrue(reply.text().contains("savedBytes"), reply.text());
        assertEquals(413, formed().ask("POST /f/post/it", "Transfer-Encoding: chunked", "",
                "191", "x".repeat(401), "0", "", "").status());
    }

    @Section("13.6.3")
    @Test
    default void whatAPageLoadsBesidesIsNotWhereItsReaderWantsToGo() throws Exception {
        String session = formed().ask("GET /f/x", "Sec-Fetch-Mode: navigate").session();
        formed().ask("GET /f/style.css", cookie(session), "Sec-Fetch-Mode: no-cors");
        assertEquals("http://test/f/x", submit(session, "bob", "b").field("Location"));
    }

    @Section("13.6.3")
    @Test
    default void thePagesThemselvesAreForEverybody() throws Exception {
        assertEquals("/login GET REQUEST", formed().ask("GET /f/login").text());
        assertEquals("/failed GET REQUEST", formed().ask("GET /f/failed").text());
        assertEquals("/login GET FORWARD", formed().ask("GET /f/loginx").text());
        assertEquals("/login GET FORWARD", formed().ask("POST /f/login").text());
    }

    @Section("13.8.3")
    @Test
    default void whoIsKnownButMayNotIsRefused() throws Exception {
        Reply reply = formed().ask("GET /f/boss/x", cookie(loggedIn("bob", "b")));
        assertEquals(403, reply.status());
        assertEquals("GET /boss/x alice FORM boss clerk known",
                formed().ask("GET /f/boss/x", cookie(loggedIn("alice", "open:sesame"))).text());
    }

    @Section("13.10")
    @Test
    default void afterLogoutOrTheEndOfTheSessionTheLoginPageIsSent() throws Exception {
        String cookie = cookie(loggedIn("bob", "b"));
        assertEquals("GET /x null null", formed().ask("GET /f/x?do=logout", cookie).text());
        assertEquals("/login GET FORWARD", formed().ask("GET /f/x", cookie).text());
        String other = cookie(loggedIn("bob", "b"));
        assertEquals("GET /x bob FORM clerk known", formed().ask("GET /f/x?do=end", other).text(), "to the request's end");
        assertEquals("/login GET FORWARD", formed().ask("GET /f/x", other).text());
    }

    @Section("13.6.3")
    @Test
    default void anotherUserGetsNothingOfTheSession() throws Exception {
        String bob = loggedIn("bob", "b");
        formed().ask("GET /f/x?do=session&value=bobs", cookie(bob));
        String alice = submit(bob, "alice", "open:sesame").session();
        assertEquals("null: GET /x alice FORM boss clerk known", formed().ask("GET /f/x?do=attribute", cookie(alice)).text());
        String again = submit(alice, "alice", "open:sesame").session();
        assertNotEquals(alice, again);
        assertEquals("/login GET FORWARD", formed().ask("GET /f/x", cookie(bob)).text());
    }

    @Section("HttpServletRequest.login")
    @Test
    default void aLoginByCodeMakesASession() throws Exception {
        Reply reply = formed().ask("GET /f/open/x?do=login&value=bob&password=b");
        assertEquals("in: GET /open/x bob FORM clerk known", reply.text());
        assertEquals("GET /x bob FORM clerk known", formed().ask("GET /f/x", cookie(reply.session())).text());
    }

    @Section("HttpServletRequest.authenticate")
    @Test
    default void anApplicationCanHaveTheLoginPageSent() throws Exception {
        Reply page = formed().ask("GET /f/open/x?do=authenticate");
        assertEquals("/login GET FORWARD", page.text());
        Reply reply = submit(page.session(), "bob", "b");
        assertEquals("http://test/f/open/x?do=authenticate", reply.field("Location"));
        assertEquals("GET /open/x bob FORM clerk known",
                formed().ask("GET /f/open/x?do=authenticate", cookie(reply.session())).text());
    }

    @Section("13.6.3")
    @Test
    default void theSessionMayTravelInTheUrl() throws Exception {
        String session = formed().ask("GET /f/x").session();
        Reply reply = formed().ask("POST /f/j_security_check;jsessionid=" + session,
                "Content-Type: application/x-www-form-urlencoded", "", "j_username=bob&j_password=b");
        String location = reply.field("Location");
        assertTrue(location.startsWith("http://test/f/x;jsessionid="), location);
        assertFalse(location.endsWith(session));
        assertEquals("GET /x bob FORM clerk known", formed().ask("GET " + location.substring("http://test".length())).text());
    }
}
