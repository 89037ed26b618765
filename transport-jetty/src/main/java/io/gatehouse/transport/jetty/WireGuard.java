/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import static io.gatehouse.transport.jetty.HeadFraming.check;
import static io.gatehouse.transport.jetty.HeadFraming.digit;
import static io.gatehouse.transport.jetty.HeadFraming.text;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.transport.Limits;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads along with Jetty's parser, in front of it, and stops what it would let pass: line ends that are not CR LF, lengths and
 * codings that two servers could read differently, lines, heads and trailers past their limits, chunks that break the grammar
 * (RFC 9112 sections 2 to 7). What is behind the bad byte never reaches Jetty.
 *
 * <pre>
 *   START ──► LINE ──► FIELDS ──empty line──► BODY ──► START
 *               │                     └─────► SIZE ──► EXTENSION ──► SIZE_LF ──► DATA ──► DATA_CR ──► DATA_LF ──► SIZE
 *               │                                                       └──size 0──► TRAILERS ──empty line──► START
 *               └──PRI──► OFF (HTTP/2, or a switched protocol)         any ──► REFUSED
 * </pre>
 *
 * <p>Used by the one thread that fills from the end point. Common bytes cost one comparison.
 */
final class WireGuard {
    /** So many requests pass in one go; the rest waits until others had their turn. */
    private static final int TURN = 16;

    private enum State { START, LINE, FIELDS, BODY, SIZE, EXTENSION, SIZE_LF, DATA, DATA_CR, DATA_LF, TRAILERS, OFF, REFUSED }

    private final Limits limits;
    private final boolean http2;
    private final Map<Long, String> targets = new HashMap<>(0);
    private final HeadFraming framing = new HeadFraming();
    private State state = State.START;
    private @Nullable ByteBuffer carried;
    private boolean afterReturn;
    private int named; // the characters of a trailer's name; -1 behind it
    private int size;
    private int count;
    private int spaces;
    private byte previous;
    private boolean disguised;
    private boolean old;
    private boolean upgrade;
    private long left;
    private long heads;
    private int safe;
    private boolean refusedInBody;
    private boolean preface;

    WireGuard(Limits limits, boolean http2) {
        this.limits = limits;
        this.http2 = http2;
    }

    /** How many heads have gone by whole. */
    long heads() {
        return heads;
    }

    /** Whether a head has begun and not ended. */
    boolean inHead() {
        return state == State.LINE || state == State.FIELDS;
    }

    /** Whether a body has begun and not ended. */
    boolean inBody() {
        return state.ordinal() >= State.BODY.ordinal() && state.ordinal() <= State.TRAILERS.ordinal();
    }

    boolean isOff() {
        return state == State.OFF;
    }

    /** Whether the peer speaks HTTP/2, which it said with the first bytes. */
    boolean isHttp2() {
        return preface;
    }

    /** After a refusal: the index behind the last byte that may still pass. */
    int safe() {
        return safe;
    }

    /** After a refusal: whether it is about the body of the last head that went by. */
    boolean refusedInBody() {
        return refusedInBody;
    }

    /** The bytes are no longer HTTP/1. */
    void off() {
        state = State.OFF;
        carried = null;
    }

    /** The raw target of the head with that number if Jetty was not given it, or is not to read it; else null. Once. */
    @Nullable String target(long head) {
        return targets.isEmpty() ? null : targets.remove(head);
    }

    /**
     * Looks at new bytes.
     *
     * @return the index behind the last one that may pass now
     * @throws RefusedException if one must not pass
     */
    int scan(ByteBuffer bytes, int from, int to) throws RefusedException {
        long turn = heads + TURN;
        int at = from;
        try {
            while (at < to && state != State.OFF) {
                long before = heads;
                safe = at;
                at = switch (state) {
                    case START, LINE, FIELDS, TRAILERS -> line(bytes, at, to);
                    case BODY, DATA -> skip(at, to);
                    default -> step(bytes.get(at), at);
                };
                if (heads > before && (upgrade || heads >= turn)) {
                    return at;
                }
            }
        } catch (RefusedException e) {
            refusedInBody = inBody();
            state = State.REFUSED;
            carried = null;
            throw e;
        }
        return state == State.OFF ? to : at;
    }

