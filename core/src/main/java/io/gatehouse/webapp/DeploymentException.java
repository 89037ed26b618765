/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import jakarta.servlet.ServletException;
import org.jspecify.annotations.Nullable;

/**
 * A web application can't be deployed: its archive, a descriptor or an annotation is wrong. The message names the file, the
 * line where there is one, and what to do.
 */
public final class DeploymentException extends ServletException {

    private static final long serialVersionUID = 1L;

    /** With a message for the one who deploys. */
    public DeploymentException(String message) {
        super(message);
    }

    /** With what lies behind it. */
    public DeploymentException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    static DeploymentException at(Place place, String message) {
        return new DeploymentException(place + ": " + message);
    }
}
