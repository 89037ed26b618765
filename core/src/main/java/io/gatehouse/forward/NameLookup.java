/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one target's name. On the loop's thread, which may not wait for a name server: a look-up runs on a thread of its own,
 * one at a time, for all connections that want it. What it found holds for ten seconds.
 */
final class NameLookup {

    private static final long HOLDS_NANOS = 10_000_000_000L;

    /** Knows names; may block. */
    @FunctionalInterface
    interface Source {
        /** The addresses of an origin, in the order to try. */
        List<SocketAddress> of(Origin origin) throws IOException;
    }

    private final ForwardLoop loop;
    private final Origin origin;
    private final Source source;
    private final List<OriginConnection> waiting = new ArrayList<>();
    private @Nullable List<SocketAddress> known;
    private long knownSince;

    NameLookup(ForwardLoop loop, Origin origin, Source source) {
        this.loop = loop;
        this.origin = origin;
        this.source = source;
    }

    /** Has the connection begin with the addresses, now or as soon as they are known. */
    void connect(OriginConnection connection) {
        List<SocketAddress> addresses = known;
        if (addresses != null && (origin.isAddress() || loop.now() - knownSince < HOLDS_NANOS)) {
            connection.connect(addresses);
            return;
        }
        if (origin.isAddress()) {
            Answer answer = ask();
            known = answer.addresses();
            answer.tell(connection);
            return;
        }
        waiting.add(connection);
        if (waiting.size() == 1) {
            Thread thread = new Thread(() -> {
                Answer answer = ask();
                loop.execute(() -> found(answer));
            }, "gatehouse-forward-names");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private Answer ask() {
        try {
            return new Answer(source.of(origin), null);
        } catch (IOException e) {
            return new Answer(null, new IOException("its name can't be found: " + e.getMessage(), e));
        } catch (RuntimeException e) { // a name that the resolver can't even take
            return new Answer(null, new IOException("its name can't be looked up: " + e.getMessage(), e));
        }
    }

    private void found(Answer answer) {
        known = answer.addresses();
        knownSince = loop.now();
        List<OriginConnection> connections = new ArrayList<>(waiting);
        waiting.clear();
        connections.forEach(answer::tell);
    }

    /** What a look-up brought: one or the other. */
    private record Answer(@Nullable List<SocketAddress> addresses, @Nullable IOException failure) {
        void tell(OriginConnection connection) {
            if (addresses != null) {
                connection.connect(addresses);
            } else {
                connection.refused(failure, false);
            }
        }
    }
}