    /** Reads to the end of a line, or of the bytes. */
    private int line(ByteBuffer bytes, int from, int to) throws RefusedException {
        int at = from;
        if (state == State.TRAILERS) {
            name(bytes, from, to);
        }
        boolean copied = (state == State.START || state == State.LINE) && disguise(bytes, from, to);
        while (at < to) {
            int c = bytes.get(at++) & 0xFF;
            if (c >= ' ' && c != 127 && !afterReturn) {
                continue;
            }
            if (c == '\n' && afterReturn) {
                afterReturn = false;
                size += at - from;
                bound();
                ByteBuffer begun = carried;
                if (begun == null) {
                    endLine(bytes, from, at - 2);
                } else {
                    ByteBuffer line = copied ? begun : carry(bytes, from, at);
                    carried = null;
                    endLine(line, 0, line.position() - 2);
                }
                return at;
            }
            check(!afterReturn && (c == '\r' || c == '\t'), syntax(), "end every line with CR LF, and encode control characters");
            afterReturn = c == '\r';
        }
        size += at - from;
        if (state == State.START) {
            state = size == 1 && afterReturn ? State.START : State.LINE;
        }
        bound();
        if (!copied) {
            carry(bytes, from, to);
        }
        return at;
    }

    /** Jetty takes a bad name of a trailer for the end of the connection, as soon as it meets the byte: so it must not meet it. */
    private void name(ByteBuffer bytes, int from, int to) throws RefusedException {
        for (int i = from; i < to && named >= 0; i++) {
            byte c = bytes.get(i);
            if (named == 0 && (c == '\r' || afterReturn)) {
                return; // the empty line
            }
            boolean colon = c == ':' && named > 0;
            check(colon || FieldSyntax.isTokenChar(c), Refusal.CHUNK, "a field line is not token, colon, value");
            named = colon ? -1 : named + 1;
        }
    }

    /**
     * Jetty refuses or changes some targets that the engine shall judge, with a text that names what is wrong. It gets an x in
     * the place of each such byte; the target as it came is kept beside.
     *
     * @return whether the line's bytes were copied, because some were changed
     */
    private boolean disguise(ByteBuffer bytes, int from, int to) {
        boolean copied = false;
        for (int i = from; i < to && spaces < 2; i++) {
            byte c = bytes.get(i);
            if (c == ' ') {
                spaces++;
            } else if (c == '\n') {
                break;
            } else if (spaces == 1 && (c == '%' || c == '\\' || c < 0 || c == '.' && (previous == '/' || previous == '.'))) {
                if (!copied) {
                    int end = i;
                    while (end < to && bytes.get(end) != '\n') {
                        end++;
                    }
                    carry(bytes, from, Math.min(to, end + 1));
                    copied = true;
                    disguised = true;
                }
                bytes.put(i, (byte) 'x');
            }
            previous = c;
        }
        return copied;
    }

    private void bound() throws RefusedException {
        boolean line = state == State.START || state == State.LINE;
        check(!line || size <= limits.line(), Refusal.LINE_SIZE,
                "the request line is longer than limits.line=" + limits.line());
        check(size <= limits.head(), Refusal.HEAD_SIZE,
                "the " + (state == State.TRAILERS ? "trailer section" : "head") + " is larger than limits.head=" + limits.head());
    }

    private ByteBuffer carry(ByteBuffer bytes, int from, int to) {
        ByteBuffer line = carried;
        if (line == null) {
            line = ByteBuffer.allocate(Math.max(256, to - from));
        } else if (line.remaining() < to - from) {
            line = ByteBuffer.allocate(2 * (line.position() + to - from)).put(line.flip());
        }
        line.put(bytes.duplicate().limit(to).position(from));
        carried = line;
        return line;
    }

    private void endLine(ByteBuffer line, int from, int to) throws RefusedException {
        named = 0;
        if (state == State.START && from == to) {
            size = 0; // an empty line in front of a request is skipped (RFC 9112 section 2.2)
        } else if (state == State.START || state == State.LINE) {
            requestLine(line, from, to);
        } else if (from == to) {
            size = 0;
            count = 0;
            if (state == State.TRAILERS) {
                state = State.START;
            } else {
                endHead();
            }
        } else {
            field(line, from, to);
        }
    }

