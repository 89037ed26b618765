/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import io.gatehouse.http.Authority;
import java.nio.file.Path;

/**
 * Where a transport listens. Written {@code http://localhost:8080}, {@code https://*:8443} or {@code unix:/run/app.sock}; or, for a
 * tenant of another gatehouse's port, {@code gatehouse:/run/gatehouse.sock}.
 */
public sealed interface Endpoint {

    /**
     * A TCP endpoint.
     *
     * @param scheme {@code http} or {@code https}
     * @param host a name or address of this machine; {@code *} for all of them
     * @param port 0 for any free one
     */
    record Tcp(String scheme, String host, int port) implements Endpoint {
        /** As it is written in the configuration, and as a browser takes it unless the host is {@code *}. */
        @Override
        public String toString() {
            return scheme + "://" + host + ':' + port;
        }
    }

    /**
     * A Unix-domain endpoint, which speaks plain HTTP.
     *
     * @param path of the socket's file
     */
    record Unix(Path path) implements Endpoint {
        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    /**
     * The port of another gatehouse, of which this process claims prefixes. No transport is ever given one: the front door puts a
     * Unix-domain endpoint of its own in its place.
     *
     * @param control that gatehouse's control socket
     */
    record Shared(Path control) implements Endpoint {
        @Override
        public String toString() {
            return "gatehouse:" + control;
        }
    }

    /**
     * The listening socket that is this process' standard input: see {@link InheritedSocket}. Written {@code inherited:http}.
     *
     * @param scheme {@code http} or {@code https}
     */
    record Inherited(String scheme) implements Endpoint {
        @Override
        public String toString() {
            return "inherited:" + scheme;
        }
    }

    /** Whether TLS is spoken there. */
    default boolean secure() {
        return this instanceof Tcp tcp && tcp.scheme().equals("https")
                || this instanceof Inherited inherited && inherited.scheme().equals("https");
    }

    /**
     * Reads an endpoint.
     *
     * @throws IllegalArgumentException if it is none; the message shows what one looks like
     */
    static Endpoint parse(String text) {
        if (text.startsWith("unix:") && text.length() > 5) {
            return new Unix(Path.of(text.substring(5)));
        }
        if (text.equals("inherited:http") || text.equals("inherited:https")) {
            return new Inherited(text.substring(10));
        }
        if (text.startsWith("gatehouse:/")) {
            return new Shared(Path.of(text.substring(10)));
        }
        int slashes = text.indexOf("://");
        String scheme = slashes < 0 ? "" : text.substring(0, slashes);
        if (scheme.equals("http") || scheme.equals("https")) {
            String rest = text.substring(slashes + 3);
            rest = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
            boolean all = rest.equals("*") || rest.startsWith("*:");
            boolean any = rest.endsWith(":0");
            rest = all ? "all" + rest.substring(1) : rest;
            rest = any ? rest.substring(0, rest.length() - 2) : rest;
            Authority authority = Authority.parse(rest);
            if (authority != null && !(any && authority.port() >= 0)) {
                return new Tcp(scheme, all ? "*" : authority.host(), any ? 0 : authority.portOr(scheme));
            }
        }
        throw new IllegalArgumentException("listen=" + text
                + " is not an endpoint: write http://localhost:8080, http://*:80, https://localhost:8443, unix:/run/app.sock, "
                + "gatehouse:/run/gatehouse.sock or inherited:http");
    }
}
