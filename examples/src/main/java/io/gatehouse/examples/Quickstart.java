/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import io.gatehouse.Gatehouse;
import java.nio.file.Path;

/**
 * The least program: files, a servlet and a handler behind one port. Run it in a directory that has one named {@code
 * public}.
 */
public final class Quickstart {

    private Quickstart() {}

    /** Serves until the process is ended. */
    // README:quickstart
    public static void main(String[] args) throws Exception {
        try (Gatehouse gatehouse = Gatehouse.builder()
                .listen("http://localhost:8080")
                .files("/", Path.of("public"))
                .servlet("/api/*", new GreetingServlet())
                .handle("/hello/", (request, response) -> response.send("Hello, " + request.pathInPrefix()))
                .start()) {
            gatehouse.join();
        }
    }
    // README:end
}
