/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.Authority;
import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RequestHead;
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
public final class RequestParser extends HeadParser<RequestHead> {

    private final String scheme;
    private final RequestLine requestLine = new RequestLine();

    private boolean skippedEmptyLine;
    private int hosts;
    private @Nullable String host;
    private @Nullable String expectation;
    private boolean upgrade;

    // The Host of the request before: nearly always that of the next.
    private @Nullable String knownHost;
    private @Nullable Authority knownAuthority;

    /**
     * A parser for one connection.
     *
     * @param scheme what the heads will say: {@code http} or {@code https}
     */
    public RequestParser(HeadLimits limits, String scheme) {
        super(limits, "request line");
        this.scheme = scheme;
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

    /** Some clients send one after a body (RFC 9112 section 2.2). */
    @Override
    boolean skipsEmptyLine() {
        boolean first = !skippedEmptyLine;
        skippedEmptyLine = true;
        return first;
    }

    @Override
    @Nullable Fault readFirstLine(byte[] bytes, int from, int to) {
        return requestLine.read(bytes, from, to);
    }

    @Override
    void begin() {
        super.begin();
        hosts = 0;
        host = null;
        expectation = null;
        upgrade = false;
    }

    @Override
    void note(int kind, String value) {
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

    @Override
    Progress end() {
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
            if (!host.equals(knownHost)) {
                knownAuthority = Authority.parse(host);
                knownHost = host;
            }
            authority = knownAuthority;
            if (authority == null) {
                return refuse(host("Host is not a name or address with an optional port: '"
                        + FieldSyntax.printable(host) + "'"));
            }
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
        skippedEmptyLine = false;
        return done(new RequestHead(requestLine.method(), scheme, authority, target, version, section.take()));
    }

    private boolean same(Authority named, @Nullable Authority hosted) {
        return hosted != null && named.host().equals(hosted.host()) && named.portOr(scheme) == hosted.portOr(scheme);
    }

    private static Fault host(String detail) {
        return new Fault(Refusal.HOST, detail);
    }
}
