/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.cache.OutputCacheContract;
import io.gatehouse.transport.TransportProvider;
import io.gatehouse.transport.TransportUnderTest;

/** The contract of the output cache, over TCP. */
class JettyOutputCacheTest extends OutputCacheContract {

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
