/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import io.gatehouse.handler.Shortcut.Prepared;
import io.gatehouse.http.ByteRanges;
import io.gatehouse.http.EntityTag;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpDate;
import io.gatehouse.http.ResponseHead;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One representation of a file (RFC 9110 section 3.2): plain, or with a content coding from a sibling. Its heads are
 * made once, when it is loaded, and its bytes are kept if they are few.
 */
final class Representation {

    private static final int OVERHEAD = 1000; // bytes of objects, and of what all heads have
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final Root.Source source;
    private final Stamp stamp;
    private final long modified;
    private final Fields description;
    private final Prepared whole;
    private final Prepared notModified;
    private final Prepared failed;
    private final Prepared unsatisfiable;
    private final Content.@Nullable InMemory memory;

    /**
     * A representation.
     *
     * @param stamp of the bytes
     * @param description Content-Type, and if it has them Content-Encoding, Vary, Cache-Control and further fields
     * @param memory the bytes, or null if they are read when they are asked for
     * @param now by the clock on the wall
     */
    Representation(
            Root.Source source, Stamp stamp, Fields description, Content.@Nullable InMemory memory, Instant now) {
        this.source = source;
        this.stamp = stamp;
        this.modified = stamp.lastModified(now);
        this.memory = memory;
        EntityTag tag = stamp.tag();
        Fields.Builder all = description.toBuilder().set("Accept-Ranges", tag == null ? "none" : "bytes");
        Fields.Builder validators = Fields.builder();
        if (tag != null) {
            all.set("ETag", tag.toString());
            validators.set("ETag", tag.toString());
        }
        if (modified != HttpDate.NONE) {
            all.set("Last-Modified", HttpDate.format(modified));
        }
        this.description = all.build();
        for (int i = 0; i < description.size(); i++) {
            if (!description.name(i).regionMatches(true, 0, "Content-", 0, 8)) {
                validators.add(description.name(i), description.value(i));
            }
        }
        Fields bare = validators.build();
        whole = new Prepared(
                ResponseHead.of(200, this.description.with("Content-Length", Long.toString(stamp.size()))).prepared(),
                memory == null ? EMPTY : memory.bytes());
        notModified = new Prepared(ResponseHead.of(304, bare).prepared(), EMPTY);
        Fields none = bare.without("Cache-Control").without("CDN-Cache-Control").without("Expires").with("Content-Length", "0");
        failed = new Prepared(ResponseHead.of(412, none).prepared(), EMPTY);
        unsatisfiable = new Prepared(
                ResponseHead.of(416, none.with("Content-Range", ByteRanges.unsatisfiedRange(stamp.size()))).prepared(),
                        EMPTY);
    }

    /** Where its bytes are read from. */
    Root.Source source() {
        return source;
    }

    /** The state that it shows. */
    Stamp stamp() {
        return stamp;
    }

    /** Last-Modified in seconds, or {@link HttpDate#NONE}. */
    long modified() {
        return modified;
    }

    /** The fields of a 200 or 206, without Content-Length. */
    Fields description() {
        return description;
    }

    /** Its bytes, if they are in memory. */
    Content.@Nullable InMemory memory() {
        return memory;
    }

    /** What it weighs in memory, in bytes: each head is there as fields and, once it was sent, as bytes. */
    int weight() {
        int weight = OVERHEAD + (memory == null ? 0 : memory.bytes().limit());
        for (int i = 0; i < description.size(); i++) {
            weight += 64 + 3 * (description.name(i).length() + description.value(i).length());
        }
        return weight;
    }

    /** 200 with its bytes if they are in memory; only the head counts if not. */
    Prepared whole() {
        return whole;
    }

    /** 304, without length or type (RFC 9110 section 15.4.5). */
    Prepared notModified() {
        return notModified;
    }

    /** 412. */
    Prepared failed() {
        return failed;
    }

    /** 416. */
    Prepared unsatisfiable() {
        return unsatisfiable;
    }
}
