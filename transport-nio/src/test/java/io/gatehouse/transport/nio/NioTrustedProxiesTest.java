/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.engine.TrustedProxiesContract;
import io.gatehouse.transport.TransportProvider;
import io.gatehouse.transport.TransportUnderTest;

/** Clients behind proxies, over TCP. */
class NioTrustedProxiesTest extends TrustedProxiesContract {

    @Override
    protected TransportUnderTest transport() {
        return new TransportUnderTest() {
            @Override
            public TransportProvider provider() {
                return new NioTransportProvider();
            }
        };
    }
}
