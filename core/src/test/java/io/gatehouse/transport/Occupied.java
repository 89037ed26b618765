/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** A port that somebody else has. */
public interface Occupied extends AutoCloseable {

    /** The port. */
    int port();

    @Override
    void close() throws IOException;

    /** A TCP port of the loopback. */
    static Occupied socket() throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.bind(new InetSocketAddress(InetAddress.getByName("localhost"), 0));
        return new Occupied() {
            @Override
            public int port() {
                return socket.getLocalPort();
            }

            @Override
            public void close() throws IOException {
                socket.close();
            }
        };
    }
}
