/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.security.DigestScheme;
import io.gatehouse.security.Guarantee;
import io.gatehouse.security.IdentityStore;
import io.gatehouse.security.LoginMethod;
import io.gatehouse.security.Requirement;
import io.gatehouse.security.SecurityConstraint;
import io.gatehouse.security.SecurityConstraints;
import io.gatehouse.security.SecuritySettings;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.annotation.ServletSecurity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests get into an application (Servlet 6.1 section 13.8.3). Asked once for each request as it
 * arrives; what an application forwards or includes is its own affair (section 13.2). Configured by the deploying
 * thread, used by all after.
 */
final class Security {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.security");

    private final Context context;
    private final SecuritySettings settings;
    private final @Nullable DigestScheme digest;
    private final @Nullable FormLogin form;
    private volatile SecurityConstraints constraints = SecurityConstraints.NONE;
    private volatile Set<String> annotatedRoles = Set.of();

    Security(Context context, ServletApplicationBuilder builder) {
        this.context = context;
        this.settings = builder.security;
        this.digest = settings.method() == LoginMethod.DIGEST
                ? new DigestScheme(settings.realm(), builder.clock, builder.random) : null;
        this.form = settings.method() == LoginMethod.FORM ? new FormLogin(context, settings) : null;
    }

    SecuritySettings settings() {
        return settings;
    }

    @Nullable DigestScheme digest() {
        return digest;
    }

    @Nullable FormLogin form() {
        return form;
    }

    /** The roles that the application declares, in whatever way. */
    Set<String> declaredRoles() {
        Set<String> all = new TreeSet<>(settings.roles());
        all.addAll(context.roles());
        all.addAll(annotatedRoles);
        return all;
    }

    /** Which of these patterns the descriptor has constraints for: an element of a servlet does not change them (13.4). */
    Set<String> described(Iterable<String> patterns) {
        Set<String> found = new LinkedHashSet<>();
        for (String pattern : patterns) {
            boolean named = settings.constraints().stream()
                    .anyMatch(each -> each.resources().stream().anyMatch(some -> some.patterns().contains(pattern)));
            if (named) {
                found.add(pattern);
            }
        }
        return found;
    }

    /** Nothing changes any more: works the constraints out, and tells the log what is not covered. */
    void start() {
        annotatedRoles = rolesOfClasses();
        Set<String> declared = declaredRoles();
        List<SecurityConstraint> all = new ArrayList<>(settings.constraints());
        for (ServletDefinition servlet : context.registry().servletsByName().values()) {
            ServletSecurityElement element = servlet.security();
            Class<?> type = element == null ? annotated(servlet) : null;
            ServletSecurity annotation = type == null ? null : type.getAnnotation(ServletSecurity.class);
            if (annotation != null) {
                element = new ServletSecurityElement(annotation);
            }
            if (element != null) {
                Set<String> patterns = new LinkedHashSet<>(servlet.getMappings());
                patterns.removeAll(described(patterns));
                all.addAll(SecurityElements.constraints(servlet.getName(), element, patterns, declared));
            }
        }
        constraints = SecurityConstraints.of(all, declared, settings.denyUncovered());
        for (SecurityConstraints.Uncovered each : constraints.uncovered()) {
            LOG.log(settings.denyUncovered() ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
                    "at '" + each.pattern() + "' of " + name() + " no constraint covers " + each.methods() + ": "
                            + (settings.denyUncovered() ? "denied" : "open to everyone, unless uncovered methods are denied"));
        }
        warn(all);
    }

    private Set<String> rolesOfClasses() {
        Set<String> found = new TreeSet<>();
        for (ServletDefinition servlet : context.registry().servletsByName().values()) {
            Class<?> type = annotated(servlet);
            if (type != null) {
                found.addAll(RoleAnnotations.declared(type));
            }
        }
        return found;
    }

    /** The class of a servlet, if its annotations count and it can be loaded; else null. */
    @Nullable Class<?> annotated(ServletDefinition servlet) {
        return settings.annotations() && servlet.component().annotated() ? servlet.instance().type() : null;
    }

    private void warn(List<SecurityConstraint> all) {
        boolean known = settings.method() != LoginMethod.NONE;
        if (known && settings.store() == IdentityStore.NOBODY) {
            LOG.log(System.Logger.Level.WARNING, name() + " has a login but knows nobody: give it an identity store");
        }
        if (settings.httpsPort() == 0 && all.stream().anyMatch(each -> each.guarantee() != Guarantee.NONE)) {
            LOG.log(System.Logger.Level.INFO, name() + " refuses plain requests where a constraint asks for a protected "
                    + "connection, unless the server has one endpoint with https, to which they are redirected");
        }
    }

    private String name() {
        String name = context.getServletContextName();
        return name == null ? "the application at " + context.getContextPath() + "/" : name;
    }

    /** Whether a request may go on to filters and servlet; if not, it is answered. */
    boolean admits(RequestRun run) throws IOException, ServletException {
        AppRequest request = run.request();
        FormLogin login = form;
        if (login == null && constraints.isEmpty()) {
            return true;
        }
        String path = inside(run);
        if (login != null) {
            if (FormLogin.isSubmission(request, path)) {
                if (!request.isSecure() && (login.confidential() || confidential("POST", path))) {
                    toProtected(run);
                    return false;
                }
                login.submitted(run);
                return false;
            }
            login.restore(run);
        }
        Requirement first = constraints.find(request.getMethod(), path);
        String served = request.path().inContext();
        // A directory's welcome file has to be allowed as well as the directory.
        Requirement second = served.equals(path) ? first : constraints.find(request.getMethod(), served);
        if (first.denied() || second.denied()) {
            run.response().confine(Privacy.PRIVATE);
            run.response().sendError(403);
            return false;
        }
        if ((first.confidential() || second.confidential()) && !request.isSecure()) {
            toProtected(run);
            return false;
        }
        if (!first.needsIdentity() && !second.needsIdentity()) {
            return true;
        }
        run.response().confine(Privacy.PRIVATE);
        if (login != null && login.isPage(request, path)) {
            return true;
        }
        if (!run.caller().demand()) {
            return false;
        }
        Login caller = run.caller().login();
        if (caller == null || !first.admits(caller.identity()) || !second.admits(caller.identity())) {
            run.response().sendError(403);
            return false;
        }
        return true;
    }

    /** Whether such a request needs a protected connection. */
    boolean confidential(String method, String path) {
        return constraints.find(method, path).confidential();
    }

    /** The path inside the context, by the same rules that lead to the servlet. */
    private String inside(RequestRun run) {
        String inside = run.received().path().substring(context.getContextPath().length());
        return run.uri().indexOf(';') >= 0 ? DispatchPath.withoutParameters(inside) : inside;
    }

    /** To the same place over a protected connection; what has a body takes it along. */
    void toProtected(RequestRun run) throws IOException {
        AppRequest request = run.request();
        int port = settings.httpsPort() == 0 ? run.received().securePort() : settings.httpsPort();
        if (port == 0) {
            run.response().sendError(403);
            return;
        }
        String host = request.getServerName();
        String query = run.received().query();
        String location = "https://" + (host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host)
                + (port == 443 ? "" : ":" + port) + run.uri() + (query == null ? "" : "?" + query);
        boolean safe = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        LOG.log(System.Logger.Level.DEBUG, () -> "to " + FieldSyntax.printable(location));
        run.response().confine(Privacy.NO_STORE);
        run.response().sendRedirect(location, safe ? 302 : 307);
    }
}
