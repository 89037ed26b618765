/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Normalised;
import io.gatehouse.http.ProxyRules;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedTarget;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http.Target;
import io.gatehouse.http.TargetRules;
import io.gatehouse.route.Route;
import io.gatehouse.route.Routes;
import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.Exchange;
import io.gatehouse.transport.ExchangeHandler;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.TransportListener;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The way of a request above the wire, the same on every transport.
 *
 * <pre>
 *   handle (I/O thread)
 *     proxy heard, if it is trusted ── unclear ──► 400
 *     target normalised ── ambiguous ──► 400
 *     route found       ── none ───────► 404
 *     shortcut asked    ── hit ────────► answered here, from memory
 *     length checked    ── too long ───► 413
 *     admitted          ── overload ───► 503 with Retry-After
 *        └──► one hop to a worker: {@link Dispatch}
 * </pre>
 *
 * <p>Everything up to the hop happens on the I/O thread and touches memory only.
 */
public final class Engine implements ExchangeHandler {

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);
    private static final ResponseHead OPTIONS_OF_ALL =
            ResponseHead.of(200, "Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS", "Content-Length", "0").prepared();

    private final Routes routes;
    private final TargetRules rules;
    private final Limits limits;
    private final Workers workers;
    private final TransportListener listener;
    private final TrustedProxies proxies;
    private volatile int securePort;

    /**
     * An engine.
     *
     * @param proxies whom to believe what is said of a request's client
     * @param routes asked anew for every request
     * @param workers run handlers; stopped by whoever made them
     * @param listener hears of requests that reach no handler
     */
    public Engine(
            Routes routes, TargetRules rules, ProxyRules proxies, Limits limits, Workers workers, TransportListener listener) {
        this.routes = routes;
        this.rules = rules;
        this.limits = limits;
        this.workers = workers;
        this.listener = listener;
        this.proxies = new TrustedProxies(proxies);
    }

    /** Tells of the endpoints, as far as their ports are known: a request can ask for the one that speaks TLS. Any thread. */
    public void listens(List<Endpoint> endpoints) {
        List<Integer> ports = endpoints.stream()
                .filter(endpoint -> endpoint.secure() && endpoint instanceof Endpoint.Tcp)
                .map(endpoint -> ((Endpoint.Tcp) endpoint).port()).toList();
        securePort = ports.size() == 1 ? ports.get(0) : 0;
    }

    @Override
    public void handle(Exchange exchange) {
        RequestHead head = exchange.head();
        Connection connection = exchange.connection();
        if (proxies.trusts(connection)) {
            Arrival arrival = proxies.read(head, connection);
            if (arrival instanceof Arrival.Seen seen) {
                receive(exchange, seen.head(), seen.connection());
            } else {
                refuse(exchange, connection, Refusal.FORWARDED, ((Arrival.Refused) arrival).detail());
            }
        } else {
            receive(exchange, head, connection);
        }
    }

    /** A request of which it is known who asks; what the exchange says of that does not count any more. */
    private void receive(Exchange exchange, RequestHead head, Connection connection) {
        Normalised normalised = Target.normalise(head.target(), rules);
        if (normalised instanceof Target target) {
            if (target.path().equals("*")) {
                answerForAll(exchange, connection);
            } else {
                route(exchange, head, connection, target);
            }
        } else {
            refuse(exchange, connection, Refusal.TARGET, ((RefusedTarget) normalised).message());
        }
    }

    private void route(Exchange exchange, RequestHead head, Connection connection, Target target) {
        // A prefix with a scheme names an endpoint, whose own that is; a Unix-domain socket has none, as it has no port.
        String scheme = connection.local() instanceof InetSocketAddress ? exchange.head().scheme() : head.scheme();
        Route route = routes.table().find(scheme, head.authority(), connection.local(), target.path());
        if (route == null) {
            FailurePage.commit(exchange, 404, "Nothing is registered for this address.");
            return;
        }
        int prefixLength = route.prefix().path().length();
        AsyncHandler handler = route.handler();
        Shortcut shortcut = route.shortcut();
        if (shortcut != null) {
            Shortcut.Prepared ready = null;
            try {
                ready = shortcut.find(head, target, prefixLength);
            } catch (RuntimeException e) { // answered and logged as a handler's failure is, where that may block
                handler = (request, response, done) -> {
                    throw e;
                };
            }
            if (ready != null) {
                exchange.commit(ready.head(), ready.body(), true, Completion.NOTHING);
                return;
            }
        }
        long own = route.settings().bodyLimit();
        ExchangeRequest request = new ExchangeRequest(exchange, head, connection, target, route, own >= 0 ? own : limits.body(), securePort);
        if (request.declaresTooMuch()) {
            refuse(exchange, connection, Refusal.BODY_SIZE, request.tooMuch());
        } else {
            workers.submit(new Dispatch(exchange, request, handler, workers, this::refuse));
        }
    }

    /** {@code OPTIONS *} asks about the server as a whole (RFC 9110 section 9.3.7); no other method may use that target. */
    private void answerForAll(Exchange exchange, Connection connection) {
        if (exchange.head().method().equals("OPTIONS")) {
            exchange.commit(OPTIONS_OF_ALL, EMPTY, true, Completion.NOTHING);
        } else {
            refuse(exchange, connection, Refusal.TARGET, "the target * goes with OPTIONS only");
        }
    }

    private void refuse(Exchange exchange, Connection connection, Refusal refusal, String detail) {
        listener.refused(connection, refusal, detail);
        FailurePage.commit(exchange, refusal.status(), detail);
    }
}
