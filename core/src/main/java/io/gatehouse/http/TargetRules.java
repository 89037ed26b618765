/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

/**
 * Which ambiguous sequences of a target are let in, each with its name in the configuration; all are refused by default.
 * What is let in has one meaning, which is given here, and the raw target keeps it as it came.
 *
 * <p>No rule lets in NUL and other control characters (raw or encoded), malformed percent-encoding, bytes that are not
 * UTF-8, a fragment, a {@code ..} that leaves the root, or a dot segment with a parameter ({@code /..;/}): nobody means well
 * with those.
 *
 * @param encodedSlash {@code target.encoded-slash}: {@code %2F} (and {@code %2f}) does not separate segments, and stays
 *     {@code %2F} in the path. So that this is unmistakable, an encoded {@code %252F} is refused while it is allowed;
 *     otherwise that is the plain text {@code %2F}
 * @param encodedDots {@code target.encoded-dots}: a segment that is {@code .} or {@code ..} only once it is decoded is
 *     resolved like one that was written so
 * @param pathParameters {@code target.path-parameters}: in each segment {@code ;} and what follows is not part of the path;
 *     {@code /a;v=1/b} is {@code /a/b} (Servlet 6.1 section 3.5.2). An encoded {@code %3B} is an ordinary character
 * @param emptySegments {@code target.empty-segments}: {@code //} is one {@code /} (Servlet 6.1 section 3.5.2), merged before
 *     dot segments are resolved
 * @param backslash {@code target.backslash}: {@code \} and {@code %5C} are an ordinary character, never a separator
 * @param nonAscii {@code target.non-ascii}: bytes beyond ASCII that are not percent-encoded, as old clients send them, are
 *     read as UTF-8; in the query they stay as they came
 */
public record TargetRules(
        boolean encodedSlash,
        boolean encodedDots,
        boolean pathParameters,
        boolean emptySegments,
        boolean backslash,
        boolean nonAscii) {

    /** Everything ambiguous is refused: the default. */
    public static final TargetRules STRICT = new TargetRules(false, false, false, false, false, false);

    /** These rules with encoded slashes let in or refused. */
    public TargetRules withEncodedSlash(boolean value) {
        return new TargetRules(value, encodedDots, pathParameters, emptySegments, backslash, nonAscii);
    }

    /** These rules with encoded dot segments let in or refused. */
    public TargetRules withEncodedDots(boolean value) {
        return new TargetRules(encodedSlash, value, pathParameters, emptySegments, backslash, nonAscii);
    }

    /** These rules with path parameters let in or refused. */
    public TargetRules withPathParameters(boolean value) {
        return new TargetRules(encodedSlash, encodedDots, value, emptySegments, backslash, nonAscii);
    }

    /** These rules with empty segments let in or refused. */
    public TargetRules withEmptySegments(boolean value) {
        return new TargetRules(encodedSlash, encodedDots, pathParameters, value, backslash, nonAscii);
    }

    /** These rules with backslashes let in or refused. */
    public TargetRules withBackslash(boolean value) {
        return new TargetRules(encodedSlash, encodedDots, pathParameters, emptySegments, value, nonAscii);
    }

    /** These rules with raw bytes beyond ASCII let in or refused. */
    public TargetRules withNonAscii(boolean value) {
        return new TargetRules(encodedSlash, encodedDots, pathParameters, emptySegments, backslash, value);
    }
}
