/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Shortcut.Prepared;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One answer as it is kept: its fields, what they mean for its reuse, and its body. Immutable but for the heads that are
 * prepared of it, which carry Age and are therefore made anew when a second has passed and it is asked for. Any thread.
 */
final class StoredAnswer {

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();
    private static final int OVERHEAD = 700; // objects, and what is prepared

    /** What is sent during one second of its age. A race makes it twice, which harms nobody. */
    private static final class Turn {
        private final long age;
        private final Prepared whole;
        private volatile @Nullable Prepared notModified;

        private Turn(long age, Prepared whole) {
            this.age = age;
            this.whole = whole;
        }
    }

    private final Fields fields;
    private final Terms terms;
    private final VaryKey vary;
    private final Set<String> tags;
    private final ByteBuffer body;
    private final @Nullable ContentRange part;
    private final @Nullable String askedRange;
    private final CachePolicy policy;
    private final boolean zippable;
    private final @Nullable StoredAnswer zipped;
    private final int weight;
    private volatile @Nullable Turn turn;

    /**
     * An answer.
     *
     * @param fields all that is kept of them: without Content-Length and Age, with those that only the cache reads
     * @param body read-only, from 0 to its limit
     * @param askedRange the Range that a part was the answer to; null for a whole, and for what was put together
     * @param policy of its route
     */
    StoredAnswer(
            Fields fields, Terms terms, VaryKey vary, Set<String> tags, ByteBuffer body, @Nullable String askedRange,
            CachePolicy policy) {
        this(fields, terms, vary, tags, body, askedRange, policy,
                Zipping.suits(policy, terms.status(), fields, terms.directives()), null);
    }

    private StoredAnswer(
            Fields fields, Terms terms, VaryKey vary, Set<String> tags, ByteBuffer body, @Nullable String askedRange,
            CachePolicy policy, boolean zippable, @Nullable StoredAnswer zipped) {
        this.zippable = zippable;
        this.zipped = zipped;
        this.fields = fields;
        this.terms = terms;
        this.vary = vary;
        this.tags = tags;
        this.body = body;
        ContentRange range = terms.status() == 206 ? ContentRange.of(fields) : null;
        this.part = range == null ? null : range.holding(body.limit());
        this.policy = policy;
        this.askedRange = askedRange;
        long sum = OVERHEAD + (long) body.limit() + (zipped == null ? 0 : zipped.weight());
        for (int i = 0; i < fields.size(); i++) {
            // A prepared head holds the field as text once more, as bytes, and its names are mostly shared.
            sum += 64 + 4L * fields.value(i).length() + 2L * fields.name(i).length();
        }
        sum += vary.weight();
        for (String tag : tags) {
            sum += Tags.weight(tag);
        }
        this.weight = (int) Math.min(Integer.MAX_VALUE, sum);
    }

    /** All fields that are kept, those that only the cache reads among them. */
    Fields fields() {
        return fields;
    }

    int status() {
        return terms.status();
    }

    Terms terms() {
        return terms;
    }

    VaryKey vary() {
        return vary;
    }

    Set<String> tags() {
        return tags;
    }

    /** Read-only and shared. */
    ByteBuffer body() {
        return body;
    }

    /** The Range that it was the answer to, in the client's words; null if it is not the answer to one. */
    @Nullable String askedRange() {
        return askedRange;
    }

    /** Where the body lies in the whole, if it is but a part of it; null for the whole. */
    @Nullable ContentRange part() {
        return part;
    }

    /** Whether an answer goes together with it, since both are parts of the same. */
    boolean isContinuedBy(int status, Fields answer) {
        ContentRange added = status == 206 ? ContentRange.of(answer) : null;
        return part != null && added != null && PartialContent.combination(fields, part, answer, added) != null;
    }

    int weight() {
        return weight;
    }

