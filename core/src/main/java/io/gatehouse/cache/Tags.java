/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Fields;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tags that an answer carries: words of Surrogate-Key, which blanks part, and of Cache-Tag, which commas part. Compared
 * with case.
 */
final class Tags {

    static final String SURROGATE_KEY = "Surrogate-Key";
    static final String CACHE_TAG = "Cache-Tag";

    /** How many an answer may carry; one with more is not kept, because it could not be purged by the rest. */
    static final int MOST = 256;

    private Tags() {}

    /** The tags; null if they are more than {@link #MOST}. */
    static @Nullable Set<String> of(Fields fields) {
        Set<String> tags = Set.of();
        for (int i = 0; i < fields.size(); i++) {
            boolean blanks = fields.name(i).equalsIgnoreCase(SURROGATE_KEY);
            if (blanks || fields.name(i).equalsIgnoreCase(CACHE_TAG)) {
                tags = tags.isEmpty() ? new LinkedHashSet<>() : tags;
                add(tags, fields.value(i), !blanks);
            }
        }
        return tags.size() > MOST ? null : tags;
    }

    /** What a tag weighs in an index, in bytes. */
    static int weight(String tag) {
        return 150 + 2 * tag.length();
    }

    private static void add(Set<String> tags, String value, boolean commas) {
        int from = 0;
        for (int i = 0; i <= value.length() && tags.size() <= MOST; i++) {
            boolean end = i == value.length();
            char c = end ? ' ' : value.charAt(i);
            if (end || (commas ? c == ',' : c == ' ' || c == '\t')) {
                String tag = value.substring(from, i).strip();
                if (!tag.isEmpty()) {
                    tags.add(tag);
                }
                from = i + 1;
            }
        }
    }
}
