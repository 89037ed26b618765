/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertFalse;

import jakarta.servlet.ServletContext;
import java.io.File;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Takes down after each test what {@link Servlets} deployed in it: an application that stays keeps threads and a directory. Test
 * classes run one after another.
 */
final class Undeploy implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    private static final Queue<ServletApplication> DEPLOYED = new ConcurrentLinkedQueue<>();
    private static volatile boolean watching;

    /** Notes an application that is deployed. */
    static void later(ServletApplication application) {
        if (!watching) {
            application.undeploy(Duration.ZERO);
            throw new IllegalStateException("nobody undeploys this: annotate the test with @ExtendWith(Undeploy.class)");
        }
        DEPLOYED.add(application);
    }

    @Override
    public void beforeAll(ExtensionContext test) {
        watching = true;
    }

    @Override
    public void afterEach(ExtensionContext test) {
        for (ServletApplication next = DEPLOYED.poll(); next != null; next = DEPLOYED.poll()) {
            undeploy(next);
        }
    }

    @Override
    public void afterAll(ExtensionContext test) {
        afterEach(test);
        watching = false;
    }

    private static void undeploy(ServletApplication application) {
        ServletContext context;
        try {
            context = application.context();
        } catch (IllegalStateException e) { // the test has undeployed it itself
            return;
        }
        File directory = (File) context.getAttribute(ServletContext.TEMPDIR);
        application.undeploy(Duration.ZERO);
        boolean own = directory.getName().startsWith("gatehouse") && directory.getParent().equals(System.getProperty("java.io.tmpdir"));
        assertFalse(own && directory.exists(), () -> "the temporary directory is left: " + directory);
    }
}
