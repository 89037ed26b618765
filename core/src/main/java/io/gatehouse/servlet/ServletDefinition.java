/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletSecurityElement;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a servlet is registered (Servlet 6.1 section 4.4.1): its settings, which can be changed until the context is
 * initialised, and the patterns it answers.
 */
final class ServletDefinition extends Definition<Servlet> implements ServletRegistration.Dynamic {

    private final ServletInstance instance;
    private int loadOnStartup = -1;
    private @Nullable MultipartConfigElement multipart;
    private @Nullable String runAsRole;
    private @Nullable ServletSecurityElement security;

    ServletDefinition(Registry registry, String name, Component<Servlet> component) {
        super(registry, name, component);
        this.instance = new ServletInstance(registry.context(), this);
    }

    ServletInstance instance() {
        return instance;
    }

    int loadOnStartup() {
        return loadOnStartup;
    }

    @Nullable MultipartConfigElement multipart() {
        return multipart;
    }

    /** The security constraints that were set programmatically, for whoever enforces them; null if none were. */
    @Nullable ServletSecurityElement security() {
        return security;
    }

    @Override
    public Set<String> addMapping(String @Nullable ... patterns) {
        registry.requireConfigurable("addMapping");
        if (patterns == null || patterns.length == 0) {
            throw new IllegalArgumentException("no pattern for servlet " + name + ": give at least one");
        }
        return registry.map(this, patterns);
    }

    @Override
    public Collection<String> getMappings() {
        return registry.patternsOf(this);
    }

    @Override
    public @Nullable String getRunAsRole() {
        Class<?> type = runAsRole == null ? registry.context().security().annotated(this) : null;
        return type == null ? runAsRole : RoleAnnotations.runAs(type);
    }

    @Override
    public void setRunAsRole(@Nullable String role) {
        registry.requireConfigurable("setRunAsRole");
        if (role == null) {
            throw new IllegalArgumentException("the run-as role of servlet " + name + " is null: give a name");
        }
        runAsRole = role;
    }

    @Override
    public void setLoadOnStartup(int order) {
        registry.requireConfigurable("setLoadOnStartup");
        loadOnStartup = order;
    }

    @Override
    public Set<String> setServletSecurity(@Nullable ServletSecurityElement element) {
        registry.requireConfigurable("setServletSecurity");
        if (element == null) {
            throw new IllegalArgumentException("the security element of servlet " + name + " is null: give one");
        }
        security = element;
        return registry.context().security().described(getMappings());
    }

    @Override
    public void setMultipartConfig(@Nullable MultipartConfigElement element) {
        registry.requireConfigurable("setMultipartConfig");
        if (element == null) {
            throw new IllegalArgumentException("the multipart settings of servlet " + name + " are null: give some");
        }
        multipart = element;
    }
}
