/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.engine.TrustedProxiesContract;
import io.gatehouse.transport.TransportProvider;
import io.gatehouse.transport.TransportUnderTest;

/** Clients behind proxies, over TCP. */
class JettyTrustedProxiesTest extends TrustedProxiesContract {

    @Override
    protected TransportUnderTest transport() {
        return new TransportUnderTest() {
            @Override
            public TransportProvider provider() {
                return new JettyTransportProvider();
            }
        };
    }
}
