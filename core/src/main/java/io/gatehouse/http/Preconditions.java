/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import org.jspecify.annotations.Nullable;

/**
 * The conditions of a request against the state of what it asks for, in the order of RFC 9110 section 13.2.2.
 *
 * <pre>
 *   If-Match ─────────────── false ──► FAILED         no If-Match: If-Unmodified-Since ── false ──► FAILED
 *      │ true or absent
 *      ▼
 *   If-None-Match ────────── false ──► NOT_MODIFIED for GET and HEAD, else FAILED
 *      │ absent
 *      ▼
 *   If-Modified-Since ────── false ──► NOT_MODIFIED   (GET and HEAD only)
 *      │
 *      ▼
 *   PROCEED; whether a Range counts then says {@link #rangeCounts}
 * </pre>
 *
 * <p>To be asked only when the answer without conditions would be a success. Memory only, without garbage but for
 * dates; any thread.
 */
public final class Preconditions {

    /** What the conditions make of a request. */
    public enum Outcome {
        /** As if there were no conditions. */
        PROCEED,
        /** Answer 304: the client has it. */
        NOT_MODIFIED,
        /** Answer 412: it is not what the client thinks. */
        FAILED
    }

    private Preconditions() {}

    /** Whether the request has a Range or any condition, so that {@link #evaluate} is worth its time. One pass. */
    public static boolean present(Fields fields) {
        for (int i = 0; i < fields.size(); i++) {
            String name = fields.name(i);
            if (name.length() == 5 && name.equalsIgnoreCase("Range")
                    || name.length() > 7 && (name.charAt(0) | 0x20) == 'i' && (name.charAt(1) | 0x20) == 'f'
                            && name.charAt(2) == '-') {
                return true;
            }
        }
        return false;
    }

    /**
     * What the conditions make of a request.
     *
     * @param method of the request
     * @param fields of the request
     * @param tag of the representation that would be sent, or null if it has none
     * @param modified when it was last modified, in seconds since 1970, or {@link HttpDate#NONE}
     * @param exists whether there is a representation at all, which {@code *} asks for
     */
    public static Outcome evaluate(
            String method, Fields fields, @Nullable EntityTag tag, long modified, boolean exists) {
        String match = fields.joined("If-Match");
        if (match != null) {
            if (!matches(match, tag, true, exists)) {
                return Outcome.FAILED;
            }
        } else {
            long date = date(fields, "If-Unmodified-Since");
            if (date != HttpDate.NONE && modified != HttpDate.NONE && modified > date) {
                return Outcome.FAILED;
            }
        }
        boolean reads = method.equals("GET") || method.equals("HEAD");
        String noneMatch = fields.joined("If-None-Match");
        if (noneMatch != null) {
            if (matches(noneMatch, tag, false, exists)) {
                return reads ? Outcome.NOT_MODIFIED : Outcome.FAILED;
            }
        } else if (reads && modified != HttpDate.NONE) {
            long date = date(fields, "If-Modified-Since");
            if (date != HttpDate.NONE && modified <= date) {
                return Outcome.NOT_MODIFIED;
            }
        }
        return Outcome.PROCEED;
    }

    /**
     * Whether the Range field of a request that may proceed is to be looked at: the method is GET, there is a Range,
     * and If-Range, if there is one, names this very state (RFC 9110 sections 13.1.5 and 14.2). A date in If-Range
     * counts as a strong validator only if the representation is at least a second old: it could have changed twice
     * in one.
     *
     * @param now seconds since 1970
     */
    public static boolean rangeCounts(
            String method, Fields fields, @Nullable EntityTag tag, long modified, long now) {
        if (!method.equals("GET") || !fields.contains("Range")) {
            return false;
        }
        String condition = fields.joined("If-Range");
        if (condition == null) {
            return true;
        }
        if (condition.startsWith("\"") || condition.startsWith("W/")) {
            EntityTag named = EntityTag.parse(condition);
            return named != null && tag != null && tag.matchesStrongly(named);
        }
        return modified != HttpDate.NONE && modified < now && HttpDate.parse(condition, now) == modified;
    }

    private static boolean matches(String list, @Nullable EntityTag tag, boolean strongly, boolean exists) {
        if (list.equals("*")) {
            return exists;
        }
        return exists && tag != null && tag.isListedIn(list, strongly);
    }

    /** Several lines of such a field are no date together, and therefore ignored. */
    private static long date(Fields fields, String name) {
        String text = fields.joined(name);
        return text == null ? HttpDate.NONE : HttpDate.parse(text);
    }
}
