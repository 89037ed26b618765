/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.ResponseHead;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads response heads, interim ones included, from the bytes of one connection to a server (RFC 9112 sections 4 to 6).
 *
 * <p>As strict as {@link RequestParser}, and used the same way. A status line without a reason may lack the space
 * before it.
 */
public final class ResponseParser {

    private final HeadLimits limits;
    private final LineScanner lines = new LineScanner();
    private final FieldSection section;
    private final FramingRules framing = new FramingRules();

    private boolean inFields;
    private int status;
    private HttpVersion version = HttpVersion.HTTP_1_1;
    private boolean close;
    private boolean keepAlive;
    private @Nullable ResponseHead head;
    private @Nullable Fault fault;

    /** A parser for one connection. */
    public ResponseParser(HeadLimits limits) {
        this.limits = limits;
        this.section = new FieldSection(limits.fields());
    }

    /** Reads on, as {@link RequestParser#parse}. */
    public Progress parse(ByteBuffer in) {
        if (fault != null) {
            return Progress.FAULT;
        }
        while (true) {
            int lineMax = inFields ? Integer.MAX_VALUE : limits.line();
            LineScanner.Found found = lines.next(in, lineMax, limits.head());
            if (found == LineScanner.Found.MORE) {
                return Progress.MORE;
            }
            if (found != LineScanner.Found.LINE) {
                return refuse(lines.fault(found, "status line", limits));
            }
            byte[] bytes = lines.bytes();
            if (!inFields) {
                begin();
                if (!readStatus(bytes, lines.from(), lines.to())) {
                    return refuse(new Fault(Refusal.SYNTAX, "the status line is not version, status and reason"));
                }
                inFields = true;
            } else if (lines.from() == lines.to()) {
                return end();
            } else {
                Fault wrong = section.line(bytes, lines.from(), lines.to());
                if (wrong != null) {
                    return refuse(wrong);
                }
                note(section.kind(), section.value());
            }
        }
    }

    /** The head, after {@link Progress#DONE}. */
    public ResponseHead head() {
        if (head == null) {
            throw new IllegalStateException("there is no head before parse returned DONE");
        }
        return head;
    }

    /** What is wrong, after {@link Progress#FAULT}. */
    public Fault fault() {
        if (fault == null) {
            throw new IllegalStateException("there is no fault before parse returned FAULT");
        }
        return fault;
    }

    /** The version in the last status line. */
    public HttpVersion version() {
        return version;
    }

    /**
     * How the body after the last head is delimited (RFC 9112 section 6.3).
     *
     * @param method of the request that is answered
     */
    public Framing framing(String method) {
        if (method.equals("HEAD") || status < 200 || status == 204 || status == 304
                || method.equals("CONNECT") && status < 300) {
            return Framing.NONE;
        }
        if (framing.absent()) {
            return Framing.UNTIL_CLOSE;
        }
        return framing.chunked() ? Framing.CHUNKED : Framing.ofLength(framing.length());
    }

    /** Whether the connection may be used on after the last head's body, if that does not last until its end. */
    public boolean persistent() {
        return !close && (version == HttpVersion.HTTP_1_1 || keepAlive);
    }

    private void begin() {
        section.clear();
        framing.reset();
        close = false;
        keepAlive = false;
        head = null;
    }

    private void note(int kind, String value) {
        switch (kind) {
            case FieldNames.CONTENT_LENGTH -> framing.contentLength(value);
            case FieldNames.TRANSFER_ENCODING -> framing.transferEncoding(value);
            case FieldNames.CONNECTION -> {
                for (String option : value.split(",", -1)) {
                    String token = FieldSyntax.trim(option);
                    close |= token.equalsIgnoreCase("close");
                    keepAlive |= token.equalsIgnoreCase("keep-alive");
                }
            }
            default -> {}
        }
    }

    private boolean readStatus(byte[] bytes, int from, int to) {
        if (to - from < 12 || bytes[from] != 'H' || bytes[from + 1] != 'T' || bytes[from + 2] != 'T'
                || bytes[from + 3] != 'P'
                || bytes[from + 4] != '/' || bytes[from + 5] != '1' || bytes[from + 6] != '.'
                || bytes[from + 8] != ' ') {
            return false;
        }
        if (bytes[from + 7] != '0' && bytes[from + 7] != '1' || to - from > 12 && bytes[from + 12] != ' ') {
            return false;
        }
        version = bytes[from + 7] == '1' ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
        status = 0;
        for (int i = from + 9; i < from + 12; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            status = 10 * status + digit;
        }
        return status >= 100 && status <= 599;
    }

    private Progress end() {
        Fault found = framing.fault(version);
        if (found != null) {
            return refuse(found);
        }
        head = ResponseHead.of(status, section.take());
        inFields = false;
        lines.reset();
        return Progress.DONE;
    }

    private Progress refuse(Fault found) {
        fault = found;
        section.clear();
        return Progress.FAULT;
    }
}
