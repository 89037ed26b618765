/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.http.Connection;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http1.Fault;
import io.gatehouse.transport.Endpoint;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/** Takes new connections in, or turns them away when there are too many. */
final class Admission {

    /** How many more than limits.connections may be open while they are told that there are too many. */
    private static final int TURNED_AWAY = 128;

    private Admission() {}

    /** Takes in a new connection. On its loop. */
    static void open(NioContext context, Loop loop, SocketChannel channel, Endpoint endpoint) throws IOException {
        channel.configureBlocking(false);
        if (endpoint instanceof Endpoint.Tcp) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        Connection value = new Connection(
                Connection.newId(), channel.getRemoteAddress(), channel.getLocalAddress(), null,
                        HttpVersion.HTTP_1_1);
        int open = context.open.incrementAndGet();
        boolean tooMany = open > context.limits.connections();
        if (open > context.limits.connections() + TURNED_AWAY) {
            context.open.decrementAndGet();
            channel.close();
            context.listener.refused(value, Refusal.CONNECTIONS, Refusals.tooMany(context.limits));
            return;
        }
        HttpConnection opened;
        try {
            opened = new HttpConnection(context, loop, channel, value, endpoint.secure() ? context.tls : null);
            loop.add(opened);
        } catch (IOException | RuntimeException | Error e) {
            context.open.decrementAndGet();
            throw e;
        }
        try {
            context.listener.opened(value);
            if (tooMany) {
                opened.ending.turnAway(new Fault(Refusal.CONNECTIONS, Refusals.tooMany(context.limits)));
            }
        } catch (RuntimeException | Error e) {
            opened.broken(e);
        }
    }
}
