/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import io.gatehouse.handler.Shortcut.Prepared;
import io.gatehouse.http.ByteRanges;
import io.gatehouse.http.Fields;
import io.gatehouse.http.Preconditions;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import java.time.InstantSource;
import java.util.List;

/** What a GET or HEAD gets of a representation. Decided in memory, on any thread. */
sealed interface Answer {

    /** Nothing but a head. */
    record Bodiless(Prepared prepared) implements Answer {}

    /** All of it: the head is the representation's own. */
    record Whole() implements Answer {}

    /** One part of it. */
    record Part(ByteRanges.Range range) implements Answer {}

    /** Several parts, as multipart/byteranges. */
    record Parts(List<ByteRanges.Range> ranges) implements Answer {}

    /** The answer that needs no thought. */
    Whole WHOLE = new Whole();

    /**
     * Holds a request against a representation.
     *
     * @param clock on the wall; asked only for ranges
     */
    static Answer of(RequestHead head, Representation representation, InstantSource clock) {
        Fields fields = head.fields();
        if (!Preconditions.present(fields)) {
            return WHOLE;
        }
        Stamp stamp = representation.stamp();
        Preconditions.Outcome outcome =
                Preconditions.evaluate(head.method(), fields, stamp.tag(), representation.modified(), true);
        if (outcome != Preconditions.Outcome.PROCEED) {
            boolean same = outcome == Preconditions.Outcome.NOT_MODIFIED;
            return new Bodiless(same ? representation.notModified() : representation.failed());
        }
        boolean ranges = stamp.tag() != null && fields.contains("Range")
                && Preconditions.rangeCounts(
                        head.method(), fields, stamp.tag(), representation.modified(),
                                clock.instant().getEpochSecond());
        String range = ranges ? fields.joined("Range") : null;
        return range == null ? WHOLE : of(ByteRanges.parse(range, stamp.size()), representation);
    }

    /** The head of a 206 with one part. */
    static ResponseHead head(Representation representation, ByteRanges.Range range) {
        Fields.Builder fields = representation.description().toBuilder();
        fields.set("Content-Range", range.contentRange(representation.stamp().size()));
        fields.set("Content-Length", Long.toString(range.length()));
        return ResponseHead.of(206, fields.build());
    }

    private static Answer of(ByteRanges ranges, Representation representation) {
        if (ranges instanceof ByteRanges.Unsatisfiable) {
            return new Bodiless(representation.unsatisfiable());
        }
        if (ranges instanceof ByteRanges.Satisfiable satisfiable) {
            List<ByteRanges.Range> list = satisfiable.ranges();
            return list.size() == 1 ? new Part(list.get(0)) : new Parts(list);
        }
        return WHOLE;
    }
}
