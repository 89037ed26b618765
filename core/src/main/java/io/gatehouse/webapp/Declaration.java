/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import jakarta.servlet.ServletSecurityElement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A servlet or a filter as one descriptor declares it. Elements that may stand once are settings, by the element's name, so
 * that the rules of merging are the same for all of them. Filled by one reader, not changed after.
 */
final class Declaration {

    /** The names of settings; those of a filter are the first two. */
    static final String CLASS = "class";
    static final String ASYNC = "async-supported";
    static final String JSP = "jsp-file";
    static final String LOAD = "load-on-startup";
    static final String ENABLED = "enabled";
    static final String RUN_AS = "run-as";
    static final String MULTIPART = "multipart-config";
    static final String SECURITY = "@ServletSecurity";

    private final String name;
    private final Place place;
    private final Map<String, Said<Object>> settings = new LinkedHashMap<>();
    private final Map<String, Said<String>> parameters = new LinkedHashMap<>();
    private final Map<String, Said<String>> roleLinks = new LinkedHashMap<>();

    Declaration(String name, Place place) {
        this.name = name;
        this.place = place;
    }

    String name() {
        return name;
    }

    Place place() {
        return place;
    }

    Map<String, Said<Object>> settings() {
        return settings;
    }

    /** The initialisation parameters. */
    Map<String, Said<String>> parameters() {
        return parameters;
    }

    /** By the name that the servlet's code uses, the role of the application ({@code <security-role-ref>}). */
    Map<String, Said<String>> roleLinks() {
        return roleLinks;
    }

    /** Sets a setting. */
    void set(String setting, Object value, Place where) {
        settings.put(setting, new Said<>(value, where));
    }

    @Nullable String className() {
        return value(CLASS, String.class);
    }

    @Nullable String jspFile() {
        return value(JSP, String.class);
    }

    @Nullable Integer loadOnStartup() {
        return value(LOAD, Integer.class);
    }

    @Nullable String runAs() {
        return value(RUN_AS, String.class);
    }

    @Nullable MultipartSettings multipart() {
        return value(MULTIPART, MultipartSettings.class);
    }

    @Nullable ServletSecurityElement security() {
        return value(SECURITY, ServletSecurityElement.class);
    }

    boolean asyncSupported() {
        return Boolean.TRUE.equals(value(ASYNC, Boolean.class));
    }

    boolean enabled() {
        return !Boolean.FALSE.equals(value(ENABLED, Boolean.class));
    }

    private <T> @Nullable T value(String setting, Class<T> type) {
        Said<Object> said = settings.get(setting);
        return said == null ? null : type.cast(said.value());
    }
}
