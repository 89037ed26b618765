/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http.RequestHead;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** Jetty's words for a request's head turned into ours, and checked where Jetty is more lenient (RFC 9112 section 3.2). */
final class JettyHead {
    private JettyHead() {}

    /**
     * Reads a head.
     *
     * @param raw the target as received, if Jetty does not have it so
     * @param scheme what the connection's requests have, {@code http} or {@code https}
     * @throws RefusedException if it must not reach a handler
     */
    static RequestHead read(Request request, @Nullable String raw, String scheme) throws RefusedException {
        HttpVersion version = switch (request.getConnectionMetaData().getHttpVersion()) {
            case HTTP_1_0 -> HttpVersion.HTTP_1_0;
            case HTTP_2 -> HttpVersion.HTTP_2;
            default -> HttpVersion.HTTP_1_1;
        };
        HttpFields from = request.getHeaders();
        boolean two = version == HttpVersion.HTTP_2;
        String named = two ? request.getHttpURI().getAuthority() : null;
        boolean implied = two && named != null && !from.contains(HttpHeader.HOST);
        String[] pairs = new String[2 * from.size() + (implied ? 2 : 0)];
        int at = 0;
        if (implied) {
            pairs[at++] = "host";
            pairs[at++] = named;
        }
        String host = null;
        int hosts = 0;
        for (HttpField field : from) {
            String value = field.getValue();
            String text = value == null ? "" : value;
            HttpHeader header = field.getHeader();
            if (header == HttpHeader.HOST) {
                host = text;
                hosts++;
            } else if (header == HttpHeader.EXPECT && version != HttpVersion.HTTP_1_0) {
                check(text.equalsIgnoreCase("100-continue"), Refusal.EXPECTATION, "expect nothing but 100-continue");
            }
            pairs[at++] = field.getName();
            pairs[at++] = text;
        }
        check(hosts == 1 || hosts == 0 && version != HttpVersion.HTTP_1_1, Refusal.HOST, "send one Host");
        Authority authority = authority(host == null ? named : host);
        HttpURI uri = request.getHttpURI();
        String method = request.getMethod();
        String target = raw == null ? uri.getPathQuery() : raw;
        if (raw != null && !raw.startsWith("/") && !method.equals("CONNECT")) {
            Authority absolute = absolute(raw, scheme);
            check(authority == null || absolute.host().equals(authority.host())
                    && absolute.portOr(scheme) == authority.portOr(scheme), Refusal.HOST, "the Host contradicts the target");
            authority = absolute;
        } else if (two && named != null) {
            Authority second = authority(named);
            check(authority == null || authority.equals(second), Refusal.HOST, "host contradicts :authority");
            authority = second;
        }
        check(target != null && (!target.equals("*") || method.equals("OPTIONS")), Refusal.SYNTAX, "* is for OPTIONS alone");
        return new RequestHead(method, scheme, authority, target, version, Fields.parsed(pairs));
    }

    private static @Nullable Authority authority(@Nullable String host) throws RefusedException {
        if (host == null || host.isEmpty()) {
            return null;
        }
        Authority authority = Authority.parse(host);
        check(authority != null, Refusal.HOST, "the Host is not a name or an address, and perhaps a port");
        return authority;
    }

    private static Authority absolute(String target, String scheme) throws RefusedException {
        String start = scheme + "://";
        check(target.regionMatches(true, 0, start, 0, start.length()), Refusal.SYNTAX, "the target does not begin with a slash");
        int end = start.length();
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            end++;
        }
        Authority authority = Authority.parse(target.substring(start.length(), end));
        if (authority == null) {
            throw new RefusedException(Refusal.HOST, "the target names no host");
        }
        return authority;
    }

    private static void check(boolean fine, Refusal refusal, String detail) throws RefusedException {
        if (!fine) {
            throw new RefusedException(refusal, detail);
        }
    }
}
