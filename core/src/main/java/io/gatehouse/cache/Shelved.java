/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import java.util.Set;

/**
 * What lies on a {@link Shelf} under one key.
 *
 * @param weight of all of it, the key included
 */
record Shelved(Shelf.Entry entry, int weight) implements Held {

    Shelved(Resource key, Shelf.Entry entry) {
        this(entry, (int) Math.min(Integer.MAX_VALUE, (long) key.weight() + entry.weight()));
    }

    @Override
    public Set<String> tags() {
        return Set.of();
    }
}
