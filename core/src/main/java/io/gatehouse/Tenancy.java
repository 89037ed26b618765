/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.claim.PrivateSocket;
import io.gatehouse.claim.Tenant;
import io.gatehouse.http.ProxyFields;
import io.gatehouse.http.ProxyRules;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Route;
import io.gatehouse.route.Routes;
import io.gatehouse.transport.Endpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The endpoints of a configuration as a transport is given them: in the place of each {@code gatehouse:/...} a private
 * Unix-domain socket, for which prefixes are claimed at that gatehouse once it is open. One thread at a time.
 */
final class Tenancy {

    /** One gatehouse, and where it reaches this process. */
    private record Place(Endpoint.Shared shared, PrivateSocket socket) {}

    /** How long the start waits for a gatehouse's answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Configuration configuration;
    private final List<Place> places = new ArrayList<>();
    private final List<Tenant> tenants = new ArrayList<>();

    /** Chooses the sockets; makes nothing yet. */
    Tenancy(Configuration configuration) {
        this.configuration = configuration;
        for (Endpoint endpoint : configuration.endpoints()) {
            if (endpoint instanceof Endpoint.Shared shared) {
                places.add(new Place(shared, PrivateSocket.of(configuration.tenant().group())));
            }
        }
    }

    /** Whether no port is shared. */
    boolean isEmpty() {
        return places.isEmpty();
    }

    /** What the transport listens at. */
    List<Endpoint> endpoints() {
        return configuration.endpoints().stream()
                .map(endpoint -> endpoint instanceof Endpoint.Shared shared ? new Endpoint.Unix(path(shared)) : endpoint)
                .toList();
    }

    /** Whom the engine believes what is said of clients: of a tenant it is the gatehouse, which alone reaches its private socket. */
    ProxyRules proxies() {
        ProxyRules rules = configuration.proxies();
        return places.isEmpty() ? rules
                : new ProxyRules(rules.trusted(), true, rules.none() ? ProxyFields.FORWARDED : rules.fields(), rules.host());
    }

    /** What the transport says it listens at, as the configuration wrote it. */
    List<Endpoint> shown(List<Endpoint> bound) {
        return bound.stream().map(this::shown).toList();
    }

    /** Makes the directories of the sockets. */
    void prepare() throws IOException {
        for (Place place : places) {
            place.socket.make();
        }
    }

    /**
     * Claims, now that the sockets are open.
     *
     * @throws IOException if a gatehouse refuses
     */
    void claim(Routes routes) throws IOException {
        for (Place place : places) {
            place.socket.share();
            List<Prefix> prefixes = configuration.tenant().claims();
            if (prefixes.isEmpty()) {
                prefixes = routes.table().routes().stream().map(Route::prefix).toList();
            }
            Tenant tenant = Tenant.of(place.shared.control(), place.socket.path(), prefixes, configuration.tenant().priority());
            tenants.add(tenant);
            tenant.start(PATIENCE);
        }
    }

    /** Has the gatehouses send no more; false if they still wait for answers after the grace. */
    boolean drain(Duration grace) {
        long until = System.nanoTime() + grace.toNanos();
        boolean whole = true;
        for (Tenant tenant : tenants) {
            whole &= tenant.drain(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
        }
        return whole;
    }

    /** Ends the claims and removes the sockets, which nobody listens at any more. */
    void close() {
        tenants.forEach(Tenant::close);
        tenants.clear();
        places.forEach(place -> place.socket.close());
    }

    private Path path(Endpoint.Shared shared) {
        for (Place place : places) {
            if (place.shared.equals(shared)) {
                return place.socket.path();
            }
        }
        throw new IllegalStateException("no socket was chosen for " + shared);
    }

    private Endpoint shown(Endpoint bound) {
        for (Place place : places) {
            if (bound instanceof Endpoint.Unix unix && Objects.equals(unix.path(), place.socket.path())) {
                return place.shared;
            }
        }
        return bound;
    }
}
