/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.http.Authority;
import io.gatehouse.http.Completion;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A handler behind the cache: what lies ready and fresh is answered on the I/O thread, everything else by a {@link CacheRun}
 * on a worker.
 *
 * <pre>
 *   find    the handler's own shortcut ──► a fresh answer, for a request that has no say in it ──► null: a worker
 *   handle  CacheRun: select, validate, collapse, run the handler, record, store
 * </pre>
 */
final class CachedHandler implements AsyncHandler, Shortcut {

    /** Whom a request waits for: a key, and the variant of it if that is known to matter. */
    record FlightKey(String scheme, Authority authority, String text, VaryKey variant) {}

    private static final System.Logger LOG = System.getLogger("io.gatehouse.cache");

    private final String name;
    private final AsyncHandler inner;
    private final @Nullable Shortcut shortcut;
    private final CachePolicy policy;
    private final OutputCache cache;
    private final Rules rules;
    private final int bypass;
    private final CacheKey keys;
    private final Tally tally = new Tally();
    private final Store store;
    private final RouteIndex index;
    private final LongSupplier clock;
    private final ConcurrentMap<FlightKey, Flight> flights = new ConcurrentHashMap<>();

    CachedHandler(String name, AsyncHandler inner, @Nullable Shortcut shortcut, CachePolicy policy, OutputCache cache) {
        this.name = name;
        this.inner = inner;
        this.shortcut = shortcut;
        this.policy = policy;
        this.cache = cache;
        this.rules = RouteRules.of(policy);
        boolean fixed = !(policy.lifetime() instanceof Lifetime.AsHeadersSay);
        this.bypass = RequestTraits.BODY | RequestTraits.UPGRADE | RequestTraits.overrides(policy.keyFields())
                | (fixed ? RequestTraits.AUTHORIZATION | (policy.cookies() ? 0 : RequestTraits.COOKIE) : 0);
        this.keys = new CacheKey(policy);
        this.store = cache.store();
        this.clock = cache.clock();
        this.index = store.open(tally);
    }

    @Override
    public @Nullable Prepared find(RequestHead head, Target target, int prefixLength) {
        Prepared own = shortcut == null ? null : shortcut.find(head, target, prefixLength);
        String method = head.method();
        if (own != null || !method.equals("GET") && !method.equals("HEAD")) {
            return own;
        }
        int traits = RequestTraits.of(head.fields());
        if ((traits & (bypass | (rules.requestDirectives() ? RequestTraits.DIRECTIVES : 0))) != 0) {
            return null;
        }
        Variants there = lookUp(head, keys.text(head, target));
        StoredAnswer answer = there == null ? null : there.select(head.fields());
        if (answer == null) {
            return null;
        }
        long now = clock.getAsLong();
        if (Selection.of(CacheControl.NONE, answer.terms(), rules, now) != Selection.USE) {
            return null;
        }
        Prepared ready = StoredReply.of(head, traits, answer, now, null);
        if (ready != null) {
            tally.hit();
        }
        return ready;
    }

    @Override
    public void handle(Request request, Response response, Completion done) throws Exception {
        if (policy.mayPurge() != null && request.method().equals("PURGE") && policy.mayPurge().test(request)) {
            int count = purge(request.head(), request.target());
            response.status(200).field("Content-Type", "text/plain; charset=utf-8").field("Cache-Control", "no-store");
            response.send(count + " purged\n");
            done.succeeded();
        } else {
            new CacheRun(this, request, response, done).start();
        }
    }

    /** What waits here for another's answer waits in {@link #handle}; what the handler makes is bounded as it says. */
    @Override
    public boolean boundsItself() {
        return inner.boundsItself();
    }

    @Override
    public String toString() {
        return name;
    }

    String name() {
        return name;
    }

    AsyncHandler inner() {
        return inner;
    }

    CachePolicy policy() {
        return policy;
    }

    Rules rules() {
        return rules;
    }

    /** The {@link RequestTraits} that pass the cache by. */
    int bypass() {
        return bypass;
    }

    CacheKey keys() {
        return keys;
    }

    Tally tally() {
        return tally;
    }

    Store store() {
        return store;
    }

    RouteIndex index() {
        return index;
    }

    OutputCache cache() {
        return cache;
    }

    long now() {
        return clock.getAsLong();
    }

    /** What others wait for now. */
    ConcurrentMap<FlightKey, Flight> flights() {
        return flights;
    }

    /** What lies under a text for a request's scheme and authority; counts as a use. Without garbage in the usual case. */
    @Nullable Variants lookUp(RequestHead head, String text) {
        Resource resource = index.find(head.scheme(), CacheKey.authority(head.scheme(), head.authority()), text);
        return resource == null ? null : store.get(resource);
    }

    /** Sees to it that a stored text lies there in gzip too, before long. */
    void zipLater(Fill fill, StoredAnswer answer) {
        if (!answer.isWorthZipping()) {
            return;
        }
        try {
            cache.background().refreshes().execute(() -> zip(fill, answer));
        } catch (RejectedExecutionException e) { // it is sent as it is
            LOG.log(System.Logger.Level.DEBUG, "no thread is free to compress an answer of " + name);
        }
    }

    private void zip(Fill fill, StoredAnswer answer) {
        try {
            StoredAnswer both = answer.zipped(store.memory());
            Resource resource = fill.found();
            if (both != null && resource != null) {
                store.replace(resource, answer, both);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "an answer of " + name + " could not be compressed; it is sent as it is", e);
        }
    }

    private int purge(RequestHead head, Target target) {
        Authority authority = CacheKey.authority(head.scheme(), head.authority());
        return store.purge(index, head.scheme(), authority, keys.url(target), false, -1, null)
                + cache.purgeShelves(target.path());
    }
}
