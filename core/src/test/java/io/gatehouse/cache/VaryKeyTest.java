/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 section 4.1: which variant a request may be answered with. */
class VaryKeyTest {

    /** Lines parted by a bar: {@code Foo: 1 | Bar: abc}; {@code -} is no line at all. */
    private static Fields fields(String text) {
        Fields.Builder fields = Fields.builder();
        for (String line : text.equals("-") ? new String[0] : text.split("\\|", -1)) {
            int colon = line.indexOf(':');
            fields.add(line.substring(0, colon).trim(), line.substring(colon + 1));
        }
        return fields.build();
    }

    private static VaryKey key(String vary, String request) {
        return VaryKey.of(Fields.of("Vary", vary), fields(request));
    }

    /** Every nominated field must be the same, and absent is only like absent. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "Foo; Foo: 1; Foo: 1; true",
        "Foo; Foo: 1; foo: 1; true",
        "foo; FOO: 1; Foo: 1; true",
        "Foo; Foo: 1; Foo: 2; false",
        "Foo; Foo: 1; -; false",
        "Foo; -; Foo: 1; false",
        "Foo; -; -; true",
        "Foo; Foo:; -; false",
        "Foo; -; Foo:; false",
        "Foo; Foo:; Foo:; true",
        "Foo; Foo: 1 | Other: 2; Foo: 1 | Other: 3; true",
        "Foo; Foo: a; Foo: A; false",
        "Foo, Bar; Foo: 1 | Bar: abc; Foo: 1 | Bar: abc; true",
        "Foo, Bar; Foo: 1 | Bar: abc; Bar: abc | Foo: 1; true",
        "Foo, Bar; Foo: 1 | Bar: abc; Foo: 2 | Bar: abc; false",
        "Foo, Bar; Foo: 1; -; false",
        "Foo, Bar; Foo: 1; Foo: 1; true",
        "Foo, Bar; Foo: 1; Foo: 1 | Bar: abc; false",
        "Foo, Bar, Baz; Foo: 1 | Bar: abc | Baz: 789; Foo: 1 | Bar: abc | Baz: 789; true",
        "Foo, Bar, Baz; Foo: 1 | Bar: abc4 | Baz: 789; Foo: 1 | Bar: abc | Baz: 789; false",
        "Foo, Bar, Baz; Foo: 1 | Bar: abc | Baz: 789; Foo: 1 | Bar: abc | Baz: 78; false",
        "Foo, Bar, Baz; Foo: 1 | Baz: 789; Foo: 1 | Baz: 789; true",
        "Foo,,Foo ,; Foo: 1; Foo: 1; true",
    })
    void matching(String vary, String stored, String asked, boolean matches) {
        assertEquals(matches, key(vary, stored).matches(fields(asked)));
        assertEquals(matches, key(vary, asked).matches(fields(stored)));
        assertEquals(matches, key(vary, stored).equals(key(vary, asked)));
    }

    /** Lines are joined, and blanks and empty members of lists don't count; those inside of members do. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "Foo: 1,2; Foo: 1, 2; true",
        "Foo: 1,2; Foo:  1, 2 ; true",
        "Foo: 1, 2; Foo: 1 | Foo: 2; true",
        "Foo: 1, 2; Foo: 1 | X: y | foo: 2; true",
        "Foo: 1, 2; Foo: 2 | Foo: 1; false",
        "Foo: 1, 2; Foo: 2, 1; false",
        "Foo: 1, 2; Foo: 1,, ,2,; true",
        "Foo: 1, 2; Foo: 1 | Foo: | Foo: 2; true",
        "Foo: 1, 2; Foo: 12; false",
        "Foo: 1, 2; Foo: 1 2; false",
        "Foo: 1 2; Foo: 1  2; false",
        "Foo: 1, 2; Foo: 1, 2, 3; false",
        "Foo: 1, 2, 3; Foo: 1, 2; false",
        "Foo: \"a, b\"; Foo: \"a,b\"; false",
        "Foo: \"a, b\" , c; Foo: \"a, b\",c; true",
        "Foo: \"a\\\", b\", c; Foo: \"a\\\", b\",c; true",
        "Foo: \"a\\\", b\", c; Foo: \"a\\\",b\",c; false",
        "Foo: \"a, b; Foo: \"a, b ; true",
        "Foo: ,; Foo:; true",
        "Foo: ,; -; false",
    })
    void lists(String stored, String asked, boolean matches) {
        assertEquals(matches, key("Foo", stored).matches(fields(asked)));
        assertEquals(matches, key("Foo", asked).matches(fields(stored)));
        assertEquals(matches, key("Foo", stored).equals(key("Foo", asked)));
    }

    /** RFC 9110 section 12.5: preferences have neither order nor case; weights do count. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '~', value = {
        "~en, de~; ~de, en~; true",
        "~en, de~; ~eN, De~; true",
        "~en, de~; ~ en ,   de~; true",
        "~en, de~; ~en | de~; true",
        "~en, de~; ~de | en~; true",
        "~en, de~; ~en~; false",
        "~en, de~; ~en, de, fr~; false",
        "~en, de~; ~en, fr~; false",
        "~en, de~; ~en, en~; false",
        "~en, en~; ~en, en~; true",
        "~en, en~; ~en~; false",
        "~en, de;q=0.5~; ~de;q=0.5, en~; true",
        "~en, de;q=0.5~; ~de ; q=0.50, en;q=1.0~; true",
        "~en, de;q=0.5~; ~de;Q=0.500,en;q=1~; true",
        "~en, de;q=0.5~; ~en;q=0.5, de~; false",
        "~en, de;q=0.5~; ~en, de;q=0.6~; false",
        "~en, de;q=0.5~; ~en, de~; false",
        "~en, de;q=0~; ~en~; false",
        "~en, *;q=0.1~; ~*;q=0.1, en~; true",
        "~en-US, en~; ~en, en-us~; true",
        "~en-US, en~; ~en, en-GB~; false",
        "~en;q=x, de~; ~de, en;q=x~; false",
        "~en;q=x, de~; ~en;q=x,de~; true",
        "~en;x=y, de~; ~en;x=y ,de~; true",
        "~en;q=1.5, de~; ~en;q=1.5 ,de~; true",
        "~en;q=0.1234, de~; ~en;q=0.1234,de~; true",
        "~en;q=, de~; ~en;q=,de~; true",
        "~en q, de~; ~en q,de~; true",
        "~;q=1, de~; ~;q=1,de~; true",
    })
    void preferences(String stored, String asked, boolean matches) {
        for (String name : List.of("Accept-Language", "Accept-Encoding", "accept-charset")) {
            String one = name + ": " + stored.replace("|", "|" + name + ":");
            String other = name + ": " + asked.replace("|", "|" + name + ":");
            assertEquals(matches, key(name, one).matches(fields(other)), name);
            assertEquals(matches, key(name, one).equals(key(name, other)), name);
            if (!stored.contains("q=x") && !asked.equals("en, en")) {
                assertEquals(matches, key(name, other).matches(fields(one)), name);
            }
        }
    }

    /** A list too long to be compared without garbage is compared as it stands. */
    @Test
    void longPreferences() {
        StringBuilder list = new StringBuilder("l0");
        StringBuilder reversed = new StringBuilder("l0");
        for (int i = 1; i < Preferences.MOST; i++) {
            list.append(", l").append(i);
            reversed.insert(0, "l" + i + ", ");
        }
        assertTrue(key("Accept-Language", "Accept-Language: " + list).matches(fields("Accept-Language: " + reversed)));
        list.append(", x");
        reversed.insert(0, "x, ");
        assertFalse(key("Accept-Language", "Accept-Language: " + list).matches(fields("Accept-Language: " + reversed)));
        assertTrue(key("Accept-Language", "Accept-Language: " + list).matches(fields("Accept-Language: " + list + " ,")));
    }

