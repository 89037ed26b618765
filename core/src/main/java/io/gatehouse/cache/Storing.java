/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Fields;
import io.gatehouse.http.Preconditions;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Status;
import org.jspecify.annotations.Nullable;

/** What a shared cache may store (RFC 9111 sections 3 and 3.5, RFC 9110 section 9.3.3). Any thread. */
final class Storing {

    private Storing() {}

    /**
     * Why an answer may not be stored, or null if it may. The body is not looked at: what is too large or cut short is
     * the caller's to refuse.
     *
     * @param request the head that the client sent, before conditions were added to it
     * @param response the fields as received
     * @param terms of that response, with its status
     * @param rules of the route
     */
    static @Nullable Reason refusal(RequestHead request, Fields response, Terms terms, Rules rules) {
        if (rules.lifetime() == Rules.NEVER) {
            return Reason.NEVER;
        }
        Reason asked = ofRequest(request, response, terms, rules);
        if (asked != null) {
            return asked;
        }
        Reason forbidden = ofDirectives(request.fields(), terms);
        if (forbidden != null) {
            return forbidden;
        }
        if (VaryKey.isStar(response)) {
            return Reason.VARY_STAR;
        }
        boolean named = Freshness.isNamed(response, terms.directives());
        if (response.contains("Set-Cookie") && !named && !terms.directives().isPublic()
                && !StoredFields.drops(terms.directives(), "set-cookie")) {
            return Reason.SET_COOKIE;
        }
        return ofUse(terms, named);
    }

    /** Whether a request has a body, as far as its fields tell. */
    static boolean hasBody(Fields request) {
        String length = request.first("Content-Length");
        return request.contains("Transfer-Encoding") || length != null && Freshness.seconds(length) != 0;
    }

    /** Whether answers of that status may be given a lifetime that they don't name (RFC 9110 section 15.1). */
    static boolean isHeuristic(int status) {
        return switch (status) {
            case 200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501 -> true;
            default -> false;
        };
    }

    private static @Nullable Reason ofRequest(RequestHead request, Fields response, Terms terms, Rules rules) {
        Fields fields = request.fields();
        int status = terms.status();
        if (request.method().equals("POST")) {
            String location = response.first("Content-Location");
            boolean itself = status == 200 && Freshness.isNamed(response, terms.directives())
                    && location != null && Reference.isTarget(request, location);
            if (!itself) {
                return Reason.METHOD;
            }
        } else if (!request.method().equals("GET")) {
            return Reason.METHOD;
        } else if (hasBody(fields)) {
            return Reason.REQUEST_BODY;
        }
        if (rules.requestDirectives() && CacheControl.of(fields).noStore()) {
            return Reason.REQUEST_NO_STORE;
        }
        if (status < 200 || status == 304 || status == 412 && Preconditions.present(fields)
                || status == 416 && fields.contains("Range") || status == 417 && fields.contains("Expect")) {
            return Reason.STATUS;
        }
        if (status == 206) {
            ContentRange range = ContentRange.of(response);
            return range == null || !fields.contains("Range") ? Reason.PARTIAL : null;
        }
        return null;
    }

    private static @Nullable Reason ofDirectives(Fields request, Terms terms) {
        CacheControl directives = terms.directives();
        if (directives.mustUnderstand()) {
            // A status that is understood makes no-store void (RFC 9111 section 5.2.2.3).
            if (Status.reason(terms.status()).isEmpty()) {
                return Reason.MUST_UNDERSTAND;
            }
        } else if (directives.noStore()) {
            return Reason.NO_STORE;
        }
        if (directives.isPrivate()) {
            return Reason.PRIVATE;
        }
        boolean shared = directives.isPublic() || directives.mustRevalidate() || directives.sMaxAge() >= 0;
        return request.contains("Authorization") && !shared ? Reason.AUTHORIZATION : null;
    }

    /** Whether it will ever be of use: fresh for a while, or stale in a window, or validated. */
    private static @Nullable Reason ofUse(Terms terms, boolean named) {
        CacheControl directives = terms.directives();
        boolean allowed = named || directives.isPublic() || isHeuristic(terms.status())
                || terms.freshness().source() == Freshness.Source.ROUTE;
        if (!allowed) {
            return Reason.NO_LIFETIME;
        }
        if (terms.validates()) {
            return null;
        }
        if (directives.noCache()) {
            return Reason.NO_VALIDATOR;
        }
        boolean useful = terms.freshness().lifetimeMillis() > 0
                || directives.staleWhileRevalidate() > 0 || directives.staleIfError() > 0;
        return useful ? null : Reason.NO_LIFETIME;
    }
}
