/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.servlet.ServletApplication;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.time.Duration;

/** A deployed web application that is asked without a transport. */
record Served(ServletApplication application) implements AutoCloseable {

    /** Built and deployed. */
    static Served of(WebApplication wanted) throws ServletException {
        ServletApplication application = wanted.build();
        application.deploy();
        return new Served(application);
    }

    ServletContext context() {
        return application.context();
    }

    /** What a GET of a target is answered with: the status, unless it is 200, and the text. */
    String get(String target, String... fields) {
        try {
            FakeResponse response = ask("GET", target, fields);
            return (response.sentStatus() == 200 ? "" : response.sentStatus() + " ") + response.sentText();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** The status of the answer to a GET. */
    int status(String target) {
        try {
            return ask("GET", target).sentStatus();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    FakeResponse ask(String method, String target, String... fields) throws Exception {
        FakeResponse response = new FakeResponse();
        return response.handledBy(application, FakeRequest.of(method, target, fields));
    }

    @Override
    public void close() {
        application.undeploy(Duration.ofSeconds(10));
    }
}
