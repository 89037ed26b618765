/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The security of an application: what the elements of Servlet 6.1 sections 13 and 14.4 say, and who knows the callers.
 * Immutable; each {@code with} is a copy with one thing changed.
 *
 * <p>A login is the application's own: the tracking of section 13.7, by which who is known to one application is known to all, is
 * not there. Applications that share a store share names, passwords and roles, but with FORM and with {@code login} each of
 * them asks once; with BASIC and DIGEST a browser repeats for the same realm what it was told, and a certificate is shown to all.
 *
 * <pre>
 *   SecuritySettings.NONE
 *       .withBasic("accounts", store)
 *       .withConstraints(SecurityConstraint.on("/admin/*").roles("admin").confidential())
 *       .withHttpsPort(443)
 * </pre>
 *
 * @param method how callers show who they are
 * @param realm that BASIC and DIGEST name
 * @param store who knows them
 * @param loginPage of FORM, a path inside the context; null otherwise
 * @param errorPage of FORM, a path inside the context; null otherwise
 * @param roles that the application declares
 * @param constraints on its resources
 * @param denyUncovered whether methods that no constraint covers are denied where others are constrained (13.8.4)
 * @param roleLinks by servlet and by the name that it uses, the role that is meant ({@code security-role-ref})
 * @param httpsPort to which a request that needs a protected connection is redirected; 0: that of the
 *     one endpoint with https that the server has; if there is none, or several, it is refused with 403
 * @param savedBytes how long a request that FORM keeps during the login may be, fields and body, in bytes; a longer one
 *     is a 413
 * @param annotations whether {@code @ServletSecurity} on servlets' classes counts
 */
