/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.route;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Normalised;
import io.gatehouse.http.RefusedTarget;
import io.gatehouse.http.Target;
import io.gatehouse.http.TargetRules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which registration gets a request, and why.
 *
 * @param request what was asked about, as it was understood
 * @param winner the route; null if the answer is 404, or 400 for a refused target
 * @param candidates every route whose path covers the request's, in the order in which they are searched
 * @param summary one sentence
 */
public record Explanation(String request, @Nullable Route winner, List<Candidate> candidates, String summary) {

    /**
     * One route that was considered.
     *
     * @param reason why it wins or does not, in a few words
     */
    public record Candidate(Route route, boolean wins, String reason) {
        /** One line. */
        @Override
        public String toString() {
            return (wins ? "* " : "  ") + route.prefix() + "  (" + route.holder() + "): " + reason;
        }
    }

    /** Takes a copy. */
    public Explanation {
        candidates = List.copyOf(candidates);
    }

    /**
     * Explains a URL such as {@code http://example.com:8080/app/page}. The port is taken as the one that the connection
     * reached, and a host that is an IP literal as the address that it reached.
     *
     * @throws IllegalArgumentException if it is no URL of http or https
     */
    public static Explanation of(RouteTable table, String url) {
        return of(table, url, TargetRules.STRICT);
    }

    /**
     * Explains a URL as {@link #of(RouteTable, String)} does, with the rules that the server has for targets.
     *
     * @throws IllegalArgumentException if it is no URL of http or https
     */
    public static Explanation of(RouteTable table, String url, TargetRules rules) {
        int end = url.indexOf("://");
        String scheme = end < 0 ? "" : url.substring(0, end);
        int slash = end < 0 ? -1 : url.indexOf('/', end + 3);
        Authority authority = end < 0 ? null : Authority.parse(url.substring(end + 3, slash < 0 ? url.length() : slash));
        if (authority == null || !(scheme.equals("http") || scheme.equals("https"))) {
            throw new IllegalArgumentException(
                    "'" + url + "' can't be explained: write a whole URL, like http://example.com:8080/app/");
        }
        String target = slash < 0 ? "/" : url.substring(slash);
        Authority prefixHost = new Authority(authority.host(), -1);
        InetAddress address = Prefix.parse(scheme + "://" + prefixHost + "/").address();
        return of(table, scheme, authority, address, authority.portOr(scheme), target, rules);
    }

    /**
     * Explains a request exactly.
     *
     * @param local the address and port that the connection reached
     * @param target as received
     */
    public static Explanation of(
            RouteTable table,
            String scheme,
            @Nullable Authority authority,
            InetSocketAddress local,
            String target,
            TargetRules rules) {
        return of(table, scheme, authority, local.getAddress(), local.getPort(), target, rules);
    }

    private static Explanation of(
            RouteTable table,
            String scheme,
            @Nullable Authority authority,
            @Nullable InetAddress address,
            int port,
            String target,
            TargetRules rules) {
        String where = scheme + " on port " + port
                + (authority == null ? ", no host" : ", host " + authority.host())
                + (address == null ? "" : ", at " + address.getHostAddress());
        Normalised normalised = Target.normalise(target, rules);
        if (normalised instanceof RefusedTarget refused) {
            return new Explanation(where + ", " + target, null, List.of(), "400: " + refused.message());
        }
        String path = ((Target) normalised).path();
        Route winner = table.find(scheme, authority, address, port, path);
        List<Candidate> candidates = new ArrayList<>();
        for (Route route : table.routes()) {
            if (route.prefix().covers(path)) {
                boolean wins = winner != null && winner.prefix().equals(route.prefix());
                String reason = reason(route.prefix(), winner, scheme, authority, address, port);
                candidates.add(new Candidate(route, wins, reason));
            }
        }
        String summary = winner == null
                ? "404: no prefix " + (candidates.isEmpty()
                        ? "covers " + path
                        : "that covers " + path + " is for this scheme, host and port")
                : winner.prefix() + " takes it, held by " + winner.holder();
        return new Explanation(where + ", path " + path, winner, candidates, summary);
    }

    private static String reason(
            Prefix prefix,
            @Nullable Route winner,
            String scheme,
            @Nullable Authority authority,
            @Nullable InetAddress address,
            int port) {
        Category category = prefix.category();
        if (category == Category.EXPLICIT && (authority == null || !prefix.host().equals(authority.host()))) {
            return "is for another host";
        }
        if (category == Category.ADDRESS && !Objects.equals(prefix.address(), address)) {
            return address == null ? "is for connections to that address only" : "is for another local address";
        }
        if (prefix.port() >= 0 && prefix.port() != port) {
            return "is for port " + prefix.port();
        }
        if (!prefix.takes(scheme, port)) {
            return "is for " + prefix.scheme();
        }
        if (winner == null || winner.prefix().equals(prefix)) {
            return "wins: " + category + ", the longest path there that covers the request's";
        }
        Prefix better = winner.prefix();
        if (better.category() != category) {
            return category + " comes after " + better.category() + ", which has a match";
        }
        return better.path().length() > prefix.path().length()
                ? "matches, but " + better.path() + " is longer"
                : "matches, but the winner names scheme or port more closely";
    }

    /** The answer and every candidate, a line each. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(request).append('\n').append(summary).append('\n');
        for (Candidate candidate : candidates) {
            out.append(candidate).append('\n');
        }
        return out.toString();
    }
}
