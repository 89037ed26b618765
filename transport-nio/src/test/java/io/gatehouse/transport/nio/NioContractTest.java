/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.transport.TransportContract;
import io.gatehouse.transport.TransportProvider;

/** The contract, over TCP. */
class NioContractTest extends TransportContract {

    @Override
    public TransportProvider provider() {
        return new NioTransportProvider();
    }
}
