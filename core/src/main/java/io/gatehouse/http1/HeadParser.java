/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.FieldSyntax;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What heads of requests and of responses have in common: a first line, fields, an empty line (RFC 9112 section 2.1), all of it
 * out of the bytes of one connection.
 *
 * <pre>
 *   START ──first line──► FIELDS ──empty line──► START, with a head
 *     │                       │
 *     └─────────any─fault─────┴──► FAULT, for good
 * </pre>
 *
 * <p>Used by one thread at a time. Keeps no bytes: a line that is not whole stays in the caller's buffer.
 *
 * @param <H> the head
 */
abstract sealed class HeadParser<H> permits RequestParser, ResponseParser {

    final FieldSection section;
    final FramingRules framing = new FramingRules();
    boolean close;
    boolean keepAlive;

    private final HeadLimits limits;
    private final String firstLine;
    private final LineScanner lines = new LineScanner();
    private boolean inFields;
    private @Nullable H head;
    private @Nullable Fault fault;

    /** @param firstLine how messages call it */
    HeadParser(HeadLimits limits, String firstLine) {
        this.limits = limits;
        this.firstLine = firstLine;
        this.section = new FieldSection(limits.fields());
    }

    /**
     * Reads on.
     *
     * @param in backed by an accessible array; its position is moved past what was taken. What is left after {@link
     *     Progress#MORE} must come again, with more behind it
     */
    public final Progress parse(ByteBuffer in) {
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
                return refuse(lines.fault(found, firstLine, limits));
            }
            byte[] bytes = lines.bytes();
            boolean empty = lines.from() == lines.to();
            Fault wrong;
            if (!inFields) {
                if (empty && skipsEmptyLine()) {
                    lines.forget();
                    continue;
                }
                begin();
                wrong = readFirstLine(bytes, lines.from(), lines.to());
                inFields = true;
            } else if (empty) {
                return end();
            } else {
                wrong = section.line(bytes, lines.from(), lines.to());
                if (wrong == null && section.kind() != FieldNames.OTHER) {
                    note(section.kind(), section.value());
                }
            }
            if (wrong != null) {
                return refuse(wrong);
            }
        }
    }

    /** The head, after {@link Progress#DONE}. */
    public final H head() {
        if (head == null) {
            throw new IllegalStateException("there is no head before parse returned DONE");
        }
        return head;
    }

    /** What is wrong, after {@link Progress#FAULT}. */
    public final Fault fault() {
        if (fault == null) {
            throw new IllegalStateException("there is no fault before parse returned FAULT");
        }
        return fault;
    }

    /** Whether a head has been begun and is not whole. Bytes that are left in the caller's buffer may be more of it. */
    public final boolean partial() {
        return inFields || lines.partial();
    }

    /** Whether an empty line before the first is passed over. */
    abstract boolean skipsEmptyLine();

    /** Takes the first line; says what is wrong with it, or null. */
    abstract @Nullable Fault readFirstLine(byte[] bytes, int from, int to);

    /** Takes note of a field whose name has a kind of its own. */
    abstract void note(int kind, String value);

    /** The head is whole: ends with {@link #done} or {@link #refuse}. */
    abstract Progress end();

    /** Forgets what was noted for the head before. */
    void begin() {
        section.clear();
        framing.reset();
        close = false;
        keepAlive = false;
        head = null;
    }

    final void noteConnection(String value) {
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

    final Progress done(H whole) {
        head = whole;
        inFields = false;
        lines.reset();
        return Progress.DONE;
    }

    final Progress refuse(Fault found) {
        fault = found;
        section.clear();
        return Progress.FAULT;
    }
}
