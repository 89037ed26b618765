/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one source says of an application: {@code web.xml}, a fragment, the annotations of a jar, or all of them joined. Filled
 * by whoever reads the source, not changed after.
 */
final class Descriptor {

    /** In an absolute ordering: all fragments that are not named. */
    static final String OTHERS = "<others/>";

    private final String document;
    Version version = Version.CURRENT;
    boolean metadataComplete;

    /** Of a fragment. */
    @Nullable String name;
    @Nullable String displayName;
    Ordering ordering = Ordering.NONE;

    /** Of {@code web.xml}; null if it says nothing of the order of fragments. */
    @Nullable List<String> absoluteOrdering;

    /** Whether sessions may leave the process; annotations have no opinion. */
    @Nullable Boolean distributable;
    boolean denyUncoveredMethods;

    /** Elements that may stand once at the top, by name: encodings, the default context path, the login. */
    final Map<String, Said<Object>> settings = new LinkedHashMap<>();
    final Map<String, Said<String>> parameters = new LinkedHashMap<>();
    final Map<String, Declaration> servlets = new LinkedHashMap<>();
    final List<ServletMapping> servletMappings = new ArrayList<>();
    final Map<String, Declaration> filters = new LinkedHashMap<>();
    final List<FilterMapping> filterMappings = new ArrayList<>();
    final Map<String, Place> listeners = new LinkedHashMap<>();

    /** Timeout and cookie settings: {@code session-timeout}, {@code cookie/name} and so on, attributes as {@code cookie:Name}. */
    final Map<String, Said<String>> session = new LinkedHashMap<>();
    final Set<String> trackingModes = new LinkedHashSet<>();

    /** Media types by extension. */
    final Map<String, Said<String>> mimeTypes = new LinkedHashMap<>();
    final Set<String> welcomeFiles = new LinkedHashSet<>();

    /** Locations by status, class name of an exception, or nothing for the default. */
    final Map<String, Said<String>> errorPages = new LinkedHashMap<>();

    /** Encodings by locale. */
    final Map<String, Said<String>> localeCharsets = new LinkedHashMap<>();
    final Map<String, Said<String>> taglibs = new LinkedHashMap<>();
    final List<JspSettings.PropertyGroup> jspGroups = new ArrayList<>();
    final List<ConstraintElement> constraints = new ArrayList<>();
    final Set<String> roles = new LinkedHashSet<>();

    /** Names of methods by class, {@code <post-construct>} and {@code <pre-destroy>}. */
    final Map<String, Said<String>> postConstruct = new LinkedHashMap<>();
    final Map<String, Said<String>> preDestroy = new LinkedHashMap<>();

    /** What would need a naming service: the kind of reference and its name. */
    final List<Said<String>> references = new ArrayList<>();

    Descriptor(String document) {
        this.document = document;
    }

    /** For messages. */
    String document() {
        return document;
    }

    /** The text of a setting at the top; null if it is not said. */
    @Nullable String text(String setting) {
        Said<Object> said = settings.get(setting);
        return said == null ? null : (String) said.value();
    }

    @Nullable LoginSettings login() {
        Said<Object> said = settings.get("login-config");
        return said == null ? null : (LoginSettings) said.value();
    }

    /** The settings of pages; null if none are said. */
    @Nullable JspSettings jsp() {
        if (taglibs.isEmpty() && jspGroups.isEmpty()) {
            return null;
        }
        List<JspSettings.Taglib> libraries = new ArrayList<>();
        taglibs.forEach((uri, location) -> libraries.add(new JspSettings.Taglib(uri, location.value())));
        return new JspSettings(libraries, jspGroups);
    }
}
