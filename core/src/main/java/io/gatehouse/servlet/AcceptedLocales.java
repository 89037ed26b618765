/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

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
                int weight = semicolon < 0 ? 1000 : weight(range.substring(semicolon + 1).trim());
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

    /** The weight in thousandths; 0 if it is malformed. */
    private static int weight(String text) {
        int equals = text.indexOf('=');
        if (equals < 0 || !text.substring(0, equals).trim().equalsIgnoreCase("q")) {
            return 0;
        }
        String value = text.substring(equals + 1).trim();
        try {
            return value.length() > 5 ? 0 : (int) Math.round(1000 * Double.parseDouble(value));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
