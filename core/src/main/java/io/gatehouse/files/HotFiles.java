/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/**
 * The files that lie in memory, bounded by their bytes; what is asked for often stays (W-TinyLFU). Any thread,
 * without waiting.
 *
 * <p>The key is the path together with the length of the prefix, because one set of files may stand at several
 * prefixes. The first length that comes is the usual one, and with it the key is the path itself: looking up makes no
 * garbage.
 */
final class HotFiles {

    /** The largest file that is read into memory, in bytes. */
    static final int LARGEST = 256 * 1024;

    /** How many bytes all of them may weigh unless set. */
    static final long DEFAULT_BYTES = 32L * 1024 * 1024;

    private final Cache<String, FileEntry> entries;
    private volatile int usualPrefix = -1;

    HotFiles(long bytes) {
        entries = Caffeine.newBuilder()
                .maximumWeight(bytes)
                .weigher((String key, FileEntry entry) -> 2 * key.length() + entry.weight())
                .executor(Runnable::run) // eviction is short, and no thread of the common pool is woken for it
                .build();
    }

    /** What lies ready for a path, fresh or not. */
    @Nullable FileEntry get(String path, int prefixLength) {
        return entries.getIfPresent(key(path, prefixLength));
    }

    /** Keeps an entry, if it is worth its bytes. */
    void put(String path, int prefixLength, FileEntry entry) {
        if (usualPrefix < 0) {
            usualPrefix = prefixLength; // a race makes a few entries unfindable, which the store evicts in time
        }
        entries.put(key(path, prefixLength), entry);
    }

    /** Forgets a path. */
    void remove(String path, int prefixLength) {
        entries.invalidate(key(path, prefixLength));
    }

    private String key(String path, int prefixLength) {
        return prefixLength == usualPrefix ? path : path + '\0' + prefixLength;
    }
}
