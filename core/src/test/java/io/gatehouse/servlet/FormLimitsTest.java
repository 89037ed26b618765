/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static io.gatehouse.servlet.FormLoginTest.FORM;
import static io.gatehouse.servlet.FormLoginTest.cookie;
import static io.gatehouse.servlet.FormLoginTest.get;
import static io.gatehouse.servlet.FormLoginTest.site;
import static io.gatehouse.servlet.FormLoginTest.submit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What callers who have not logged in yet may have kept by FORM: so much, and for so long. */
@ExtendWith(Undeploy.class)
final class FormLimitsTest {

    @Test
    void whatWaitsIsBounded() throws Exception {
        ServletApplication app = Servlets.deployed(site(FORM.withSavedBytes(200)));
        MemoryResponse tooLong = Call.of(app, "POST", "/c/in/x").body("x".repeat(201)).send();
        assertEquals(413, tooLong.status());
        assertTrue(tooLong.text().contains("savedBytes"), tooLong.text());
        assertEquals(413, Call.of(app, "POST", "/c/in/x").chunked().body("x".repeat(201)).send().status());
        assertEquals(413, Call.of(app, "GET", "/c/in/x").field("X-Own", "x".repeat(200)).send().status());
        assertEquals(413, Call.of(app, "GET", "/c/in/" + "x".repeat(200)).send().status());
        assertEquals(200, Call.of(app, "POST", "/c/in/x").body("x".repeat(100)).send().status());
    }

    /** What all sessions keep together is bounded too, and given back. */
    @Test
    void whatAllKeepIsBounded() throws Exception {
        ServletApplication app = Servlets.deployed(site(FORM.withSavedBytes(100)).limits(ServletLimits.DEFAULT)
                .servlet("end", Servlets.servlet((q, r) -> q.getSession().invalidate()), "/end"));
        FormLogin form = ((Context) app.context()).security().form();
        String last = "";
        int status = 200;
        int made = 0;
        for (; status == 200 && made < 2000; made++) {
            MemoryResponse response = Call.of(app, "POST", "/c/in/x").body("x".repeat(90)).send();
            status = response.status();
            last = status == 200 ? cookie(response) : last;
        }
        assertEquals(503, status);
        assertEquals(51_200 / 97 + 1, made);
        assertTrue(form.savedBytes() <= 51_200, form.savedBytes() + " bytes");
        get(app, last, "/c/end");
        assertEquals(200, Call.of(app, "POST", "/c/in/x").body("x".repeat(90)).send().status());
        String replaced = cookie(Call.of(app, "POST", "/c/in/x").body("").send());
        long before = form.savedBytes();
        String after = cookie(submit(app, replaced, "alice", "secret"));
        get(app, after, "/c/in/x");
        assertEquals(before - 7, form.savedBytes());
        app.undeploy(Duration.ZERO);
        assertEquals(0, form.savedBytes());
    }

    /** So many sessions wait for a login; the others get the page without one, and nobody's session is taken. */
    @Test
    void sessionsThatWaitAreBounded() throws Exception {
        ServletApplication app = Servlets.deployed(site(FORM).limits(ServletLimits.DEFAULT.withLogins(3).withSessions(5))
                .servlet("end", Servlets.servlet((q, r) -> q.getSession().invalidate()), "/end")
                .servlet("make", Servlets.servlet((q, r) -> q.getSession()), "/make"));
        List<String> cookies = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            MemoryResponse page = Call.get(app, "/c/in/x");
            assertEquals(200, page.status());
            assertEquals("please, GET /c/in/x", page.text());
            if (page.header("Set-Cookie") != null) {
                cookies.add(cookie(page));
            }
        }
        assertEquals(3, cookies.size());
        assertEquals(200, Call.get(app, "/c/make").status());
        // A login gives its place back, and so does the end of a session.
        cookies.set(0, cookie(submit(app, cookies.get(0), "alice", "secret")));
        assertNotNull(Call.get(app, "/c/in/x").header("Set-Cookie"));
        assertNull(Call.get(app, "/c/in/x").header("Set-Cookie"));
        get(app, cookies.get(1), "/c/end");
        assertNotNull(Call.get(app, "/c/in/x").header("Set-Cookie"));
        assertNull(Call.get(app, "/c/in/x").header("Set-Cookie"));
        // Who has no session logs in all the same, once there is room for one, and begins at the front page.
        get(app, cookies.get(2), "/c/end");
        assertEquals("http://www.example.org/c/", submit(app, "", "alice", "secret").header("Location"));
    }
}
