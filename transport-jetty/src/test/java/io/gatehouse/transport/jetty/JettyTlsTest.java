/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.transport.TlsContract;
import io.gatehouse.transport.TransportContract;
import io.gatehouse.transport.TransportProvider;

/** The whole contract once more, inside TLS, and what TLS adds to it. */
final class JettyTlsTest extends TransportContract implements TlsContract {

    @Override
    public TransportProvider provider() {
        return new JettyTransportProvider();
    }
}
