/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * The prefix table: which handler answers which part of the URL namespace, with HTTP.sys' semantics.
 *
 * <p>Writers go through {@link io.gatehouse.route.Routes}, which makes a new {@link io.gatehouse.route.RouteTable} for each
 * change and replaces the old one whole; readers take the table that is current when their request arrives and look up in it
 * without a lock and without an allocation. May import {@code handler} and {@code http}. The engine reads, the front door
 * and applications write.
 */
@NullMarked
package io.gatehouse.route;

import org.jspecify.annotations.NullMarked;
