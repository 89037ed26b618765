/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.SecureSiteContract;
import io.gatehouse.transport.TransportProvider;
import java.net.http.HttpClient;

/** Applications that rely on TLS. */
class NioSecureSiteTest extends SecureSiteContract {

    @Override
    protected TransportProvider provider() {
        return new NioTransportProvider();
    }

    @Override
    protected HttpClient.Version version() {
        return HttpClient.Version.HTTP_1_1;
    }
}
