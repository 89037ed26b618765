/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Whether the process that listens on a Unix-domain socket is the user's that it must be: the kernel says so of the connected socket
 * (SO_PEERCRED), which no file's owner or mode can pretend.
 */
final class PeerCheck {

    private PeerCheck() {}

    /** What speaks against a connection; null if nothing does. */
    static @Nullable String objection(SocketChannel connected, String user) {
        try {
            String actual = connected.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
            return actual.equals(user) ? null : "is listened on by the user " + actual + " and not by " + user;
        } catch (IOException | UnsupportedOperationException e) {
            return "can't be shown to be listened on by the user " + user + ", for the system does not tell: " + e.getMessage();
        }
    }
}
