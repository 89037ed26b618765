/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * The output cache: a shared cache as RFC 9111 describes it, in front of any handler of this process.
 *
 * <p>May import {@code handler} and {@code http}. What the RFCs decide lives in pure values and functions that know no
 * clock: {@code CacheControl} reads directives, {@code Freshness} counts ages, {@code Terms} keeps both of a stored answer;
 * {@code Storing} says what may be stored, {@code VaryKey} and {@code Selection} what may answer a request, {@code
 * Validation} how a stored answer is validated and updated, {@code Invalidation} what an unsafe method drops. The rest of
 * the package stores, asks them, and sends.
 */
@NullMarked
package io.gatehouse.cache;

import org.jspecify.annotations.NullMarked;
