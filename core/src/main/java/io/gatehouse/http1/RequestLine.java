/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request line (RFC 9112 section 3): method, one space, target, one space, version.
 *
 * <p>The target stays as received. Its form is checked: one that begins with a slash, an absolute {@code http} or
 * {@code https} URI, {@code *} for OPTIONS, an authority for CONNECT. Bytes beyond ASCII and {@code #} never stand in
 * one.
 */
final class RequestLine {

    private static final String[] METHODS =
            {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "PROPFIND", "REPORT"};
    private static final byte[][] METHOD_BYTES = new byte[METHODS.length][];

    static {
        for (int i = 0; i < METHODS.length; i++) {
            METHOD_BYTES[i] = METHODS[i].getBytes(StandardCharsets.US_ASCII);
        }
    }

    private String method = "";
    private String target = "";
    private HttpVersion version = HttpVersion.HTTP_1_1;

    String method() {
        return method;
    }

    String target() {
        return target;
    }

    HttpVersion version() {
        return version;
    }

    /** Reads the line; null if it is fine. */
    @Nullable Fault read(byte[] bytes, int from, int to) {
        int methodEnd = from;
        while (methodEnd < to && FieldSyntax.isTokenChar(bytes[methodEnd])) {
            methodEnd++;
        }
        if (methodEnd == from || methodEnd == to || bytes[methodEnd] != ' ') {
            return syntax("the request line does not begin with a method and one space");
        }
        int targetFrom = methodEnd + 1;
        int targetEnd = targetFrom;
        while (targetEnd < to && isTargetChar(bytes[targetEnd])) {
            targetEnd++;
        }
        if (targetEnd < to && bytes[targetEnd] != ' ') {
            return syntax(String.format("the character 0x%02X in the request target: encode it",
                    bytes[targetEnd] & 0xFF));
        }
        if (targetEnd == targetFrom || targetEnd == to) {
            return syntax("the request line is not method, target and version with one space between");
        }
        Fault fault = readVersion(bytes, targetEnd + 1, to);
        if (fault == null) {
            method = method(bytes, from, methodEnd);
            fault = checkTarget(bytes, targetFrom, targetEnd);
        }
        if (fault == null) {
            target = new String(bytes, targetFrom, targetEnd - targetFrom, StandardCharsets.ISO_8859_1);
        }
        return fault;
    }

    /** Where the authority of an absolute-form target ends, or -1 if the target has another form. */
    static int authorityEnd(String target) {
        int from = authorityStart(target);
        if (from < 0) {
            return -1;
        }
        int end = from;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            end++;
        }
        return end;
    }

    /** Where the authority of an absolute-form target begins, or -1. */
    static int authorityStart(String target) {
        if (target.regionMatches(true, 0, "http://", 0, 7)) {
            return 7;
        }
        return target.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
    }

    private @Nullable Fault readVersion(byte[] bytes, int from, int to) {
        boolean http = to - from >= 6 && bytes[from] == 'H' && bytes[from + 1] == 'T' && bytes[from + 2] == 'T'
                && bytes[from + 3] == 'P' && bytes[from + 4] == '/';
        if (http && to - from == 8 && bytes[from + 5] == '1' && bytes[from + 6] == '.') {
            if (bytes[from + 7] == '1') {
                version = HttpVersion.HTTP_1_1;
                return null;
            }
            if (bytes[from + 7] == '0') {
                version = HttpVersion.HTTP_1_0;
                return null;
            }
        }
        if (http && to - from == 8 && isDigit(bytes[from + 5]) && bytes[from + 6] == '.' && isDigit(bytes[from + 7])) {
            return new Fault(Refusal.VERSION, "this version of HTTP is not served here: use HTTP/1.1");
        }
        return syntax("the request line does not end in one space and a version of HTTP");
    }

    private @Nullable Fault checkTarget(byte[] bytes, int from, int to) {
        byte first = bytes[from];
        if (method.equals("CONNECT")) {
            return first == '/' || first == '*' ? syntax("CONNECT needs host and port as its target") : null;
        }
        if (first == '/') {
            return null;
        }
        if (first == '*' && to - from == 1 && method.equals("OPTIONS")) {
            return null;
        }
        // Absolute-form is rare: a String more does not matter.
        return authorityStart(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1)) > 0
                ? null
                : syntax("the request target is neither a path, an http URI nor *");
    }

    private static String method(byte[] bytes, int from, int to) {
        for (int i = 0; i < METHODS.length; i++) {
            byte[] known = METHOD_BYTES[i];
            if (known.length == to - from && known[0] == bytes[from] && same(known, bytes, from)) {
                return METHODS[i];
            }
        }
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static boolean same(byte[] known, byte[] bytes, int from) {
        for (int i = 1; i < known.length; i++) {
            if (known[i] != bytes[from + i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isTargetChar(byte b) {
        return b > ' ' && b < 127 && b != '#';
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static Fault syntax(String detail) {
        return new Fault(Refusal.SYNTAX, detail);
    }
}
