/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.cache.CachePolicy;
import io.gatehouse.cache.OutputCache;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.route.Registration;
import io.gatehouse.route.Route;
import io.gatehouse.route.Routes;

/** A claimed prefix behind the output cache, which lets go of it when the claim ends. */
final class ClaimedRoute implements Registration {

    private final Registration inner;
    private final OutputCache cache;
    private final AsyncHandler cached;

    private ClaimedRoute(Registration inner, OutputCache cache, AsyncHandler cached) {
        this.inner = inner;
        this.cache = cache;
        this.cached = cached;
    }

    /**
     * Registers it.
     *
     * @throws IllegalStateException as {@link Routes#register}
     */
    static Registration register(Routes routes, OutputCache cache, Route route, CachePolicy policy) {
        Route holder = routes.table().at(route.prefix());
        if (holder != null) { // asked first, for the cache would say only that it has the name
            throw new IllegalStateException("the prefix " + route.prefix() + " is held by " + holder.holder()
                    + ": remove that registration first, or choose another prefix");
        }
        AsyncHandler cached = cache.around(route.prefix().toString(), route.handler(), route.shortcut(), policy);
        try {
            Route front = new Route(route.prefix(), cached, (Shortcut) cached, route.context(), route.settings());
            return new ClaimedRoute(routes.register(front), cache, cached);
        } catch (RuntimeException | Error e) {
            cache.release(cached);
            throw e;
        }
    }

    @Override
    public Route route() {
        return inner.route();
    }

    @Override
    public void replace(Route route) {
        inner.replace(route);
    }

    @Override
    public void close() {
        inner.close();
        cache.release(cached);
    }
}
