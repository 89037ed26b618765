/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Shortcut.Prepared;
import io.gatehouse.http.ByteRanges;
import io.gatehouse.http.Fields;
import io.gatehouse.http.Preconditions;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a request gets of a stored answer: all of it, 206, 304, 412 or 416. In memory, on any thread. */
final class StoredReply {

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();
    private static final String[] OF_FRESHNESS = {"Cache-Control", CacheControl.TARGETED, "Expires"};

    private StoredReply() {}

    /**
     * The reply. Makes no garbage but once a second where there are neither conditions nor ranges.
     *
     * @param traits {@link RequestTraits} of the request
     * @param boundaries parts several ranges, which are copied for that; null if they may not be put together
     * @return null if they must be put together and may not, or if a part is stored that {@linkplain #fits does not fit}
     */
    static @Nullable Prepared of(
            RequestHead head, int traits, StoredAnswer stored, long nowMillis, @Nullable Supplier<String> boundaries) {
        StoredAnswer answer = stored.preferred(head.fields());
        ContentRange part = answer.part();
        if (part != null) {
            return ofPart(head, traits, answer, part, nowMillis);
        }
        if ((traits & (RequestTraits.CONDITIONS | RequestTraits.RANGE)) == 0 || answer.status() != 200) {
            return answer.whole(nowMillis);
        }
        Preconditions.Outcome outcome = Conditions.evaluate(head.method(), head.fields(), answer.terms());
        if (outcome == Preconditions.Outcome.NOT_MODIFIED) {
            return answer.notModified(nowMillis);
        }
        if (outcome == Preconditions.Outcome.FAILED) {
            return bodiless(412, Fields.builder().add("Content-Length", "0"), answer, nowMillis);
        }
        String range = range(head, traits, answer.terms());
        if (range == null) {
            return answer.whole(nowMillis);
        }
        long length = answer.body().limit();
        ByteRanges ranges = ByteRanges.parse(range, length);
        if (ranges instanceof ByteRanges.Unsatisfiable) {
            Fields.Builder fields = Fields.builder().add("Content-Range", ByteRanges.unsatisfiedRange(length));
            return bodiless(416, fields.add("Content-Length", "0"), answer, nowMillis);
        }
        if (!(ranges instanceof ByteRanges.Satisfiable satisfiable)) {
            return answer.whole(nowMillis);
        }
        if (satisfiable.ranges().size() > 1) {
            return boundaries == null ? null : Multipart.of(satisfiable.ranges(), answer, boundaries.get(), nowMillis);
        }
        ByteRanges.Range one = satisfiable.ranges().get(0);
        Fields.Builder fields = answer.fieldsOfPart(nowMillis)
                .set("Content-Range", one.contentRange(length))
                .set("Content-Length", Long.toString(one.length()));
        return new Prepared(
                ResponseHead.of(206, fields.build()), answer.body().slice((int) one.first(), (int) one.length()));
    }

    /** Whether what is stored can answer the request as far as its bytes go: a part answers a range that lies in it only. */
    static boolean fits(RequestHead head, int traits, StoredAnswer answer) {
        ContentRange part = answer.part();
        return part == null || inPart(head, traits, answer, part) != null || isRepeated(head, traits, answer);
    }

    /** Whether a request asks in the same words for what a stored part was the answer to. */
    private static boolean isRepeated(RequestHead head, int traits, StoredAnswer answer) {
        String range = range(head, traits, answer.terms());
        return range != null && (traits & RequestTraits.CONDITIONS) == 0
                && PartialContent.repeats(answer.askedRange(), range);
    }

    /** The one range of the request if it lies in the part, or none if it lies outside of the whole; else null. */
    private static @Nullable ByteRanges inPart(RequestHead head, int traits, StoredAnswer answer, ContentRange part) {
        String range = range(head, traits, answer.terms());
        ByteRanges ranges = range == null ? null : PartialContent.answers(range, part);
        return ranges instanceof ByteRanges.Satisfiable several && several.ranges().size() > 1 ? null : ranges;
    }

    private static @Nullable Prepared ofPart(
            RequestHead head, int traits, StoredAnswer answer, ContentRange part, long nowMillis) {
        ByteRanges ranges = inPart(head, traits, answer, part);
        if (ranges == null) {
            return isRepeated(head, traits, answer) ? answer.whole(nowMillis) : null;
        }
        Preconditions.Outcome outcome = Conditions.evaluate(head.method(), head.fields(), answer.terms());
        if (outcome != Preconditions.Outcome.PROCEED) {
            return outcome == Preconditions.Outcome.NOT_MODIFIED ? answer.notModified(nowMillis)
                    : bodiless(412, Fields.builder().add("Content-Length", "0"), answer, nowMillis);
        }
        if (!(ranges instanceof ByteRanges.Satisfiable satisfiable)) {
            Fields.Builder fields = Fields.builder().add("Content-Range", ByteRanges.unsatisfiedRange(part.length()));
            return bodiless(416, fields.add("Content-Length", "0"), answer, nowMillis);
        }
        ByteRanges.Range one = satisfiable.ranges().get(0);
        Fields.Builder fields = answer.fieldsOfPart(nowMillis)
                .set("Content-Range", new ContentRange(one.first(), one.last(), part.length()).text())
                .set("Content-Length", Long.toString(one.length()));
        return new Prepared(
                ResponseHead.of(206, fields.build()),
                answer.body().slice((int) (one.first() - part.first()), (int) one.length()));
    }

    /** The Range of a request if it has one that counts, else null. */
    static @Nullable String range(RequestHead head, int traits, Terms terms) {
        boolean counts = (traits & RequestTraits.RANGE) != 0
                && Preconditions.rangeCounts(head.method(), head.fields(), terms.tag(), terms.modified(), terms.date());
        return counts ? head.fields().joined("Range") : null;
    }

    private static Prepared bodiless(int status, Fields.Builder own, StoredAnswer answer, long nowMillis) {
        Fields stored = Conditions.notModified(answer.fields());
        Fields.Builder fields = own.addAll(stored.without("Content-Location"));
        for (String name : OF_FRESHNESS) {
            fields.remove(name); // it says of the stored answer, and not of this one, how long it may be used
        }
        fields.add("Age", Long.toString(answer.terms().freshness().age(nowMillis)));
        return new Prepared(ResponseHead.of(status, fields.build()), EMPTY);
    }
}
