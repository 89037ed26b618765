/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.http.Authority;
import io.gatehouse.http.FieldSyntax;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** What a {@link Forward} shall be; used by one thread, once. */
public final class ForwardBuilder {

    private final List<Forward.Planned> targets = new ArrayList<>();
    private @Nullable Authority host;
    private boolean preserveHost;
    private @Nullable String via = "gatehouse";
    private boolean foreignCodings;
    private UpgradeRules upgrades = UpgradeRules.DEFAULTS;
    private ForwardedFields forwarded = ForwardedFields.X_FORWARDED;
    private boolean rewrites;
    private ForwardLimits limits = ForwardLimits.DEFAULTS;
    private ForwardTimeouts timeouts = ForwardTimeouts.DEFAULTS;
    private Balance balance = Balance.leastOutstanding();
    private @Nullable PassiveHealth passive;
    private @Nullable ActiveHealth active;
    private Duration patience = Duration.ZERO;
    private int heldMost;
    private @Nullable Runnable whenWanted;
    private boolean confirmBodies;
    private @Nullable String peer;
    private @Nullable SSLContext tls;
    private NameLookup.Source names = Origin::addresses;

    ForwardBuilder() {}

    /**
     * Adds a target with options to those there are from the beginning.
     *
     * @param origin as {@link Forward#to} reads it
     * @throws IllegalArgumentException if it is none
     */
    public ForwardBuilder target(String origin, TargetOptions options) {
        targets.add(new Forward.Planned(Origin.parse(origin), options));
        return this;
    }

    /** Which of several targets gets a request; the one with the fewest under way unless set. */
    public ForwardBuilder balance(Balance rule) {
        balance = rule;
        return this;
    }

    /**
     * When requests that fail take their target out of service. Unless set, {@link PassiveHealth#DEFAULTS} for targets that have others beside
     * them; one that stands alone stays in service whatever happens, for nothing is gained by not asking it.
     */
    public ForwardBuilder health(PassiveHealth rule) {
        passive = rule;
        return this;
    }

    /** Asks each target how it is every so often; not done unless set. */
    public ForwardBuilder health(ActiveHealth rule) {
        active = rule;
        return this;
    }

    /**
     * Holds requests while no target is in service, and sends them as soon as one is. Unless set they get 503 at once.
     *
     * @param time how long each waits; past it 503 with Retry-After
     * @param queue how many wait; one more gets 503 with Retry-After
     * @throws IllegalArgumentException if one of them is not positive
     */
    public ForwardBuilder hold(Duration time, int queue) {
        if (time.isNegative() || time.isZero() || queue < 1) {
            throw new IllegalArgumentException("hold=" + time + ", " + queue + ": set both to more than zero");
        }
        patience = time;
        heldMost = queue;
        return this;
    }

    /**
     * Has something done when a request is held and none was before: starting the program that is to serve it. Needs {@link #hold}.
     *
     * @param start called on a thread of its own, and not again before the last held request has gone its way
     */
    public ForwardBuilder whenWanted(Runnable start) {
        whenWanted = start;
        return this;
    }

    /**
     * Sends every body only when the target has asked for it, by {@code Expect: 100-continue} (RFC 9110 section 10.1.1), whatever the
     * client said. A target that dies before costs nothing: the request goes to another one, whatever its method. A target that does not say {@code 100
     * Continue} gets the body {@linkplain ForwardTimeouts#proceed late}.
     */
    public ForwardBuilder confirmBodies() {
        confirmBodies = true;
        return this;
    }

    /**
     * Demands that Unix-domain sockets are listened on by this user; else a 502, and the target is out of service. The kernel is asked on
     * every new connection (SO_PEERCRED), so that whoever may name a socket can't have requests sent to somebody else's. A target
     * that is none, or a system that does not tell, is refused.
     *
     * @param user his name in the system
     */
    public ForwardBuilder peer(String user) {
        peer = user;
        return this;
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
     * The name in the Via field that is added to requests, as a gateway must (RFC 9110 section 7.6.3); {@code gatehouse} unless set. A request in
     * which it stands oftener than {@link ForwardLimits#loops} is a 508: it goes round in circles, which is not noticed without
     * a name.
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
     * What targets are told of the client, {@link ForwardedFields#X_FORWARDED} unless set. What the client says itself of where it comes from goes
     * on in no case.
     */
    public ForwardBuilder forwarded(ForwardedFields choice) {
        forwarded = choice;
        return this;
    }

    /**
     * Turns the places that an answer names into those where the client finds them: in Location and Content-Location a URL of the target,
     * under whatever name it was asked, becomes a path under the prefix; in Set-Cookie its host is left out of Domain, and its path
     * in Path becomes the prefix. Unless called answers go back as they came.
     */
    public ForwardBuilder rewriteAnswers() {
        rewrites = true;
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

    /**
     * The protocols that a client may switch to (RFC 9110 section 7.8), {@code websocket} alone unless set. A request for another one goes on
     * as a plain request, without its Upgrade field; so do all with none given here.
     *
     * @param protocols names as in the Upgrade field
     * @throws IllegalArgumentException if one is no token, or a form of HTTP, whose requests would pass by every rule here
     */
    public ForwardBuilder upgrades(String... protocols) {
        Set<String> names = new HashSet<>();
        for (String protocol : protocols) {
            String name = protocol.toLowerCase(Locale.ROOT);
            if (!FieldSyntax.isToken(name) || name.startsWith("h2") || name.startsWith("http") || name.startsWith("tls")) {
                throw new IllegalArgumentException("upgrades=" + FieldSyntax.printable(protocol)
                        + " can't be let through: write the name of a protocol that is no HTTP, as websocket");
            }
            names.add(name);
        }
        upgrades = new UpgradeRules(Set.copyOf(names));
        return this;
    }

    /**
     * What TLS to {@code https} targets trusts, and with which certificate it shows itself if it is asked for one; the JDK's
     * defaults unless set. The name in the origin's URL must stand in the target's certificate in any case.
     */
    public ForwardBuilder tls(SSLContext context) {
        tls = context;
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

    /** Another one who knows addresses. */
    ForwardBuilder names(NameLookup.Source source) {
        names = source;
        return this;
    }

    /**
     * The handler. Opens nothing yet.
     *
     * @throws IllegalArgumentException if settings contradict each other
     */
    public Forward build() {
        return build(System::nanoTime);
    }

    /** The same with a clock. */
    Forward build(LongSupplier clock) {
        if (whenWanted != null && patience.isZero()) {
            throw new IllegalArgumentException("whenWanted without hold: nothing is held that could want a target, set hold");
        }
        for (Forward.Planned target : targets) {
            target.origin().checkPeer(target.options().peer() == null ? peer : target.options().peer());
        }
        ForwardSettings settings = new ForwardSettings(new OutwardRules(host, preserveHost, via, limits.loops(), forwarded), upgrades, new HomewardRules(rewrites, upgrades), foreignCodings, limits, timeouts,
                balance, passive, active, patience, heldMost, whenWanted, confirmBodies, peer, tls, names);
        return new Forward(settings, List.copyOf(targets), clock);
    }
}
