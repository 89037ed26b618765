/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * The Jakarta Servlet 6.1 container, as one more {@link io.gatehouse.handler.AsyncHandler}.
 *
 * <p>A {@link io.gatehouse.servlet.ServletApplication} is one servlet context. It is built with a
 * {@link io.gatehouse.servlet.ServletApplicationBuilder}, deployed while the ports are closed, called by the engine
 * with a request and a response, and undeployed.
 *
 * <p>May import {@code security}, {@code handler}, {@code http}, {@code jakarta.servlet} and the JDK. A request's way: {@code
 * ServletApplication} admits it, {@code RequestRun} owns it to its end, {@code Mapper} finds the servlet, {@code Chain}
 * calls filters and servlet with an {@code AppRequest} and an {@code AppResponse}, {@code OutputBuffer} hands what they
 * write to the response's one write primitive.
 */
@NullMarked
package io.gatehouse.servlet;

import org.jspecify.annotations.NullMarked;
