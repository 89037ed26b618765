/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.Request;
import io.gatehouse.http.Authority;
import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * In which fields a target is told who asks, by which scheme and for which host. What the client itself sent in any of them never goes on, under
 * every choice: a target could not tell it from what is true. The address is that of the {@linkplain Request#connection()
 * request's connection}, scheme and host are those of its head.
 */
public enum ForwardedFields {
    /** In none. */
    NONE(false, false),
    /** In {@code Forwarded} (RFC 7239). */
    FORWARDED(true, false),
    /** In {@code X-Forwarded-For}, {@code -Proto}, {@code -Host} and {@code -Port}, which more programs understand. */
    X_FORWARDED(false, true),
    /** In all of them. */
    BOTH(true, true);

    private final boolean standard;
    private final boolean usual;

    ForwardedFields(boolean standard, boolean usual) {
        this.standard = standard;
        this.usual = usual;
    }

    /** Whether the field is one of those that only a proxy may write. */
    static boolean isOne(String name) {
        return switch (name.length()) {
            case 9 -> name.equalsIgnoreCase("Forwarded") || name.equalsIgnoreCase("X-Real-IP");
            default -> name.regionMatches(true, 0, "X-Forwarded", 0, 11);
        };
    }

    /** Adds what this choice tells of a request. */
    void add(Fields.Builder fields, Request request) {
        RequestHead head = request.head();
        InetAddress client = request.connection().remote() instanceof InetSocketAddress inet ? inet.getAddress() : null;
        Authority host = head.authority();
        if (standard) {
            fields.add("Forwarded", forwarded(client, host, head.scheme()));
        }
        if (usual) {
            if (client != null) {
                fields.add("X-Forwarded-For", text(client));
            }
            fields.add("X-Forwarded-Proto", head.scheme());
            if (host != null) {
                fields.add("X-Forwarded-Host", host.toString()).add("X-Forwarded-Port", Integer.toString(host.portOr(head.scheme())));
            }
        }
    }

    private static String forwarded(@Nullable InetAddress client, @Nullable Authority host, String scheme) {
        StringBuilder text = new StringBuilder("for=");
        if (client == null) {
            text.append("unknown");
        } else if (client instanceof Inet6Address) {
            text.append("\"[").append(text(client)).append("]\"");
        } else {
            text.append(text(client));
        }
        if (host != null) {
            boolean quoted = host.port() >= 0 || host.host().startsWith("[");
            text.append(";host=").append(quoted ? '"' + host.toString() + '"' : host.toString());
        }
        return text.append(";proto=").append(scheme).toString();
    }

    /** Without the scope of a link-local address, which means nothing elsewhere. */
    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        int scope = text.indexOf('%');
        return scope < 0 ? text : text.substring(0, scope);
    }
}