    private void requestLine(ByteBuffer line, int from, int to) throws RefusedException {
        int method = from;
        while (method < to && FieldSyntax.isTokenChar(line.get(method))) {
            method++;
        }
        check(method > from && method < to && line.get(method) == ' ', Refusal.SYNTAX, "the method is no token");
        int target = method + 1;
        while (target < to && line.get(target) != ' ') {
            byte c = line.get(target++);
            check(c != '\t' && c != '#', Refusal.SYNTAX, "the target has a character that must be encoded");
        }
        check(target > method + 1 && target < to, Refusal.SYNTAX, "the request line is not method, target, version");
        String version = text(line, target + 1, to);
        boolean shape = version.length() == 8 && version.startsWith("HTTP/") && version.charAt(6) == '.'
                && digit(version.charAt(5)) && digit(version.charAt(7));
        check(shape, Refusal.SYNTAX, "the request line does not end in a version");
        if (http2 && heads == 0 && text(line, from, to).equals("PRI * HTTP/2.0")) {
            preface = true;
            off();
            return;
        }
        old = version.equals("HTTP/1.0");
        check(old || version.equals("HTTP/1.1"), Refusal.VERSION, "the version is not served here: speak HTTP/1.1");
        byte first = line.get(method + 1);
        if (disguised || first != '/' && !(first == '*' && target == method + 2)) {
            targets.put(heads + 1, text(line, method + 1, target));
        }
        disguised = false;
        spaces = 0;
        previous = 0;
        state = State.FIELDS;
    }

    private void field(ByteBuffer line, int from, int to) throws RefusedException {
        check(++count <= limits.fields(), Refusal.FIELD_COUNT, "more fields than limits.fields=" + limits.fields());
        int colon = from;
        while (colon < to && FieldSyntax.isTokenChar(line.get(colon))) {
            colon++;
        }
        check(colon > from && colon < to && line.get(colon) == ':', syntax(), "a field line is not token, colon, value");
        if (state == State.TRAILERS) {
            return;
        }
        framing.field(line, from, colon, to);
    }

    private void endHead() throws RefusedException {
        framing.end(old);
        left = framing.length();
        upgrade = framing.asksForUpgrade();
        state = framing.isChunked() ? State.SIZE : left > 0 ? State.BODY : State.START;
        framing.begin();
        heads++;
    }

    private int skip(int at, int to) {
        int part = (int) Math.min(left, to - at);
        left -= part;
        if (left == 0) {
            state = state == State.BODY ? State.START : State.DATA_CR;
        }
        return at + part;
    }

    /** One byte of a chunk's frame; {@code size} counts those of its line, {@code left} is its size. */
    private int step(byte signed, int at) throws RefusedException {
        int c = signed & 0xFF;
        switch (state) {
            case SIZE -> {
                int digit = c < 128 ? Character.digit(c, 16) : -1;
                if (digit >= 0) {
                    check(left < 1L << 56, Refusal.CHUNK, "the size of a chunk overflows");
                    left = 16 * left + digit;
                    size++;
                } else {
                    check(size > 0 && (c == '\r' || c == ';'), Refusal.CHUNK, "the size of a chunk is no hexadecimal number");
                    state = c == ';' ? State.EXTENSION : State.SIZE_LF;
                }
            }
            case EXTENSION -> {
                check(c >= ' ' && c != 127 || c == '\t' || c == '\r', Refusal.CHUNK, "an extension has a control character");
                check(++size <= limits.line(), Refusal.CHUNK, "an extension is longer than limits.line=" + limits.line());
                state = c == '\r' ? State.SIZE_LF : State.EXTENSION;
            }
            case SIZE_LF -> {
                check(c == '\n', Refusal.CHUNK, "end the line of a chunk's size with CR LF");
                size = 0;
                state = left == 0 ? State.TRAILERS : State.DATA;
            }
            case DATA_CR -> {
                check(c == '\r', Refusal.CHUNK, "a chunk is longer than its size");
                state = State.DATA_LF;
            }
            default -> {
                check(c == '\n', Refusal.CHUNK, "end a chunk with CR LF");
                state = State.SIZE;
            }
        }
        return at + 1;
    }

    private Refusal syntax() {
        return state == State.TRAILERS ? Refusal.CHUNK : Refusal.SYNTAX;
    }
}
