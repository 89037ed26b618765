/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

/** What {@link Target#normalise} makes of a request target: one path that all readers agree on, or a refusal. */
public sealed interface Normalised permits Target, RefusedTarget {

    /** The target as received. */
    String raw();
}
