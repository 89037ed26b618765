/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntityTagTest {

    @ParameterizedTest
    @ValueSource(strings = {"\"xyzzy\"", "W/\"xyzzy\"", "\"\"", "W/\"\"", "\"a,b\"", "\"a\\b\"", "\"\u00e9\"",
            "\"'!#~\""})
    void whatIsReadIsWrittenAgain(String text) {
        EntityTag tag = EntityTag.parse(text);
        assertEquals(text, String.valueOf(tag));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "xyzzy", "\"", "\"x", "x\"", "W/", "W/\"", "w/\"x\"", "W\"x\"", "W/ \"x\"", "\"x\" ", " \"x\"",
        "\"x\"\"y\"", "\"x y\"",
        "\"x\ty\"", "\"x\u007f\"", "\"x\u0100\"", "'x'", "*", "\"x\",\"y\""
    })
    void whatIsNoTagIsNull(String text) {
        assertNull(EntityTag.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\"b", "a b", "a\nb", "\u0100", "\u007f"})
    void noTagIsMadeOfWhatCouldNotBeRead(String opaque) {
        assertThrows(IllegalArgumentException.class, () -> EntityTag.strong(opaque));
    }

    /** The table of RFC 9110 section 8.8.3.2. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', value = {
        "W/\"1\",W/\"1\",false,true", "W/\"1\",W/\"2\",false,false", "W/\"1\",\"1\",false,true",
        "\"1\",\"1\",true,true",
        "\"1\",W/\"1\",false,true", "\"1\",\"2\",false,false"
    })
    void comparesByTheTable(String one, String two, boolean strongly, boolean weakly) {
        EntityTag first = EntityTag.parse(one);
        EntityTag second = EntityTag.parse(two);
        assertEquals(strongly, first.matchesStrongly(second));
        assertEquals(weakly, first.matchesWeakly(second));
        assertEquals(strongly, first.isListedIn(two, true));
        assertEquals(weakly, first.isListedIn(two, false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "\"a\"                 | true",
        "\"a\",\"b\"           | true",
        "\"b\",\"a\"           | true",
        "\"b\" , \"a\"         | true",
        "\"b\",\t\"a\"         | true",
        ",,\"b\",, \"a\",      | true",
        "\"b\",W/\"x\",\"a\"   | true",
        "W/\"a\"               | false",
        "\"b\"                 | false",
        "\"aa\"                | false",
        "\"\"                  | false",
        "\"x,\"a               | false",
        "a                     | false",
        "\"a\" \"b\"           | false",
        "\"a\";\"b\"           | false",
        "\"a\", b              | false",
        "\"a\", \"b            | false",
        "*                     | false",
        ",                     | false",
        "\"b,a\"               | false",
    })
    void listsAreReadWhollyOrNotAtAll(String list, boolean listed) {
        assertEquals(listed, EntityTag.strong("a").isListedIn(list, true));
    }

    @Test
    void aWeakTagIsNeverListedStrongly() {
        assertEquals(false, new EntityTag("a", true).isListedIn("\"a\"", true));
        assertEquals(true, new EntityTag("a", true).isListedIn("\"a\"", false));
        assertEquals(false, EntityTag.strong("a").isListedIn("", false));
    }
}
