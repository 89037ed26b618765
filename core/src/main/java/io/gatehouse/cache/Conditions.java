/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpDate;
import io.gatehouse.http.LooseDate;
import io.gatehouse.http.Preconditions;
import io.gatehouse.http.Preconditions.Outcome;

/**
 * The client's own conditions against a stored response that may be used (RFC 9111 section 4.3.2): what {@link
 * Preconditions} makes of them, and what section 4.3.2 adds: where there is no Last-Modified, If-Modified-Since is
 * held against Date.
 *
 * <p>Any thread; no garbage unless there are conditions with dates.
 */
final class Conditions {

    /** The fields of a 304 that is made from a stored response (RFC 9110 section 15.4.5). */
    private static final String[] OF_NOT_MODIFIED = {
        "Cache-Control", CacheControl.TARGETED, "Content-Location", "Date", "ETag", "Expires", "Vary"
    };

    private Conditions() {}

    /**
     * What the client's conditions make of its request.
     *
     * @param method of the request
     * @param request its fields
     * @param stored the response that would answer it
     * @return always PROCEED for a stored error or redirect, which conditions don't touch (RFC 9110 section 13.2.1)
     */
    static Outcome evaluate(String method, Fields request, Terms stored) {
        if (stored.status() < 200 || stored.status() > 299 || !Preconditions.present(request)) {
            return Outcome.PROCEED;
        }
        Outcome outcome = Preconditions.evaluate(method, request, stored.tag(), stored.modified(), true);
        if (outcome != Outcome.PROCEED || stored.modified() != HttpDate.NONE || request.contains("If-None-Match")
                || !method.equals("GET") && !method.equals("HEAD")) {
            return outcome;
        }
        String since = request.joined("If-Modified-Since");
        long date = since == null ? HttpDate.NONE : LooseDate.parse(since, stored.date());
        return date != HttpDate.NONE && stored.date() <= date ? Outcome.NOT_MODIFIED : Outcome.PROCEED;
    }

    /**
     * The fields of the 304 for a stored response; Age is the caller's to add. Last-Modified is among them if there is
     * no ETag, for the client to go by.
     *
     * @param stored {@link StoredFields}
     */
    static Fields notModified(Fields stored) {
        Fields.Builder kept = Fields.builder();
        boolean tagged = stored.contains("ETag");
        for (int i = 0; i < stored.size(); i++) {
            String name = stored.name(i);
            if (isOfNotModified(name) || !tagged && name.equalsIgnoreCase("Last-Modified")) {
                kept.add(name, stored.value(i));
            }
        }
        return kept.build();
    }

    private static boolean isOfNotModified(String name) {
        for (String kept : OF_NOT_MODIFIED) {
            if (kept.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }
}
