/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Which requests are constrained, and how: a {@code security-constraint} of Servlet 6.1 section 13.8. In code:
 *
 * <pre>
 *   SecurityConstraint.on("/admin/*").roles("admin").confidential()
 *   SecurityConstraint.on("/orders/*").methods("POST", "DELETE").authenticated()
 * </pre>
 *
 * @param resources that it is about, at least one collection
 * @param access who may
 * @param guarantee what the connection must do
 */
public record SecurityConstraint(List<WebResources> resources, Access access, Guarantee guarantee) {

    /**
     * Copies the resources.
     *
     * @throws IllegalArgumentException if there are none
     */
    public SecurityConstraint {
        resources = List.copyOf(resources);
        if (resources.isEmpty()) {
            throw new IllegalArgumentException("a security constraint is about nothing: give it resources");
        }
    }

    /** Begins a constraint on all methods at these patterns, which by itself lets everyone in over any connection. */
    public static SecurityConstraint on(String... patterns) {
        WebResources all = new WebResources("", new LinkedHashSet<>(List.of(patterns)), MethodSet.ALL);
        return new SecurityConstraint(List.of(all), Access.EVERYONE, Guarantee.NONE);
    }

    /** The same for these methods only: others are uncovered, unless another constraint is about them. */
    public SecurityConstraint methods(String... names) {
        return methods(MethodSet.of(names));
    }

    /** The same for all methods but these. */
    public SecurityConstraint allMethodsBut(String... names) {
        return methods(MethodSet.allBut(names));
    }

    /** The same for other methods. */
    public SecurityConstraint methods(MethodSet methods) {
        List<WebResources> changed = new ArrayList<>();
        resources.forEach(each -> changed.add(new WebResources(each.name(), each.patterns(), methods)));
        return new SecurityConstraint(changed, access, guarantee);
    }

    /**
     * The same for who has one of these roles; {@code *} stands for every role that the application declares, {@code
     * **} for everyone who is known.
     */
    public SecurityConstraint roles(String... names) {
        return access(Access.ofRoleNames(List.of(names)));
    }

    /** The same for everyone who is known. */
    public SecurityConstraint authenticated() {
        return access(Access.AUTHENTICATED);
    }

    /** The same for nobody: the resources can only be reached by a forward or an include. */
    public SecurityConstraint nobody() {
        return access(Access.NOBODY);
    }

    /** The same for others. */
    public SecurityConstraint access(Access who) {
        return new SecurityConstraint(resources, who, guarantee);
    }

    /** The same over a protected connection only. */
    public SecurityConstraint confidential() {
        return new SecurityConstraint(resources, access, Guarantee.CONFIDENTIAL);
    }
}
