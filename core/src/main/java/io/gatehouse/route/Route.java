/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.route;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Shortcut;
import org.jspecify.annotations.Nullable;

/**
 * A prefix and who answers for it.
 *
 * @param prefix the subtree
 * @param handler answers on a worker
 * @param shortcut is asked first, on the I/O thread; null if there is none
 * @param context a value of the application's, handed back with every request; null if there is none
 * @param settings for this prefix alone
 */
public record Route(
        Prefix prefix,
        AsyncHandler handler,
        @Nullable Shortcut shortcut,
        @Nullable Object context,
        RouteSettings settings) {

    /** A route to a blocking handler, which is also its own shortcut if it implements that. */
    public static Route of(Prefix prefix, Handler handler) {
        RouteSettings settings = RouteSettings.DEFAULTS.withLabel(handler.getClass().getName());
        return new Route(prefix, AsyncHandler.of(handler), shortcut(handler), null, settings);
    }

    /** A route to an asynchronous handler, which is also its own shortcut if it implements that. */
    public static Route of(Prefix prefix, AsyncHandler handler) {
        return new Route(prefix, handler, shortcut(handler), null, RouteSettings.DEFAULTS);
    }

    /** The same with another context. */
    public Route withContext(@Nullable Object value) {
        return new Route(prefix, handler, shortcut, value, settings);
    }

    /** The same with other settings. */
    public Route withSettings(RouteSettings value) {
        return new Route(prefix, handler, shortcut, context, value);
    }

    /** Who holds the prefix, for a person. */
    public String holder() {
        String label = settings.label();
        return label == null ? handler.getClass().getName() : label;
    }

    private static @Nullable Shortcut shortcut(Object handler) {
        return handler instanceof Shortcut shortcut ? shortcut : null;
    }
}
