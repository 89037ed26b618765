/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import io.gatehouse.cache.Shelf;
import io.gatehouse.http.AcceptEncoding;
import io.gatehouse.http.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one path: the file, its precompressed siblings, what was made of it in gzip, and when that was checked
 * last.
 *
 * <pre>
 *   FRESH ──freshness over──► STALE ──twice freshness over──► OLD
 *     ▲                         │ served, while one worker     │ a worker checks
 *     └─────── checked ─────────┴───────────────────────────────┘ before it is served
 *
 *   PLAIN ──a client would take gzip──► ZIPPING ── saves a tenth ──► another entry in the place of this one
 *     ▲                                   │    └── does not ──► it stays as it is, for as long as the file does
 *     └───────── no thread is free ───────┘
 * </pre>
 *
 * <p>An entry and the one that took its place with gzip share what is known of their checks.
 */
final class FileEntry implements Shelf.Entry {

    private static final int OVERHEAD = 250; // bytes of objects, beside those of each representation

    private static final String GZIP = "gzip";

    /** When it was looked at, and whether it is being. */
    private static final class Look {
        private final AtomicBoolean running = new AtomicBoolean();
        private volatile long at;

        private Look(long at) {
            this.at = at;
        }
    }

    private final String relative;
    private final Representation plain;
    private final List<String> codings;
    private final List<Representation> coded;
    private final int siblings;
    private final boolean young;
    private final Look look;
    private final List<String> codingsAndGzip;
    private final @Nullable AtomicBoolean zipped; // whether somebody has begun to; null if nobody is to

    /**
     * An entry.
     *
     * @param relative the path inside the root that was asked for, with its slash at the end
     * @param codings of the siblings, the smallest first
     * @param coded the siblings
     * @param young whether a stamp of it can't be trusted yet
     * @param zippable whether it is to be put into gzip for who wants that; a young one is not, since it will be read again
     * @param checked nanoseconds of the clock that counts freshness
     */
    FileEntry(
            String relative, Representation plain, List<String> codings, List<Representation> coded, boolean young,
            boolean zippable, long checked) {
        this.relative = relative;
        this.plain = plain;
        this.codings = codings;
        this.coded = coded;
        this.siblings = codings.size();
        this.young = young;
        this.look = new Look(checked);
        this.zipped = zippable && !young ? new AtomicBoolean() : null;
        this.codingsAndGzip = zipped == null ? List.of() : plus(codings, GZIP);
    }

    private FileEntry(FileEntry from, Representation gzip) {
        this.relative = from.relative;
        this.plain = from.plain;
        this.codings = from.codingsAndGzip;
        this.coded = plus(from.coded, gzip);
        this.siblings = from.siblings;
        this.young = from.young;
        this.look = from.look;
        this.zipped = null;
        this.codingsAndGzip = List.of();
    }

    /** The same with a representation in gzip that was made of the file. */
    FileEntry withGzip(Representation gzip) {
        return new FileEntry(this, gzip);
    }

    /** The file itself, without a coding. */
    Representation plain() {
        return plain;
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
        boolean same = !young && files.plain().stamp().equals(plain.stamp())
                && files.codings().equals(codings.subList(0, siblings));
        if (!same) {
            return false;
        }
        for (int i = 0; i < siblings; i++) {
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
        return now - look.at;
    }

    /** It was found as it is. */
    void checked(long now) {
        look.at = now;
    }

    /** True for the one who is to check it; who must call {@link #endCheck}. */
    boolean beginCheck() {
        return !look.running.get() && look.running.compareAndSet(false, true);
    }

    /** Lets another check it. */
    void endCheck() {
        look.running.set(false);
    }

    /**
     * True for the one who is to put it into gzip, because a request with these fields would rather have that than what is
     * there. Makes no garbage.
     */
    boolean beginZip(Fields fields) {
        AtomicBoolean begun = zipped;
        return begun != null && !begun.get()
                && AcceptEncoding.choose(fields.joined("Accept-Encoding"), codingsAndGzip) == siblings
                && begun.compareAndSet(false, true);
    }

    /** Lets another put it into gzip. */
    void leaveZip() {
        if (zipped != null) {
            zipped.set(false);
        }
    }

    private int bytes() {
        int bytes = plain.weight();
        for (Representation one : coded) {
            bytes += one.weight();
        }
        return bytes;
    }

    private static <T> List<T> plus(List<T> list, T last) {
        List<T> all = new ArrayList<>(list);
        all.add(last);
        return List.copyOf(all);
    }
}
