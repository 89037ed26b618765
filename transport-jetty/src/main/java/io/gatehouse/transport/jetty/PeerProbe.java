/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/**
 * Finds the peers that have reset their connections while nobody reads from them: Jetty watches only what it is to read or
 * write. For the length of one look a connection hangs at a selector of its own here, watched for the end of a connect, which
 * a connected channel tells of only after a hang-up or an error. A peer that has merely ended its direction is left in peace.
 *
 * <p>Used by the timer's thread alone.
 */
final class PeerProbe {
    private final Selector selector;

    PeerProbe() throws IOException {
        this.selector = Selector.open();
    }

    /** Tells those whose peers are gone. */
    void look(Iterable<JettyEndPoint> endPoints) throws IOException {
        boolean any = false;
        for (JettyEndPoint endPoint : endPoints) {
            any |= endPoint.isAsked() && watch(endPoint);
        }
        if (!any) {
            return;
        }
        selector.selectNow();
        for (SelectionKey key : selector.selectedKeys()) {
            ((JettyEndPoint) key.attachment()).peerIsGone();
        }
        selector.selectedKeys().clear();
        selector.keys().forEach(SelectionKey::cancel);
        selector.selectNow(); // lets go of them: a channel that was closed meanwhile is freed only then
    }

    private boolean watch(JettyEndPoint endPoint) {
        try {
            endPoint.getChannel().register(selector, SelectionKey.OP_CONNECT, endPoint);
            return true;
        } catch (ClosedChannelException | CancelledKeyException e) {
            return false; // it has ended by itself
        }
    }

    void close() {
        try {
            selector.close();
        } catch (IOException e) {
            // there is nothing else to do with it
        }
    }
}
