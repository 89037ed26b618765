/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.QualityValues;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IllformedLocaleException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The locales of Accept-Language in the order of preference (RFC 9110 section 12.5.4, Servlet 6.1 section 3.9). */
final class AcceptedLocales {

    private record Weighted(Locale locale, int weight) {}

    private static final int LIMIT = 64;

    private AcceptedLocales() {}

    /** The locales; the platform's default if the peer named none. */
    static List<Locale> parse(List<String> lines) {
        List<Weighted> found = new ArrayList<>();
        for (String line : lines) {
            for (String range : line.split(",", LIMIT)) {
                int semicolon = range.indexOf(';');
                String tag = (semicolon < 0 ? range : range.substring(0, semicolon)).trim();
                int weight = semicolon < 0 ? QualityValues.FULL : QualityValues.of(range, tag);
                Locale locale = weight <= 0 || tag.isEmpty() || tag.equals("*") ? null : locale(tag);
                if (locale != null) {
                    found.add(new Weighted(locale, weight));
                }
            }
        }
        found.sort(Comparator.comparingInt(Weighted::weight).reversed());
        List<Locale> locales = found.stream().map(Weighted::locale).distinct().toList();
        return locales.isEmpty() ? List.of(Locale.getDefault()) : locales;
    }

    private static @Nullable Locale locale(String tag) {
        try {
            return new Locale.Builder().setLanguageTag(tag).build();
        } catch (IllformedLocaleException e) {
            return null;
        }
    }
}
