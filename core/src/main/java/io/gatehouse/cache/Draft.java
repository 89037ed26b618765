/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Status;
import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An answer whose head is known and whose body is not: whether it may be stored, and what is stored of it. */
final class Draft {

    private final CachedHandler route;
    private final RequestHead request;
    private final Fields answer;
    private final Terms terms;
    private final @Nullable Set<String> tags;
    private final @Nullable Reason refusal;
    private final @Nullable Reason lasting;
    private final long requestMillis;
    private final long responseMillis;

    private Draft(
            CachedHandler route, RequestHead request, int status, Fields answer, long requestMillis, long responseMillis) {
        this.route = route;
        this.request = request;
        this.answer = answer;
        this.requestMillis = requestMillis;
        this.responseMillis = responseMillis;
        Long own = RouteRules.lifetime(answer.first(OutputCache.LIFETIME));
        Rules rules = own == null ? route.rules() : route.rules().withLifetime(own);
        this.terms = Terms.of(status, answer, requestMillis, responseMillis, rules);
        this.tags = Tags.of(answer);
        this.refusal = refusal(rules, request);
        this.lasting = refusal != null && refusal.isOfRequest() ? refusal(rules, anyone(request)) : refusal;
    }

    /**
     * A draft.
     *
     * @param request as the client sent it
     * @param answer all fields that the handler set
     */
    static Draft of(
            CachedHandler route, RequestHead request, int status, Fields answer, long requestMillis, long responseMillis) {
        return new Draft(route, request, status, answer, requestMillis, responseMillis);
    }

    /** Why it may not be stored, or null if it may. */
    @Nullable Reason refusal() {
        return refusal;
    }

    /** Why no client's answer of this kind may be stored, so that what is stored must go; null if it may stay. */
    @Nullable Reason lasting() {
        return lasting;
    }

    /** Whether other clients may get it in gzip. */
    boolean isZippable() {
        return refusal == null && Zipping.suits(route.policy(), terms.status(), answer, terms.directives());
    }

    /** What it says about its reuse. */
    Terms terms() {
        return terms;
    }

    boolean isPart() {
        return terms.status() == 206;
    }

    /** The length of its body as the handler has declared it, or null if it has not. */
    @Nullable String declaredLength() {
        return Status.isBodiless(terms.status()) ? null : answer.first("Content-Length");
    }

    /** Whether a body of that many bytes has the declared length. */
    boolean isWhole(int length) {
        ContentRange part = terms.status() == 206 ? ContentRange.of(answer) : null;
        if (part != null && part.holding(length) == null) {
            return false;
        }
        String declared = answer.first("Content-Length");
        return declared == null || Status.isBodiless(terms.status()) || declared.equals(Integer.toString(length));
    }

    /** A draft, and the body that it is of. */
    record Joined(Draft draft, ByteBuffer body) {}

    /** This and its body, put together with a stored part if they are parts of the same (RFC 9111 section 3.4). */
    Joined join(@Nullable StoredAnswer known, ByteBuffer body) {
        ContentRange part = known == null ? null : known.part();
        ContentRange announced = terms.status() == 206 ? ContentRange.of(answer) : null;
        ContentRange added = announced == null ? null : announced.holding(body.limit());
        if (known == null || part == null || added == null) {
            return new Joined(this, body);
        }
        PartialContent.Combination both = PartialContent.combination(known.fields(), part, answer, added);
        if (both == null || both.range().size() > route.policy().maxEntry()) {
            return new Joined(this, body);
        }
        ByteBuffer all = ByteBuffer.allocate((int) both.range().size());
        int before = (int) both.before();
        int after = (int) both.after();
        all.put(known.body().slice(0, before)).put(body.duplicate());
        all.put(known.body().slice(known.body().limit() - after, after)).flip();
        Fields fields = both.fields(known.fields(), answer, responseMillis);
        return new Joined(
                new Draft(route, request, both.status(), fields, requestMillis, responseMillis), all.asReadOnlyBuffer());
    }

    /** The answer with the body of an older one, which it is about. */
    StoredAnswer renewed(StoredAnswer old) {
        return with(old.body(), old.askedRange()).zippedAs(old);
    }

    /** The answer with its body. */
    StoredAnswer with(ByteBuffer body, @Nullable String askedRange) {
        Fields.Builder fields = StoredFields.of(answer, terms.directives(), responseMillis).toBuilder();
        fields.remove("Content-Length");
        return new StoredAnswer(
                fields.build(), terms, VaryKey.of(answer, ForwardedFields.contradicting(request), request.fields()), tags == null ? Set.of() : tags, body,
                        askedRange, route.policy());
    }

    /** As somebody would ask of whom nothing is known. */
    private static RequestHead anyone(RequestHead request) {
        Fields.Builder fields = Fields.builder();
        request.fields().all("Range").forEach(range -> fields.add("Range", range));
        return new RequestHead("GET", request.scheme(), request.authority(), request.target(), request.version(), fields.build());
    }

    private @Nullable Reason refusal(Rules rules, RequestHead asked) {
        if (tags == null) {
            return Reason.TAGS;
        }
        boolean fixed = rules.lifetime() != Rules.AS_HEADERS_SAY;
        if (fixed && answer.contains("Set-Cookie")) {
            return Reason.SET_COOKIE;
        }
        if (fixed && terms.freshness().source() != Freshness.Source.ROUTE && terms.status() >= 400) {
            return Reason.STATUS;
        }
        Reason reason = Storing.refusal(asked, answer, terms, rules);
        if (reason != null) {
            return reason;
        }
        String length = answer.first("Content-Length");
        return length != null && Freshness.seconds(length) > route.cache().room().longest(route.policy()) ? Reason.TOO_LARGE : null;
    }
}
