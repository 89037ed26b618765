/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Connection;
import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ForwardedElement;
import io.gatehouse.http.ForwardedNode;
import io.gatehouse.http.ProxyFields;
import io.gatehouse.http.ProxyRules;
import io.gatehouse.http.RequestHead;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who stands behind trusted proxies.
 *
 * <pre>
 *   client ──► proxy A ──► proxy B ──► here         B's element is the last one, and says whom B was asked by
 *                                                   if that is trusted too, A's element is believed, and so on
 * </pre>
 *
 * <p>The right-most hop that is not trusted is the client: what stands left of it is hearsay, which anyone could have sent, and is not
 * read. Scheme and host come from the element that names the client, for it was written by the proxy that the client spoke to. Fields of
 * a peer that is not trusted mean nothing.
 *
 * <p>What a trusted proxy says and nobody can understand is refused, not ignored: a client that could have its address dropped by
 * sending nonsense through a proxy would pass for the proxy, which is often somebody privileged. Any thread; memory only.
 */
final class TrustedProxies {

    private final ProxyRules rules;

    TrustedProxies(ProxyRules rules) {
        this.rules = rules;
    }

    /** Whether what this peer says of its requests is to be read. */
    boolean trusts(Connection connection) {
        return !rules.none() && rules.trusts(connection.remote());
    }

    /** A request of a peer that is trusted. */
    Arrival read(RequestHead head, Connection connection) {
        return rules.fields() == ProxyFields.FORWARDED ? forwarded(head, connection) : listed(head, connection);
    }

    /** By RFC 7239. */
    private Arrival forwarded(RequestHead head, Connection connection) {
        List<ForwardedElement> elements = ForwardedElement.parse(head.fields().all("Forwarded"));
        if (elements == null) {
            return new Arrival.Refused("the field Forwarded does not follow RFC 7239");
        }
        SocketAddress client = connection.remote();
        ForwardedElement element = new ForwardedElement(null, null, null, null);
        for (int i = elements.size() - 1; i >= 0; i--) {
            element = elements.get(i);
            String name = element.client();
            if (name == null) {
                break;
            }
            InetSocketAddress node = ForwardedNode.parse(name);
            if (node == null) {
                return unclear("Forwarded", name);
            }
            client = node;
            if (!rules.trusts(node)) {
                break;
            }
        }
        return seen(head, connection, client, "Forwarded", element.proto(), element.host(), null);
    }

    /** By the fields that begin with X-Forwarded. */
    private Arrival listed(RequestHead head, Connection connection) {
        Fields fields = head.fields();
        List<String> names = items(fields, "X-Forwarded-For");
        SocketAddress client = connection.remote();
        int hops = 0; // of which the client is the last
        while (hops < names.size()) {
            String name = names.get(names.size() - ++hops);
            InetSocketAddress node = ForwardedNode.parseLoosely(name);
            if (node == null) {
                return unclear("X-Forwarded-For", name);
            }
            client = node;
            if (!rules.trusts(node)) {
                break;
            }
        }
        List<String> protos = items(fields, "X-Forwarded-Proto");
        List<String> hosts = rules.host() ? items(fields, "X-Forwarded-Host") : List.of();
        List<String> ports = rules.host() ? items(fields, "X-Forwarded-Port") : List.of();
        if (isShort(protos, hops) || isShort(hosts, hops) || isShort(ports, hops)) {
            return new Arrival.Refused("the fields X-Forwarded-... do not tell of the same proxies: their lists differ in length");
        }
        return seen(head, connection, client, "X-Forwarded-...", at(protos, hops), at(hosts, hops), at(ports, hops));
    }

    private Arrival seen(
            RequestHead head,
            Connection connection,
            SocketAddress client,
            String field,
            @Nullable String proto,
            @Nullable String host,
            @Nullable String port) {
        String scheme = proto == null ? head.scheme() : scheme(proto);
        if (scheme == null) {
            return unclear(field, proto == null ? "" : proto);
        }
        Authority authority = head.authority();
        boolean told = false;
        if (rules.host() && host != null) {
            told = true;
            authority = Authority.parse(host);
            if (authority == null) {
                return unclear(field, host);
            }
        }
        if (port != null && authority != null) {
            Authority complete = Authority.parse(authority.host() + ':' + port);
            if (complete == null || complete.port() < 1) {
                return unclear(field, port);
            }
            authority = told && authority.port() >= 0 ? authority : complete; // a host with its port says more
        }
        return new Arrival.Seen(
                new RequestHead(head.method(), scheme, authority, head.target(), head.version(), head.fields()),
                new Connection(connection.id(), client, connection.local(), connection.tls(), connection.protocol()));
    }

    /** Some proxies name the scheme of a WebSocket, which is asked for over HTTP all the same. */
    private static @Nullable String scheme(String proto) {
        return switch (proto.toLowerCase(Locale.ROOT)) {
            case "http", "ws" -> "http";
            case "https", "wss" -> "https";
            default -> null;
        };
    }

    /** The members of a list on all its lines, those that are empty left out (RFC 9110 section 5.6.1.2). */
    private static List<String> items(Fields fields, String name) {
        List<String> items = new ArrayList<>(2);
        for (String line : fields.all(name)) {
            for (String item : line.split(",", -1)) {
                String trimmed = FieldSyntax.trim(item);
                if (!trimmed.isEmpty()) {
                    items.add(trimmed);
                }
            }
        }
        return items;
    }

    /** Whether a list in which proxies add to each other's words does not reach back to the one that is believed. */
    private static boolean isShort(List<String> items, int hops) {
        return items.size() > 1 && items.size() < hops;
    }

    /** What so many proxies back was said; one word alone is the first proxy's, which the others passed on. */
    private static @Nullable String at(List<String> items, int hops) {
        return items.isEmpty() ? null : items.size() == 1 ? items.get(0) : items.get(items.size() - Math.max(1, hops));
    }

    private static Arrival unclear(String field, String value) {
        return new Arrival.Refused("the field " + field + " has '" + FieldSyntax.printable(value) + "', which is unclear");
    }
}
