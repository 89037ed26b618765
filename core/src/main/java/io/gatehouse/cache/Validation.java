/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpDate;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Asking the origin whether a stored response is still good, and what its answer changes (RFC 9111 sections 4.3.1,
 * 4.3.3 to 4.3.5 and 3.2). Any thread.
 */
final class Validation {

    /** What the answer to a HEAD says about a stored answer to a GET (section 4.3.5). */
    enum Verdict {
        /** It is the same: update it as by a 304. */
        UPDATE,
        /** It is another: count it as stale. */
        STALE,
        /** Nothing. */
        NOTHING
    }

    private Validation() {}

    /**
     * The fields of the request that validates one stored response on behalf of a client: the client's own, but with
     * the stored validators, as they came, in the place of its conditions, and without Range. Every other field goes
     * along, so that those that Vary names say what they said.
     *
     * @param client the client's fields
     * @param stored {@link StoredFields}
     */
    static Fields request(Fields client, Fields stored) {
        Fields.Builder fields = unconditional(client).toBuilder();
        String tag = stored.first("ETag");
        if (tag != null) {
            fields.add("If-None-Match", tag);
        }
        String modified = stored.first("Last-Modified");
        if (modified != null) {
            fields.add("If-Modified-Since", modified);
        }
        return fields.build();
    }

    /**
     * A client's fields without conditions and Range: the request for the whole response, whatever the client has of
     * it.
     */
    static Fields unconditional(Fields client) {
        Fields fields = client;
        for (String name : new String[] {
            "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range"
        }) {
            fields = fields.without(name);
        }
        return fields;
    }

    /**
     * The fields of a stored response after a 304, or a 200 to HEAD, that is about it (section 3.2): every field that
     * the answer has takes the place of all stored lines of that name; the others stay. Content-Length stays too,
     * fields of the connection are not taken over, and neither is Content-Range if a part is stored: they tell of the
     * stored body. Age and Date are the answer's: without a Date of its own it is dated as received.
     *
     * <p>To be read by {@link Terms#of}, with the times of this exchange, and then to be stored by {@link
     * StoredFields#of}; the {@link VaryKey} is to be made again too. {@link Storing#refusal} must be asked again: a
     * 304 may set a cookie, or say private; what is refused then answers this client, and is dropped.
     *
     * @param status of the stored response
     * @param stored {@link StoredFields}
     * @param answer the fields of the 304 or of the 200
     * @param responseMillis when it was received, epoch milliseconds
     */
    static Fields updated(int status, Fields stored, Fields answer, long responseMillis) {
        Set<String> replaced = new TreeSet<>();
        for (int i = 0; i < answer.size(); i++) {
            String name = answer.name(i).toLowerCase(Locale.ROOT);
            boolean ofBody = name.equals("content-length") || name.equals("content-range") && status == 206;
            if (!ofBody && !StoredFields.isHopByHop(answer, name)) {
                replaced.add(name);
            }
        }
        Fields.Builder merged = Fields.builder();
        for (int i = 0; i < stored.size(); i++) {
            String name = stored.name(i).toLowerCase(Locale.ROOT);
            if (!replaced.contains(name) && !name.equals("age") && !name.equals("date")) {
                merged.add(stored.name(i), stored.value(i));
            }
        }
        for (int i = 0; i < answer.size(); i++) {
            if (replaced.contains(answer.name(i).toLowerCase(Locale.ROOT))) {
                merged.add(answer.name(i), answer.value(i));
            }
        }
        if (!replaced.contains("date")) {
            merged.add("Date", HttpDate.format(Math.floorDiv(responseMillis, 1000L)));
        }
        return merged.build();
    }

    /**
     * What the answer to a HEAD says about a stored answer to a GET that the same request would have matched (section
     * 4.3.5).
     *
     * @param status of the answer to HEAD
     * @param answer its fields
     * @param stored {@link StoredFields}
     * @param storedStatus of the stored response
     * @param length of the whole stored representation in bytes, or -1 if only parts of it are stored and it is not
     *     known
     */
    static Verdict ofHead(int status, Fields answer, int storedStatus, Fields stored, long length) {
        if (status == 404 || status == 410) {
            return Verdict.STALE;
        }
        if (status != 200 || storedStatus != 200 && storedStatus != 206) {
            return Verdict.NOTHING;
        }
        String announced = answer.first("Content-Length");
        boolean sameLength = announced == null || length < 0 || announced.equals(Long.toString(length));
        return sameLength && agrees(answer, stored, "ETag") && agrees(answer, stored, "Last-Modified")
                ? Verdict.UPDATE : Verdict.STALE;
    }

    /** A validator that the answer does not have says nothing. */
    private static boolean agrees(Fields answer, Fields stored, String name) {
        String said = answer.first(name);
        return said == null || said.equals(stored.first(name));
    }
}
