/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.transport.TransportProvider;
import io.gatehouse.transport.TransportUnderTest;
import io.gatehouse.webapp.WebApplicationContract;

/** The contract of web applications, over TCP. */
class NioWebApplicationTest extends WebApplicationContract {

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
