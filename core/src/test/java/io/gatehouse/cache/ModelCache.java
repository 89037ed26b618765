/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Authority;
import io.gatehouse.http.ByteRanges;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpDate;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Preconditions;
import io.gatehouse.http.RequestHead;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cache that does nothing but keep, ask the policy, and send: what the rules decide together, on one thread and with a clock
 * that is set by hand. Bodies are texts of one byte per character.
 */
final class ModelCache {

    /** What the origin answers; a null answer is a dead one. */
    interface Origin {
        @Nullable Reply answer(String method, String target, Fields request);
    }

    /** An answer of the origin. */
    record Reply(int status, Fields fields, String body) {}

    /** An answer of the cache: how it came about is told by {@code asked}, the fields of the last request to the origin. */
    record Answer(int status, Fields fields, String body, int requests, @Nullable Fields asked) {

        boolean cached() {
            return requests == 0;
        }

        @Nullable String field(String name) {
            return fields.first(name);
        }
    }

    private record Stored(int status, Fields fields, String body, Terms terms, VaryKey vary, @Nullable ContentRange part, @Nullable String range) {}

    private final Map<String, List<Stored>> stored = new HashMap<>();
    private final Rules rules;
    private final Origin origin;
    private int requests;
    private @Nullable Fields asked;
    long now = 1_795_435_200_000L;

    ModelCache(Rules rules, Origin origin) {
        this.rules = rules;
        this.origin = origin;
    }

    /** Lets seconds pass. */
    void pass(double seconds) {
        now += (long) (1000 * seconds);
    }

    /** A date so many seconds from now. */
    String date(long seconds) {
        return HttpDate.format(Math.floorDiv(now, 1000L) + seconds);
    }

    /** Marks everything of a target stale. */
    void purgeSoftly(String target) {
        stored.getOrDefault(target, new ArrayList<>()).replaceAll(one ->
                new Stored(one.status, one.fields, one.body, one.terms.expired(now), one.vary, one.part, one.range));
    }

    Answer get(String target, String... fields) {
        return request("GET", target, fields);
    }

