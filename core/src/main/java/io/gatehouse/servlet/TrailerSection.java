/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a trailer section of what an application supplies ({@code HttpServletResponse.setTrailerFields}). */
final class TrailerSection {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    /** What must stand in the head: framing, routing, modifiers, authentication, control data, content (RFC 9110, 6.5.1). */
    private static final Set<String> HEAD_ONLY = Set.of(
            "content-length", "transfer-encoding", "trailer", "te", "connection", "keep-alive", "proxy-connection", "upgrade",
            "host", "max-forwards", "expect", "range", "pragma", "cache-control", "if-match", "if-none-match",
            "if-modified-since", "if-unmodified-since", "if-range", "authorization", "proxy-authorization",
            "www-authenticate", "proxy-authenticate", "cookie", "set-cookie", "age", "expires", "date", "location",
            "retry-after", "vary", "warning", "content-encoding", "content-type", "content-range");

    private TrailerSection() {}

    /** The section; what can't be in one is left out, as the response is half way out and can't fail any more. */
    static Fields of(@Nullable Map<String, String> supplied) {
        if (supplied == null || supplied.isEmpty()) {
            return Fields.EMPTY;
        }
        Fields.Builder fields = Fields.builder();
        supplied.forEach((name, value) -> {
            String text = value == null ? null : ResponseText.latin(value);
            if (name != null && text != null && FieldSyntax.isToken(name) && text.chars().allMatch(FieldSyntax::isValueChar)
                    && !HEAD_ONLY.contains(name.toLowerCase(Locale.ROOT))) {
                fields.add(name, text);
            } else {
                LOG.log(System.Logger.Level.WARNING, () -> "the trailer '" + FieldSyntax.printable(String.valueOf(name))
                        + "' was left out: it is malformed, or belongs into the head");
            }
        });
        return fields.build();
    }
}
