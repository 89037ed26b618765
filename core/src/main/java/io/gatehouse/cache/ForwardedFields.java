/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Authority;
import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ForwardedElement;
import io.gatehouse.http.RequestHead;
import java.util.List;
import java.util.function.Predicate;

/**
 * Fields by which a request tells of another host or scheme than it came for. A handler that believes them makes links of them,
 * and everyone would get those: the key holds what the request came for. Any thread.
 */
final class ForwardedFields {

    private static final String HOST = "X-Forwarded-Host";
    private static final String PROTO = "X-Forwarded-Proto";
    private static final String FORWARDED = "Forwarded";

    private ForwardedFields() {}

    /**
     * Whether one of them contradicts the request's head; where there are several members, any of them may be the one that is
     * believed, and so is one that can't be read.
     *
     * @param request with the host and scheme that a trusted proxy told of, if there was one
     * @param tells whether answers are told apart by a field of that name
     */
    static boolean contradict(RequestHead request, Predicate<String> tells) {
        Fields fields = request.fields();
        return fields.contains(HOST) && !tells.test(HOST) && !members(fields, HOST, host -> isHost(request, host))
                || fields.contains(PROTO) && !tells.test(PROTO) && !members(fields, PROTO, request.scheme()::equalsIgnoreCase)
                || fields.contains(FORWARDED) && !tells.test(FORWARDED) && !agrees(request, fields.all(FORWARDED));
    }

    private static boolean agrees(RequestHead request, List<String> lines) {
        List<ForwardedElement> elements = ForwardedElement.parse(lines);
        if (elements == null) {
            return false;
        }
        for (ForwardedElement element : elements) {
            String host = element.host();
            String proto = element.proto();
            if (host != null && !isHost(request, host) || proto != null && !proto.equalsIgnoreCase(request.scheme())) {
                return false;
            }
        }
        return true;
    }

    private static boolean members(Fields fields, String name, Predicate<String> agrees) {
        for (String line : fields.all(name)) {
            for (String member : line.split(",", -1)) {
                String trimmed = FieldSyntax.trim(member);
                if (!trimmed.isEmpty() && !agrees.test(trimmed)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isHost(RequestHead request, String told) {
        Authority authority = Authority.parse(told);
        String scheme = request.scheme();
        return authority != null
                && CacheKey.authority(scheme, authority).equals(CacheKey.authority(scheme, request.authority()));
    }
}
