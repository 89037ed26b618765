/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.servlet.conformance.ServletContract;
import io.gatehouse.transport.TransportProvider;
import io.gatehouse.transport.TransportUnderTest;

/** The Servlet specification, over TCP. */
class NioServletTest extends ServletContract {

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
