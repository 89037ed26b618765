/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.SettingSources.Entry;
import io.gatehouse.route.Prefix;
import io.gatehouse.servlet.Isolation;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * Reads the lines of a web application: {@code webapp.<prefix>}, where it lies; {@code users.<prefix>}, who may log in to it;
 * and {@code isolation.<prefix>}, how it is kept apart, as in {@code in-flight=20, request-time=5s}.
 */
final class WebReader {

    /** The word for {@link Isolation#APART} as it is. */
    private static final String APART = "apart";

    private static final Map<String, BiFunction<Isolation, String, Isolation>> BOUNDS = new TreeMap<>(Map.of(
            "in-flight", (isolation, text) -> isolation.withInFlight(atLeastOne(text)),
            "queue", (isolation, text) -> isolation.withQueue(Quantities.count(text)),
            "queue-time", (isolation, text) -> isolation.withQueueTime(Quantities.duration(text)),
            "request-time", (isolation, text) -> isolation.withRequestTime(Quantities.duration(text)),
            "async-time", (isolation, text) -> isolation.withAsyncTime(Quantities.duration(text))));

    private WebReader() {}

    /** What the lines of one prefix say. */
    static RouteSpec.WebRoute read(SettingSources sources, String prefix, Entry entry) {
        Entry users = sources.get("users." + prefix);
        Entry isolation = sources.get("isolation." + prefix);
        return new RouteSpec.WebRoute(
                Prefix.parse(prefix),
                entry.value(),
                users == null ? null : users.value(),
                isolation == null ? Isolation.NONE : ConfigurationReader.parsed(isolation, WebReader::isolation),
                entry.quoted());
    }

    /** Refuses lines that would do nothing, because there is no web application of their prefix. */
    static void requireApplications(SettingSources sources) {
        sources.forEach((key, entry) -> {
            for (String kind : List.of("users.", "isolation.")) {
                if (key.startsWith(kind) && sources.get("webapp." + key.substring(kind.length())) == null) {
                    throw entry.wrong("is for a prefix without a web application: write webapp. and the same prefix with its WAR too");
                }
            }
        });
    }

    /** All bounds are those of {@link Isolation#APART} but for those that are named. */
    private static Isolation isolation(String text) {
        Isolation isolation = Isolation.APART;
        Set<String> given = new HashSet<>();
        for (String part : text.equals(APART) ? new String[0] : text.split(",", -1)) {
            String stripped = part.strip();
            int equals = stripped.indexOf('=');
            String name = equals < 0 ? stripped : stripped.substring(0, equals).strip();
            BiFunction<Isolation, String, Isolation> bound = bound(name, stripped);
            if (equals < 0 || !given.add(name)) {
                throw new IllegalArgumentException("has '" + stripped + "', which has no value or is there twice: write " + name
                        + "= and a value, once");
            }
            try {
                isolation = bound.apply(isolation, stripped.substring(equals + 1).strip());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("is wrong: '" + stripped + "' " + e.getMessage(), e);
            }
        }
        return isolation;
    }

    private static BiFunction<Isolation, String, Isolation> bound(String name, String part) {
        BiFunction<Isolation, String, Isolation> bound = BOUNDS.get(name);
        if (bound == null) {
            throw new IllegalArgumentException("has '" + part + "', which is no bound of an isolation: did you mean "
                    + Nearest.of(name, BOUNDS.keySet()) + "? Write " + APART + ", or some of " + String.join(", ", BOUNDS.keySet()));
        }
        return bound;
    }

    private static int atLeastOne(String text) {
        int count = Quantities.count(text);
        if (count == 0) {
            throw new IllegalArgumentException("leaves it no thread: write 1 or more, or remove the line");
        }
        return count;
    }
}
