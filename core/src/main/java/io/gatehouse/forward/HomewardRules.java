/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.Request;
import io.gatehouse.http.Authority;
import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a target's fields become the client's: without those of the connection, and, if so set, with the target's own places turned into those
 * where the client finds them.
 *
 * @param rewrites whether Location, Content-Location and Set-Cookie are rewritten
 * @param upgrades what a 426 may name
 */
record HomewardRules(boolean rewrites, UpgradeRules upgrades) {

    /**
     * The fields for the client.
     *
     * @param host that the target was asked for
     */
    Fields fields(ResponseHead head, Request request, Origin origin, @Nullable Authority host) {
        Fields.Builder fields = EndToEnd.of(head.fields());
        String required = upgrades.required(head);
        if (required != null) {
            fields.add("Upgrade", required);
        }
        return rewrites ? new Place(origin, host, prefix(request)).rewritten(fields.build()) : fields.build();
    }

    /** The prefix as it stands in a URL, with {@code /} at both ends. */
    private static String prefix(Request request) {
        String path = request.path();
        String prefix = path.length() < request.prefixLength() ? path + '/' : path.substring(0, request.prefixLength());
        StringBuilder out = new StringBuilder(prefix.length());
        for (byte b : prefix.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            if (c > ' ' && c < 127 && "\"#%<>?[\\]^`{|};".indexOf(c) < 0) {
                out.append(c);
            } else {
                out.append(String.format("%%%02X", (int) c));
            }
        }
        return out.toString();
    }

    /** One target as its own answers name it, and the prefix that stands for it. */
    private record Place(Origin origin, @Nullable Authority host, String prefix) {

        Fields rewritten(Fields fields) {
            Fields.Builder out = Fields.builder();
            for (int i = 0; i < fields.size(); i++) {
                String name = fields.name(i);
                String value = fields.value(i);
                if (name.equalsIgnoreCase("Location") || name.equalsIgnoreCase("Content-Location")) {
                    value = location(value);
                } else if (name.equalsIgnoreCase("Set-Cookie")) {
                    value = cookie(value);
                }
                out.add(name, value);
            }
            return out.build();
        }

        /** A URL of the target becomes a path here; one of somebody else, or a relative one, stays. */
        private String location(String url) {
            if (url.startsWith("/") && !url.startsWith("//")) {
                return path(url);
            }
            int slashes = url.indexOf("//");
            String scheme = slashes <= 0 ? origin.scheme() : url.substring(0, slashes - 1).toLowerCase(Locale.ROOT);
            if (slashes < 0 || slashes > 0 && url.charAt(slashes - 1) != ':' || !scheme.equals("http") && !scheme.equals("https")) {
                return url;
            }
            int end = slashes + 2;
            while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
                end++;
            }
            Authority authority = Authority.parse(url.substring(slashes + 2, end));
            if (authority == null || !isOwn(authority, scheme)) {
                return url;
            }
            String rest = url.substring(end);
            return path(rest.startsWith("/") ? rest : '/' + rest);
        }

        private boolean isOwn(Authority authority, String scheme) {
            return same(authority, scheme, origin.authority()) || host != null && same(authority, scheme, host);
        }

        private boolean same(Authority said, String scheme, Authority own) {
            return said.host().equals(own.host()) && said.portOr(scheme) == own.portOr(origin.scheme());
        }

        /** A path of the target under its own path is one under the prefix. */
        private String path(String path) {
            String own = origin.path();
            if (own == null) {
                return path;
            }
            if (path.startsWith(own)) {
                return prefix + path.substring(own.length());
            }
            int length = own.length() - 1; // its directory without the slash
            boolean itself = path.length() >= length && path.startsWith(own.substring(0, length))
                    && (path.length() == length || "?#".indexOf(path.charAt(length)) >= 0);
            return itself && length > 0 ? prefix + path.substring(length) : path;
        }

        /** Its own host as Domain would keep the cookie from the client: without it the cookie belongs to the host that is asked. */
        private String cookie(String cookie) {
            StringBuilder out = new StringBuilder(cookie.length());
            for (String part : cookie.split(";", -1)) {
                String text = FieldSyntax.trim(part);
                int equals = text.indexOf('=');
                String name = equals < 0 ? "" : FieldSyntax.trim(text.substring(0, equals));
                String value = equals < 0 ? "" : FieldSyntax.trim(text.substring(equals + 1));
                boolean attribute = !out.isEmpty();
                if (attribute && name.equalsIgnoreCase("Domain") && isOwnDomain(value)) {
                    continue;
                }
                if (attribute) {
                    out.append(';');
                }
                out.append(attribute && name.equalsIgnoreCase("Path") ? " Path=" + cookiePath(value) : part);
            }
            return out.toString();
        }

        private String cookiePath(String value) {
            String own = origin.path();
            return own != null && (value + '/').equals(own) && own.length() > 1 ? prefix : path(value);
        }

        private boolean isOwnDomain(String domain) {
            String name = (domain.startsWith(".") ? domain.substring(1) : domain).toLowerCase(Locale.ROOT);
            return name.equals(origin.authority().host()) || host != null && name.equals(host.host());
        }
    }
}
