/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/**
 * Who runs the process at the other end of a Unix-domain connection, as the kernel says: when it connected, or, of a listener, when it
 * began to listen.
 *
 * @param user by name, or by number if it has none
 * @param group the process' own one, likewise
 */
record PeerUser(String user, String group) {

    /** How the two are found; tests put others here. */
    @FunctionalInterface
    interface Look {
        /** The peer of a connected channel. */
        PeerUser of(SocketChannel channel) throws IOException;
    }

    /** By SO_PEERCRED. */
    static final Look KERNEL = channel -> {
        UnixDomainPrincipal principal;
        try {
            principal = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
        } catch (UnsupportedOperationException e) {
            throw new IOException("this system does not tell who is at the other end of a Unix-domain socket", e);
        }
        UserPrincipal group = principal.group();
        return new PeerUser(principal.user().getName(), group.getName());
    };
}
