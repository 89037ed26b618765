/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import io.gatehouse.Gatehouse;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Registration;
import io.gatehouse.route.Route;
import io.gatehouse.servlet.ServletApplication;
import jakarta.servlet.ServletException;
import java.time.Duration;

/** An application that comes to a running server and leaves it before that ends, as tools that deploy have it. */
final class Guest implements AutoCloseable {

    private final ServletApplication application;
    private final Registration registration;

    private Guest(ServletApplication application, Registration registration) {
        this.application = application;
        this.registration = registration;
    }

    static Guest deploy(Gatehouse gatehouse, WebApplication wanted) throws ServletException {
        ServletApplication application = wanted.build();
        application.deploy();
        return new Guest(application,
                gatehouse.routes().register(Route.of(Prefix.parse(application.contextPath() + "/"), application)));
    }

    String contextPath() {
        return application.contextPath();
    }

    ClassLoader loader() {
        return application.context().getClassLoader();
    }

    @Override
    public void close() {
        registration.close();
        if (!application.undeploy(Duration.ofSeconds(30))) {
            throw new AssertionError(application + " still had requests in flight");
        }
    }
}
