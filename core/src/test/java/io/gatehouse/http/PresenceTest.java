/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a request is conditional at all: the question that every request for a file asks first. */
final class PresenceTest {

    @ParameterizedTest
    @ValueSource(strings = {"Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range"})
    void conditionsAreSeenInAnySpellingAndPlace(String name) {
        for (String spelling : new String[] {name, name.toLowerCase(Locale.ROOT), name.toUpperCase(Locale.ROOT)}) {
            assertTrue(Preconditions.present(Fields.of(spelling, "x")), spelling);
            assertTrue(Preconditions.present(Fields.of("Host", "a", "Accept", "b", spelling, "")), spelling);
            assertTrue(Preconditions.present(Fields.of(spelling, "x", "Host", "a")), spelling);
        }
        for (int at = 0; at < Math.min(3, name.length()); at++) {
            String other = name.substring(0, at) + 'x' + name.substring(at + 1);
            assertFalse(Preconditions.present(Fields.of("Host", "a", other, "x")), other);
        }
    }

    /** What looks like a condition costs time, not sense: only what could be one is said to be there. */
    @ParameterizedTest
    @ValueSource(strings = {
        "Host", "Accept", "Accept-Ranges", "Content-Range", "User-Agent", "I", "If", "If-", "Iff-Match", "In-Match", "Range1", "Rang", "Orange",
        "X-Range", "X-If-Match", "Sec-If", "Info-Field",
    })
    void otherFieldsAreNoConditions(String name) {
        assertFalse(Preconditions.present(Fields.of(name, "If-Match")));
        assertEquals(Preconditions.Outcome.PROCEED,
                Preconditions.evaluate("GET", Fields.of(name, "*"), EntityTag.strong("a"), 1, true));
    }

    @Test
    void aRangeThatCountsIsPresent() {
        for (String name : new String[] {"Range", "range", "RANGE", "rANGE"}) {
            Fields fields = Fields.of("Host", "a", name, "bytes=0-1");
            assertTrue(Preconditions.present(fields));
            assertTrue(Preconditions.rangeCounts("GET", fields, null, HttpDate.NONE, 0));
        }
        assertFalse(Preconditions.present(Fields.EMPTY));
        assertFalse(Preconditions.rangeCounts("GET", Fields.EMPTY, null, HttpDate.NONE, 0));
    }

    @Test
    void aConditionThatIsNoneChangesNothing() {
        for (String name : new String[] {"If-Nothing", "If-Matches", "If-Range-Else", "If-Modified"}) {
            Fields fields = Fields.of(name, "*");
            assertTrue(Preconditions.present(fields), "worth a look, no more");
            assertEquals(Preconditions.Outcome.PROCEED, Preconditions.evaluate("GET", fields, null, HttpDate.NONE, false));
            assertEquals(Preconditions.Outcome.PROCEED, Preconditions.evaluate("PUT", fields, EntityTag.strong("a"), 1, true));
        }
    }
}
