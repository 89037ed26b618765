/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import org.jspecify.annotations.Nullable;

/** The cache directives that are understood (RFC 9111 section 5.2, RFC 5861, RFC 8246); all others are skipped. */
enum Directive {
    MAX_AGE("max-age", Kind.SECONDS),
    S_MAXAGE("s-maxage", Kind.SECONDS),
    MIN_FRESH("min-fresh", Kind.SECONDS),
    MAX_STALE("max-stale", Kind.SECONDS),
    STALE_WHILE_REVALIDATE("stale-while-revalidate", Kind.SECONDS),
    STALE_IF_ERROR("stale-if-error", Kind.SECONDS),
    NO_CACHE("no-cache", Kind.FIELDS),
    PRIVATE("private", Kind.FIELDS),
    NO_STORE("no-store", Kind.BINDING),
    MUST_REVALIDATE("must-revalidate", Kind.BINDING),
    PROXY_REVALIDATE("proxy-revalidate", Kind.BINDING),
    ONLY_IF_CACHED("only-if-cached", Kind.BINDING),
    NO_TRANSFORM("no-transform", Kind.BINDING),
    PUBLIC("public", Kind.PERMITTING),
    MUST_UNDERSTAND("must-understand", Kind.PERMITTING);

    /** What may follow the name, and what is made of it if something else does. */
    enum Kind {
        /** Delta-seconds; anything else counts as 0, which is stale or none. */
        SECONDS,
        /** Nothing, or a list of field names; anything else counts as nothing, which binds the whole answer. */
        FIELDS,
        /** Nothing; it forbids, and so counts whatever follows. */
        BINDING,
        /** Nothing; it allows, and so counts only if nothing follows. */
        PERMITTING
    }

    private static final Directive[] ALL = values();

    private final String text;
    private final Kind kind;

    Directive(String text, Kind kind) {
        this.text = text;
        this.kind = kind;
    }

    /** The name, in lower case. */
    String text() {
        return text;
    }

    /** What may follow it. */
    Kind kind() {
        return kind;
    }

    /** This directive's place in a set of bits. */
    int bit() {
        return 1 << ordinal();
    }

    /** The directive that stands in the text from an index up to another, compared without case; null if none does. */
    static @Nullable Directive find(String in, int from, int to) {
        for (Directive directive : ALL) {
            String text = directive.text;
            if (text.length() == to - from && in.regionMatches(true, from, text, 0, text.length())) {
                return directive;
            }
        }
        return null;
    }
}
