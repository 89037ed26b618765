/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import java.util.concurrent.Future;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** A 1xx answer (RFC 9110 section 15.2) on its way by Jetty. */
final class InterimAnswer {

    private InterimAnswer() {}

    /** Sends it, but not to a client of HTTP/1.0, which would take it for the final one. */
    static void send(RequestHead request, Response response, ResponseHead interim, Callback done) {
        if (request.version() == HttpVersion.HTTP_1_0) {
            done.succeeded();
            return;
        }
        Future<Void> unused = response.writeInterim(interim.status(), JettyFields.copied(interim.fields())).whenComplete((nothing, cause) -> {
            if (cause == null) {
                done.succeeded();
            } else {
                done.failed(cause);
            }
        });
    }
}
