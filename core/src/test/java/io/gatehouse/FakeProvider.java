/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.ExchangeHandler;
import io.gatehouse.transport.Transport;
import io.gatehouse.transport.TransportConfig;
import io.gatehouse.transport.TransportProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A transport that opens nothing and writes down what it is told, for tests of the life of a server. */
final class FakeProvider implements TransportProvider {

    /** What happened, to this transport and to whatever else a test lets write here, in order. */
    final List<String> events = Collections.synchronizedList(new ArrayList<>());

    private final String name;
    private TransportConfig config;
    private boolean failing;
    private boolean cutting;
    private boolean breaking;

    FakeProvider(String name) {
        this.name = name;
    }

    /** The ports can't be opened. */
    FakeProvider failing() {
        failing = true;
        return this;
    }

    /** Stopping cuts work off. */
    FakeProvider cutting() {
        cutting = true;
        return this;
    }

    /** Stopping fails. */
    FakeProvider breaking() {
        breaking = true;
        return this;
    }

    /** What the transport was made with. */
    TransportConfig config() {
        return config;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Transport create(TransportConfig given) {
        config = given;
        events.add("create");
        return new Transport() {
            @Override
            public List<Endpoint> start(ExchangeHandler handler) throws IOException {
                events.add("start");
                if (failing) {
                    throw new IOException("port 1 is in use: set listen to another");
                }
                List<Endpoint> bound = new ArrayList<>();
                for (Endpoint endpoint : given.endpoints()) {
                    bound.add(endpoint instanceof Endpoint.Tcp tcp && tcp.port() == 0
                            ? new Endpoint.Tcp(tcp.scheme(), tcp.host(), 40_001)
                            : endpoint);
                }
                return bound;
            }

            @Override
            public boolean stop(Duration grace) {
                events.add("stop " + grace);
                if (breaking) {
                    throw new IllegalStateException("the selector is broken");
                }
                return !cutting;
            }
        };
    }
}
