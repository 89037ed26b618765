/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.ByteRanges;
import io.gatehouse.http.EntityTag;
import io.gatehouse.http.Fields;
import io.gatehouse.http.Preconditions;
import org.jspecify.annotations.Nullable;

/**
 * Stored parts: what they answer, how they are made whole, and what may be put together (RFC 9111 sections 3.3 and
 * 3.4, RFC 9110 section 15.3.7.3). A stored 206 answers nothing but a Range; a stored whole answers ranges by {@link
 * ByteRanges#parse} alone. Any thread.
 *
 * <pre>
 *   GET with Range:     answers ──► not null: 206 or 416 from the part
 *                          ▼ null
 *                       repeats ──► true: the stored 206 as it is
 *                          ▼ false
 *                       the origin, with the client's Range
 *
 *   GET without Range:  completing ──► 200: store it in the place of the part
 *                          ▼ 206
 *                       combination ──► not null: the whole
 *                          ▼ null
 *                       the origin, with Validation.unconditional
 * </pre>
 */
final class PartialContent {

    private PartialContent() {}

    /**
     * What a stored part makes of a Range.
     *
     * @param range the field of the request, one that counts ({@link Preconditions#rangeCounts})
     * @param part what is stored, {@linkplain ContentRange#holding as many bytes as there are}
     * @return Satisfiable if all of it lies in the part; Unsatisfiable if none of it lies in the whole; null if the
     *     origin must answer
     */
    static @Nullable ByteRanges answers(String range, ContentRange part) {
        // In a whole of unknown length only positions that are written out can lie in the part.
        long length = part.length() < 0 ? Long.MAX_VALUE : part.length();
        ByteRanges asked = ByteRanges.parse(range, length);
        if (asked instanceof ByteRanges.Unsatisfiable && part.length() >= 0) {
            return asked;
        }
        if (!(asked instanceof ByteRanges.Satisfiable satisfiable)) {
            return null;
        }
        for (ByteRanges.Range one : satisfiable.ranges()) {
            if (!part.contains(one.first(), one.last())) {
                return null;
            }
        }
        return asked;
    }

    /** Whether a Range asks in the same words for what a stored 206 was the answer to: then it may be sent as it is. */
    static boolean repeats(@Nullable String storedFor, String range) {
        return range.equals(storedFor);
    }

    /**
     * The fields of the request for what is missing of a stored part, when a client asks for the whole: the client's
     * own without conditions, a Range, and If-Range if the part has a strong tag. Null if the part lies neither at the
     * beginning nor at the end, is the whole, or its end is not known: then the whole is asked for.
     *
     * <p>Without a strong tag it is worth asking too, since an origin that ignores Range sends the whole; if it does
     * not, {@link #combination} is null, and the whole must be asked for.
     *
     * @param client the client's fields
     * @param stored {@link StoredFields} of the part
     * @param part where it lies
     */
    static @Nullable Fields completing(Fields client, Fields stored, ContentRange part) {
        boolean atEnd = part.length() >= 0 && part.last() == part.length() - 1;
        boolean atBeginning = part.first() == 0;
        if (atBeginning == atEnd) {
            return null; // the whole, or something in the middle
        }
        Fields fields = Validation.unconditional(client)
                .plus("Range", atEnd ? "bytes=0-" + (part.first() - 1) : "bytes=" + (part.last() + 1) + '-');
        String tag = strongTag(stored);
        return tag == null ? fields : fields.plus("If-Range", tag);
    }

    /**
     * How a stored part and a new one make a larger one: the first bytes of the stored, all of the new, the last of
     * the stored.
     *
     * @param range where the larger lies
     * @param before how many bytes of the stored part, from its beginning, stand in front of the new
     * @param after how many bytes of the stored part, up to its end, stand behind the new
     */
    record Combination(ContentRange range, long before, long after) {

        /** 200 if it is the whole, else 206. */
        int status() {
            return range.isWhole() ? 200 : 206;
        }

        /**
         * The fields of the larger part: the stored ones, with all of the new in their places (RFC 9111 section 3.4),
         * and with the length and the place that it has now. To be read by {@link Terms#of} and stored by {@link
         * StoredFields#of}.
         *
         * @param stored {@link StoredFields} of the stored part
         * @param answer the fields of the new part
         * @param responseMillis when it was received, epoch milliseconds
         */
        Fields fields(Fields stored, Fields answer, long responseMillis) {
            Fields.Builder fields = Validation.updated(206, stored, answer, responseMillis).toBuilder();
            Zipping.withoutContentDigests(fields).remove("Content-Range").set("Content-Length", Long.toString(range.size()));
            if (!range.isWhole()) {
                fields.add("Content-Range", range.text());
            }
            return fields.build();
        }
    }

    /**
     * How a stored part and a new one go together, or null if they may not: they need the same strong tag, the same
     * length of the whole as far as it is known, and no gap between them (RFC 9110 section 15.3.7.3).
     *
     * @param stored {@link StoredFields} of the stored part
     * @param part where the stored bytes lie
     * @param answer the fields of a 206
     * @param added where its bytes lie
     */
    static @Nullable Combination combination(Fields stored, ContentRange part, Fields answer, ContentRange added) {
        String tag = strongTag(stored);
        if (tag == null || !tag.equals(strongTag(answer))) {
            return null;
        }
        if (part.length() >= 0 && added.length() >= 0 && part.length() != added.length()) {
            return null;
        }
        if (added.first() > part.last() + 1 || part.first() > added.last() + 1) {
            return null;
        }
        long length = Math.max(part.length(), added.length());
        long last = Math.max(part.last(), added.last());
        if (length >= 0 && last >= length) {
            return null;
        }
        ContentRange range = new ContentRange(Math.min(part.first(), added.first()), last, length);
        return new Combination(
                range, Math.max(0, added.first() - part.first()), Math.max(0, part.last() - added.last()));
    }

    /** The only ETag, as it stands there, if it is a strong one. */
    private static @Nullable String strongTag(Fields fields) {
        String text = fields.first("ETag");
        EntityTag tag = text == null ? null : EntityTag.parse(text);
        return tag == null || tag.weak() || fields.all("ETag").size() > 1 ? null : text;
    }
}
