/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.descriptor.JspConfigDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * What an application that was packed and described elsewhere brings along, besides what the builder says.
 *
 * @param majorVersion of the Servlet specification that its descriptor is of, {@code getEffectiveMajorVersion}
 * @param minorVersion the same, {@code getEffectiveMinorVersion}
 * @param pages what the descriptor says of JSP, {@code getJspConfigDescriptor}; null if it says nothing
 * @param release called once when the application has ended, or could not be deployed, on the thread that ends it: closes
 *     its class loader, removes its files. Must not throw
 */
public record Packaging(
        int majorVersion, int minorVersion, @Nullable JspConfigDescriptor pages, Runnable release) {

    /** An application that is described in code: of this container's version, with nothing to release. */
    public static final Packaging NONE = new Packaging(6, 1, null, () -> {});
}
