/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What an answer to an unsafe method makes void (RFC 9111 section 4.4). Any thread. */
final class Invalidation {

    private static final String[] REFERENCES = {"Location", "Content-Location"};

    private Invalidation() {}

    /**
     * Whether a method may change something: all may that are not registered as safe (RFC 9110 sections 9.2.1 and
     * 18.2).
     */
    static boolean isUnsafe(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH" -> false;
            default -> true;
        };
    }

    /** Whether an answer drops what {@link #targets} says: only a success or a redirect changed something. */
    static boolean drops(String method, int status) {
        return status >= 200 && status < 400 && isUnsafe(method);
    }

    /**
     * The targets whose stored responses are dropped, all variants of them: the request's own, and those that Location
     * and Content-Location name on the same origin. References to other origins drop nothing: they could drop what is
     * not theirs.
     *
     * @return in origin-form, as a client would send them, not normalised; each once
     */
    static List<String> targets(RequestHead request, Fields response) {
        Set<String> targets = new LinkedHashSet<>(4);
        String own = Reference.own(request);
        if (own != null) {
            targets.add(own);
        }
        for (String name : REFERENCES) {
            for (String reference : response.all(name)) {
                String meant = Reference.resolve(request, reference);
                if (meant != null) {
                    targets.add(meant);
                }
            }
        }
        return List.copyOf(targets);
    }
}
