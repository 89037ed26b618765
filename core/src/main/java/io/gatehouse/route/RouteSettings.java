/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.route;

import org.jspecify.annotations.Nullable;

/**
 * What holds for the requests of one prefix alone.
 *
 * @param bodyLimit bytes of a request's body; -1 for {@code limits.body}
 * @param label who holds the prefix, for a person: in conflicts, explanations and on status pages; null for the handler's class
 */
public record RouteSettings(long bodyLimit, @Nullable String label) {

    /** Nothing of its own. */
    public static final RouteSettings DEFAULTS = new RouteSettings(-1, null);

    /** Checks the limit. */
    public RouteSettings {
        if (bodyLimit < -1) {
            throw new IllegalArgumentException("a body limit of " + bodyLimit + ": set it to 0 or more, or to -1 for limits.body");
        }
    }

    /** These settings with another limit for bodies. */
    public RouteSettings withBodyLimit(long value) {
        return new RouteSettings(value, label);
    }

    /** These settings with another label. */
    public RouteSettings withLabel(String value) {
        return new RouteSettings(bodyLimit, value);
    }
}
