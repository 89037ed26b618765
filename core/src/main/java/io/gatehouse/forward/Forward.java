/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.RequestHead;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Forwards to an HTTP/1.1 origin, over TCP or a Unix-domain socket, and streams its answer back (RFC 9110 sections 3.7 and 7.6).
 *
 * <pre>
 *   built ──first request──► running ──close──► closed: 503
 * </pre>
 *
 * <p>Bodies stream both ways, each held back by whoever takes it slowly. Path and query go on as the client sent them, all
 * fields but a connection's in their order; Host is the origin's unless {@linkplain ForwardBuilder#preserveHost told
 * otherwise}. Interim answers and trailers pass. An origin that can't be reached, or answers against the rules, makes a 502;
 * one that takes too long a 504; one whose connections are all in use a 503. An answer that breaks off after it has begun is broken
 * off at the client too. A request that may be repeated (RFC 9110 section 9.2.2) is, once, if the origin had closed the kept
 * connection that it was sent on; no other is ever sent twice. A client that goes away takes its request with it.
 *
 * <p>One platform thread, {@code gatehouse-forward-N}, does the forwarding; the worker is free when its call returns. Any
 * thread may call any method.
 */
public final class Forward implements AsyncHandler, AutoCloseable {

    private final OutwardRules rules;
    private final boolean foreignCodings;
    private final ForwardLimits limits;
    private final ForwardTimeouts timeouts;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ForwardLoop loop; // guarded by lock
    private volatile @Nullable ConnectionPool pool;
    private volatile boolean closed;

    Forward(OutwardRules rules, boolean foreignCodings, ForwardLimits limits, ForwardTimeouts timeouts) {
        this.rules = rules;
        this.foreignCodings = foreignCodings;
        this.limits = limits;
        this.timeouts = timeouts;
    }

    /**
     * Begins to describe a handler that forwards to an origin.
     *
     * @param origin {@code http://host:port}; {@code http://host:port/path/}, whose path takes the place of the prefix; or {@code
     *     unix:/run/app.sock}
     * @throws IllegalArgumentException if it is none of them
     */
    public static ForwardBuilder to(String origin) {
        return new ForwardBuilder(Origin.parse(origin));
    }

    @Override
    public void handle(Request request, Response response, Completion done) {
        if (OutwardRules.maxForwards(request.head()) == 0) {
            answerHere(request, response, done);
            return;
        }
        RequestHead head = rules.head(request);
        List<SocketAddress> addresses = addresses();
        ConnectionPool running = running();
        Passage passage = new Passage(running.loop(), running, head, addresses, request, response, done);
        running.loop().execute(passage::begin);
    }

    /** Cuts off what is under way, closes the connections and ends the thread; waits for that. Idempotent. */
    @Override
    public void close() {
        ForwardLoop running;
        lock.lock();
        try {
            closed = true;
            running = loop;
        } finally {
            lock.unlock();
        }
        if (running != null) {
            running.close();
        }
    }

    /** Where it forwards to. */
    @Override
    public String toString() {
        return "Forward to " + rules.origin();
    }

    /** The answer to a request that may go no farther. TRACE, which would show what fields were added on the way, is not answered. */
    private static void answerHere(Request request, Response response, Completion done) {
        if (request.method().equals("TRACE")) {
            throw new HttpFailure(405, "TRACE is not answered here.");
        }
        response.status(204);
        done.succeeded();
    }

    private List<SocketAddress> addresses() {
        try {
            return rules.origin().addresses();
        } catch (IOException e) {
            throw new OriginFailure(rules.origin() + " can't be found: " + e.getMessage()).unreachable();
        }
    }

    private ConnectionPool running() {
        ConnectionPool running = pool;
        return running != null ? running : start();
    }

    private ConnectionPool start() {
        lock.lock();
        try {
            ConnectionPool running = pool;
            if (running != null) {
                return running;
            }
            if (closed) {
                throw new OriginFailure("the way to " + rules.origin() + " is closed").busy();
            }
            ForwardLoop begun = new ForwardLoop();
            running = new ConnectionPool(begun, rules.origin(), foreignCodings, limits, timeouts);
            begun.add(running);
            begun.start();
            loop = begun;
            pool = running;
            return running;
        } catch (IOException e) {
            throw new HttpFailure(503, "The server can't forward now.", e);
        } finally {
            lock.unlock();
        }
    }
}
