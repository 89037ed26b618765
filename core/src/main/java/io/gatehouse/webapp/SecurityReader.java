/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import io.gatehouse.webapp.ConstraintElement.ResourceCollection;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads constraints, the login and roles (Servlet 6.1 sections 13.8 and 14.4). */
final class SecurityReader {

    private static final Pattern METHOD = Pattern.compile("[!#-'*+\\-.0-9A-Z^_`a-z|~]+");
    private static final List<String> GUARANTEES = List.of("NONE", "INTEGRAL", "CONFIDENTIAL");

    private final Descriptor descriptor;
    private final Element root;

    SecurityReader(Descriptor descriptor, Element root) {
        this.descriptor = descriptor;
        this.root = root;
    }

    void read() throws DeploymentException {
        for (Element each : root.all("security-constraint")) {
            descriptor.constraints.add(constraint(each));
        }
        for (Element each : root.all("security-role")) {
            each.allow(List.of("description", "role-name"));
            descriptor.roles.add(each.required("role-name"));
        }
        Element login = root.one("login-config");
        if (login != null) {
            descriptor.settings.put("login-config", new Said<>(login(login), login.place()));
        }
    }

    private ConstraintElement constraint(Element element) throws DeploymentException {
        element.allow(List.of("display-name", "web-resource-collection", "auth-constraint", "user-data-constraint"));
        List<ResourceCollection> collections = new ArrayList<>();
        for (Element each : element.all("web-resource-collection")) {
            collections.add(collection(each));
        }
        if (collections.isEmpty()) {
            throw element.wrong("<security-constraint> has no <web-resource-collection>: say what it protects");
        }
        Element who = element.one("auth-constraint");
        Set<String> roles = null;
        if (who != null) {
            who.allow(List.of("description", "role-name"));
            roles = new LinkedHashSet<>();
            for (Element each : who.all("role-name")) {
                roles.add(each.text());
            }
        }
        Element transport = element.one("user-data-constraint");
        String guarantee = "NONE";
        if (transport != null) {
            transport.allow(List.of("description", "transport-guarantee"));
            guarantee = transport.required("transport-guarantee");
            if (!GUARANTEES.contains(guarantee)) {
                throw transport.wrong("<transport-guarantee> is '" + guarantee + "': write NONE, INTEGRAL or CONFIDENTIAL");
            }
        }
        return new ConstraintElement(List.copyOf(collections), roles, guarantee, element.place());
    }

    private ResourceCollection collection(Element element) throws DeploymentException {
        element.allow(List.of("web-resource-name", "description", "url-pattern", "http-method", "http-method-omission"));
        List<String> patterns = new ArrayList<>();
        for (Element each : element.all("url-pattern")) {
            patterns.add(Patterns.checked(each, descriptor.version));
        }
        if (patterns.isEmpty()) {
            throw element.wrong("<web-resource-collection> has no <url-pattern>: it would protect nothing; add one");
        }
        Set<String> methods = methods(element, "http-method");
        Set<String> omitted = methods(element, "http-method-omission");
        if (!methods.isEmpty() && !omitted.isEmpty()) {
            throw element.wrong("<web-resource-collection> has <http-method> and <http-method-omission>: leave one kind");
        }
        String name = element.textOf("web-resource-name");
        return new ResourceCollection(name == null ? "" : name, List.copyOf(patterns), methods, omitted);
    }

    private static Set<String> methods(Element element, String child) throws DeploymentException {
        Set<String> methods = new LinkedHashSet<>();
        for (Element each : element.all(child)) {
            if (!METHOD.matcher(each.text()).matches()) {
                throw each.wrong("<" + child + "> is '" + each.text() + "': write a method like GET");
            }
            methods.add(each.text());
        }
        return methods;
    }

    private static LoginSettings login(Element element) throws DeploymentException {
        element.allow(List.of("auth-method", "realm-name", "form-login-config"));
        String method = element.textOf("auth-method");
        Element form = element.one("form-login-config");
        if (form == null && "FORM".equals(method)) {
            throw element.wrong("<auth-method> FORM needs a <form-login-config>: name its pages");
        }
        String loginPage = null;
        String errorPage = null;
        if (form != null) {
            loginPage = page(form, "form-login-page");
            errorPage = page(form, "form-error-page");
        }
        return new LoginSettings(method, element.textOf("realm-name"), loginPage, errorPage);
    }

    private static String page(Element form, String child) throws DeploymentException {
        return Patterns.path(form.child(child));
    }
}
