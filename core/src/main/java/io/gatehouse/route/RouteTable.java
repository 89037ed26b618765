/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.route;

import io.gatehouse.http.Authority;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One state of the prefix table, immutable: read by any number of threads, without locks and without allocation.
 *
 * <p>It is a hash table over host and path, where the host is {@code +}, a name, an {@link InetAddress} or {@code *}. The hash
 * of a path is built character by character, so one walk over the path of a request meets the hash of each of its parents
 * at their slashes, and the last match is the longest. The walk ends where the longest path of the category does. Chains
 * hold at one host and path the routes for different schemes and ports, the closest first.
 *
 * <p>Tables share what they have in common: a change copies the array of chains and rebuilds one chain.
 */
public final class RouteTable {

    /** The table without routes. */
    public static final RouteTable EMPTY = new RouteTable(
            new Node[16], 0, new int[Category.COUNT], new int[Category.COUNT]);

    private static final Comparator<Route> ORDER = Comparator
            .comparing((Route route) -> route.prefix().category())
            .thenComparing(route -> route.prefix().host())
            .thenComparing(route -> -route.prefix().path().length())
            .thenComparing(route -> route.prefix().path())
            .thenComparing(route -> -route.prefix().closeness())
            .thenComparing(route -> route.prefix().toString());

    /** All routes of one host and path, the closest to scheme and port first, and the rest of the chain. */
    private static final class Node {
        final Object host;
        final String path;
        final int hash;
        final List<Route> routes;
        final @Nullable Node next;

        Node(Object host, String path, int hash, List<Route> routes, @Nullable Node next) {
            this.host = host;
            this.path = path;
            this.hash = hash;
            this.routes = routes;
            this.next = next;
        }
    }

    private final @Nullable Node[] chains;
    private final int size;
    /** How many routes each category has. */
    private final int[] counts;
    /** A bound on the length of each category's paths. It does not shrink before the category is empty; then it is 0. */
    private final int[] longest;

    private RouteTable(@Nullable Node[] chains, int size, int[] counts, int[] longest) {
        this.chains = chains;
        this.size = size;
        this.counts = counts;
        this.longest = longest;
    }

    /**
     * The route that a request belongs to. The first category with a match decides, in it the longest path, and at one path the
     * closest scheme and port.
     *
     * @param scheme of the connection
     * @param authority whom the request names; null if it names nobody
     * @param local this side of the connection. Over TCP its port is the one that counts, not the authority's; on a
     *     Unix-domain socket it is the authority's or the scheme's own
     * @param path normalised
     * @return null if no prefix covers it
     */
    public @Nullable Route find(String scheme, @Nullable Authority authority, SocketAddress local, String path) {
        InetSocketAddress tcp = local instanceof InetSocketAddress inet ? inet : null;
        return find(scheme, authority, tcp == null ? null : tcp.getAddress(), port(scheme, authority, tcp), path);
    }

    /** How many routes there are. */
    public int size() {
        return size;
    }

    /** All routes in the order in which they are searched. */
    public List<Route> routes() {
        List<Route> routes = new ArrayList<>(size);
        for (Node chain : chains) {
            for (Node node = chain; node != null; node = node.next) {
                routes.addAll(node.routes);
            }
        }
        routes.sort(ORDER);
        return routes;
    }

    /** The route that is registered for exactly this prefix; null if there is none. */
    public @Nullable Route at(Prefix prefix) {
        Node node = node(host(prefix), prefix.path(), hash(host(prefix), prefix.path()));
        if (node != null) {
            for (Route route : node.routes) {
                if (route.prefix().equals(prefix)) {
                    return route;
                }
            }
        }
        return null;
    }

    @Nullable Route find(
            String scheme, @Nullable Authority authority, @Nullable InetAddress address, int port, String path) {
        Route found = search(Category.STRONG, "+", scheme, port, path);
        if (found == null && authority != null) {
            found = search(Category.EXPLICIT, authority.host(), scheme, port, path);
        }
        if (found == null && address != null) {
            found = search(Category.ADDRESS, address, scheme, port, path);
        }
        return found != null ? found : search(Category.WEAK, "*", scheme, port, path);
    }

    static int port(String scheme, @Nullable Authority authority, @Nullable InetSocketAddress tcp) {
        if (tcp != null) {
            return tcp.getPort();
        }
        return authority != null ? authority.portOr(scheme) : scheme.equals("https") ? 443 : 80;
    }

