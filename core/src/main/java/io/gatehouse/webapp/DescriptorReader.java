/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Descriptor} of {@code web.xml} or {@code web-fragment.xml} of any version (Servlet 6.1 chapter 14). The
 * order of elements is free, as in the newer schemas; an unknown element is refused, elements of other namespaces are passed
 * over.
 */
final class DescriptorReader {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.webapp");

    private static final Set<String> NAMESPACES = Set.of(
            "", "http://java.sun.com/xml/ns/j2ee", "http://java.sun.com/xml/ns/javaee",
            "http://xmlns.jcp.org/xml/ns/javaee", "https://jakarta.ee/xml/ns/jakartaee",
            // What people made of the addresses that were published with the document types.
            "http://java.sun.com/j2ee/dtds/web-app_2_2.dtd", "http://java.sun.com/dtd/web-app_2_3.dtd");

    private static final Pattern DTD = Pattern.compile("DTD Web Application (\\d+)\\.(\\d+)");
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})");

    /** Elements that would need a naming service, and the child that names them. */
    private static final Map<String, String> REFERENCES = Map.ofEntries(
            Map.entry("env-entry", "env-entry-name"), Map.entry("ejb-ref", "ejb-ref-name"),
            Map.entry("ejb-local-ref", "ejb-ref-name"), Map.entry("service-ref", "service-ref-name"),
            Map.entry("resource-ref", "res-ref-name"), Map.entry("resource-env-ref", "resource-env-ref-name"),
            Map.entry("message-destination-ref", "message-destination-ref-name"),
            Map.entry("message-destination", "message-destination-name"),
            Map.entry("persistence-context-ref", "persistence-context-ref-name"),
            Map.entry("persistence-unit-ref", "persistence-unit-ref-name"), Map.entry("data-source", "name"),
            Map.entry("jms-connection-factory", "name"), Map.entry("jms-destination", "name"),
            Map.entry("mail-session", "name"), Map.entry("connection-factory", "name"),
            Map.entry("administered-object", "name"), Map.entry("context-service", "name"),
            Map.entry("managed-executor", "name"), Map.entry("managed-scheduled-executor", "name"),
            Map.entry("managed-thread-factory", "name"));

    /** Elements of both kinds of descriptor. */
    private static final List<String> COMMON = Stream.concat(
            Stream.of("description", "display-name", "icon", "distributable", "context-param", "filter", "filter-mapping",
                    "listener", "servlet", "servlet-mapping", "session-config", "mime-mapping", "welcome-file-list",
                    "error-page", "jsp-config", "taglib", "security-constraint", "login-config", "security-role",
                    "locale-encoding-mapping-list", "post-construct", "pre-destroy"),
            REFERENCES.keySet().stream().sorted()).toList();

    private static final List<String> OF_WEB_APP = Stream.concat(
            Stream.of("absolute-ordering", "module-name", "deny-uncovered-http-methods", "default-context-path",
                    "request-character-encoding", "response-character-encoding"), COMMON.stream()).toList();

    private static final List<String> OF_FRAGMENT = Stream.concat(Stream.of("name", "ordering"), COMMON.stream()).toList();

    private final Descriptor descriptor;
    private final Element root;

    private DescriptorReader(Descriptor descriptor, Element root) {
        this.descriptor = descriptor;
        this.root = root;
    }

    /** Reads {@code web.xml}. */
    static Descriptor webXml(String document, InputStream in) throws IOException, DeploymentException {
        return read(document, in, "web-app", OF_WEB_APP);
    }

    /** Reads {@code web-fragment.xml}. */
    static Descriptor fragment(String document, InputStream in) throws IOException, DeploymentException {
        return read(document, in, "web-fragment", OF_FRAGMENT);
    }

    private static Descriptor read(String document, InputStream in, String rootName, List<String> known)
            throws IOException, DeploymentException {
        DescriptorXml.Document xml = DescriptorXml.read(document, in);
        Element root = xml.root();
        if (!root.name().equals(rootName)) {
            throw root.wrong("the document begins with <" + root.name() + ">: begin it with <" + rootName + ">");
        }
        if (!NAMESPACES.contains(xml.namespace())) {
            throw root.wrong("the namespace " + xml.namespace()
                    + " is none of a web application's: write xmlns=\"https://jakarta.ee/xml/ns/jakartaee\"");
        }
        root.allow(known);
        Descriptor descriptor = new Descriptor(document);
        descriptor.version = version(xml);
        descriptor.metadataComplete = complete(root, descriptor.version);
        new DescriptorReader(descriptor, root).read();
        return descriptor;
    }

    private static Version version(DescriptorXml.Document xml) throws DeploymentException {
        Matcher dtd = DTD.matcher(xml.doctype());
        if (dtd.find()) {
            return new Version(Integer.parseInt(dtd.group(1)), Integer.parseInt(dtd.group(2)));
        }
        String text = xml.root().attributes().getOrDefault("version", "").strip();
        if (text.isEmpty()) {
            return Version.CURRENT;
        }
        Matcher number = NUMBER.matcher(text);
        if (!number.matches()) {
            throw xml.root().wrong("version=\"" + text + "\" is no version: write one like 6.1");
        }
        Version version = new Version(Integer.parseInt(number.group(1)), Integer.parseInt(number.group(2)));
        if (Version.CURRENT.before(version.major(), version.minor())) {
            LOG.log(System.Logger.Level.WARNING, xml.root().place() + ": version " + version + " is later than "
                    + Version.CURRENT + ", which is what this container knows; it is read as that");
        }
        return version;
    }

    /** Descriptors from before there were annotations describe their application whole (section 8.1). */
    private static boolean complete(Element root, Version version) throws DeploymentException {
        String text = root.attributes().get("metadata-complete");
        if (text == null) {
            return version.before(2, 5);
        }
        return switch (text.strip()) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw root.wrong("metadata-complete=\"" + text + "\": write true or false");
        };
    }

    private void read() throws DeploymentException {
        descriptor.displayName = root.all("display-name").isEmpty() ? null : root.all("display-name").get(0).text();
        descriptor.distributable = !root.all("distributable").isEmpty();
        descriptor.denyUncoveredMethods = !root.all("deny-uncovered-http-methods").isEmpty();
        descriptor.name = root.textOf("name");
        readOrdering();
        setting("default-context-path");
        setting("request-character-encoding");
        setting("response-character-encoding");
        new ComponentReader(descriptor, root).read();
        new ContentReader(descriptor, root).read();
        new SecurityReader(descriptor, root).read();
        readCallbacks("post-construct", descriptor.postConstruct);
        readCallbacks("pre-destroy", descriptor.preDestroy);
        for (Element child : root.children()) {
            String naming = REFERENCES.get(child.name());
            if (naming != null) {
                String name = child.textOf(naming);
                descriptor.references.add(new Said<>("<" + child.name() + "> " + (name == null ? "" : name), child.place()));
            }
        }
    }

    private void setting(String name) throws DeploymentException {
        Said<String> said = root.said(name);
        if (said != null) {
            descriptor.settings.put(name, new Said<>(said.value(), said.place()));
        }
    }

    private void readOrdering() throws DeploymentException {
        Element absolute = root.one("absolute-ordering");
        if (absolute != null) {
            absolute.allow(List.of("name", "others"));
            descriptor.absoluteOrdering = absolute.children().stream()
                    .map(each -> each.name().equals("others") ? Descriptor.OTHERS : each.text()).distinct().toList();
            if (absolute.all("others").size() > 1) {
                throw absolute.wrong("<absolute-ordering> has <others/> twice: leave one");
            }
        }
        Element relative = root.one("ordering");
        if (relative != null) {
            relative.allow(List.of("before", "after"));
            Element before = relative.one("before");
            Element after = relative.one("after");
            descriptor.ordering = new Ordering(names(before), others(before), names(after), others(after));
        }
    }

    private static Set<String> names(@Nullable Element side) throws DeploymentException {
        Set<String> names = new LinkedHashSet<>();
        if (side != null) {
            side.allow(List.of("name", "others"));
            side.all("name").forEach(each -> names.add(each.text()));
        }
        return names;
    }

    private static boolean others(@Nullable Element side) throws DeploymentException {
        return side != null && side.one("others") != null;
    }

    private void readCallbacks(String kind, Map<String, Said<String>> into) throws DeploymentException {
        for (Element each : root.all(kind)) {
            String type = each.required("lifecycle-callback-class");
            String method = each.required("lifecycle-callback-method");
            if (into.putIfAbsent(type, new Said<>(method, each.place())) != null) {
                throw each.wrong("<" + kind + "> of " + type + " is said twice: leave one");
            }
        }
    }
}
