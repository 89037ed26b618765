/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Which keys of the store carry a tag. Any thread; changed inside the store's atomic step for a key. */
final class TagIndex {

    private final ConcurrentMap<String, Set<Object>> keys = new ConcurrentHashMap<>();

    /** The keys that carry a tag now; they may change while they are looked at. */
    Set<Object> keys(String tag) {
        return keys.getOrDefault(tag, Set.of());
    }

    /** Notes that what lies under a key has changed. */
    void change(Object key, @Nullable Held before, @Nullable Held after) {
        Set<String> old = before == null ? Set.of() : before.tags();
        Set<String> now = after == null ? Set.of() : after.tags();
        for (String tag : now) {
            if (!old.contains(tag)) {
                keys.compute(tag, (name, those) -> {
                    Set<Object> all = those == null ? ConcurrentHashMap.newKeySet(4) : those;
                    all.add(key);
                    return all;
                });
            }
        }
        for (String tag : old) {
            if (!now.contains(tag)) {
                keys.computeIfPresent(tag, (name, those) -> {
                    those.remove(key);
                    return those.isEmpty() ? null : those;
                });
            }
        }
    }
}
