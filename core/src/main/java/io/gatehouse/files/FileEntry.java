/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import io.gatehouse.cache.Shelf;
import io.gatehouse.http.AcceptEncoding;
import io.gatehouse.http.Fields;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * All that is known of one path: the file, its precompressed siblings, and when that was checked last.
 *
 * <pre>
 *   FRESH ──freshness over──► STALE ──twice freshness over──► OLD
 *     ▲                         │ served, while one worker     │ a worker checks
 *     └─────── checked ─────────┴───────────────────────────────┘ before it is served
 * </pre>
 */
final class FileEntry implements Shelf.Entry {

    private static final int OVERHEAD = 250; // bytes of objects, beside those of each representation

    private final String relative;
    private final Representation plain;
    private final List<String> codings;
    private final List<Representation> coded;
    private final boolean young;
    private final AtomicBoolean checking = new AtomicBoolean();
    private volatile long checked;

    /**
     * An entry.
     *
     * @param relative the path inside the root that was asked for, with its slash at the end
     * @param codings of the siblings, the smallest first
     * @param coded the siblings
     * @param young whether a stamp of it can't be trusted yet
     * @param checked nanoseconds of the clock that counts freshness
     */
    FileEntry(
            String relative, Representation plain, List<String> codings, List<Representation> coded, boolean young,
            long checked) {
        this.relative = relative;
        this.plain = plain;
        this.codings = codings;
        this.coded = coded;
        this.young = young;
        this.checked = checked;
    }

    /** The path inside the root that was asked for, with its slash at the end. */
    String relative() {
        return relative;
    }

    /** The representation that a client prefers. */
    Representation choose(Fields fields) {
        if (codings.isEmpty()) {
            return plain;
        }
        int choice = AcceptEncoding.choose(fields.joined("Accept-Encoding"), codings);
        return choice == AcceptEncoding.IDENTITY ? plain : coded.get(choice);
    }

    /** Whether a fresh look at the files shows what this entry was made of. */
    boolean isStill(FileLoader.Files files) {
        if (young || !files.plain().stamp().equals(plain.stamp()) || !files.codings().equals(codings)) {
            return false;
        }
        for (int i = 0; i < coded.size(); i++) {
            if (!files.coded().get(i).stamp().equals(coded.get(i).stamp())) {
                return false;
            }
        }
        return true;
    }

    /** Whether it may be kept: all of it held still while it was read. */
    boolean isKeepable() {
        if (plain.stamp().tag() == null) {
            return false;
        }
        for (Representation one : coded) {
            if (one.stamp().tag() == null) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int weight() {
        return OVERHEAD + relative.length() + bytes();
    }

    /** How many nanoseconds ago it was checked. */
    long age(long now) {
        return now - checked;
    }

    /** It was found as it is. */
    void checked(long now) {
        checked = now;
    }

    /** True for the one who is to check it; who must call {@link #endCheck}. */
    boolean beginCheck() {
        return !checking.get() && checking.compareAndSet(false, true);
    }

    /** Lets another check it. */
    void endCheck() {
        checking.set(false);
    }

    private int bytes() {
        int bytes = plain.weight();
        for (Representation one : coded) {
            bytes += one.weight();
        }
        return bytes;
    }
}
