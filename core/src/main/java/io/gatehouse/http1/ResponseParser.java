/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * Reads response heads, interim ones included, from the bytes of one connection to a server (RFC 9112 sections 4 to 6).
 *
 * <p>As strict as {@link RequestParser}, and used the same way. A status line without a reason may lack the space
 * before it.
 */
public final class ResponseParser extends HeadParser<ResponseHead> {

    private final boolean foreignCodings;
    private int status;
    private HttpVersion version = HttpVersion.HTTP_1_1;

    /** A parser for one connection. */
    public ResponseParser(HeadLimits limits) {
        this(limits, false);
    }

    /**
     * A parser for one connection.
     *
     * @param foreignCodings whether an answer in transfer codings without chunked is taken: its body, in those codings still,
     *     lasts until the connection ends (RFC 9112 section 6.3)
     */
    public ResponseParser(HeadLimits limits, boolean foreignCodings) {
        super(limits, "status line");
        this.foreignCodings = foreignCodings;
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
        if (framing.absent() || foreignCodings && framing.foreign(version)) {
            return Framing.UNTIL_CLOSE;
        }
        return framing.chunked() ? Framing.CHUNKED : Framing.ofLength(framing.length());
    }

    /** Whether the connection may be used on after the last head's body, if that does not last until its end. */
    public boolean persistent() {
        return !close && (version == HttpVersion.HTTP_1_1 || keepAlive);
    }

    @Override
    boolean skipsEmptyLine() {
        return false;
    }

    @Override
    @Nullable Fault readFirstLine(byte[] bytes, int from, int to) {
        return readStatus(bytes, from, to)
                ? null
                : new Fault(Refusal.SYNTAX, "the status line is not version, status and reason");
    }

    @Override
    void note(int kind, String value) {
        switch (kind) {
            case FieldNames.CONTENT_LENGTH -> framing.contentLength(value);
            case FieldNames.TRANSFER_ENCODING -> framing.transferEncoding(value);
            case FieldNames.CONNECTION -> noteConnection(value);
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

    @Override
    Progress end() {
        Fault found = framing.fault(version);
        return found == null || foreignCodings && framing.foreign(version)
                ? done(ResponseHead.of(status, section.take()))
                : refuse(found);
    }
}
