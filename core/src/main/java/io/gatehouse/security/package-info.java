/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * Who a caller is, and what may be done (Servlet 6.1 chapter 13), without a word of the servlet API.
 *
 * <p>{@link io.gatehouse.security.SecurityConstraints} says what a method at a path requires: a pure function, worked
 * out once from the {@link io.gatehouse.security.SecurityConstraint constraints} that an application is deployed with.
 * An {@link io.gatehouse.security.IdentityStore} says which {@link io.gatehouse.security.Identity} shows given {@link
 * io.gatehouse.security.Credentials}. {@link io.gatehouse.security.BasicScheme} and {@link
 * io.gatehouse.security.DigestScheme} read those from a request's Authorization field, and write challenges. What an
 * application's descriptor says of all three is in its {@link io.gatehouse.security.SecuritySettings}.
 *
 * <p>May import {@code http} and the JDK. The servlet container asks: first the constraints, then the scheme, then the
 * store.
 */
@NullMarked
package io.gatehouse.security;

import org.jspecify.annotations.NullMarked;