    Answer request(String method, String target, String... namesAndValues) {
        requests = 0;
        asked = null;
        Fields fields = Fields.of(namesAndValues);
        RequestHead head = new RequestHead(method, "http", Authority.parse("a.example"), target, HttpVersion.HTTP_1_1, fields);
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return unsafe(head);
        }
        CacheControl directives = CacheControl.ofRequest(fields);
        Stored found = find(head);
        Selection selection = found == null
                ? Selection.withoutStored(directives, rules) : Selection.of(directives, found.terms, rules, now);
        if (found != null && found.part != null && (selection == Selection.USE || selection == Selection.USE_AND_VALIDATE)) {
            return part(head, found, found.part);
        }
        return switch (selection) {
            case USE -> answer(head, found);
            case USE_AND_VALIDATE -> {
                Answer stale = answer(head, found);
                forward(head, found, directives);
                yield new Answer(stale.status, stale.fields, stale.body, 0, asked);
            }
            case ONLY_IF_CACHED -> new Answer(504, Fields.EMPTY, "", 0, null);
            case VALIDATE, REPLACE -> forward(head, found, directives);
        };
    }

    private @Nullable Stored find(RequestHead head) {
        return stored.getOrDefault(head.target(), List.of()).stream()
                .filter(one -> one.vary.matches(head.fields()))
                .max(Comparator.comparingLong(one -> one.terms.date())).orElse(null);
    }

    private @Nullable Reply ask(String method, String target, Fields fields) {
        requests++;
        asked = fields;
        return origin.answer(method, target, fields);
    }

    private Answer forward(RequestHead head, @Nullable Stored found, CacheControl directives) {
        boolean validates = found != null && found.terms.validates() && !head.isHead();
        Fields fields = validates ? Validation.request(head.fields(), found.fields) : head.fields();
        Reply reply = ask(head.method(), head.target(), fields);
        if (reply == null || Selection.isError(reply.status)) {
            if (found != null && found.part == null && Selection.standsIn(directives, found.terms, rules, now)) {
                return answer(head, found);
            }
            if (reply == null) {
                return new Answer(502, Fields.EMPTY, "", requests, asked);
            }
        }
        if (reply.status == 304 && validates) {
            return answer(head, update(head, found, reply));
        }
        if (head.isHead()) {
            head(head, found, reply);
            return sent(reply);
        }
        Stored kept = keep(head, reply, head.fields());
        return kept == null || kept.part != null ? sent(reply) : answer(head, kept);
    }

    private Answer sent(Reply reply) {
        return new Answer(reply.status, reply.fields, reply.body, requests, asked);
    }

    private Stored update(RequestHead head, Stored old, Reply reply) {
        Fields merged = Validation.updated(old.status, old.fields, reply.fields, now);
        Terms terms = Terms.of(old.status, merged, now, now, rules);
        VaryKey vary = VaryKey.of(merged, head.fields());
        Stored fresh = new Stored(old.status, StoredFields.of(merged, terms.directives(), now), old.body, terms, vary, old.part, old.range);
        put(head.target(), old, fresh);
        return fresh;
    }

    private void head(RequestHead head, @Nullable Stored found, Reply reply) {
        if (found == null) {
            return;
        }
        switch (Validation.ofHead(reply.status, reply.fields, found.status, found.fields, found.part == null ? found.body.length() : found.part.length())) {
            case UPDATE -> update(head, found, reply);
            case STALE -> put(head.target(), found,
                    new Stored(found.status, found.fields, found.body, found.terms.expired(now), found.vary, found.part, found.range));
            case NOTHING -> { }
        }
    }

    private @Nullable Stored keep(RequestHead head, Reply reply, Fields client) {
        Terms terms = Terms.of(reply.status, reply.fields, now, now, rules);
        if (Storing.refusal(head, reply.fields, terms, rules) != null) {
            return null;
        }
        ContentRange announced = reply.status == 206 ? ContentRange.of(reply.fields) : null;
        ContentRange part = announced == null ? null : announced.holding(reply.body.length());
        if (announced != null && part == null) {
            return null;
        }
        VaryKey vary = VaryKey.of(reply.fields, client);
        Stored kept = new Stored(
                reply.status, StoredFields.of(reply.fields, terms.directives(), now), reply.body, terms, vary, part, client.first("Range"));
        put(head.target(), null, kept);
        return kept;
    }

    private void put(String target, @Nullable Stored old, Stored fresh) {
        List<Stored> all = stored.computeIfAbsent(target, key -> new ArrayList<>());
        all.removeIf(one -> one == old || one.vary.equals(fresh.vary));
        all.add(fresh);
    }

    private Answer unsafe(RequestHead head) {
        Reply reply = ask(head.method(), head.target(), head.fields());
        if (reply == null) {
            return new Answer(502, Fields.EMPTY, "", requests, asked);
        }
        if (Invalidation.drops(head.method(), reply.status)) {
            Invalidation.targets(head, reply.fields).forEach(stored::remove);
        }
        keep(head, reply, head.fields());
        return sent(reply);
    }

    private Answer answer(RequestHead head, Stored found) {
        Fields age = found.fields.plus("Age", Long.toString(found.terms.freshness().age(now)));
        switch (Conditions.evaluate(head.method(), head.fields(), found.terms)) {
            case NOT_MODIFIED -> {
                return new Answer(304, Conditions.notModified(age), "", requests, asked);
            }
            case FAILED -> {
                return new Answer(412, Fields.EMPTY, "", requests, asked);
            }
            case PROCEED -> { }
        }
        boolean counts = found.status == 200 && Preconditions.rangeCounts(
                head.method(), head.fields(), found.terms.tag(), found.terms.modified(), now / 1000);
        String range = counts ? head.fields().joined("Range") : null;
        if (range != null && ByteRanges.parse(range, found.body.length()) instanceof ByteRanges.Satisfiable satisfiable) {
            return ranges(age, satisfiable, found.body, 0, found.body.length());
        }
        return new Answer(found.status, age, head.isHead() ? "" : found.body, requests, asked);
    }

    private Answer ranges(Fields fields, ByteRanges.Satisfiable satisfiable, String body, long offset, long length) {
        ByteRanges.Range one = satisfiable.ranges().get(0);
        return new Answer(206, fields.with("Content-Range", one.contentRange(length)),
                body.substring((int) (one.first() - offset), (int) (one.last() + 1 - offset)), requests, asked);
    }

    private Answer part(RequestHead head, Stored found, ContentRange part) {
        Fields age = found.fields.plus("Age", Long.toString(found.terms.freshness().age(now)));
        String range = head.fields().joined("Range");
        if (range != null && !head.isHead()) {
            boolean counts = Preconditions.rangeCounts("GET", head.fields(), found.terms.tag(), found.terms.modified(), now / 1000);
            ByteRanges answers = counts ? PartialContent.answers(range, part) : null;
            if (answers instanceof ByteRanges.Satisfiable satisfiable) {
                return ranges(age, satisfiable, found.body, part.first(), part.length());
            }
            if (counts && PartialContent.repeats(found.range, range)) {
                return new Answer(206, age, found.body, requests, asked);
            }
            return forward(head, null, CacheControl.NONE);
        }
        Fields completing = head.isHead() ? null : PartialContent.completing(head.fields(), found.fields, part);
        if (completing == null) {
            return forward(head, null, CacheControl.NONE);
        }
        Reply reply = ask("GET", head.target(), completing);
        ContentRange added = reply == null || reply.status != 206 ? null : ContentRange.of(reply.fields);
        PartialContent.Combination made = added == null ? null
                : PartialContent.combination(found.fields, part, reply.fields, added);
        if (made == null || made.status() != 200) {
            return reply != null && reply.status == 200 ? sent(reply) : forward(head, null, CacheControl.NONE);
        }
        String body = found.body.substring(0, (int) made.before()) + reply.body
                + found.body.substring((int) (found.body.length() - made.after()));
        Reply whole = new Reply(200, made.fields(found.fields, reply.fields, now), body);
        Stored kept = keep(head, whole, Validation.unconditional(head.fields()));
        return kept == null ? sent(whole) : answer(head, kept);
    }
}