public record SecuritySettings(
        LoginMethod method, String realm, IdentityStore store, @Nullable String loginPage, @Nullable String errorPage,
        Set<String> roles, List<SecurityConstraint> constraints, boolean denyUncovered,
        Map<String, Map<String, String>> roleLinks, int httpsPort, int savedBytes, boolean annotations) {

    /** No login and no constraints; 32 KiB for a request that FORM keeps. */
    public static final SecuritySettings NONE = new SecuritySettings(
            LoginMethod.NONE, "application", IdentityStore.NOBODY, null, null, Set.of(), List.of(), false, Map.of(), 0,
            32 << 10, true);

    /**
     * Copies, and checks that all fits together.
     *
     * @throws IllegalArgumentException if it does not
     */
    public SecuritySettings {
        roles = Set.copyOf(roles);
        constraints = List.copyOf(constraints);
        Map<String, Map<String, String>> links = new HashMap<>();
        roleLinks.forEach((servlet, each) -> links.put(servlet, Map.copyOf(each)));
        roleLinks = Map.copyOf(links);
        if (method == LoginMethod.FORM) {
            requirePage("login", loginPage);
            requirePage("error", errorPage);
        }
        if (!realm.chars().allMatch(c -> c >= ' ' && c < 0x7F)) {
            throw new IllegalArgumentException("a realm has printable ASCII characters only: choose another name");
        }
        if (httpsPort < 0 || httpsPort > 65_535) {
            throw new IllegalArgumentException("the port for https is " + httpsPort + ": set it from 1 to 65535, or to 0");
        }
        if (savedBytes < 0) {
            throw new IllegalArgumentException("savedBytes is " + savedBytes + ": set it to 0 or more");
        }
    }

    private static void requirePage(String which, @Nullable String page) {
        if (page == null || !page.startsWith("/")) {
            throw new IllegalArgumentException(
                    "the " + which + " page of FORM is " + page + ": give a path that begins with /");
        }
    }

    /** With name and password in each request, which should come over protected connections only. */
    public SecuritySettings withBasic(String name, IdentityStore knows) {
        return withLogin(LoginMethod.BASIC, name, null, null).withStore(knows);
    }

    /** With the proof of a password in each request. */
    public SecuritySettings withDigest(String name, IdentityStore knows) {
        return withLogin(LoginMethod.DIGEST, name, null, null).withStore(knows);
    }

    /** With a page that posts {@code j_username} and {@code j_password} to {@code j_security_check}, and one for failures. */
    public SecuritySettings withForm(String login, String error, IdentityStore knows) {
        return withLogin(LoginMethod.FORM, realm, login, error).withStore(knows);
    }

    /** With the certificate of the TLS connection. */
    public SecuritySettings withClientCertificates(IdentityStore knows) {
        return withLogin(LoginMethod.CLIENT_CERT, realm, null, null).withStore(knows);
    }

    /** With another login, as a descriptor names it; the pages are FORM's. */
    public SecuritySettings withLogin(LoginMethod how, String name, @Nullable String login, @Nullable String error) {
        return new SecuritySettings(how, name, store, login, error, roles, constraints, denyUncovered, roleLinks, httpsPort,
                savedBytes, annotations);
    }

    /** With another store. */
    public SecuritySettings withStore(IdentityStore knows) {
        return new SecuritySettings(method, realm, knows, loginPage, errorPage, roles, constraints, denyUncovered, roleLinks,
                httpsPort, savedBytes, annotations);
    }

    /** With these roles declared besides. */
    public SecuritySettings withRoles(String... more) {
        Set<String> all = new TreeSet<>(roles);
        all.addAll(List.of(more));
        return new SecuritySettings(method, realm, store, loginPage, errorPage, all, constraints, denyUncovered, roleLinks,
                httpsPort, savedBytes, annotations);
    }

    /** With these constraints besides. */
    public SecuritySettings withConstraints(SecurityConstraint... more) {
        return withConstraints(List.of(more));
    }

    /** With these constraints besides. */
    public SecuritySettings withConstraints(Collection<SecurityConstraint> more) {
        List<SecurityConstraint> all = new ArrayList<>(constraints);
        all.addAll(more);
        return new SecuritySettings(method, realm, store, loginPage, errorPage, roles, all, denyUncovered, roleLinks,
                httpsPort, savedBytes, annotations);
    }

    /** With methods denied, or not, that no constraint covers where others are constrained. */
    public SecuritySettings withUncoveredDenied(boolean deny) {
        return new SecuritySettings(method, realm, store, loginPage, errorPage, roles, constraints, deny, roleLinks,
                httpsPort, savedBytes, annotations);
    }

    /** With a name that a servlet uses for a role of the application. */
    public SecuritySettings withRoleLink(String servlet, String name, String role) {
        Map<String, Map<String, String>> all = new HashMap<>(roleLinks);
        Map<String, String> own = new HashMap<>(all.getOrDefault(servlet, Map.of()));
        own.put(name, role);
        all.put(servlet, own);
        return new SecuritySettings(method, realm, store, loginPage, errorPage, roles, constraints, denyUncovered, all,
                httpsPort, savedBytes, annotations);
    }

    /** With redirects to this port for what needs a protected connection; 0 for that of the server's one endpoint with https. */
    public SecuritySettings withHttpsPort(int port) {
        return new SecuritySettings(method, realm, store, loginPage, errorPage, roles, constraints, denyUncovered, roleLinks,
                port, savedBytes, annotations);
    }

    /** With another limit for a request that FORM keeps, in bytes. */
    public SecuritySettings withSavedBytes(int bytes) {
        return new SecuritySettings(method, realm, store, loginPage, errorPage, roles, constraints, denyUncovered, roleLinks,
                httpsPort, bytes, annotations);
    }

    /** With annotations of servlets' classes read, or not, because someone else does or the descriptor is complete. */
    public SecuritySettings withAnnotations(boolean read) {
        return new SecuritySettings(method, realm, store, loginPage, errorPage, roles, constraints, denyUncovered, roleLinks,
                httpsPort, savedBytes, read);
    }

    /** A role that a servlet's own name for it stands for; the name itself if there is no link. */
    public String role(@Nullable String servlet, String name) {
        Map<String, String> own = servlet == null ? null : roleLinks.get(servlet);
        return own == null ? name : own.getOrDefault(name, name);
    }
}
