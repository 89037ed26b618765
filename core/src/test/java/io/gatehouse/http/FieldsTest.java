/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FieldsTest {
    private final Fields fields = Fields.of("Host", "a", "Accept", "x", "accept", "y", "X-Empty", "");

    @Test
    void linesKeepTheirOrderAndTheCaseOfTheirNames() {
        assertEquals(4, fields.size());
        assertEquals("Accept", fields.name(1));
        assertEquals("x", fields.value(1));
        assertEquals("accept", fields.name(2));
        assertEquals("Host: a\nAccept: x\naccept: y\nX-Empty: \n", fields.toString());
    }

    @Test
    void namesAreComparedWithoutCase() {
        assertEquals("a", fields.first("hOST"));
        assertEquals("x", fields.first("ACCEPT"));
        assertEquals(List.of("x", "y"), fields.all("Accept"));
        assertTrue(fields.contains("x-empty"));
        assertEquals("", fields.first("x-empty"));
    }

    @Test
    void whatIsNotThereIsNullOrEmpty() {
        assertNull(fields.first("Hos"));
        assertNull(fields.first("Hosts"));
        assertNull(fields.joined("Cookie"));
        assertEquals(List.of(), fields.all("Cookie"));
        assertFalse(fields.contains(""));
        assertNull(Fields.EMPTY.first("Host"));
        assertEquals(0, Fields.EMPTY.size());
        assertEquals("", Fields.EMPTY.toString());
    }

    @Test
    void aValueIsNeverTakenForAName() {
        assertNull(Fields.of("A", "B", "B2", "A").first("B"));
        assertEquals("A", Fields.of("A", "B", "B2", "A").first("b2"));
    }

    @Test
    void valuesOfSeveralLinesAreJoined() {
        assertEquals("x, y", fields.joined("Accept"));
        assertEquals("a", fields.joined("Host"));
        assertEquals("", fields.joined("X-Empty"));
    }

    @ParameterizedTest
    @CsvSource({
        "close, true", "CLOSE, true", "keep-alive, true", "upgrade, true", "clos, false", "closed, false", "'', true", "x, false",
        "b, true", "b c, false",
    })
    void listsAreReadOverAllTheirLines(String token, boolean listed) {
        Fields lists = Fields.of("Connection", "keep-alive,\t Close", "connection", "Upgrade, ,b", "Other", "x");
        assertEquals(listed, lists.lists("Connection", token));
        assertFalse(lists.lists("Missing", token));
    }

    @Test
    void copiesDifferAndLeaveTheOriginalAlone() {
        assertEquals(Fields.of("Host", "a", "Accept", "x", "accept", "y", "X-Empty", "", "New", "n"), fields.plus("New", "n"));
        assertEquals(Fields.of("Host", "a", "Accept", "z", "X-Empty", ""), fields.with("ACCEPT", "z"));
        assertEquals(Fields.of("Host", "a", "Accept", "x", "accept", "y", "X-Empty", "", "New", "n"), fields.with("New", "n"));
        assertEquals(Fields.of("Host", "a", "X-Empty", ""), fields.without("accept"));
        assertSame(fields, fields.without("Cookie"));
        assertSame(Fields.EMPTY, Fields.of("A", "b").without("a"));
        assertEquals(4, fields.size());
    }

    @Test
    void equalityIsOfLinesInOrderAndWithCase() {
        assertEquals(Fields.of("A", "b"), Fields.of("A", " b\t"));
        assertEquals(Fields.of("A", "b").hashCode(), Fields.of("A", "b").hashCode());
        assertNotEquals(Fields.of("A", "b"), Fields.of("a", "b"));
        assertNotEquals(Fields.of("A", "b"), Fields.of("A", "c"));
        assertNotEquals(Fields.of("A", "b", "C", "d"), Fields.of("C", "d", "A", "b"));
        assertNotEquals(Fields.EMPTY, new Object());
    }

    @Test
    void iterationEnds() {
        List<Field> lines = new ArrayList<>();
        fields.forEach(lines::add);
        assertEquals(List.of(new Field("Host", "a"), new Field("Accept", "x"), new Field("accept", "y"), new Field("X-Empty", "")), lines);
        Iterator<Field> iterator = Fields.EMPTY.iterator();
        assertFalse(iterator.hasNext());
        assertThrows(NoSuchElementException.class, iterator::next);
    }

    @Test
    void aParsersArrayIsTakenAsItIs() {
        assertEquals(Fields.of("A", "b"), Fields.parsed(new String[] {"A", "b"}));
        assertSame(Fields.EMPTY, Fields.parsed(new String[0]));
        assertSame(Fields.EMPTY, Fields.of());
    }

    @Test
    void whatWouldSplitAMessageIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Fields.of("A"));
        for (String name : new String[] {"", " ", "A B", "A:", "A\r\n", "\u00e4", "A\0"}) {
            assertThrows(IllegalArgumentException.class, () -> Fields.of(name, "b"), name);
            assertThrows(IllegalArgumentException.class, () -> Fields.builder().add(name, "b"), name);
        }
        for (String value : new String[] {"a\r\nB: c", "a\nb", "a\rb", "a\0", "\177", "\u0100", "\u2028"}) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> Fields.builder().set("X-A", value), value);
            assertTrue(refused.getMessage().contains("X-A"), refused.getMessage());
            assertThrows(IllegalArgumentException.class, () -> fields.with("Host", value), value);
        }
    }

    @Test
    void aBuilderGrowsShrinksAndIsUsedOn() {
        Fields.Builder builder = Fields.builder();
        for (int i = 0; i < 100; i++) {
            builder.add("N" + i % 10, "" + i);
        }
        Fields hundred = builder.build();
        assertEquals(100, hundred.size());
        assertEquals("99", hundred.value(99));
        builder.remove("n3").set("N4", "new");
        assertEquals(81, builder.build().size());
        assertEquals("new", builder.first("n4"));
        assertFalse(builder.contains("N3"));
        assertEquals(100, hundred.size(), "what was built stays");
        assertSame(Fields.EMPTY, builder.clear().build());
        assertNull(builder.first("N4"));
        assertEquals(Fields.of("A", "b", "Host", "a", "Accept", "x", "accept", "y", "X-Empty", ""),
                builder.add("A", "b").addAll(fields).build());
    }

    @Test
    void setKeepsThePlaceOfTheFirst() {
        Fields.Builder builder = Fields.of("A", "1", "B", "2", "a", "3", "C", "4", "A", "5").toBuilder();
        assertEquals(Fields.of("A", "new", "B", "2", "C", "4"), builder.set("a", "new").build());
        assertEquals(Fields.of("B", "2", "C", "4"), builder.remove("A").build());
    }
}
