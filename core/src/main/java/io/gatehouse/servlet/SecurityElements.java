/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.security.Access;
import io.gatehouse.security.Guarantee;
import io.gatehouse.security.MethodSet;
import io.gatehouse.security.SecurityConstraint;
import io.gatehouse.security.WebResources;
import jakarta.servlet.HttpConstraintElement;
import jakarta.servlet.HttpMethodConstraintElement;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.annotation.ServletSecurity.EmptyRoleSemantic;
import jakarta.servlet.annotation.ServletSecurity.TransportGuarantee;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What {@code @ServletSecurity} and {@code setServletSecurity} say, as constraints (Servlet 6.1 section 13.4.2). Pure. */
final class SecurityElements {

    private SecurityElements() {}

    /**
     * The constraints of an element.
     *
     * @param name of the servlet
     * @param patterns that it is about; none make no constraint
     * @param declared the roles that the application declares
     */
    static List<SecurityConstraint> constraints(
            String name, ServletSecurityElement element, Set<String> patterns, Set<String> declared) {
        List<SecurityConstraint> all = new ArrayList<>();
        if (patterns.isEmpty()) {
            return all;
        }
        for (HttpMethodConstraintElement each : element.getHttpMethodConstraints()) {
            all.add(constraint(name, each, patterns, MethodSet.of(each.getMethodName()), declared));
        }
        // Where only single methods are restricted, the others stay uncovered; else they are covered, with "everyone" too.
        boolean restricted = element.getHttpMethodConstraints().stream().anyMatch(each -> !saysNothing(each));
        if (!restricted || !saysNothing(element)) {
            MethodSet others = MethodSet.allBut(element.getMethodNames().toArray(String[]::new));
            all.add(constraint(name, element, patterns, others, declared));
        }
        return all;
    }

    /** Whether it has its default values only (section 13.4.1.2). */
    private static boolean saysNothing(HttpConstraintElement element) {
        return element.getRolesAllowed().length == 0 && element.getEmptyRoleSemantic() == EmptyRoleSemantic.PERMIT
                && element.getTransportGuarantee() == TransportGuarantee.NONE;
    }

    private static SecurityConstraint constraint(
            String name, HttpConstraintElement element, Set<String> patterns, MethodSet methods, Set<String> declared) {
        Guarantee guarantee = element.getTransportGuarantee() == TransportGuarantee.NONE
                ? Guarantee.NONE : Guarantee.CONFIDENTIAL;
        return new SecurityConstraint(
                List.of(new WebResources(name, patterns, methods)), access(element, declared), guarantee);
    }

    /** A role named {@code *} is one like others here (section 13.4.1.1). */
    private static Access access(HttpConstraintElement element, Set<String> declared) {
        List<String> roles = List.of(element.getRolesAllowed());
        if (roles.isEmpty()) {
            return element.getEmptyRoleSemantic() == EmptyRoleSemantic.DENY ? Access.NOBODY : Access.EVERYONE;
        }
        return roles.contains("**") && !declared.contains("**")
                ? Access.AUTHENTICATED
                : Access.roles(roles.toArray(String[]::new));
    }
}
