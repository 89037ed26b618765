/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.Request;
import io.gatehouse.http.FieldSyntax;
import java.net.InetSocketAddress;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which of several targets gets a request. Each takes weights into account, and those that are in service only. */
public sealed interface Balance {

    /** The one with the fewest requests under way, in proportion to its weight; among equals in turn. The default. */
    static Balance leastOutstanding() {
        return new LeastOutstanding();
    }

    /** Each in turn, spread evenly: weights 3 and 1 give a a b a. */
    static Balance roundRobin() {
        return new RoundRobin();
    }

    /**
     * By a key of the request: the same key goes to the same target, and when a target comes or goes only its share of the keys moves.
     *
     * @param key called on the worker; null for a request without one, which goes to the target with the fewest requests
     */
    static Balance hash(Function<Request, @Nullable String> key) {
        return new ConsistentHash(key, 1.25);
    }

    /** By the client's address. */
    static Balance hashOfAddress() {
        return hash(Balance::address);
    }

    /**
     * By the value of a field of the request.
     *
     * @throws IllegalArgumentException if the name is none of a field
     */
    static Balance hashOfField(String name) {
        if (!FieldSyntax.isToken(name)) {
            throw new IllegalArgumentException(
                    "balance by field " + FieldSyntax.printable(name) + ": write the name of a field, as in X-Tenant");
        }
        return hash(request -> request.fields().first(name));
    }

    /** By the path, for targets that keep what they have answered before. */
    static Balance hashOfPath() {
        return hash(Request::path);
    }

    /** See {@link #leastOutstanding}. */
    record LeastOutstanding() implements Balance {}

    /** See {@link #roundRobin}. */
    record RoundRobin() implements Balance {}

    /**
     * See {@link #hash}: rendezvous hashing with bounded loads.
     *
     * @param key of a request; null if it has none
     * @param bound how many times its fair share of the requests under way a target may have before the next in line of
     *     the key gets them; more than 1, or infinite for no bound
     */
    record ConsistentHash(Function<Request, @Nullable String> key, double bound) implements Balance {

        /** Checks the bound. */
        public ConsistentHash {
            if (!(bound > 1)) {
                throw new IllegalArgumentException("a hash's bound=" + bound + ": set it to more than 1, as 1.25");
            }
        }

        /** The same with another bound. */
        public ConsistentHash withBound(double value) {
            return new ConsistentHash(key, value);
        }
    }

    private static @Nullable String address(Request request) {
        return request.connection().remote() instanceof InetSocketAddress inet
                ? inet.isUnresolved() ? inet.getHostString() : inet.getAddress().getHostAddress()
                : null;
    }
}
