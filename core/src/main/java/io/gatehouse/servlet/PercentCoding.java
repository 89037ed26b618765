/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Percent-encoding (RFC 3986 section 2.1), both ways, for paths and for form data. */
final class PercentCoding {

    private static final String HEX = "0123456789ABCDEF";

    /** Besides letters and digits: what may stand in a URI as it is (RFC 3986 sections 2.2 and 2.3), and percent. */
    private static final String URI_CHARS = "-._~:/?#[]@!$&'()*+,;=%";

    private PercentCoding() {}

    /** The path decoded as UTF-8; null if an escape is broken, the bytes are no UTF-8, or a control results. */
    static @Nullable String decodePath(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        try {
            String decoded = decode(encodeUri(text), false, StandardCharsets.UTF_8);
            for (int i = 0; i < decoded.length(); i++) {
                if (decoded.charAt(i) < ' ') {
                    return null;
                }
            }
            return decoded;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * Decodes a name or a value of form data (the URL standard's application/x-www-form-urlencoded).
     *
     * @throws IllegalArgumentException if an escape is broken or the bytes are not of the charset
     */
    static String decodeForm(String text, Charset charset) {
        return decode(text, true, charset);
    }

    private static String decode(String text, boolean plusIsSpace, Charset charset) {
        int first = 0;
        while (first < text.length() && text.charAt(first) != '%' && text.charAt(first) != '+') {
            if (text.charAt(first) > 126) {
                break;
            }
            first++;
        }
        if (first == text.length()) {
            return text;
        }
        ByteBuffer bytes = ByteBuffer.allocate(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = i + 2 < text.length() ? hex(text.charAt(i + 1)) : -1;
                int low = i + 2 < text.length() ? hex(text.charAt(i + 2)) : -1;
                if (high < 0 || low < 0) {
                    throw new IllegalArgumentException("a broken percent-escape at " + i);
                }
                bytes.put((byte) (16 * high + low));
                i += 2;
            } else if (c == '+' && plusIsSpace) {
                bytes.put((byte) ' ');
            } else if (c < 128) {
                bytes.put((byte) c);
            } else if (c <= 0xFF) {
                // A byte of the target or the body that was not escaped.
                bytes.put((byte) c);
            } else {
                throw new IllegalArgumentException("a character that is not escaped at " + i);
            }
        }
        try {
            return charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes.flip())
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("bytes that are not " + charset.name(), e);
        }
    }

    private static int hex(char c) {
        return c < 128 ? Character.digit(c, 16) : -1;
    }

    /** A decoded path, encoded so that it is taken for nothing but this path. */
    static String encodePath(String path) {
        String encoded = encodeUri(path.replace("%", "%25"));
        return encoded.replace("?", "%3F").replace("#", "%23").replace(";", "%3B");
    }

    /** The text with every character that may not stand in a URI percent-encoded as UTF-8. */
    static String encodeUri(String text) {
        StringBuilder out = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 128 && (Character.isLetterOrDigit(c) || URI_CHARS.indexOf(c) >= 0)) {
                if (out != null) {
                    out.append(c);
                }
                continue;
            }
            if (out == null) {
                out = new StringBuilder(text.length() + 16).append(text, 0, i);
            }
            int codePoint = text.codePointAt(i);
            i += Character.charCount(codePoint) - 1;
            for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
                out.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
            }
        }
        return out == null ? text : out.toString();
    }
}
