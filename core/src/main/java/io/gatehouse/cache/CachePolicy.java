/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Request;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the output cache may keep of one route's answers, and how. Begin with {@link #asHeadersSay}, {@link #forDuration} or
 * {@link #untilPurged}, and change what else shall differ.
 *
 * <p>With a lifetime that the route sets itself, only what all clients may share is touched: requests with Cookie or
 * Authorization pass the cache by, and answers with Set-Cookie or with {@code private}, {@code no-store} or {@code no-cache}
 * in Cache-Control are not kept; nor are errors unless {@code errors} says so. A single answer may say for itself how long
 * it lives, by the field {@link OutputCache#LIFETIME}.
 *
 * <p>Whatever the lifetime, a request passes the cache by if it names another method or target in a field that some frameworks
 * heed (X-HTTP-Method-Override, X-Original-URL and their like), and an answer to one that tells of another host or scheme than it
 * came for (Forwarded, X-Forwarded-Host, X-Forwarded-Proto) is kept for those who tell the same; unless the field is among {@code
 * keyFields}. Handlers whose answers may be kept see no body of a GET.
 *
 * @param lifetime how long
 * @param query which parameters of the query distinguish answers
 * @param keyFields names of request fields whose values distinguish answers too, in lower case
 * @param cookies whether, under a lifetime of the route's own, requests with Cookie share answers with all others
 * @param errors whether, under a lifetime of the route's own, answers from 400 on are kept too
 * @param requestDirectives whether a client's Cache-Control and Pragma count (RFC 9111 section 5.2.1); switched off, no
 *     client can make the handler run for what lies ready
 * @param staleWhileRevalidate how long past its life an answer may be served while another is made (RFC 5861 section 3);
 *     an answer's own directive counts before it
 * @param staleIfError how long past its life an answer may be served when the handler fails (RFC 5861 section 4); null
 *     lets it be served for as long as it lies there, where no directive forbids it (RFC 9111 section 4.2.4)
 * @param collapse whether concurrent requests for what is not there wait for the first of them
 * @param patience how long one of them waits before it runs the handler by itself
 * @param maxEntry bytes of a body; a longer one passes by, as does one that is made while others, and what slow clients have yet to
 *     take of them, fill the room for that: an eighth of the cache's bound
 * @param status whether answers tell by Cache-Status how they came about, and why they were not kept (RFC 9211)
 * @param stripTags whether the fields that carry tags, Surrogate-Key and Cache-Tag, are kept from clients
 * @param earlyHints whether a client that has to wait is sent the Link fields of the last answer in a 103 (RFC 8297)
 * @param gzip whether texts that the handler does not compress are kept in gzip too, made once in the background, for clients
 *     that accept it
 * @param mayPurge which requests with the method PURGE are obeyed; null hands them to the handler as any other
 */
public record CachePolicy(
        Lifetime lifetime,
        QueryKey query,
        List<String> keyFields,
        boolean cookies,
        boolean errors,
        boolean requestDirectives,
        Duration staleWhileRevalidate,
        @Nullable Duration staleIfError,
        boolean collapse,
        Duration patience,
        int maxEntry,
        boolean status,
        boolean stripTags,
        boolean earlyHints,
        boolean gzip,
        @Nullable Predicate<Request> mayPurge) {

    private static final int LARGEST = 1 << 30;
    private static final CachePolicy DEFAULTS = new CachePolicy(
            new Lifetime.Never(), QueryKey.WHOLE, List.of(), false, false, true, Duration.ZERO, null, true,
            Duration.ofSeconds(10), 8 << 20, false, true, false, false, null);

    /** Takes copies, and checks. */
    public CachePolicy {
        keyFields = keyFields.stream().map(name -> name.toLowerCase(Locale.ROOT)).distinct().toList();
        if (staleWhileRevalidate.isNegative() || staleIfError != null && staleIfError.isNegative() || patience.isNegative()) {
            throw new IllegalArgumentException("a negative time in a cache policy: set it to zero or more");
        }
        if (maxEntry < 0 || maxEntry > LARGEST) {
            throw new IllegalArgumentException("maxEntry=" + maxEntry + ": set it to 0 up to " + LARGEST + " bytes");
        }
    }

    /** Nothing is kept. */
    public static CachePolicy never() {
        return DEFAULTS;
    }

    /** As the answers' own fields say, as RFC 9111 has it for a shared cache. */
    public static CachePolicy asHeadersSay() {
        return DEFAULTS.withLifetime(new Lifetime.AsHeadersSay());
    }

    /** For a time from when the answer was made. */
    public static CachePolicy forDuration(Duration duration) {
        return DEFAULTS.withLifetime(new Lifetime.For(duration));
    }

    /** Until it is purged. */
    public static CachePolicy untilPurged() {
        return DEFAULTS.withLifetime(new Lifetime.UntilPurged());
    }

    /**
     * Which parameters of a query distinguish answers.
     *
     * @param rule what is done with the names
     * @param names of parameters, compared as they stand in the query; one that ends in {@code *} stands for all that
     *     begin so
     */
    public record QueryKey(Rule rule, Set<String> names) {

        /** What is done with the names. */
        public enum Rule {
            /** The whole query distinguishes, as it stands. */
            WHOLE,
            /** All but the named parameters. */
            IGNORE,
            /** The named parameters only. */
            KEEP
        }

        /** The whole query, as it stands. */
        public static final QueryKey WHOLE = new QueryKey(Rule.WHOLE, Set.of());

        /** Takes a copy. */
        public QueryKey {
            names = Set.copyOf(names);
        }

        /** All but the parameters of these names, such as {@code utm_*}. */
        public static QueryKey ignoring(String... names) {
            return new QueryKey(Rule.IGNORE, Set.of(names));
        }

        /** Only the parameters of these names. Without names the query does not distinguish at all. */
        public static QueryKey keeping(String... names) {
            return new QueryKey(Rule.KEEP, Set.of(names));
        }

        /** For a person. */
        @Override
        public String toString() {
            return rule == Rule.WHOLE ? "the whole query" : rule.name().toLowerCase(Locale.ROOT) + " " + new TreeSet<>(names);
        }
    }
    /** The same with another lifetime. */
    public CachePolicy withLifetime(Lifetime value) {
        return with(copy -> copy.lifetime = value);
    }

    /** The same with another use of the query in the key. */
    public CachePolicy withQuery(QueryKey value) {
        return with(copy -> copy.query = value);
    }

    /** The same with request fields in the key. */
    public CachePolicy withKeyFields(String... value) {
        return with(copy -> copy.keyFields = List.of(value));
    }

    /** The same with answers shared across cookies, or not. */
    public CachePolicy withCookies(boolean value) {
        return with(copy -> copy.cookies = value);
    }

    /** The same with errors kept, or not. */
    public CachePolicy withErrors(boolean value) {
        return with(copy -> copy.errors = value);
    }

    /** The same with clients' directives honoured, or not. */
    public CachePolicy withRequestDirectives(boolean value) {
        return with(copy -> copy.requestDirectives = value);
    }

    /** The same with another time for stale answers while another is made. */
    public CachePolicy withStaleWhileRevalidate(Duration value) {
        return with(copy -> copy.staleWhileRevalidate = value);
    }

    /** The same with another time for stale answers when the handler fails. */
    public CachePolicy withStaleIfError(@Nullable Duration value) {
        return with(copy -> copy.staleIfError = value);
    }

    /** The same with collapsing switched on or off. */
    public CachePolicy withCollapse(boolean value) {
        return with(copy -> copy.collapse = value);
    }

    /** The same with another time to wait for another request's answer. */
    public CachePolicy withPatience(Duration value) {
        return with(copy -> copy.patience = value);
    }

    /** The same with another bound for one body, in bytes. */
    public CachePolicy withMaxEntry(int value) {
        return with(copy -> copy.maxEntry = value);
    }

    /** The same with Cache-Status sent, or not. */
    public CachePolicy withStatus(boolean value) {
        return with(copy -> copy.status = value);
    }

    /** The same with tags kept from clients, or not. */
    public CachePolicy withStripTags(boolean value) {
        return with(copy -> copy.stripTags = value);
    }

    /** The same with early hints sent, or not. */
    public CachePolicy withEarlyHints(boolean value) {
        return with(copy -> copy.earlyHints = value);
    }

    /** The same with texts kept in gzip too, or not. */
    public CachePolicy withGzip(boolean value) {
        return with(copy -> copy.gzip = value);
    }

    /** The same with another rule for the method PURGE. */
    public CachePolicy withMayPurge(@Nullable Predicate<Request> value) {
        return with(copy -> copy.mayPurge = value);
    }

    private CachePolicy with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.policy();
    }

    /** The parts, while one of them is exchanged. */
    private static final class Copy {
        private Lifetime lifetime;
        private QueryKey query;
        private List<String> keyFields;
        private boolean cookies;
        private boolean errors;
        private boolean requestDirectives;
        private Duration staleWhileRevalidate;
        private @Nullable Duration staleIfError;
        private boolean collapse;
        private Duration patience;
        private int maxEntry;
        private boolean status;
        private boolean stripTags;
        private boolean earlyHints;
        private boolean gzip;
        private @Nullable Predicate<Request> mayPurge;

        private Copy(CachePolicy from) {
            lifetime = from.lifetime;
            query = from.query;
            keyFields = from.keyFields;
            cookies = from.cookies;
            errors = from.errors;
            requestDirectives = from.requestDirectives;
            staleWhileRevalidate = from.staleWhileRevalidate;
            staleIfError = from.staleIfError;
            collapse = from.collapse;
            patience = from.patience;
            maxEntry = from.maxEntry;
            status = from.status;
            stripTags = from.stripTags;
            earlyHints = from.earlyHints;
            gzip = from.gzip;
            mayPurge = from.mayPurge;
        }

        private CachePolicy policy() {
            return new CachePolicy(
                    lifetime, query, keyFields, cookies, errors, requestDirectives, staleWhileRevalidate,
                            staleIfError, collapse, patience, maxEntry, status, stripTags, earlyHints, gzip, mayPurge);
        }
    }
}