    /** The same, stale from now on. */
    StoredAnswer expired(long nowMillis) {
        return new StoredAnswer(fields, terms.expired(nowMillis), vary, tags, body, askedRange, policy, zippable,
                zipped == null ? null : zipped.expired(nowMillis));
    }

    /** Whether it is worth to be {@link #zipped}. */
    boolean isWorthZipping() {
        return zippable && zipped == null && body.limit() >= Zipping.SHORTEST;
    }

    /** The same with its body in gzip beside it; null if that saves nothing. May take a while. */
    @Nullable StoredAnswer zipped(CacheMemory memory) throws IOException {
        ByteBuffer small = Zipping.zip(body);
        return small == null ? null : beside(memory.lay(small));
    }

    /** The same with the body in gzip that another has beside it, if that is of the same body; else this. */
    StoredAnswer zippedAs(StoredAnswer other) {
        StoredAnswer theirs = other.zipped;
        return theirs != null && other.body == body && isWorthZipping() ? beside(theirs.body) : this;
    }

    private StoredAnswer beside(ByteBuffer small) {
        Fields changed = Zipping.fields(fields);
        StoredAnswer beside = new StoredAnswer(
                changed, terms.tagged(changed.first("ETag")), vary, Set.of(), small, null, policy, true, null);
        return new StoredAnswer(fields, terms, vary, tags, body, askedRange, policy, true, beside);
    }

    /** What a request with these fields prefers: this, or the one in gzip beside it. Makes no garbage. */
    StoredAnswer preferred(Fields request) {
        StoredAnswer beside = zipped;
        return beside != null && Zipping.isWanted(request) ? beside : this;
    }

    /** The whole of it, as it is sent at a time. Makes garbage once a second at most. */
    Prepared whole(long nowMillis) {
        return turn(nowMillis).whole;
    }

    /** 304 with what section 15.4.5 of RFC 9110 wants in it. */
    Prepared notModified(long nowMillis) {
        Turn now = turn(nowMillis);
        Prepared made = now.notModified;
        if (made == null) {
            Fields.Builder few = Conditions.notModified(fields).toBuilder();
            few = zippable ? Zipping.vary(few) : few;
            made = new Prepared(ResponseHead.of(304, withAge(few, nowMillis).build()).prepared(), EMPTY);
            now.notModified = made;
        }
        return made;
    }

    /** The fields of an answer that is made of it at a time: those that are kept, Age, and Cache-Status if it is told. */
    Fields.Builder fieldsAt(long nowMillis) {
        Fields.Builder all = strip(fields.toBuilder(), policy);
        return withAge(zippable ? Zipping.vary(all) : all, nowMillis);
    }

    /** The same for an answer with another body than the stored one: a part of it. */
    Fields.Builder fieldsOfPart(long nowMillis) {
        return Zipping.withoutContentDigests(fieldsAt(nowMillis));
    }

    /** Takes out what is for the cache and not for clients. */
    static Fields.Builder strip(Fields.Builder fields, CachePolicy policy) {
        fields.remove(OutputCache.LIFETIME);
        return policy.stripTags() ? fields.remove(Tags.SURROGATE_KEY).remove(Tags.CACHE_TAG) : fields;
    }

    private Turn turn(long nowMillis) {
        Turn known = turn;
        long age = terms.freshness().age(nowMillis);
        if (known == null || known.age != age) {
            Fields.Builder all = fieldsAt(nowMillis);
            if (!Status.isBodiless(status())) {
                all.set("Content-Length", Integer.toString(body.limit()));
            }
            known = new Turn(age, new Prepared(ResponseHead.of(status(), all.build()).prepared(), body));
            turn = known;
        }
        return known;
    }

    private Fields.Builder withAge(Fields.Builder builder, long nowMillis) {
        builder.add("Age", Long.toString(terms.freshness().age(nowMillis)));
        if (policy.status()) {
            builder.add(CacheStatus.FIELD, CacheStatus.hit(terms.freshness(), nowMillis));
        }
        return builder;
    }
}
