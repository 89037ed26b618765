/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads sessions, media types, welcome files, error pages, encodings and JSP settings (Servlet 6.1 section 14.4). */
final class ContentReader {

    private static final List<String> OF_COOKIE =
            List.of("name", "domain", "path", "comment", "http-only", "secure", "max-age", "attribute");

    private static final List<String> MODES = List.of("COOKIE", "URL", "SSL");

    private final Descriptor descriptor;
    private final Element root;

    ContentReader(Descriptor descriptor, Element root) {
        this.descriptor = descriptor;
        this.root = root;
    }

    void read() throws DeploymentException {
        Element session = root.one("session-config");
        if (session != null) {
            session(session);
        }
        for (Element each : root.all("mime-mapping")) {
            each.allow(List.of("description", "extension", "mime-type"));
            String extension = each.required("extension").toLowerCase(Locale.ROOT);
            put(each, extension, each.required("mime-type"), descriptor.mimeTypes);
        }
        for (Element list : root.all("welcome-file-list")) {
            list.allow(List.of("description", "welcome-file"));
            for (Element each : list.all("welcome-file")) {
                descriptor.welcomeFiles.add(welcomeFile(each));
            }
        }
        for (Element each : root.all("error-page")) {
            errorPage(each);
        }
        for (Element list : root.all("locale-encoding-mapping-list")) {
            list.allow(List.of("description", "locale-encoding-mapping"));
            for (Element each : list.all("locale-encoding-mapping")) {
                put(each, each.required("locale"), each.required("encoding"), descriptor.localeCharsets);
            }
        }
        Element pages = root.one("jsp-config");
        if (pages != null) {
            pages.allow(List.of("description", "taglib", "jsp-property-group"));
            taglibs(pages);
            for (Element each : pages.all("jsp-property-group")) {
                descriptor.jspGroups.add(group(each));
            }
        }
        taglibs(root); // where they stood until 2.3
    }

    private void session(Element config) throws DeploymentException {
        config.allow(List.of("session-timeout", "cookie-config", "tracking-mode"));
        Element timeout = config.one("session-timeout");
        if (timeout != null && !timeout.text().isEmpty()) {
            put(timeout, "session-timeout", Integer.toString(timeout.number()), descriptor.session);
        }
        for (Element each : config.all("tracking-mode")) {
            if (!MODES.contains(each.text())) {
                throw each.wrong("<tracking-mode> is '" + each.text() + "': write COOKIE, URL or SSL");
            }
            descriptor.trackingModes.add(each.text());
        }
        Element cookie = config.one("cookie-config");
        if (cookie == null) {
            return;
        }
        cookie.allow(OF_COOKIE);
        for (Element each : cookie.children()) {
            switch (each.name()) {
                case "attribute" -> put(each, "cookie:" + each.required("attribute-name"), valueOf(each), descriptor.session);
                case "http-only", "secure" ->
                    put(each, "cookie/" + each.name(), Boolean.toString(each.flag()), descriptor.session);
                case "max-age" -> put(each, "cookie/max-age", Integer.toString(each.number()), descriptor.session);
                default -> put(each, "cookie/" + each.name(), each.text(), descriptor.session);
            }
        }
    }

    /** An attribute such as Partitioned may have no value. */
    private static String valueOf(Element attribute) throws DeploymentException {
        String value = attribute.textOf("attribute-value");
        return value == null ? "" : value;
    }

    private static String welcomeFile(Element element) throws DeploymentException {
        String file = element.text();
        if (file.startsWith("/")) {
            file = file.substring(1);
        }
        if (file.isEmpty() || file.endsWith("/")) {
            throw element.wrong("<welcome-file> is '" + element.text() + "': write a name like index.html");
        }
        return file;
    }

    private void errorPage(Element element) throws DeploymentException {
        element.allow(List.of("description", "error-code", "exception-type", "location"));
        Element code = element.one("error-code");
        String type = element.textOf("exception-type");
        if (code != null && type != null) {
            throw element.wrong("<error-page> has both an <error-code> and an <exception-type>: make two of it");
        }
        if (code != null && (code.number() < 100 || code.number() > 999)) {
            throw code.wrong("<error-code> is " + code.text() + ": write a status of three digits, like 404");
        }
        String location = Patterns.path(element.child("location"));
        String key = code != null ? Integer.toString(code.number()) : type != null ? type : "";
        put(element, key, location, descriptor.errorPages);
    }

    private void taglibs(Element parent) throws DeploymentException {
        for (Element each : parent.all("taglib")) {
            each.allow(List.of("description", "taglib-uri", "taglib-location"));
            put(each, each.required("taglib-uri"), each.required("taglib-location"), descriptor.taglibs);
        }
    }

    private JspSettings.PropertyGroup group(Element element) throws DeploymentException {
        List<String> known = new ArrayList<>(JspSettings.PropertyGroup.SETTINGS);
        known.addAll(List.of("description", "display-name", "icon", "url-pattern", "include-prelude", "include-coda"));
        element.allow(known);
        List<String> patterns = new ArrayList<>();
        for (Element each : element.all("url-pattern")) {
            patterns.add(Patterns.checked(each, descriptor.version));
        }
        if (patterns.isEmpty()) {
            throw element.wrong("<jsp-property-group> has no <url-pattern>: add one");
        }
        Map<String, String> settings = new LinkedHashMap<>();
        for (String name : JspSettings.PropertyGroup.SETTINGS) {
            String text = element.textOf(name);
            if (text != null) {
                settings.put(name, text);
            }
        }
        return new JspSettings.PropertyGroup(
                patterns,
                element.all("include-prelude").stream().map(Element::text).toList(),
                element.all("include-coda").stream().map(Element::text).toList(),
                settings);
    }

    private static void put(Element element, String key, String value, Map<String, Said<String>> into)
            throws DeploymentException {
        Said<String> before = into.putIfAbsent(key, new Said<>(value, element.place()));
        if (before != null && !before.value().equals(value)) {
            throw element.wrong("<" + element.name() + "> " + (key.isEmpty() ? "by default" : "of " + key)
                    + " is " + before.value() + " in line " + before.place().line() + " and " + value + " here: leave one");
        }
    }
}
