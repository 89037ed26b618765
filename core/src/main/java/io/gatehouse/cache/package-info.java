/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * The output cache: any handler's answers, kept in memory for as long as the application says, and answered from there on
 * the I/O thread (RFC 9111 for a shared cache, RFC 5861, RFC 9211, RFC 9213).
 *
 * <p>{@link io.gatehouse.cache.OutputCache} is the one API: it wraps handlers, purges, counts and holds fragments.
 * {@link io.gatehouse.cache.CachePolicy} says what may be kept of a route and how long. What may be stored, what is fresh
 * and what a 304 changes are pure functions here, whose times are parameters. May import {@code handler} and {@code http}
 * only. Answers come in through the response that a wrapped handler is given, lie in one store bounded by its bytes, and
 * leave as prepared heads and read-only buffers.
 */
@NullMarked
package io.gatehouse.cache;

import org.jspecify.annotations.NullMarked;
