/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The cache directives of one message, read once (RFC 9111 section 5.2, RFC 9213, RFC 5861). Immutable; any thread.
 *
 * <p>Reading forgives as the RFC asks and errs on the side of not reusing: of duplicates the first counts, a value
 * that is no number of seconds is 0, and a directive that forbids counts whatever follows it. Each field line stands
 * for itself: a quoted string does not reach into the next.
 *
 * <p>Of a response, the targeted field {@value #TARGETED} decides alone when it can be read: then {@link #targeted} is
 * true, and neither Cache-Control nor Expires may be looked at (RFC 9213 section 2.2).
 */
final class CacheControl {

    /** The targeted field that this cache obeys (RFC 9213 section 3). */
    static final String TARGETED = "CDN-Cache-Control";

    /** The most seconds that a directive can mean; larger values mean this (RFC 9111 section 1.2.2). */
    static final long MOST = 1L << 31;

    /** What accessors of seconds return if the directive is absent. */
    static final long ABSENT = -1;

    /** How many directives have seconds; they stand first in {@link Directive}. */
    private static final int SECONDS = Directive.STALE_IF_ERROR.ordinal() + 1;

    /** No directives at all. */
    static final CacheControl NONE = new Draft().done(false);

    private final int present;
    private final long[] seconds;
    private final List<String> noCacheFields;
    private final List<String> privateFields;
    private final boolean targeted;

    private CacheControl(Draft draft, boolean targeted) {
        this.present = draft.present;
        this.seconds = draft.seconds;
        this.noCacheFields = List.copyOf(draft.noCacheFields);
        this.privateFields = List.copyOf(draft.privateFields);
        this.targeted = targeted;
    }

    /** The directives of Cache-Control alone; {@link #NONE}, without garbage, if there is no such field. */
    static CacheControl of(Fields fields) {
        Draft draft = null;
        for (int i = 0; i < fields.size(); i++) {
            if (fields.name(i).length() == 13 && fields.name(i).equalsIgnoreCase("Cache-Control")) {
                draft = draft == null ? new Draft() : draft;
                new DirectiveReader(fields.value(i), draft).read();
            }
        }
        return draft == null ? NONE : draft.done(false);
    }

    /**
     * The directives of a request: Cache-Control, or {@code Pragma: no-cache} where there is no Cache-Control (RFC 9111
     * section 5.4). Makes no garbage if there is neither.
     */
    static CacheControl ofRequest(Fields request) {
        if (request.contains("Cache-Control")) {
            return of(request);
        }
        if (request.contains("Pragma") && request.lists("Pragma", Directive.NO_CACHE.text())) {
            Draft draft = new Draft();
            draft.flag(Directive.NO_CACHE);
            return draft.done(false);
        }
        return NONE;
    }

    /**
     * The directives of a response that bind this cache: the targeted field's if it can be read, else Cache-Control's.
     */
    static CacheControl ofResponse(Fields response) {
        String value = response.joined(TARGETED);
        if (value != null) {
            Draft draft = new TargetedReader(value).read();
            if (draft != null) {
                return draft.done(true);
            }
        }
        return of(response);
    }

    /** Seconds that a response is fresh for, or that a request wants no answer older than. */
    long maxAge() {
        return seconds[Directive.MAX_AGE.ordinal()];
    }

    /** Seconds that a response is fresh for in a shared cache; implies {@link #proxyRevalidate}'s meaning. */
    long sMaxAge() {
        return seconds[Directive.S_MAXAGE.ordinal()];
    }

    /** Seconds that a request wants its answer to stay fresh for. */
    long minFresh() {
        return seconds[Directive.MIN_FRESH.ordinal()];
    }

    /** Seconds of staleness that a request allows; {@link #MOST} if it names no number. */
    long maxStale() {
        return seconds[Directive.MAX_STALE.ordinal()];
    }

    /** Seconds past its lifetime that a response may be used for while it is being validated (RFC 5861 section 3). */
    long staleWhileRevalidate() {
        return seconds[Directive.STALE_WHILE_REVALIDATE.ordinal()];
    }

    /** Seconds past its lifetime that a response may be used for instead of an error (RFC 5861 section 4). */
    long staleIfError() {
        return seconds[Directive.STALE_IF_ERROR.ordinal()];
    }

    boolean noStore() {
        return has(Directive.NO_STORE);
    }

    /** Whether no-cache stands there without field names: the whole response is to be validated each time. */
    boolean noCache() {
        return has(Directive.NO_CACHE);
    }

    /** Whether private stands there without field names: no shared cache may store the response. */
    boolean isPrivate() {
        return has(Directive.PRIVATE);
    }

    boolean isPublic() {
        return has(Directive.PUBLIC);
    }

    boolean mustRevalidate() {
        return has(Directive.MUST_REVALIDATE);
    }

    boolean proxyRevalidate() {
        return has(Directive.PROXY_REVALIDATE);
    }

    boolean mustUnderstand() {
        return has(Directive.MUST_UNDERSTAND);
    }

    boolean onlyIfCached() {
        return has(Directive.ONLY_IF_CACHED);
    }

    boolean noTransform() {
        return has(Directive.NO_TRANSFORM);
    }

    /**
     * The fields, in lower case, that must not be sent again without validation: {@code no-cache="..."}; often empty.
     */
    List<String> noCacheFields() {
        return noCacheFields;
    }

    /** The fields, in lower case, that a shared cache must not store: {@code private="..."}; often empty. */
    List<String> privateFields() {
        return privateFields;
    }

    /** Whether these are the directives of {@value #TARGETED}, so that Expires does not count. */
    boolean targeted() {
        return targeted;
    }

    private boolean has(Directive directive) {
        return (present & directive.bit()) != 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CacheControl that
                && present == that.present
                && targeted == that.targeted
                && Arrays.equals(seconds, that.seconds)
                && noCacheFields.equals(that.noCacheFields)
                && privateFields.equals(that.privateFields);
    }

    @Override
    public int hashCode() {
        return 31 * present + Arrays.hashCode(seconds);
    }

    /** For a person to read. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(targeted ? "targeted" : "");
        for (Directive directive : Directive.values()) {
            long value = directive.ordinal() < SECONDS ? seconds[directive.ordinal()] : ABSENT;
            if (value != ABSENT || has(directive)) {
                out.append(out.length() == 0 ? "" : ", ").append(directive.text());
                out.append(value == ABSENT ? "" : "=" + value);
            }
        }
        return out.append(noCacheFields.isEmpty() ? "" : " no-cache=" + noCacheFields)
                .append(privateFields.isEmpty() ? "" : " private=" + privateFields).toString();
    }

    /** Directives in the making; used by one reader after the other. */
    static final class Draft {
        private int present;
        private final long[] seconds = new long[SECONDS];
        private final List<String> noCacheFields = new ArrayList<>(0);
        private final List<String> privateFields = new ArrayList<>(0);

        Draft() {
            Arrays.fill(seconds, ABSENT);
        }

        void flag(Directive directive) {
            present |= directive.bit();
        }

        /**
         * Sets a number of seconds.
         *
         * @param value 0 or more; saturates
         * @param again whether it counts although the directive has a value
         */
        void seconds(Directive directive, long value, boolean again) {
            int index = directive.ordinal();
            if (again || seconds[index] == ABSENT) {
                seconds[index] = Math.min(value, MOST);
            }
        }

        /** Sets a directive with field names, or without if one of the names is no name or there is none. */
        void fields(Directive directive, String names) {
            List<String> found = new ArrayList<>(2);
            for (String part : names.split(",", -1)) {
                String name = FieldSyntax.trim(part);
                if (FieldSyntax.isToken(name)) {
                    found.add(name.toLowerCase(Locale.ROOT));
                } else if (!name.isEmpty()) {
                    flag(directive);
                    return;
                }
            }
            if (found.isEmpty()) {
                flag(directive);
            }
            (directive == Directive.NO_CACHE ? noCacheFields : privateFields).addAll(found);
        }

        CacheControl done(boolean targeted) {
            return new CacheControl(this, targeted);
        }
    }
}