    /** A table with one more route, or with another in the place of the one at its prefix. */
    RouteTable with(Route route) {
        Prefix prefix = route.prefix();
        Object host = host(prefix);
        int hash = hash(host, prefix.path());
        RouteTable table = size < chains.length ? this : grown();
        Node old = table.node(host, prefix.path(), hash); // of the grown table, whose nodes are others
        List<Route> routes = new ArrayList<>(old == null ? List.of() : old.routes);
        boolean replaces = routes.removeIf(other -> other.prefix().equals(prefix));
        routes.add(route);
        routes.sort(ORDER);
        int category = prefix.category().slot();
        int[] bounds = longest.clone();
        bounds[category] = Math.max(bounds[category], prefix.path().length());
        int[] numbers = counts.clone();
        numbers[category] += replaces ? 0 : 1;
        Node[] copy = table.chains.clone();
        int index = index(hash, copy.length);
        copy[index] = new Node(host, prefix.path(), hash, List.copyOf(routes), without(copy[index], old));
        return new RouteTable(copy, replaces ? size : size + 1, numbers, bounds);
    }

    /** A table without the route at a prefix; this one if there is none. */
    RouteTable without(Prefix prefix) {
        Object host = host(prefix);
        int hash = hash(host, prefix.path());
        Node old = node(host, prefix.path(), hash);
        if (old == null || at(prefix) == null) {
            return this;
        }
        if (size == 1) {
            return EMPTY;
        }
        int category = prefix.category().slot();
        int[] numbers = counts.clone();
        int[] bounds = longest.clone();
        if (--numbers[category] == 0) {
            bounds[category] = 0;
        }
        Node[] copy = chains.clone();
        int index = index(hash, copy.length);
        Node rest = without(copy[index], old);
        List<Route> routes = old.routes.stream().filter(other -> !other.prefix().equals(prefix)).toList();
        copy[index] = routes.isEmpty() ? rest : new Node(host, prefix.path(), hash, routes, rest);
        return new RouteTable(copy, size - 1, numbers, bounds);
    }

    /** The longest match of one host. */
    private @Nullable Route search(Category category, Object host, String scheme, int port, String path) {
        int bound = longest[category.slot()];
        if (bound == 0) {
            return null;
        }
        Route best = null;
        int hash = host.hashCode();
        int length = path.length();
        int end = Math.min(length, bound);
        for (int i = 0; i < end; i++) {
            char c = path.charAt(i);
            hash = 31 * hash + c;
            if (c == '/') {
                Route match = match(host, path, i + 1, hash, scheme, port);
                best = match == null ? best : match;
            }
        }
        if (length < bound && path.charAt(length - 1) != '/') {
            Route match = match(host, path, length + 1, 31 * hash + '/', scheme, port); // /app lies in /app/
            best = match == null ? best : match;
        }
        return best;
    }

    /** The route at the first characters of a path; one more than it has stands for a slash behind it. */
    private @Nullable Route match(Object host, String path, int length, int hash, String scheme, int port) {
        for (Node node = chains[index(hash, chains.length)]; node != null; node = node.next) {
            if (node.hash == hash
                    && node.path.length() == length
                    && node.path.regionMatches(0, path, 0, Math.min(length, path.length()))
                    && node.host.equals(host)) {
                List<Route> routes = node.routes;
                for (int i = 0; i < routes.size(); i++) { // by index: an iterator would be an allocation
                    Route route = routes.get(i);
                    if (route.prefix().takes(scheme, port)) {
                        return route;
                    }
                }
                return null;
            }
        }
        return null;
    }

    private @Nullable Node node(Object host, String path, int hash) {
        for (Node node = chains[index(hash, chains.length)]; node != null; node = node.next) {
            if (node.hash == hash && node.path.equals(path) && node.host.equals(host)) {
                return node;
            }
        }
        return null;
    }

    private RouteTable grown() {
        Node[] larger = new Node[4 * chains.length];
        for (Node chain : chains) {
            for (Node node = chain; node != null; node = node.next) {
                int index = index(node.hash, larger.length);
                larger[index] = new Node(node.host, node.path, node.hash, node.routes, larger[index]);
            }
        }
        return new RouteTable(larger, size, counts, longest);
    }

    private static @Nullable Node without(@Nullable Node chain, @Nullable Node gone) {
        if (chain == null || chain == gone) {
            return chain == null ? null : chain.next;
        }
        return new Node(chain.host, chain.path, chain.hash, chain.routes, without(chain.next, gone));
    }

    private static Object host(Prefix prefix) {
        InetAddress address = prefix.address();
        return address == null ? prefix.host() : address;
    }

    private static int hash(Object host, String path) {
        int hash = host.hashCode();
        for (int i = 0; i < path.length(); i++) {
            hash = 31 * hash + path.charAt(i);
        }
        return hash;
    }

    /** The upper bits take part, because paths that differ in their last characters only differ in the lower ones. */
    private static int index(int hash, int length) {
        return (hash ^ hash >>> 16) & length - 1;
    }

    /** For a person. */
    @Override
    public String toString() {
        return Arrays.toString(routes().stream().map(Route::prefix).toArray());
    }
}
