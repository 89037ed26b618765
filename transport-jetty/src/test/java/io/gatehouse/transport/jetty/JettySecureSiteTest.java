/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.SecureSiteContract;
import io.gatehouse.transport.TransportProvider;
import java.net.http.HttpClient;

/** Applications that rely on TLS. */
class JettySecureSiteTest extends SecureSiteContract {

    @Override
    protected TransportProvider provider() {
        return new JettyTransportProvider();
    }

    @Override
    protected HttpClient.Version version() {
        return HttpClient.Version.HTTP_2;
    }
}
