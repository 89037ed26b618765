/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.transport.Transport;
import io.gatehouse.transport.TransportConfig;
import io.gatehouse.transport.TransportProvider;
import jakarta.inject.Named;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jvnet.hk2.annotations.Service;

/**
 * Makes the transport named {@code nio}: HTTP/1.1 and 1.0 on {@code java.nio} alone, over TCP, TLS and Unix-domain
 * sockets.
 *
 * <p>Its option is {@code backlog}, how many connections the kernel keeps until they are accepted; 1024 unless set.
 */
@Service
@Named("nio")
@SuppressWarnings("exports") // the annotations are for who has HK2; nobody else needs their modules
public final class NioTransportProvider implements TransportProvider {

    private static final int BACKLOG = 1024;

    /** Made by {@link java.util.ServiceLoader}, by HK2, or by hand. */
    public NioTransportProvider() {}

    @Override
    public String name() {
        return "nio";
    }

    @Override
    public Transport create(TransportConfig config) {
        return create(config, System::nanoTime, ServerSocketChannel::accept);
    }

    /** The same with another clock, in nanoseconds, and another way to accept; for tests. */
    static Transport create(TransportConfig config, LongSupplier clock, Acceptor.Accept accept) {
        int backlog = BACKLOG;
        for (Map.Entry<String, String> option : config.options().entrySet()) {
            if (!option.getKey().equals("backlog")) {
                throw new IllegalArgumentException("nio." + option.getKey() + " is unknown: there is nio.backlog");
            }
            backlog = number(option.getValue());
        }
        return new NioTransport(config, backlog, clock, accept);
    }

    private static int number(String text) {
        try {
            int number = Integer.parseInt(text);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("nio.backlog=" + text + ": set it to a number from 1 on", e);
        }
        throw new IllegalArgumentException("nio.backlog=" + text + ": set it to a number from 1 on");
    }
}
