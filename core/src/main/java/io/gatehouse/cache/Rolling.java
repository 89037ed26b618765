/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

/**
 * An answer that is being made, whose head is known and may be shared.
 *
 * @param tape its body so far, and to come
 * @param draft its head
 * @param fill tells whether it was purged meanwhile
 * @param why its handler was asked
 */
record Rolling(Tape tape, Draft draft, Fill fill, CacheStatus.Forward why) {}
