/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * What applications write, and what they are handed: {@link io.gatehouse.handler.Handler},
 * {@link io.gatehouse.handler.AsyncHandler}, {@link io.gatehouse.handler.Request}, {@link io.gatehouse.handler.Response},
 * {@link io.gatehouse.handler.Shortcut} and {@link io.gatehouse.handler.HttpFailure}.
 *
 * <p>May import {@code http} only. The engine implements request and response over an exchange and calls handlers on
 * workers; static files, the servlet container and the forwarder are handlers like any other.
 */
@NullMarked
package io.gatehouse.handler;

import org.jspecify.annotations.NullMarked;
