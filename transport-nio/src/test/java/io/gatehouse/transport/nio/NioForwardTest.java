/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.forward.ForwardContract;
import io.gatehouse.transport.TransportProvider;
import io.gatehouse.transport.TransportUnderTest;

/** The contract of forwarding, over TCP. */
class NioForwardTest extends ForwardContract {

    @Override
    public TransportUnderTest transport() {
        return new TransportUnderTest() {
            @Override
            public TransportProvider provider() {
                return new NioTransportProvider();
            }
        };
    }
}
