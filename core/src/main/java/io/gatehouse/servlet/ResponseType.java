/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Response;
import io.gatehouse.http.FieldSyntax;
import java.io.UnsupportedEncodingException;
import java.nio.charset.Charset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Content type, character encoding and locale of a response and how they depend on each other (Servlet 6.1 section
 * 5.5):
 * what is set explicitly beats what follows from the locale, and nothing changes the encoding once the writer is out.
 */
final class ResponseType {

    private static final String FIELD = "Content-Type";

    private final Context context;
    private final Response response;
    private @Nullable String type;
    private @Nullable String charset;
    private boolean explicit;
    private boolean writing;
    private @Nullable Locale locale;

    ResponseType(Context context, Response response) {
        this.context = context;
        this.response = response;
    }

    void contentType(@Nullable String text) {
        if (text == null) {
            type = null;
            charset(null);
        } else {
            ParsedType parsed = ParsedType.parse(text);
            int semicolon = text.indexOf(';');
            type = (semicolon < 0 ? text : text.substring(0, semicolon)).trim() + parsed.rest();
            if (parsed.charset() != null) {
                charset(parsed.charset());
            }
        }
        apply();
    }

    void charset(@Nullable String name) {
        if (!writing) {
            charset = name;
            explicit = name != null;
            apply();
        }
    }

    void locale(@Nullable Locale wanted) {
        locale = wanted;
        if (wanted == null) {
            response.fields().remove("Content-Language");
        } else {
            response.field("Content-Language", wanted.toLanguageTag());
        }
        if (!explicit && !writing) {
            charset = wanted == null ? null : context.localeCharsets().find(wanted);
            apply();
        }
    }

    Locale locale() {
        Locale set = locale;
        return set == null ? Locale.getDefault() : set;
    }

    /** The name of the encoding: the response's, else the application's, else ISO-8859-1. */
    String charset() {
        if (charset != null) {
            return charset;
        }
        String byContext = context.getResponseCharacterEncoding();
        return byContext == null ? "ISO-8859-1" : byContext;
    }

    @Nullable String contentType() {
        if (type == null) {
            return null;
        }
        return charset == null ? type : type + ";charset=" + charset;
    }

    /**
     * Fixes the encoding for a writer.
     *
     * @throws UnsupportedEncodingException if there is none of that name
     */
    Charset beginWriting() throws UnsupportedEncodingException {
        Charset found = charsetOf(charset());
        charset = charset();
        writing = true;
        apply();
        return found;
    }

    /** Forgets all. */
    void reset() {
        type = null;
        charset = null;
        explicit = false;
        writing = false;
        locale = null;
    }

    static Charset charsetOf(String name) throws UnsupportedEncodingException {
        try {
            return Charset.forName(name);
        } catch (IllegalArgumentException e) {
            UnsupportedEncodingException unsupported =
                    new UnsupportedEncodingException("no charset '" + FieldSyntax.printable(name) + "'; use UTF-8");
            unsupported.initCause(e);
            throw unsupported;
        }
    }

    private void apply() {
        String value = contentType();
        if (value == null) {
            response.fields().remove(FIELD);
        } else {
            response.field(FIELD, value);
        }
    }
}
