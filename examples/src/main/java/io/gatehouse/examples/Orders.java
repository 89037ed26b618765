/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import io.gatehouse.Gatehouse;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import java.io.IOException;

/**
 * A program that has a port of its own, or shares that of a gatehouse, by one line of configuration: {@code
 * -Dgatehouse.listen=gatehouse:/run/gatehouse.sock}. It answers with its process, what it was asked for, and by whom.
 */
public final class Orders {

    private Orders() {}

    /** Serves until the process is ended. */
    // README:orders
    public static void main(String[] args) throws Exception {
        String prefix = args.length > 0 ? args[0] : "/orders/";
        try (Gatehouse gatehouse = Gatehouse.builder()
                .listen("http://localhost:8081")
                .handle(prefix, Orders::answer)
                .stopOnExit()
                .start()) {
            gatehouse.join();
        }
    }
    // README:end

    static void answer(Request request, Response response) throws IOException {
        int sent = request.body().readAllBytes().length;
        String host = request.head().authority() == null ? "nobody" : request.head().authority().toString();
        response.send("java " + ProcessHandle.current().pid() + ' ' + request.head().scheme() + "://" + host
                + request.path() + " for " + request.connection().remote() + (sent == 0 ? "" : " with " + sent + " bytes") + '\n');
    }
}
