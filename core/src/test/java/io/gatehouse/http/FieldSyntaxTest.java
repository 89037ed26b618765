/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FieldSyntaxTest {

    /** RFC 9110 section 5.6.2, written out. */
    private static final String TOKEN_CHARS =
            "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    @Test
    void tokenCharactersAreThoseOfTheGrammar() {
        for (int c = -200; c < 0x10000; c++) {
            assertEquals(c > 0 && TOKEN_CHARS.indexOf(c) >= 0, FieldSyntax.isTokenChar(c), "U+" + Integer.toHexString(c));
        }
    }

    @Test
    void valueCharactersAreThoseOfTheGrammar() {
        for (int c = -200; c < 0x10000; c++) {
            boolean fine = c == '\t' || c >= 0x20 && c <= 0x7E || c >= 0x80 && c <= 0xFF;
            assertEquals(fine, FieldSyntax.isValueChar(c), "U+" + Integer.toHexString(c));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "x", "X-A_b.c~1", "!#$%&'*+-.^_`|~"})
    void tokens(String text) {
        assertTrue(FieldSyntax.isToken(text));
        assertSame(text, FieldSyntax.requireName(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a:", "a;b", "(a)", "a\"", "a\t", "\u00e4", "a\r\nb", "{a}", "a=b", "a/b", "a@b", "[a]"})
    void whatIsNoToken(String text) {
        assertFalse(FieldSyntax.isToken(text));
        assertThrows(IllegalArgumentException.class, () -> FieldSyntax.requireName(text));
    }

    @Test
    void whiteSpaceAroundAValueGoes() {
        assertEquals("a \t b", FieldSyntax.trim(" \t a \t b\t "));
        assertEquals("", FieldSyntax.trim(" \t "));
        assertEquals("", FieldSyntax.trim(""));
        assertEquals("\u00a0a", FieldSyntax.trim("\u00a0a"), "not white space in HTTP");
        assertEquals("a", FieldSyntax.requireValue("X", " a "));
    }

    @Test
    void aValueThatIsRefusedIsDescribed() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> FieldSyntax.requireValue("X-A", "ab\nc"));
        assertTrue(refused.getMessage().contains("X-A") && refused.getMessage().contains("U+000A at 2"), refused.getMessage());
    }

    @Test
    void messagesArePrintable() {
        assertEquals("a?b?c", FieldSyntax.printable("a\nb\u00e4c"));
        assertEquals("x".repeat(64), FieldSyntax.printable("x".repeat(64)));
        assertEquals("x".repeat(64) + "...", FieldSyntax.printable("x".repeat(65)));
        assertEquals("", FieldSyntax.printable(""));
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> FieldSyntax.requireName("a\r\nSet-Cookie: b"));
        assertFalse(refused.getMessage().contains("\n"), "an attack on the log");
    }
}
