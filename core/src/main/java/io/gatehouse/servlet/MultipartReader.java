/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import jakarta.servlet.ServletException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Takes a multipart body apart while it streams in (RFC 2046 section 5.1, RFC 7578), strictly: lines end in CR LF, a
 * body
 * must end with its closing delimiter, fields must be fields. Used by one thread.
 */
final class MultipartReader {

    private static final int WINDOW = 8 << 10;

    private final InputStream in;
    private final byte[] delimiter;
    private final int headerLimit;
    private final byte[] window = new byte[WINDOW];
    private int position;
    private int limit;

    /**
     * @param boundary as the Content-Type has it
     * @param headerLimit how long a part's header section may be, in bytes
     */
    MultipartReader(InputStream in, String boundary, int headerLimit) throws ServletException {
        if (boundary.isEmpty() || boundary.length() > 70 || boundary.endsWith(" ")) {
            throw new ServletException("the multipart boundary is not one of 1 to 70 characters");
        }
        this.in = in;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        this.headerLimit = headerLimit;
        // The first delimiter needs no line break before it: here it has one.
        window[0] = '\r';
        window[1] = '\n';
        limit = 2;
    }

    /** Goes to the first part, past a preamble; whether there is one. */
    boolean first() throws IOException {
        copyTo(OutputStream.nullOutputStream());
        return more();
    }

    /** After a part's content: whether another part follows. */
    boolean more() throws IOException {
        int first = next();
        int second = next();
        if (first == '-' && second == '-') {
            return false;
        }
        while (first == ' ' || first == '\t') {
            first = second;
            second = next();
        }
        if (first != '\r' || second != '\n') {
            throw malformed("a delimiter is followed by something else than a line end");
        }
        return true;
    }

    /** Reads a part's header section. */
    Fields header() throws IOException {
        Fields.Builder fields = Fields.builder();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int read = 0;
        while (true) {
            int b = next();
            if (++read > headerLimit) {
                throw new RefusedRequest(400, "the header section of a part is longer than " + headerLimit
                        + " bytes: send less, or raise the servlet limit partHeaderBytes");
            }
            if (b == '\r') {
                if (next() != '\n') {
                    throw malformed("a line of a part's header ends in CR alone");
                }
                read++;
                if (line.size() == 0) {
                    return fields.build();
                }
                add(fields, line.toString(StandardCharsets.UTF_8));
                line.reset();
            } else if (b == '\n') {
                throw malformed("a line of a part's header ends in LF alone");
            } else {
                line.write(b);
            }
        }
    }

    /** Copies the content of a part, up to the next delimiter, which is taken. */
    void copyTo(OutputStream out) throws IOException {
        while (true) {
            int found = find();
            if (found >= 0) {
                out.write(window, position, found - position);
                position = found + delimiter.length;
                return;
            }
            // What can't be the beginning of a delimiter any more goes out.
            int safe = Math.max(position, limit - delimiter.length + 1);
            out.write(window, position, safe - position);
            position = safe;
            fill();
        }
    }

    private void add(Fields.Builder fields, String line) throws IOException {
        int colon = line.indexOf(':');
        if (colon <= 0 || !FieldSyntax.isToken(line.substring(0, colon))) {
            throw malformed("a line of a part's header is no field");
        }
        // The value may have any character of UTF-8: file names do. A control character it may not have.
        String value = FieldSyntax.trim(line.substring(colon + 1));
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' && c != '\t' || c == 127) {
                throw malformed("a field of a part has a control character");
            }
        }
        fields.add(line.substring(0, colon), PartText.toField(value));
    }

    private int find() {
        int last = limit - delimiter.length;
        for (int i = position; i <= last; i++) {
            if (window[i] == '\r'
                    && Arrays.equals(window, i, i + delimiter.length, delimiter, 0, delimiter.length)) {
                return i;
            }
        }
        return -1;
    }

    private int next() throws IOException {
        if (position == limit) {
            fill();
        }
        return window[position++] & 0xFF;
    }

    /** Reads more behind what is left, which moves to the front. */
    private void fill() throws IOException {
        System.arraycopy(window, position, window, 0, limit - position);
        limit -= position;
        position = 0;
        int n = in.read(window, limit, window.length - limit);
        if (n < 0) {
            throw malformed("the body ends before its closing delimiter");
        }
        limit += n;
    }

    private static IOException malformed(String what) {
        return new IOException("malformed multipart body: " + what);
    }
}
