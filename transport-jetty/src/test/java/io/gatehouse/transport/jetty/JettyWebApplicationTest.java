/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.transport.TransportProvider;
import io.gatehouse.transport.TransportUnderTest;
import io.gatehouse.webapp.WebApplicationContract;

/** The contract of web applications, over TCP. */
class JettyWebApplicationTest extends WebApplicationContract {

    @Override
    public TransportUnderTest transport() {
        return new TransportUnderTest() {
            @Override
            public TransportProvider provider() {
                return new JettyTransportProvider();
            }
        };
    }
}
