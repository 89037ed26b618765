/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import io.gatehouse.Gatehouse;
import io.gatehouse.webapp.LiveApplication;
import io.gatehouse.webapp.WebApplication;
import java.nio.file.Path;
import java.time.Duration;

/** The README's WAR file, exchanged for what it has become at each line of input. */
public final class WarServer {

    private WarServer() {}

    /** Serves {@code shop.war} of the working directory until the input ends. */
    @SuppressWarnings("try") // it is open for as long as the input is
    // README:webapp
    public static void main(String[] args) throws Exception {
        LiveApplication shop = LiveApplication.of(WebApplication.of(Path.of("shop.war")).contextPath("/shop"));
        try (Gatehouse gatehouse = Gatehouse.builder().listen("http://localhost:8080").webapp(shop).start()) {
            while (System.in.read() >= 0) {
                shop.redeploy(Duration.ofSeconds(30)); // requests that run end on the old one, new ones go to the new one
            }
        }
    }
    // README:end
}
