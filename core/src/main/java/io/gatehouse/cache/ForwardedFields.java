/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Authority;
import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ForwardedElement;
import io.gatehouse.http.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Fields by which a request tells of another host or scheme than it came for. A handler that believes them makes links of them,
 * and everyone would get those: the key holds what the request came for. So an answer to such a request is stored as if Vary named
 * the field: whoever sends what nobody else sends has the answer for himself, and all who come by one proxy share theirs. Any thread.
 */
final class ForwardedFields {

    private static final String HOST = "x-forwarded-host";
    private static final String PROTO = "x-forwarded-proto";
    private static final String FORWARDED = "forwarded";

    private ForwardedFields() {}

    /**
     * Those that contradict the request's head, in lower case; where there are several members, any of them may be the one that is
     * believed, and so is one that can't be read.
     *
     * @param request with the host and scheme that a trusted proxy told of, if there was one
     */
    static List<String> contradicting(RequestHead request) {
        Fields fields = request.fields();
        List<String> names = new ArrayList<>(0);
        if (fields.contains(HOST) && !members(fields, HOST, host -> isHost(request, host))) {
            names.add(HOST);
        }
        if (fields.contains(PROTO) && !members(fields, PROTO, request.scheme()::equalsIgnoreCase)) {
            names.add(PROTO);
        }
        if (fields.contains(FORWARDED) && !agrees(request, fields.all(FORWARDED))) {
            names.add(FORWARDED);
        }
        return names;
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
