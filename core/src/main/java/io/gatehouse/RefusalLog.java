/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.http.Connection;
import io.gatehouse.http.Refusal;
import io.gatehouse.transport.TransportListener;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * One DEBUG line for each request that was refused and each connection that was cut off: the word of the {@link Refusal},
 * whose it was, and why. No higher level, because peers decide how many there are. Any thread.
 */
final class RefusalLog implements TransportListener {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.refused");

    @Override
    public void refused(@Nullable Connection connection, Refusal refusal, String detail) {
        LOG.log(Level.DEBUG, () -> refusal.word() + (connection == null ? "" : " from " + connection.remote()) + ": " + detail);
    }
}
