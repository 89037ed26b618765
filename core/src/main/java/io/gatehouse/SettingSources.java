/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.route.Prefix;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Properties file, environment and system properties laid over each other, in that rising order, with every key known and
 * in one form. Values are still text.
 *
 * <pre>
 *   file           limits.in-flight=500
 *   environment    GATEHOUSE_LIMITS_IN_FLIGHT=500
 *   system         -Dgatehouse.limits.in-flight=500
 * </pre>
 *
 * <p>Variables that Kubernetes makes for a service called gatehouse ({@code GATEHOUSE_PORT}, {@code GATEHOUSE_SERVICE_HOST}
 * and so on) are not ours and are passed over; none of our settings begins so.
 */
final class SettingSources {

    /** What a line says, and where. */
    record Entry(String key, String value, String origin) {

        /** The line as messages quote it. */
        String quoted() {
            return key + "=" + value + " in " + origin;
        }

        IllegalArgumentException wrong(String why) {
            return new IllegalArgumentException(quoted() + " " + why);
        }
    }

    private static final Set<String> KINDS = Set.of(
            "files", "spa", "handle", "forward", "forwarding", "webapp", "users", "isolation", "limits.body", "cache", "reservation",
            "start", "hold");
    private static final Set<String> TRANSPORTS = Set.of("nio", "jetty");

    /** By key in its one form, which gives them their order. */
    private final Map<String, Entry> entries = new TreeMap<>();
    private final Map<String, Setting> byKey = new HashMap<>();
    private final Map<String, Setting> byVariable = new HashMap<>();
    private final Set<String> transports = new HashSet<>(TRANSPORTS);

    SettingSources(
            @Nullable String transport, Properties file, String fileName, Map<String, String> environment, Properties system) {
        for (Setting setting : Setting.ALL) {
            if (!setting.family()) {
                byKey.put(setting.key(), setting);
                byVariable.put(setting.variable(), setting);
            }
        }
        String chosen = system.getProperty("gatehouse.transport", environment.getOrDefault("GATEHOUSE_TRANSPORT", ""));
        chosen = chosen.isBlank() ? file.getProperty("transport", transport == null ? "" : transport) : chosen;
        if (!chosen.isBlank()) {
            transports.add(chosen.strip());
        }
        addFile(file, fileName);
        addEnvironment(environment);
        addSystem(system);
    }

    /** The line of a key in its one form; null if it is not set. */
    @Nullable Entry get(String key) {
        return entries.get(key);
    }

    /** Each line with its key in its one form, in the order of the keys. */
    void forEach(BiConsumer<String, Entry> consumer) {
        entries.forEach(consumer);
    }

    /** Whether a key in its one form is a transport's own. */
    boolean isOption(String key) {
        int dot = key.indexOf('.');
        return dot > 0
                && transports.contains(key.substring(0, dot))
                && !byKey.containsKey(key)
                && !KINDS.contains(key.substring(0, dot))
                && !key.startsWith("servlet.")
                && !key.startsWith("limits.body.");
    }

    private void addFile(Properties file, String name) {
        Map<String, Entry> own = new LinkedHashMap<>();
        for (String key : new TreeSet<>(file.stringPropertyNames())) {
            String value = file.getProperty(key).strip();
            Entry entry = new Entry(key, value, name);
            if ((key.endsWith(".http") || key.endsWith(".https")) && value.startsWith("//")) {
                throw entry.wrong("ends its key at the colon: in a properties file write a backslash before each colon of a key, "
                        + "as in files.http\\://+\\:80/docs/=docs");
            }
            String canonical = canonical(key, entry);
            if (value.isEmpty()) {
                throw entry.wrong("has no value: write one, or remove the line");
            }
            Entry other = own.put(canonical, entry);
            if (other != null) {
                throw entry.wrong("sets the same as " + other.quoted() + ": remove one of the lines");
            }
        }
        entries.putAll(own);
    }

    private void addEnvironment(Map<String, String> environment) {
        for (String variable : new TreeSet<>(environment.keySet())) {
            String value = environment.getOrDefault(variable, "").strip();
            if (!variable.startsWith("GATEHOUSE_") || variable.equals("GATEHOUSE_CONFIG") || isKubernetes(variable)) {
                continue;
            }
            String key = key(variable);
            Entry entry = new Entry(variable, value, "the environment");
            if (key == null) {
                throw new IllegalArgumentException("the environment variable " + variable + " sets nothing that is known: did you mean "
                        + Nearest.of(variable, byVariable.keySet()) + "? Routes are written in the properties file");
            }
            if (!value.isEmpty()) {
                entries.put(key, entry);
            }
        }
    }

    private void addSystem(Properties system) {
        for (String name : new TreeSet<>(system.stringPropertyNames())) {
            if (!name.startsWith("gatehouse.") || name.equals("gatehouse.config")) {
                continue;
            }
            String key = name.substring("gatehouse.".length());
            String value = system.getProperty(name).strip();
            Entry entry = new Entry("-D" + name, value, "the system properties");
            String canonical = canonical(key, entry);
            if (!value.isEmpty()) {
                entries.put(canonical, entry);
            }
        }
    }

    /** The one form of a key; of several ways to write a prefix it is the shortest. */
    private String canonical(String key, Entry entry) {
        if (byKey.containsKey(key)) {
            return key;
        }
        for (String kind : KINDS) {
            if (key.startsWith(kind + ".") && key.length() > kind.length() + 1) {
                return kind + "." + prefix(key.substring(kind.length() + 1), entry);
            }
        }
        if (key.startsWith("servlet.") && key.length() > "servlet.".length()) {
            return key;
        }
        int dot = key.indexOf('.');
        if (dot > 0 && dot < key.length() - 1 && transports.contains(key.substring(0, dot))) {
            return key;
        }
        throw new IllegalArgumentException(
                entry.quoted() + " sets nothing that is known: did you mean " + nearest(key) + "?");
    }

    /** The known key that looks most like an unknown one; of a family only the part that all of it share is compared. */
    private String nearest(String key) {
        String bare = key.startsWith("gatehouse.") ? key.substring("gatehouse.".length()) : key;
        String rest = bare.substring(bare.indexOf('.') + 1);
        Map<String, String> known = new TreeMap<>();
        byKey.keySet().forEach(name -> known.put(name, name));
        transports.forEach(name -> known.put(name + "." + rest, name + "." + rest));
        for (Setting setting : Setting.ALL) {
            int open = setting.key().indexOf('<');
            if (open > 0) {
                String tail = bare.indexOf('.') < 0 ? "" : rest;
                known.put(setting.key().substring(0, open) + tail, setting.key());
            }
        }
        return known.getOrDefault(Nearest.of(bare, known.keySet()), "");
    }

    private static Prefix prefix(String text, Entry entry) {
        try {
            return Prefix.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(entry.quoted() + " is for no prefix: " + e.getMessage(), e);
        }
    }

    private @Nullable String key(String variable) {
        Setting setting = byVariable.get(variable);
        if (setting != null) {
            return setting.key();
        }
        String name = variable.substring("GATEHOUSE_".length()).toLowerCase(Locale.ROOT);
        for (String transport : transports) {
            String start = transport.toLowerCase(Locale.ROOT).replace('-', '_') + "_";
            if (name.startsWith(start) && name.length() > start.length()) {
                return transport + "." + name.substring(start.length()).replace('_', '-');
            }
        }
        return null;
    }

    private static boolean isKubernetes(String variable) {
        return variable.equals("GATEHOUSE_PORT")
                || variable.startsWith("GATEHOUSE_PORT_")
                || variable.startsWith("GATEHOUSE_SERVICE_");
    }
}
