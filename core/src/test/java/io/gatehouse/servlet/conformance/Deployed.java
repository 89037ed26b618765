/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.servlet.ServletApplicationBuilder;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.time.Duration;

/** An application that is in service without any request, for tests of its context. */
final class Deployed implements AutoCloseable {

    /** What is done with a context. */
    interface Use {
        void with(ServletContext context) throws Exception;
    }

    private final ServletApplication application;

    private Deployed(ServletApplication application) {
        this.application = application;
    }

    static Deployed of(ServletApplicationBuilder builder) throws ServletException {
        ServletApplication application = builder.build();
        application.deploy();
        return new Deployed(application);
    }

    /** Uses a context while it is configured, and again when it is in service. */
    static void use(ServletApplicationBuilder builder, Use configuring, Use serving) throws Exception {
        builder.initializer((classes, context) -> call(configuring, context));
        try (Deployed deployed = of(builder)) {
            serving.with(deployed.context());
        }
    }

    private static void call(Use use, ServletContext context) throws ServletException {
        try {
            use.with(context);
        } catch (ServletException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }

    ServletContext context() {
        return application.context();
    }

    @Override
    public void close() {
        application.undeploy(Duration.ZERO);
    }
}
