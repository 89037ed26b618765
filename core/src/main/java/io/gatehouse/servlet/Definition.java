/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.Registration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What registrations of servlets and of filters have in common (Servlet 6.1 section 4.4): a name, a component and settings that
 * can be changed until the context is initialised.
 *
 * @param <T> servlet or filter
 */
abstract sealed class Definition<T> implements Registration.Dynamic permits FilterDefinition, ServletDefinition {

    final Registry registry;
    final String name;
    final InitParameters parameters = new InitParameters();
    private Component<T> component;
    private boolean asyncSupported;

    Definition(Registry registry, String name, Component<T> component) {
        this.registry = registry;
        this.name = name;
        this.component = component;
    }

    final Component<T> component() {
        return component;
    }

    /** A registration that was preliminary has its class now (section 4.4, {@code addServlet}, {@code addFilter}). */
    final void complete(Component<T> made) {
        component = made;
    }

    final boolean asyncSupported() {
        return asyncSupported;
    }

    @Override
    public final void setAsyncSupported(boolean supported) {
        registry.requireConfigurable("setAsyncSupported");
        asyncSupported = supported;
    }

    @Override
    public final String getName() {
        return name;
    }

    @Override
    public final @Nullable String getClassName() {
        return component.className();
    }

    @Override
    public final boolean setInitParameter(String parameter, String value) {
        registry.requireConfigurable("setInitParameter");
        return parameters.set(parameter, value);
    }

    @Override
    public final @Nullable String getInitParameter(String parameter) {
        return parameters.get(parameter);
    }

    @Override
    public final Set<String> setInitParameters(Map<String, String> values) {
        registry.requireConfigurable("setInitParameters");
        return parameters.setAll(values);
    }

    @Override
    public final Map<String, String> getInitParameters() {
        return parameters.asMap();
    }
}
