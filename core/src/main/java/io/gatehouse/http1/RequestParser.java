/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.Authority;
import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RequestHead;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads request heads, one after another, from the bytes of one connection (RFC 9112 sections 2 to 6).
 *
 * <pre>
 *   START ──request line──► FIELDS ──empty line──► START, with a head
 *     │ one empty line          │
 *     └──────────any─fault──────┴──► FAULT, for good
 * </pre>
 *
 * <p>Used by one thread at a time. Keeps no bytes: a line that is not whole stays in the caller's buffer. Allocates
 * what the head keeps, and nothing else for names and methods that are common.
 */
public final class RequestParser {

    private final HeadLimits limits;
    private final String scheme;
    private final LineScanner lines = new LineScanner();
    private final RequestLine requestLine = new RequestLine();
    private final FieldSection section;
    private final FramingRules framing = new FramingRules();

    private boolean inFields;
    private boolean skippedEmptyLine;
    private int hosts;
    private @Nullable String host;
    private @Nullable String expectation;
    private boolean close;
    private boolean keepAlive;
    private boolean upgrade;

    // The Host of the request before: nearly always that of the next.
    private @Nullable String knownHost;
    private @Nullable Authority knownAuthority;

    private @Nullable RequestHead head;
    private @Nullable Fault fault;

    /**
     * A parser for one connection.
     *
     * @param scheme what the heads will say: {@code http} or {@code https}
     */
    public RequestParser(HeadLimits limits, String scheme) {
        this.limits = limits;
        this.scheme = scheme;
        this.section = new FieldSection(limits.fields());
    }

    /**
     * Reads on.
     *
     * @param in backed by an accessible array; its position is moved past what was taken. What is left after {@link
     *     Progress#MORE} must come again, with more behind it
     */
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
                return refuse(lines.fault(found, "request line", limits));
            }
            byte[] bytes = lines.bytes();
            boolean empty = lines.from() == lines.to();
            if (!inFields) {
                if (empty && !skippedEmptyLine) {
                    skippedEmptyLine = true; // some clients send one after a body (RFC 9112 section 2.2)
                    lines.forget();
                    continue;
                }
                begin();
                Fault wrong = requestLine.read(bytes, lines.from(), lines.to());
                if (wrong != null) {
                    return refuse(wrong);
                }
                inFields = true;
            } else if (empty) {
                return end();
            } else {
                Fault wrong = section.line(bytes, lines.from(), lines.to());
                if (wrong != null) {
                    return refuse(wrong);
                }
                if (section.kind() != FieldNames.OTHER) {
                    note(section.kind(), section.value());
                }
            }
        }
    }

    /** The head, after {@link Progress#DONE}. */
    public RequestHead head() {
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

    /** How the body after the last head is delimited. */
    public Framing framing() {
        if (framing.absent()) {
            return Framing.NONE;
        }
        return framing.chunked() ? Framing.CHUNKED : Framing.ofLength(framing.length());
    }

    /** Whether the connection may be kept after the last head's exchange, as far as the peer is concerned. */
    public boolean persistent() {
        return !close && (requestLine.version() == HttpVersion.HTTP_1_1 || keepAlive);
    }

    /** Whether the last head's sender waits for 100 (Continue) before it sends the body. */
    public boolean expectsContinue() {
        return expectation != null && requestLine.version() == HttpVersion.HTTP_1_1 && !framing.absent()
                && framing().kind() != Framing.Kind.NONE;
    }

    /** Whether the last head asks for another protocol (RFC 9110 section 7.8). */
    public boolean upgrade() {
        return upgrade;
    }

    /** Whether a head has been begun and is not whole. Bytes that are left in the caller's buffer may be more of it. */
    public boolean partial() {
        return inFields || lines.partial();
    }

    private void begin() {
        section.clear();
        framing.reset();
        hosts = 0;
        host = null;
        expectation = null;
        close = false;
        keepAlive = false;
        upgrade = false;
        head = null;
    }

    private void note(int kind, String value) {
        switch (kind) {
            case FieldNames.HOST -> {
                hosts++;
                host = value;
            }
            case FieldNames.CONTENT_LENGTH -> framing.contentLength(value);
            case FieldNames.TRANSFER_ENCODING -> framing.transferEncoding(value);
            case FieldNames.EXPECT -> expectation = expectation == null ? value : expectation + ", " + value;
            case FieldNames.UPGRADE -> upgrade = true;
            default -> noteConnection(value);
        }
    }

    private void noteConnection(String value) {
        if (value.equalsIgnoreCase("keep-alive")) {
            keepAlive = true;
            return;
        }
        for (String option : value.split(",", -1)) {
            String token = FieldSyntax.trim(option);
            close |= token.equalsIgnoreCase("close");
            keepAlive |= token.equalsIgnoreCase("keep-alive");
        }
    }

    private Progress end() {
        HttpVersion version = requestLine.version();
        Authority authority = null;
        if (hosts > 1) {
            return refuse(host("more than one Host"));
        }
        if (host == null) {
            if (version == HttpVersion.HTTP_1_1) {
                return refuse(host("no Host: HTTP/1.1 needs one"));
            }
        } else if (!host.isEmpty()) {
            authority = host.equals(knownHost) ? knownAuthority : Authority.parse(host);
            if (authority == null) {
                return refuse(host("Host is not a name or address with an optional port: '"
                        + FieldSyntax.printable(host) + "'"));
            }
            knownHost = host;
            knownAuthority = authority;
        }
        String target = requestLine.target();
        if (target.charAt(0) != '/' && target.charAt(0) != '*' && !requestLine.method().equals("CONNECT")) {
            Authority named = Authority.parse(
                    target.substring(RequestLine.authorityStart(target), RequestLine.authorityEnd(target)));
            if (named == null) {
                return refuse(host("the target's authority is not a name or address with an optional port"));
            }
            if (host != null && !same(named, authority)) {
                return refuse(host("Host and the absolute target name different authorities"));
            }
            authority = named;
        }
        Fault found = framing.fault(version);
        if (found == null && expectation != null && version == HttpVersion.HTTP_1_1
                && !expectation.equalsIgnoreCase("100-continue")) {
            found = new Fault(Refusal.EXPECTATION, "the only expectation that is met here is 100-continue");
        }
        if (found != null) {
            return refuse(found);
        }
        head = new RequestHead(requestLine.method(), scheme, authority, target, version, section.take());
        inFields = false;
        skippedEmptyLine = false;
        lines.reset();
        return Progress.DONE;
    }

    private boolean same(Authority named, @Nullable Authority hosted) {
        return hosted != null && named.host().equals(hosted.host()) && named.portOr(scheme) == hosted.portOr(scheme);
    }

    private Progress refuse(Fault found) {
        fault = found;
        section.clear();
        return Progress.FAULT;
    }

    private static Fault host(String detail) {
        return new Fault(Refusal.HOST, detail);
    }
}
