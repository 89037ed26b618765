/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Collects the framing fields of one head and judges them together (RFC 9112 sections 6.1 to 6.3). Stricter than the
 * RFC must be: two Content-Length lines are refused even if they agree.
 */
final class FramingRules {

    private static final int MAX_DIGITS = 19;

    private @Nullable String length;
    private int lengths;
    private @Nullable String codings;

    void reset() {
        length = null;
        lengths = 0;
        codings = null;
    }

    void contentLength(String value) {
        length = value;
        lengths++;
    }

    void transferEncoding(String value) {
        codings = codings == null ? value : codings + ',' + value;
    }

    /** Whether neither field came. */
    boolean absent() {
        return lengths == 0 && codings == null;
    }

    boolean chunked() {
        return codings != null;
    }

    /**
     * Whether the body has codings without chunked, in HTTP/1.1 and without a length: its end is the connection's (RFC 9112
     * section 6.3), whatever the codings are.
     */
    boolean foreign(HttpVersion version) {
        if (codings == null || lengths > 0 || version == HttpVersion.HTTP_1_0) {
            return false;
        }
        for (String coding : codings.split(",", -1)) {
            String name = FieldSyntax.trim(coding);
            if (!FieldSyntax.isToken(name) || name.equalsIgnoreCase("chunked")) {
                return false;
            }
        }
        return true;
    }

    /** What is wrong with the fields, or null. */
    @Nullable Fault fault(HttpVersion version) {
        if (codings != null) {
            if (lengths > 0) {
                return framing("both Content-Length and Transfer-Encoding");
            }
            if (version == HttpVersion.HTTP_1_0) {
                return framing("Transfer-Encoding in HTTP/1.0");
            }
            return codingFault(codings);
        }
        if (lengths > 1) {
            return framing("more than one Content-Length");
        }
        if (length != null && number(length) < 0) {
            return framing("Content-Length is not a number that fits: '" + FieldSyntax.printable(length) + "'");
        }
        return null;
    }

    /** The declared length, -1 if there is none; after {@link #fault} returned null. */
    long length() {
        return length == null ? -1 : number(length);
    }

    /** Digits and nothing else, without overflow; else -1. */
    static long number(String text) {
        if (text.isEmpty() || text.length() > MAX_DIGITS) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
                return -1;
            }
            value = 10 * value + digit;
        }
        return value;
    }

    /**
     * Chunked, once and alone, is all that is served. With chunked last the message could be delimited, so what stands
     * before it is merely not supported; without it nobody knows where the body ends.
     */
    private static @Nullable Fault codingFault(String codings) {
        if (codings.equalsIgnoreCase("chunked")) {
            return null;
        }
        String[] names = codings.split(",", -1);
        for (int i = 0; i < names.length; i++) {
            String name = FieldSyntax.trim(names[i]);
            if (!FieldSyntax.isToken(name)) {
                return framing("Transfer-Encoding is unclear: '" + FieldSyntax.printable(codings) + "'");
            }
            if (name.equalsIgnoreCase("chunked") != (i == names.length - 1)) {
                return framing("chunked is not the last transfer coding, or not the only one of its name: '"
                        + FieldSyntax.printable(codings) + "'");
            }
        }
        return names.length == 1 ? null : new Fault(
                Refusal.UNSUPPORTED,
                "the transfer coding '" + FieldSyntax.printable(FieldSyntax.trim(names[0]))
                        + "' is not supported: send chunked alone");
    }

    private static Fault framing(String detail) {
        return new Fault(Refusal.FRAMING, detail);
    }
}
