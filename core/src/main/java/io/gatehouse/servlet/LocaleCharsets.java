/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.nio.charset.Charset;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which character encoding follows from a response's locale (Servlet 6.1 section 5.5); set by the builder. */
final class LocaleCharsets {

    private final Map<String, String> charsets = new HashMap<>();

    LocaleCharsets(Map<Locale, Charset> mappings) {
        mappings.forEach((locale, charset) -> charsets.put(locale.toString(), charset.name()));
    }

    /** The charset for the locale, or for its language and country, or for its language; null if none is mapped. */
    @Nullable String find(Locale locale) {
        String exact = charsets.get(locale.toString());
        if (exact != null) {
            return exact;
        }
        String byCountry = charsets.get(locale.getLanguage() + "_" + locale.getCountry());
        return byCountry != null ? byCountry : charsets.get(locale.getLanguage());
    }
}
