/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.http.Authority;
import io.gatehouse.http.FieldSyntax;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a {@link Forward} shall be; used by one thread, once. */
public final class ForwardBuilder {

    private final Origin origin;
    private @Nullable Authority host;
    private boolean preserveHost;
    private @Nullable String via = "gatehouse";
    private boolean foreignCodings;
    private ForwardLimits limits = ForwardLimits.DEFAULTS;
    private ForwardTimeouts timeouts = ForwardTimeouts.DEFAULTS;

    ForwardBuilder(Origin origin) {
        this.origin = origin;
    }

    /**
     * Passes on the host that the client asked for. Unless called, Host is the origin's own authority: the target of the
     * request that the origin gets is the origin's (RFC 9110 section 7.2), its virtual hosts go by the name that it was given here, and no
     * client can have a word in what it takes to be its name. For an origin that makes URLs of its name, or that serves
     * several names, this is the setting.
     */
    public ForwardBuilder preserveHost() {
        preserveHost = true;
        host = null;
        return this;
    }

    /**
     * Has Host always say this.
     *
     * @param authority a name or an address, with a port or without
     * @throws IllegalArgumentException if it is none
     */
    public ForwardBuilder host(String authority) {
        Authority parsed = Authority.parse(authority);
        if (parsed == null) {
            throw new IllegalArgumentException("host=" + FieldSyntax.printable(authority)
                    + " is no host: write a name or an address, as in app.internal:8080");
        }
        host = parsed;
        preserveHost = false;
        return this;
    }

    /**
     * The name in the Via field that is added to requests, as a gateway must (RFC 9110 section 7.6.3); {@code gatehouse} unless set.
     *
     * @param name a token; null to add no Via, for an origin that sends less through proxies, as nginx does with gzip
     * @throws IllegalArgumentException if it is no token
     */
    public ForwardBuilder via(@Nullable String name) {
        if (name != null && !FieldSyntax.isToken(name)) {
            throw new IllegalArgumentException(
                    "via=" + FieldSyntax.printable(name) + " is no token: write a name without spaces, or null for no Via");
        }
        via = name;
        return this;
    }

    /**
     * Passes on answers in a transfer coding that is not known here, which are a 502 otherwise. The body goes on as it came, and the
     * coding's name, which belongs to the connection, does not: for an origin whose Transfer-Encoding is nonsense over a
     * plain body. An answer with chunked among its codings is refused all the same unless it is the only one.
     */
    public ForwardBuilder foreignCodings() {
        foreignCodings = true;
        return this;
    }

    /** Changes the limits: {@code limits(l -> l.withConnections(20))}. */
    public ForwardBuilder limits(UnaryOperator<ForwardLimits> change) {
        limits = change.apply(limits);
        return this;
    }

    /** Changes the timeouts: {@code timeouts(t -> t.withAnswer(Duration.ofMinutes(5)))}. */
    public ForwardBuilder timeouts(UnaryOperator<ForwardTimeouts> change) {
        timeouts = change.apply(timeouts);
        return this;
    }

    /** The handler. Opens nothing yet. */
    public Forward build() {
        return new Forward(new OutwardRules(origin, host, preserveHost, via), foreignCodings, limits, timeouts);
    }
}
