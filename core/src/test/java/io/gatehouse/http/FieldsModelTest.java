/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fields against a plain list of lines, under seeded changes; lists of tokens; and every character at the gate. */
final class FieldsModelTest {

    /** The same as plainly as can be. */
    private static final class Plain {
        private final List<Field> lines = new ArrayList<>();

        private static boolean is(Field line, String name) {
            return line.name().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT));
        }

        private List<String> all(String name) {
            return lines.stream().filter(line -> is(line, name)).map(Field::value).toList();
        }

        private void set(String name, String value) {
            for (int i = 0; i < lines.size(); i++) {
                if (is(lines.get(i), name)) {
                    lines.set(i, new Field(lines.get(i).name(), value));
                    for (int j = lines.size() - 1; j > i; j--) {
                        if (is(lines.get(j), name)) {
                            lines.remove(j);
                        }
                    }
                    return;
                }
            }
            lines.add(new Field(name, value));
        }

        private void assertSameAs(Fields fields) {
            List<Field> read = new ArrayList<>();
            fields.forEach(read::add);
            assertEquals(lines, read);
            assertEquals(lines.size(), fields.size());
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < lines.size(); i++) {
                assertEquals(lines.get(i).name(), fields.name(i));
                assertEquals(lines.get(i).value(), fields.value(i));
                text.append(lines.get(i).name()).append(": ").append(lines.get(i).value()).append('\n');
            }
            assertEquals(text.toString(), fields.toString());
            for (String name : NAMES) {
                List<String> values = all(name);
                assertEquals(values, fields.all(name));
                assertEquals(!values.isEmpty(), fields.contains(name));
                assertEquals(values.isEmpty() ? null : values.get(0), fields.first(name));
                assertEquals(values.isEmpty() ? null : String.join(", ", values), fields.joined(name));
            }
        }
    }

    private static final String[] NAMES = {"A", "a", "Accept", "ACCEPT", "accept", "B", "Via", "via", "X-Long-Name", "x-long-name"};

    @Test
    void behavesAsAListOfLines() {
        Random random = new Random(5);
        for (int round = 0; round < 200; round++) {
            Plain plain = new Plain();
            Fields.Builder builder = Fields.builder();
            Fields before = Fields.EMPTY;
            for (int step = 0; step < 60; step++) {
                String name = NAMES[random.nextInt(NAMES.length)];
                String value = "v" + random.nextInt(100);
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> {
                        plain.lines.add(new Field(name, value));
                        builder.add(name, value);
                    }
                    case 3, 4 -> {
                        plain.set(name, value);
                        builder.set(name, value);
                    }
                    case 5 -> {
                        plain.lines.removeIf(line -> Plain.is(line, name));
                        builder.remove(name);
                    }
                    case 6 -> {
                        Fields more = Fields.of(name, value, "B", "2");
                        more.forEach(plain.lines::add);
                        builder.addAll(more);
                    }
                    default -> builder = builder.build().toBuilder();
                }
                if (random.nextInt(200) == 0) {
                    plain.lines.clear();
                    builder.clear();
                }
                String unchanged = before.toString();
                Fields now = builder.build();
                plain.assertSameAs(now);
                assertEquals(plain.all(name).isEmpty() ? null : plain.all(name).get(0), builder.first(name));
                assertEquals(!plain.all(name).isEmpty(), builder.contains(name));
                assertEquals(unchanged, before.toString(), "what was built does not change");
                before = now;
            }
        }
    }

    @Test
    void copiesBehaveAsTheBuilderDoes() {
        Random random = new Random(8);
        Fields fields = Fields.EMPTY;
        Plain plain = new Plain();
        for (int step = 0; step < 2_000; step++) {
            String name = NAMES[random.nextInt(NAMES.length)];
            String value = "v" + step;
            Fields old = fields;
            String text = old.toString();
            switch (random.nextInt(3)) {
                case 0 -> {
                    fields = fields.plus(name, value);
                    plain.lines.add(new Field(name, value));
                }
                case 1 -> {
                    fields = fields.with(name, value);
                    plain.set(name, value);
                }
                default -> {
                    fields = fields.without(name);
                    boolean removed = plain.lines.removeIf(line -> Plain.is(line, name));
                    assertEquals(!removed, fields == old, "a copy only if something changes");
                }
            }
            plain.assertSameAs(fields);
            assertEquals(text, old.toString());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        // lines, separated by ~ | token | listed
        "close            | close   | true",
        "CLOSE            | close   | true",
        "close            | CLOSE   | true",
        "a,close          | close   | true",
        "close,a          | close   | true",
        "a,close,b        | close   | true",
        "a , close , b    | close   | true",
        "a ,\tclose\t, b  | close   | true",
        "a~close          | close   | true",
        "a~b~close~c      | close   | true",
        ",close           | close   | true",
        "close,           | close   | true",
        ",,               | close   | false",
        "closed           | close   | false",
        "clos             | close   | false",
        "xclose           | close   | false",
        "clo se           | close   | false",
        "close;q=1        | close   | false",
        "'close'          | close   | false",
        "clos,e           | close   | false",
        "clos~e           | close   | false",
        "a close          | close   | false",
        "keep-alive       | close   | false",
        "keep-alive,Close | keep-alive | true",
    })
    void aListHasMembers(String lines, String token, boolean listed) {
        Fields.Builder builder = Fields.builder().add("Other", token);
        for (String line : lines.split("~", -1)) {
            builder.add("Connection", line);
        }
        assertEquals(listed, builder.build().lists("connection", token));
        assertEquals(listed, builder.build().lists("CONNECTION", token));
        assertEquals(true, builder.build().lists("other", token));
    }

    /** Every character in a name and in a value, through every door. */
    @Test
    void everyCharacterAtEveryDoor() {
        for (int i = 0; i < 0x180; i++) {
            String c = String.valueOf((char) i);
            boolean name = FieldSyntax.isTokenChar(i);
            boolean value = FieldSyntax.isValueChar(i);
            assertDoor(name, () -> Fields.of("a" + c, "v"), "name " + i);
            assertDoor(name, () -> Fields.EMPTY.plus(c + "a", "v"), "name " + i);
            assertDoor(name, () -> Fields.EMPTY.with("a" + c + "a", "v"), "name " + i);
            assertDoor(name, () -> Fields.builder().add(c, "v"), "name " + i);
            assertDoor(value, () -> Fields.of("A", "v" + c), "value " + i);
            assertDoor(value, () -> Fields.EMPTY.plus("A", c + "v"), "value " + i);
            assertDoor(value, () -> Fields.of("A", "b").with("a", "v" + c + "v"), "value " + i);
            assertDoor(value, () -> Fields.builder().add("A", "b").set("A", c), "value " + i);
        }
    }

    private static void assertDoor(boolean open, Runnable door, String message) {
        if (open) {
            door.run();
        } else {
            assertThrows(IllegalArgumentException.class, door::run, message);
        }
    }

    @Test
    void aRefusedValueChangesNothing() {
        Fields.Builder builder = Fields.builder().add("A", "1").add("B", "2").add("a", "3");
        assertThrows(IllegalArgumentException.class, () -> builder.set("A", "x\n"));
        assertThrows(IllegalArgumentException.class, () -> builder.add("C", "\0"));
        assertThrows(IllegalArgumentException.class, () -> builder.add("C C", "x"));
        assertEquals(Fields.of("A", "1", "B", "2", "a", "3"), builder.build());
    }

    @Test
    void valuesLoseTheBlanksAroundThem() {
        Fields fields = Fields.of("A", " \t 1 2\t ", "B", "   ", "C", "");
        assertEquals("1 2", fields.value(0));
        assertEquals("", fields.value(1));
        assertEquals("", fields.value(2));
        assertEquals("x", fields.with("A", "\tx ").first("a"));
    }

    @Test
    void sizesAroundTheGrowthOfTheArrayAreFine() {
        for (int size = 0; size < 70; size++) {
            Fields.Builder builder = Fields.builder();
            for (int i = 0; i < size; i++) {
                builder.add("N" + i, "v" + i);
            }
            Fields fields = builder.build();
            assertEquals(size, fields.size());
            Fields larger = fields.plus("Last", "l").plus("Last", "m");
            assertEquals(size + 2, larger.size());
            assertEquals(List.of("l", "m"), larger.all("last"));
            assertEquals(size == 0 ? null : "v" + (size - 1), larger.first("n" + (size - 1)));
            assertEquals(fields, larger.without("LAST"));
        }
    }

    @Test
    void equalityAndHashGoTogether() {
        Fields one = Fields.of("A", "1", "B", "2");
        Fields same = Fields.builder().add("A", "1").add("B", "2").build();
        assertEquals(one, same);
        assertNotSame(one, same);
        assertEquals(one.hashCode(), same.hashCode());
        assertEquals(Fields.EMPTY, Fields.builder().add("A", "1").remove("a").build());
        assertSame(Fields.EMPTY, Fields.builder().build());
        assertNotEquals(one, Fields.of("A", "1"));
        assertNotEquals(one, Fields.of("A", "1", "B", "2", "C", "3"));
        assertNotEquals(one, null);
        assertNotEquals(Fields.of("A", "B", "C", "D"), Fields.of("A", "B", "C", "X"));
    }

    @Test
    void iteratorsAreIndependentAndReadOnly() {
        Fields fields = Fields.of("A", "1", "B", "2");
        Iterator<Field> one = fields.iterator();
        Iterator<Field> two = fields.iterator();
        one.next();
        assertEquals("A", two.next().name());
        assertEquals(new Field("B", "2"), one.next());
        assertTrue(two.hasNext());
        assertThrows(UnsupportedOperationException.class, one::remove);
        assertThrows(RuntimeException.class, () -> fields.name(2));
        assertThrows(RuntimeException.class, () -> fields.value(-1));
        assertNull(fields.first(""));
    }
}
