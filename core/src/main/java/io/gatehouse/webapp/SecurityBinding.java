/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import io.gatehouse.security.Access;
import io.gatehouse.security.Guarantee;
import io.gatehouse.security.LoginMethod;
import io.gatehouse.security.MethodSet;
import io.gatehouse.security.SecurityConstraint;
import io.gatehouse.security.SecuritySettings;
import io.gatehouse.security.WebResources;
import io.gatehouse.webapp.ConstraintElement.ResourceCollection;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says in the words of the container what a descriptor says of security (Servlet 6.1 sections 13.6 to 13.8). */
final class SecurityBinding {

    private SecurityBinding() {}

    /** The settings; nobody is known by them yet, because a descriptor can't say who is. */
    static SecuritySettings settings(Descriptor descriptor) throws DeploymentException {
        SecuritySettings settings = SecuritySettings.NONE
                .withRoles(descriptor.roles.toArray(String[]::new))
                .withUncoveredDenied(descriptor.denyUncoveredMethods)
                .withAnnotations(!descriptor.metadataComplete);
        for (ConstraintElement each : descriptor.constraints) {
            settings = settings.withConstraints(constraint(each, descriptor.roles));
        }
        for (Declaration servlet : descriptor.servlets.values()) {
            for (var link : servlet.roleLinks().entrySet()) {
                settings = settings.withRoleLink(servlet.name(), link.getKey(), link.getValue().value());
            }
        }
        Said<Object> login = descriptor.settings.get("login-config");
        return login == null ? settings : login(settings, (LoginSettings) login.value(), login.place());
    }

    private static SecurityConstraint constraint(ConstraintElement said, Set<String> declared) {
        List<WebResources> resources = new ArrayList<>();
        for (ResourceCollection each : said.collections()) {
            MethodSet methods = !each.methods().isEmpty() ? MethodSet.of(each.methods().toArray(String[]::new))
                    : MethodSet.allBut(each.omitted().toArray(String[]::new));
            resources.add(new WebResources(each.name(), new LinkedHashSet<>(each.patterns()), methods));
        }
        Set<String> roles = said.roles();
        Access access = roles == null ? Access.EVERYONE : Access.ofRoleNames(roles, declared);
        return new SecurityConstraint(resources, access, Guarantee.valueOf(said.guarantee()));
    }

    private static SecuritySettings login(SecuritySettings settings, LoginSettings said, Place place)
            throws DeploymentException {
        LoginMethod method = method(said.method(), place);
        String realm = said.realm() == null ? settings.realm() : said.realm();
        try {
            return settings.withLogin(method, realm, said.loginPage(), said.errorPage());
        } catch (IllegalArgumentException e) {
            throw DeploymentException.at(place, "<login-config>: " + e.getMessage());
        }
    }

    private static LoginMethod method(@Nullable String name, Place place) throws DeploymentException {
        return switch (name == null ? "NONE" : name) {
            case "NONE" -> LoginMethod.NONE;
            case "BASIC" -> LoginMethod.BASIC;
            case "DIGEST" -> LoginMethod.DIGEST;
            case "FORM" -> LoginMethod.FORM;
            case "CLIENT-CERT", "CLIENT_CERT" -> LoginMethod.CLIENT_CERT;
            default -> throw DeploymentException.at(place, "<auth-method> is '" + name
                    + "', which is none that is known here: write BASIC, DIGEST, FORM or CLIENT-CERT");
        };
    }
}
