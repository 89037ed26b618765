/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import org.jspecify.annotations.Nullable;

/**
 * A request target, normalised once for all readers.
 *
 * @param raw as received
 * @param path decoded and without dot segments, with {@code /} in front; {@code *} for asterisk-form
 * @param query as received without {@code ?}, or null
 */
public record Target(String raw, String path, @Nullable String query) {}
