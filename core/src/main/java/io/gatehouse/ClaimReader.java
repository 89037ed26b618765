/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.SettingSources.Entry;
import io.gatehouse.claim.ClaimSettings;
import io.gatehouse.claim.Grant;
import io.gatehouse.claim.TenantSettings;
import io.gatehouse.route.Prefix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads what of the configuration is about claims, on either side. */
final class ClaimReader {

    private final SettingSources sources;

    ClaimReader(SettingSources sources) {
        this.sources = sources;
    }

    /** What other processes may claim here, over what the program says. */
    ClaimSettings claims(ClaimSettings base) {
        return new ClaimSettings(
                path("claims.socket", base.socket()),
                value("claims.mode", Function.identity(), base.mode()),
                name("claims.group", base.group()),
                value("claims.connections", Quantities::count, base.connections()),
                value("claims.limit", Quantities::count, base.claims()),
                value("claims.ping", Quantities::duration, base.ping()),
                value("claims.linger", Quantities::duration, base.linger()),
                value("claims.hold", Quantities::duration, base.hold()),
                value("claims.queue", Quantities::count, base.queue()),
                value("claims.answer", Quantities::duration, base.answer()),
                family("reservation.", Grant::parse, base.reservations()),
                family("start.", ClaimSettings::command, base.starts()),
                family("hold.", Quantities::duration, base.holds()));
    }

    /** What this process claims elsewhere, over what the program says. */
    TenantSettings tenant(TenantSettings base) {
        return new TenantSettings(
                value("tenant.claims", ClaimReader::prefixes, base.claims()),
                value("tenant.priority", ClaimReader::priority, base.priority()),
                name("tenant.group", base.group()));
    }

    private <T> Map<Prefix, T> family(String kind, Function<String, T> parser, Map<Prefix, T> base) {
        Map<Prefix, T> all = new HashMap<>(base);
        sources.forEach((key, entry) -> {
            if (key.startsWith(kind)) {
                all.put(Prefix.parse(key.substring(kind.length())), ConfigurationReader.parsed(entry, parser));
            }
        });
        return all;
    }

    private <T> T value(String key, Function<String, T> parser, T fallback) {
        Entry entry = sources.get(key);
        return entry == null ? fallback : ConfigurationReader.parsed(entry, parser);
    }

    private @Nullable String name(String key, @Nullable String fallback) {
        Entry entry = sources.get(key);
        return entry == null ? fallback : entry.value();
    }

    private @Nullable Path path(String key, @Nullable Path fallback) {
        Entry entry = sources.get(key);
        return entry == null ? fallback : Path.of(entry.value());
    }

    private static List<Prefix> prefixes(String text) {
        List<Prefix> prefixes = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Prefix prefix;
            try {
                prefix = Prefix.parse(part.strip());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("is wrong: " + e.getMessage(), e);
            }
            if (prefixes.contains(prefix)) {
                throw new IllegalArgumentException("names " + prefix + " twice: name it once");
            }
            prefixes.add(prefix);
        }
        return prefixes;
    }

    private static int priority(String text) {
        boolean negative = text.startsWith("-");
        int number = Quantities.count(negative ? text.substring(1) : text);
        return negative ? -number : number;
    }
}
