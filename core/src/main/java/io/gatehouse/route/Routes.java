/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.route;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The live prefix table. Any thread registers and removes at any time; writers take turns, and readers never wait for them:
 * a reader takes {@link #table} once per request and sees the old table or the new one, whole.
 */
public final class Routes {

    private final ReentrantLock turn = new ReentrantLock();
    /** By port, how many prefixes name it together with a scheme. Only under the lock. */
    private final Map<Integer, PortUse> ports = new HashMap<>();
    private volatile RouteTable table = RouteTable.EMPTY;

    /** The scheme of a port, and one holder of it for the message. */
    private record PortUse(String scheme, int count, Route holder) {}

    /** No routes yet. */
    public Routes() {}

    /** The table as it is now. */
    public RouteTable table() {
        return table;
    }

    /**
     * Puts a route in.
     *
     * @throws IllegalStateException if the prefix is registered already, or its port is registered with the other scheme; the
     *     message says who holds it
     */
    public Registration register(Route route) {
        turn.lock();
        try {
            Prefix prefix = route.prefix();
            Route holder = table.at(prefix);
            if (holder != null) {
                throw new IllegalStateException("the prefix " + prefix + " is held by " + holder.holder()
                        + ": remove that registration first, or choose another prefix");
            }
            claimPort(route);
            table = table.with(route);
            return new Place(route);
        } finally {
            turn.unlock();
        }
    }

    /** Says which registration would get a request for a URL, and why: see {@link Explanation#of}. */
    public Explanation explain(String url) {
        return Explanation.of(table, url);
    }

    private void claimPort(Route route) {
        Prefix prefix = route.prefix();
        String scheme = prefix.scheme();
        if (scheme == null || prefix.port() < 0) {
            return;
        }
        PortUse use = ports.get(prefix.port());
        if (use != null && !use.scheme.equals(scheme)) {
            Route replaced = table.at(use.holder.prefix());
            Route holder = replaced == null ? use.holder : replaced;
            throw new IllegalStateException("the prefix " + prefix + " makes port " + prefix.port() + " speak " + scheme
                    + ", but " + holder.prefix() + ", held by " + holder.holder() + ", makes it speak " + use.scheme
                    + ": a port has one scheme; use that, or another port");
        }
        ports.put(prefix.port(), use == null ? new PortUse(scheme, 1, route) : new PortUse(scheme, use.count + 1, use.holder));
    }

    private void releasePort(Prefix prefix) {
        String scheme = prefix.scheme();
        PortUse use = scheme == null || prefix.port() < 0 ? null : ports.get(prefix.port());
        if (use == null) {
            return;
        }
        if (use.count == 1) {
            ports.remove(prefix.port());
        } else {
            Route holder = use.holder.prefix().equals(prefix) ? another(prefix, use.holder) : use.holder;
            ports.put(prefix.port(), new PortUse(use.scheme, use.count - 1, holder));
        }
    }

    private Route another(Prefix gone, Route fallback) {
        for (Route route : table.routes()) {
            Prefix prefix = route.prefix();
            if (prefix.port() == gone.port() && prefix.scheme() != null && !prefix.equals(gone)) {
                return route;
            }
        }
        return fallback;
    }

    /** A registration; its state is guarded by the lock of the table. */
    private final class Place implements Registration {
        private volatile Route route;
        private boolean closed;

        private Place(Route route) {
            this.route = route;
        }

        @Override
        public Route route() {
            return route;
        }

        @Override
        public void replace(Route other) {
            turn.lock();
            try {
                if (closed) {
                    throw new IllegalStateException("the prefix " + route.prefix() + " was removed: register the route anew");
                }
                if (!other.prefix().equals(route.prefix())) {
                    throw new IllegalArgumentException("a route for " + other.prefix() + " can't replace one for "
                            + route.prefix() + ": register it instead, and close this registration");
                }
                table = table.with(other);
                route = other;
            } finally {
                turn.unlock();
            }
        }

        @Override
        public void close() {
            turn.lock();
            try {
                if (!closed) {
                    closed = true;
                    table = table.without(route.prefix());
                    releasePort(route.prefix());
                }
            } finally {
                turn.unlock();
            }
        }

        /** For a person. */
        @Override
        public String toString() {
            return route.prefix() + " held by " + route.holder();
        }
    }
}
