/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Refusal;
import io.gatehouse.http1.LineScanner.Found;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines cut out of bytes: ends, limits, control characters, and how little is looked at twice. */
class LineScannerTest {

    private static final int NO_LIMIT = 1_000_000;

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String line(LineScanner scanner) {
        return new String(
                scanner.bytes(), scanner.from(), scanner.to() - scanner.from(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void linesComeOneByOne() {
        LineScanner scanner = new LineScanner();
        ByteBuffer in = bytes("one\r\n\r\ntwo \t\u00ff\r\nthr");
        for (String wanted : new String[] {"one", "", "two \t\u00ff"}) {
            assertEquals(Found.LINE, scanner.next(in, NO_LIMIT, NO_LIMIT));
            assertEquals(wanted, line(scanner));
            assertFalse(scanner.partial());
        }
        assertEquals(Found.MORE, scanner.next(in, NO_LIMIT, NO_LIMIT));
        assertTrue(scanner.partial());
        assertEquals(3, in.remaining(), "what is not whole is left");
    }

    /** Every byte in a line, and behind a CR. */
    @Test
    void controlCharactersAreRefused() {
        for (int b = 0; b < 256; b++) {
            char c = (char) b;
            boolean text = c == '\t' || c >= ' ' && c != 127;
            assertEquals(text ? Found.LINE : Found.CONTROL, new LineScanner().next(bytes("a" + c + "b\r\n"), 9, 99), "" + b);
            assertEquals(text ? Found.LINE : Found.CONTROL, new LineScanner().next(bytes(c + "b\r\n"), 9, 99), "" + b);
            assertEquals(c == '\n' ? Found.LINE : Found.CONTROL, new LineScanner().next(bytes("a\r" + c), 9, 99), "" + b);
        }
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {"13, a CR without LF", "10, a LF without CR", "0, 0x00", "127, 0x7F", "27, 0x1B"})
    void theFaultNamesTheCharacter(int c, String part) {
        LineScanner scanner = new LineScanner();
        Found found = scanner.next(bytes("a" + (char) c + "b\r\n"), 9, 99);
        Fault fault = scanner.fault(found, "request line", new HeadLimits(9, 99, 1));
        assertEquals(Refusal.SYNTAX, fault.refusal());
        assertTrue(fault.detail().contains(part), fault.detail());
    }

    @ParameterizedTest
    @CsvSource({
        // length of the line, its limit, the section's limit, outcome
        "0, 1, 2, LINE", "0, 1, 1, HEAD_SIZE", "1, 1, 3, LINE", "1, 1, 2, HEAD_SIZE", "5, 5, 7, LINE", "6, 5, 99, LINE_SIZE",
        "5, 9, 7, LINE", "5, 9, 6, HEAD_SIZE", "6, 5, 7, LINE_SIZE", "6, 6, 7, HEAD_SIZE", "6, 4, 7, LINE_SIZE",
        "99, 5, 50, LINE_SIZE", "99, 98, 50, HEAD_SIZE", "99, 99, 101, LINE", "99, 99, 100, HEAD_SIZE",
    })
    void limitsAreMetToTheByte(int length, int lineMax, int totalMax, Found outcome) {
        String text = "x".repeat(length) + "\r\n";
        assertEquals(outcome, new LineScanner().next(bytes(text), lineMax, totalMax));
        LineScanner slow = new LineScanner();
        Found found = Found.MORE;
        for (int i = 1; i <= text.length() && found == Found.MORE; i++) {
            found = slow.next(bytes(text.substring(0, i)), lineMax, totalMax);
        }
        assertEquals(outcome, found, "byte by byte");
    }

    @Test
    void allLinesOfASectionCountUntilReset() {
        LineScanner scanner = new LineScanner();
        ByteBuffer in = bytes("ab\r\nab\r\nab\r\n");
        assertEquals(Found.LINE, scanner.next(in, 9, 8));
        assertEquals(Found.LINE, scanner.next(in, 9, 8));
        assertEquals(Found.HEAD_SIZE, scanner.next(in, 9, 8));
        scanner.reset();
        assertEquals(Found.LINE, scanner.next(in, 9, 8));
        assertEquals(0, in.remaining());
    }

    @Test
    void linesThatWereSkippedDoNotCount() {
        LineScanner scanner = new LineScanner();
        ByteBuffer in = bytes("\r\nabcdef\r\n");
        assertEquals(Found.LINE, scanner.next(in, 9, 8));
        scanner.forget();
        assertEquals(Found.LINE, scanner.next(in, 9, 8));
        assertEquals("abcdef", line(scanner));
    }

    @Test
    void aLimitSaysWhichItIs() {
        LineScanner scanner = new LineScanner();
        HeadLimits limits = new HeadLimits(9, 99, 1);
        Fault line = scanner.fault(Found.LINE_SIZE, "status line", limits);
        assertEquals(new Fault(Refusal.LINE_SIZE, "the status line is longer than limits.line=9 bytes"), line);
        Fault head = scanner.fault(Found.HEAD_SIZE, "status line", limits);
        assertEquals(new Fault(Refusal.HEAD_SIZE, "the head is larger than limits.head=99 bytes"), head);
    }

    /** The bytes of a line that is not whole are not looked at again: if they were, the change would be seen. */
    @Test
    void noByteIsLookedAtTwice() {
        LineScanner scanner = new LineScanner();
        byte[] array = "abcdefgh\r\n".getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer in = ByteBuffer.wrap(array).limit(5);
        assertEquals(Found.MORE, scanner.next(in, 99, 99));
        array[1] = 0;
        assertEquals(Found.LINE, scanner.next(in.limit(10), 99, 99));
        assertEquals(0, scanner.from());
        assertEquals(8, scanner.to());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void aBufferMayBeginAnywhereInItsArray(int offset) {
        byte[] array = ("#".repeat(offset) + "@ab\r\ncd\r\n").getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer in = ByteBuffer.wrap(array, offset, array.length - offset).slice();
        in.get();
        LineScanner scanner = new LineScanner();
        assertEquals(Found.LINE, scanner.next(in, 99, 99));
        assertEquals("ab", line(scanner));
        assertSame(array, scanner.bytes());
        assertEquals(5, in.position());
        assertEquals(Found.LINE, scanner.next(in, 99, 99));
        assertEquals("cd", line(scanner));
        scanner.reset();
        assertEquals(0, scanner.bytes().length, "the buffer is let go");
    }

    @Test
    void nothingIsNotALine() {
        LineScanner scanner = new LineScanner();
        for (String text : new String[] {"", "\r", "a", "a\r"}) {
            assertEquals(Found.MORE, new LineScanner().next(bytes(text), 99, 99), text);
        }
        assertEquals(Found.MORE, scanner.next(bytes(""), 99, 99));
        assertFalse(scanner.partial());
        scanner.next(bytes("a"), 99, 99);
        assertTrue(scanner.partial());
        scanner.reset();
        assertFalse(scanner.partial());
    }
}
