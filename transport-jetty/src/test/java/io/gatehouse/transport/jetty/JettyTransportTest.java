/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.transport.TransportContract;
import io.gatehouse.transport.TransportProvider;

/** The contract on Jetty, over loopback sockets. */
final class JettyTransportTest extends TransportContract {

    @Override
    public TransportProvider provider() {
        return new JettyTransportProvider();
    }
}
