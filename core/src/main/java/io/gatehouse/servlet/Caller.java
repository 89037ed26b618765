/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.security.BasicScheme;
import io.gatehouse.security.Credentials;
import io.gatehouse.security.DigestScheme;
import io.gatehouse.security.Identity;
import io.gatehouse.security.LoginMethod;
import io.gatehouse.security.SecuritySettings;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Who sends a request (Servlet 6.1 section 13.3). Looked for when somebody asks: in the session, then in what the
 * request shows. Belongs, with its request, to one thread at a time.
 */
final class Caller {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.security");

    private final RequestRun run;
    private final SecuritySettings settings;
    private boolean looked;
    private boolean stale;
    private @Nullable Login login;
    private @Nullable IOException unknown;

    Caller(RequestRun run) {
        this.run = run;
        this.settings = run.context().security().settings();
    }

    /** Who has logged in; null if nobody has. What is answered to someone who is known is no shared cache's. */
    @Nullable Login login() {
        if (!looked) {
            looked = true;
            login = find();
        }
        if (login != null) {
            run.response().confine(Privacy.PRIVATE);
        }
        return login;
    }

    @Nullable Principal principal() {
        Login current = login();
        return current == null ? null : current.identity().principal();
    }

    /** By the name that the servlet uses for a role (section 13.3, {@code isUserInRole}). */
    boolean isInRole(@Nullable String name) {
        Login current = name == null || name.equals("*") ? null : login();
        if (current == null || name == null) {
            return false;
        }
        ServletInstance servlet = run.request().servlet();
        String role = settings.role(servlet == null ? null : servlet.name(), name);
        if (role.equals("**") && !run.context().security().declaredRoles().contains("**")) {
            return true;
        }
        return current.identity().roles().contains(role);
    }

    /**
     * For the application: whether someone is known; if not, the login has begun and the response is its.
     *
     * @throws ServletException if there is no login
     */
    boolean authenticate() throws ServletException, IOException {
        if (run.response().isCommitted()) {
            throw new IllegalStateException("the response is committed: authenticate before anything is flushed");
        }
        if (settings.method() == LoginMethod.NONE && login() == null) {
            throw new ServletException("no login is configured: give the application's security settings a method");
        }
        return demand();
    }

    /** Whether someone is known; if not, the request is answered by the login, or refused. */
    boolean demand() throws ServletException, IOException {
        if (login() != null) {
            return true;
        }
        AppResponse response = run.response();
        if (unknown != null) {
            LOG.log(System.Logger.Level.ERROR, "the identity store can't tell who is calling", unknown);
            response.setHeader("Retry-After", "5");
            response.sendError(503);
            return false;
        }
        FormLogin form = run.context().security().form();
        DigestScheme digest = run.context().security().digest();
        if (form != null) {
            form.begin(run);
        } else if (digest != null) {
            response.setHeader("WWW-Authenticate", null);
            digest.challenges(stale).forEach(each -> response.addHeader("WWW-Authenticate", each));
            response.sendError(401);
        } else if (settings.method() == LoginMethod.BASIC) {
            response.setHeader("WWW-Authenticate", BasicScheme.challenge(settings.realm()));
            response.sendError(401);
        } else {
            response.sendError(403);
        }
        return false;
    }

    /** Logs in with a name and a password, {@code HttpServletRequest.login}. */
    void login(@Nullable String name, @Nullable String password) throws ServletException {
        if (login() != null) {
            throw new ServletException("someone is logged in already: call logout before");
        }
        if (settings.method() == LoginMethod.CLIENT_CERT) {
            throw new ServletException("callers show certificates here: names and passwords are for BASIC, DIGEST and FORM");
        }
        Identity identity;
        try {
            identity = name == null || password == null
                    ? null : settings.store().find(new Credentials.Password(name, password));
        } catch (IOException e) {
            throw new ServletException("the identity store can't tell who is calling", e);
        }
        if (identity == null) {
            throw new ServletException("name or password is wrong");
        }
        remember(identity, settings.method() == LoginMethod.FORM);
    }

    /** Someone has logged in: in the session, if there is one, which gets another id (section 7.3, against fixation). */
    void remember(Identity identity, boolean create) {
        Login made = new Login(identity, settings.method().authType());
        RequestSession sessions = run.request().session();
        Session before = sessions.find(false);
        Login other = before == null ? null : before.login();
        if (before != null && other != null && !other.identity().name().equals(identity.name())) {
            // What one user has left in a session is nothing for the next one.
            before.invalidate();
        }
        Session session = sessions.find(create);
        if (session != null) {
            sessions.changeId();
            session.login(made);
        }
        looked = true;
        login = made;
        run.response().confine(Privacy.PRIVATE);
    }

    void logout() {
        Session session = run.request().session().find(false);
        if (session != null) {
            session.login(null);
        }
        looked = true;
        login = null;
    }

    private @Nullable Login find() {
        Session session = run.request().session().find(false);
        Login before = session == null ? null : session.login();
        if (before != null) {
            return before;
        }
        try {
            Identity found = shown();
            return found == null ? null : new Login(found, settings.method().authType());
        } catch (IOException e) {
            unknown = e;
            LOG.log(System.Logger.Level.DEBUG, "the identity store can't tell who is calling", e);
            return null;
        }
    }

    /** Whom the request itself shows. */
    private @Nullable Identity shown() throws IOException {
        List<String> fields = run.received().fields().all("Authorization");
        return switch (settings.method()) {
            case BASIC -> ask(BasicScheme.read(fields));
            case CLIENT_CERT -> ask(certificates(run.received().connection().tls()));
            case DIGEST -> digest(fields);
            case FORM, NONE -> null;
        };
    }

    private @Nullable Identity ask(@Nullable Credentials shown) throws IOException {
        return shown == null ? null : settings.store().find(shown);
    }

    private @Nullable Identity digest(List<String> fields) throws IOException {
        DigestScheme scheme = run.context().security().digest();
        DigestScheme.Attempt attempt = scheme == null ? null
                : scheme.read(fields, run.received().method(), run.received().head().target());
        Identity found = attempt == null ? null : ask(attempt.credentials());
        if (scheme == null || attempt == null || found == null) {
            return null;
        }
        stale = !scheme.use(attempt);
        return stale ? null : found;
    }

    private static @Nullable Credentials certificates(@Nullable SSLSession tls) {
        if (tls == null) {
            return null;
        }
        try {
            Certificate[] chain = tls.getPeerCertificates();
            X509Certificate[] certificates = Arrays.copyOf(chain, chain.length, X509Certificate[].class);
            return chain.length == 0 ? null : new Credentials.Certificates(List.of(certificates));
        } catch (SSLPeerUnverifiedException | ArrayStoreException e) {
            LOG.log(System.Logger.Level.DEBUG, "the client showed no certificate", e);
            return null;
        }
    }
}
