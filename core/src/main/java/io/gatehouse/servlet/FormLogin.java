/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Request;
import io.gatehouse.http.HttpDate;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.security.Credentials;
import io.gatehouse.security.Identity;
import io.gatehouse.security.SecuritySettings;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * FORM authentication (Servlet 6.1 section 13.6.3), on the worker of the request that it is about:
 *
 * <pre>
 *   a request for what is constrained ──► kept in the session, answered by the login page
 *   POST .../j_security_check ──wrong──► the error page
 *                             ──right──► the session gets another id, 303 to what was asked for
 *   that request ──► in its place, the one that was kept: method, fields and body
 * </pre>
 */
final class FormLogin {

    /** What all sessions may keep together, as a multiple of what one may. */
    private static final int SAVED_AT_ONCE = 512;

    /** A session that was made for a login lives that long without one, in seconds: anybody can have them made. */
    private static final int WAITING_SECONDS = 600;

    private static final System.Logger LOG = System.getLogger("io.gatehouse.security");

    private final Context context;
    private final SecuritySettings settings;
    private final String loginPage;
    private final String errorPage;
    private final AtomicLong saved = new AtomicLong();
    private final AtomicInteger logins = new AtomicInteger();

    FormLogin(Context context, SecuritySettings settings) {
        this.context = context;
        this.settings = settings;
        this.loginPage = String.valueOf(settings.loginPage());
        this.errorPage = String.valueOf(settings.errorPage());
    }

    /** Whether a request brings name and password. By GET they would be in logs and histories: that is none. */
    static boolean isSubmission(AppRequest request, String path) {
        return path.endsWith("/j_security_check") && request.getMethod().equals("POST");
    }

    /** Whether it is the login or the error page, which must be seen by who is not known. */
    boolean isPage(AppRequest request, String path) {
        boolean read = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        return read && (path.equals(pathOf(loginPage)) || path.equals(pathOf(errorPage)));
    }

    /** Whether one of its pages is for protected connections only: then it and what it sends must not go over another one. */
    boolean confidential() {
        Security security = context.security();
        return security.confidential("GET", pathOf(loginPage)) || security.confidential("GET", pathOf(errorPage));
    }

    private static String pathOf(String page) {
        int query = page.indexOf('?');
        return query < 0 ? page : page.substring(0, query);
    }

    /** Keeps a request and answers it with the login page; or sends it to where that page may be seen. */
    void begin(RequestRun run) throws ServletException, IOException {
        if (!run.request().isSecure() && confidential()) {
            context.security().toProtected(run);
            return;
        }
        keep(run);
        show(run, loginPage);
    }

    /** Name and password have come. */
    void submitted(RequestRun run) throws ServletException, IOException {
        AppRequest request = run.request();
        neverStored(run);
        if (request.getCharacterEncoding() == null) {
            // Pages are in UTF-8 today, and a form says nothing about it.
            request.setCharacterEncoding(StandardCharsets.UTF_8);
        }
        String name = request.getParameter("j_username");
        String password = request.getParameter("j_password");
        Identity identity;
        try {
            identity = name == null || password == null
                    ? null : settings.store().find(new Credentials.Password(name, password));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "the identity store can't tell who is calling", e);
            run.response().setHeader("Retry-After", "5");
            run.response().sendError(503);
            return;
        }
        if (identity == null) {
            show(run, errorPage);
            return;
        }
        run.caller().remember(identity, true);
        Session session = request.session().find(true);
        SavedRequest waiting = session == null ? null : session.saved();
        // With the origin in front: a path that begins with two slashes would lead to another host.
        String location = Locations.origin(request)
                + (waiting == null ? context.getContextPath() + "/" : waiting.location());
        boolean early = run.received().head().version() == HttpVersion.HTTP_1_0;
        run.response().sendRedirect(run.response().encodeRedirectURL(location), early ? 302 : 303);
    }

    /** Puts the request that was kept in the place of the one that the redirect made. */
    void restore(RequestRun run) {
        AppRequest request = run.request();
        Session session = context.sessions().none() ? null : request.session().find(false);
        if (session == null || session.login() == null || !request.getMethod().equals("GET")) {
            return;
        }
        SavedRequest waiting = session.saved();
        if (waiting != null && waiting.isAt(run.uri(), run.received().query())
                && session.forget(waiting)) {
            request.restore(waiting.inPlaceOf(run.received()));
        }
    }

    private void keep(RequestRun run) throws IOException {
        AppRequest request = run.request();
        Session session = request.session().find(false);
        if (session == null) {
            if (logins.incrementAndGet() > context.limits().logins()) {
                // Who asks and asks must not take the sessions of those who have logged in.
                logins.decrementAndGet();
                return;
            }
            session = waiting(request);
        }
        String mode = request.getHeader("Sec-Fetch-Mode");
        if (mode != null && !mode.equals("navigate") && session.saved() != null) {
            // What a page loads besides must not take the place of the page.
            return;
        }
        SavedRequest waiting = SavedRequest.of(run.received(), run.uri(), body(request));
        if (waiting.size() > settings.savedBytes()) {
            throw tooLong();
        }
        if (saved.addAndGet(waiting.size()) > (long) SAVED_AT_ONCE * settings.savedBytes()) {
            saved.addAndGet(-waiting.size());
            if (waiting.method().equals("GET")) {
                // Who fills this up must not keep others from logging in: they begin at the front page.
                return;
            }
            throw new RefusedRequest(503, "too many requests wait for a login: try later");
        }
        session.save(waiting, () -> saved.addAndGet(-waiting.size()));
    }

    /** A new session, which has its place among those who wait. */
    private Session waiting(AppRequest request) {
        Session made;
        try {
            made = Objects.requireNonNull(request.session().find(true));
        } catch (RuntimeException | Error e) {
            logins.decrementAndGet();
            throw e;
        }
        made.waitForLogin(WAITING_SECONDS, logins::decrementAndGet);
        return made;
    }

    private byte[] body(AppRequest request) throws IOException {
        if (request.getMethod().equals("GET") || request.getMethod().equals("HEAD")) {
            return new byte[0];
        }
        byte[] body = request.getInputStream().readNBytes(settings.savedBytes() + 1);
        if (body.length > settings.savedBytes()) {
            throw tooLong();
        }
        return body;
    }

    private RefusedRequest tooLong() {
        return new RefusedRequest(413, "the request is longer than the " + settings.savedBytes()
                + " bytes that are kept during a login: log in first, or raise savedBytes");
    }

    private void show(RequestRun run, String page) throws ServletException, IOException {
        AppRequest request = run.request();
        Dispatcher to = context.dispatcher(page);
        if (to == null) {
            throw new ServletException("nothing answers the page " + page + " of the login: add it to the application");
        }
        neverStored(run);
        Request asked = request.received();
        request.restore(SavedRequest.forPage(asked));
        try {
            to.forward(request, run.response());
        } finally {
            request.restore(asked);
        }
    }

    private static void neverStored(RequestRun run) {
        run.response().confine(Privacy.NO_STORE);
        run.response().setHeader("Expires", HttpDate.format(0));
    }

    /** How many bytes wait in sessions. */
    long savedBytes() {
        return saved.get();
    }
}
