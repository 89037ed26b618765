/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.FieldSyntax;
import java.io.UnsupportedEncodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The character encoding of a request's body (Servlet 6.1 section 3.12). */
final class RequestCharset {

    private final Context context;
    private final @Nullable String contentType;
    private @Nullable String set;

    RequestCharset(Context context, @Nullable String contentType) {
        this.context = context;
        this.contentType = contentType;
    }

    /** Sets the name; null takes back what was set. */
    void set(@Nullable String name) throws UnsupportedEncodingException {
        if (name != null) {
            ResponseType.charsetOf(name);
        }
        set = name;
    }

    /** The name: as set, else as sent, else the application's; null if nobody says. */
    @Nullable String name() {
        if (set != null) {
            return set;
        }
        String sent = contentType == null ? null : ParsedType.parse(contentType).charset();
        return sent != null ? sent : context.getRequestCharacterEncoding();
    }

    /** For a reader: ISO-8859-1 if nobody says. */
    Charset forReader() throws UnsupportedEncodingException {
        String name = name();
        return name == null ? StandardCharsets.ISO_8859_1 : ResponseType.charsetOf(name);
    }

    /** For form data: UTF-8 if nobody says, as every browser sends it. */
    Charset forForm() {
        String name = name();
        try {
            return name == null ? StandardCharsets.UTF_8 : ResponseType.charsetOf(name);
        } catch (UnsupportedEncodingException e) {
            throw new RefusedRequest(415, "the charset " + FieldSyntax.printable(String.valueOf(name))
                    + " of the form is not known: send UTF-8");
        }
    }
}