    /** Fields that are one value by nature are compared to the byte: a blank may tell two clients apart. */
    @ParameterizedTest
    @ValueSource(strings = {"Cookie", "Authorization", "User-Agent", "Referer", "Origin", "Host", "From"})
    void oneValue(String name) {
        assertTrue(key(name, name + ": a, b").matches(fields(name + ": a, b")));
        assertFalse(key(name, name + ": a, b").matches(fields(name + ": a,b")));
        assertFalse(key(name, name + ": a, b").matches(fields(name + ": a | " + name + ": b")));
        assertTrue(key(name, name + ": a | " + name + ": b").matches(fields(name + ": a | " + name + ": b")));
        assertFalse(key(name, name + ": a | " + name + ": b").matches(fields(name + ": ab")));
        assertFalse(key(name, name + ": a").matches(fields(name + ": a | " + name + ": ")));
        assertFalse(key(name, name + ": ab | " + name + ": c").matches(fields(name + ": a | " + name + ": bc")));
        assertFalse(key(name, name + ": a").equals(key(name, name + ": a,")));
    }

    /** Section 4.1: any member that is a star fails to match always. */
    @ParameterizedTest
    @ValueSource(strings = {"*", "*, *", ", *", "*, Foo", "Foo, *", "Foo ,* ,", "Foo|*", "|*", "*|*", "*|Foo"})
    void star(String lines) {
        Fields.Builder fields = Fields.builder();
        for (String line : lines.split("\\|", -1)) {
            fields.add("vary", line);
        }
        assertTrue(VaryKey.isStar(fields.build()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "Foo", "Foo*", "*Foo", "Foo, Bar*"})
    void noStar(String vary) {
        assertFalse(VaryKey.isStar(Fields.of("Vary", vary)));
        assertFalse(VaryKey.isStar(Fields.EMPTY));
    }

    @Test
    void withoutVary() {
        assertSame(VaryKey.NONE, VaryKey.of(Fields.of("X", "y"), Fields.of("Foo", "1")));
        assertSame(VaryKey.NONE, VaryKey.of(Fields.of("Vary", " , "), Fields.of("Foo", "1")));
        assertSame(VaryKey.NONE, VaryKey.of(Fields.of("Vary", "a b, \"c\""), Fields.of("Foo", "1")));
        assertTrue(VaryKey.NONE.matches(Fields.of("Foo", "1")));
        assertEquals(0, VaryKey.NONE.weight());
        assertEquals(List.of(), VaryKey.NONE.names());
    }

    @Test
    void severalLinesOfVary() {
        VaryKey key = VaryKey.of(Fields.of("Vary", "Foo", "vary", "Bar"), Fields.of("Foo", "1", "Bar", "2"));
        assertEquals(List.of("bar", "foo"), key.names());
        assertTrue(key.matches(Fields.of("Bar", "2", "Foo", "1")));
        assertFalse(key.matches(Fields.of("Bar", "2")));
        assertEquals("bar: 2\nfoo: 1\n", key.toString());
        assertTrue(key.weight() > 100);
    }

    @Test
    void equality() {
        assertEquals(key("Foo, Bar", "Foo: 1"), key("bar, foo", "foo: 1"));
        assertEquals(key("Foo, Bar", "Foo: 1").hashCode(), key("bar, foo", "foo: 1").hashCode());
        assertNotEquals(key("Foo", "Foo: 1"), key("Foo, Bar", "Foo: 1"));
        assertNotEquals(VaryKey.NONE, key("Foo", "-"));
        assertNotEquals(key("Accept-Language", "Accept-Language: en"), key("Accept-Language", "-"));
        assertNotEquals(key("Accept-Language", "Accept-Language: en"), key("Accept-Language", "Accept-Language: en;q=x"));
        assertEquals(
                key("Accept-Language", "Accept-Language: en, de").hashCode(),
                key("Accept-Language", "Accept-Language: DE,EN").hashCode());
        assertFalse(key("Foo", "-").equals(null));
    }

    /** Matching a request and being the key of one are the same thing, for whatever fields come. */
    @Test
    void matchesAreEqualities() {
        Random random = new Random(7);
        String[] pieces = {"a", "b", ",", " ", "\"", "\\", ";q=0.5", "a, b", "B", ";q=1.0", "\t"};
        for (String name : List.of("Foo", "Accept-Language", "Cookie")) {
            List<Fields> requests = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Fields.Builder fields = Fields.builder();
                for (int lines = random.nextInt(3); lines > 0; lines--) {
                    StringBuilder value = new StringBuilder();
                    for (int n = random.nextInt(5); n > 0; n--) {
                        value.append(pieces[random.nextInt(pieces.length)]);
                    }
                    fields.add(name, value.toString());
                }
                requests.add(fields.build());
            }
            Fields response = Fields.of("Vary", name);
            for (Fields one : requests) {
                VaryKey key = VaryKey.of(response, one);
                assertTrue(key.matches(one));
                for (Fields other : requests) {
                    assertEquals(key.equals(VaryKey.of(response, other)), key.matches(other), () -> one + " / " + other);
                }
            }
        }
    }
}
