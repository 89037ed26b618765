/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Preconditions.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreconditionsTest {

    private static final EntityTag TAG = EntityTag.strong("now");
    private static final long MODIFIED = HttpDate.parse("Sun, 06 Nov 1994 08:49:37 GMT");
    private static final String BEFORE = "Sun, 06 Nov 1994 08:49:36 GMT";
    private static final String SAME = "Sun, 06 Nov 1994 08:49:37 GMT";
    private static final String AFTER = "Sun, 06 Nov 1994 08:49:38 GMT";

    /** A condition in all its states: absent, true, false, and not to be understood. */
    private record State(String text, Boolean holds) {}

    private static final List<State> MATCH = List.of(
            new State(null, null), new State("\"now\"", true), new State("*", true), new State("\"x\", \"now\"", true),
            new State("\"x\"", false), new State("W/\"now\"", false), new State("now", false));
    private static final List<State> UNMODIFIED = List.of(
            new State(null, null), new State(SAME, true), new State(AFTER, true), new State(BEFORE, false),
            new State("never", null));
    private static final List<State> NONE_MATCH = List.of(
            new State(null, null), new State("\"x\"", true), new State("now", true), new State("\"now\"", false),
            new State("W/\"now\"", false), new State("*", false));
    private static final List<State> MODIFIED_SINCE = List.of(
            new State(null, null), new State(BEFORE, true), new State(SAME, false), new State(AFTER, false),
            new State("never", null));

    /** All combinations, against the order of section 13.2.2 written down as plainly as it stands there. */
    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "POST"})
    void everyCombinationInOrder(String method) {
        boolean reads = method.equals("GET") || method.equals("HEAD");
        int seen = 0;
        for (State match : MATCH) {
            for (State unmodified : UNMODIFIED) {
                for (State noneMatch : NONE_MATCH) {
                    for (State since : MODIFIED_SINCE) {
                        Outcome expected;
                        if (Boolean.FALSE.equals(match.holds)) {
                            expected = Outcome.FAILED;
                        } else if (match.text == null && Boolean.FALSE.equals(unmodified.holds)) {
                            expected = Outcome.FAILED;
                        } else if (Boolean.FALSE.equals(noneMatch.holds)) {
                            expected = reads ? Outcome.NOT_MODIFIED : Outcome.FAILED;
                        } else if (noneMatch.text == null && reads && Boolean.FALSE.equals(since.holds)) {
                            expected = Outcome.NOT_MODIFIED;
                        } else {
                            expected = Outcome.PROCEED;
                        }
                        Fields fields = fields(match, unmodified, noneMatch, since);
                        assertEquals(expected, Preconditions.evaluate(method, fields, TAG, MODIFIED, true),
                                fields::toString);
                        assertEquals(fields.size() > 0, Preconditions.present(fields));
                        seen++;
                    }
                }
            }
        }
        assertEquals(7 * 5 * 6 * 5, seen);
    }

    private static Fields fields(State match, State unmodified, State noneMatch, State since) {
        List<String> pairs = new ArrayList<>();
        add(pairs, "If-Modified-Since", since);
        add(pairs, "If-None-Match", noneMatch);
        add(pairs, "If-Unmodified-Since", unmodified);
        add(pairs, "If-Match", match);
        return Fields.of(pairs.toArray(String[]::new));
    }

    private static void add(List<String> pairs, String name, State state) {
        if (state.text != null) {
            pairs.add(name);
            pairs.add(state.text);
        }
    }

    @Test
    void severalLinesOfTagsAreOneList() {
        Fields fields = Fields.of("If-None-Match", "\"x\"", "If-None-Match", "\"now\"");
        assertEquals(Outcome.NOT_MODIFIED, Preconditions.evaluate("GET", fields, TAG, MODIFIED, true));
    }

    @Test
    void severalLinesOfDatesAreIgnored() {
        Fields fields = Fields.of("If-Modified-Since", AFTER, "If-Modified-Since", AFTER);
        assertEquals(Outcome.PROCEED, Preconditions.evaluate("GET", fields, TAG, MODIFIED, true));
    }

    @Test
    void withoutRepresentationAStarFailsIfMatchAndPassesIfNoneMatch() {
        assertEquals(Outcome.FAILED,
                Preconditions.evaluate("PUT", Fields.of("If-Match", "*"), null, HttpDate.NONE, false));
        assertEquals(Outcome.PROCEED,
                Preconditions.evaluate("PUT", Fields.of("If-None-Match", "*"), null, HttpDate.NONE, false));
        assertEquals(Outcome.FAILED,
                Preconditions.evaluate("PUT", Fields.of("If-None-Match", "*"), null, HttpDate.NONE, true));
    }

    @Test
    void withoutTagOrDateNothingMatches() {
        assertEquals(Outcome.FAILED,
                Preconditions.evaluate("GET", Fields.of("If-Match", "\"now\""), null, MODIFIED, true));
        assertEquals(Outcome.PROCEED,
                Preconditions.evaluate("GET", Fields.of("If-None-Match", "\"now\""), null, MODIFIED, true));
        assertEquals(Outcome.PROCEED,
                Preconditions.evaluate("GET", Fields.of("If-Modified-Since", AFTER), TAG, HttpDate.NONE, true));
        assertEquals(Outcome.PROCEED,
                Preconditions.evaluate("GET", Fields.of("If-Unmodified-Since", BEFORE), TAG, HttpDate.NONE, true));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "GET  | bytes=0-1 |               | true",
        "HEAD | bytes=0-1 |               | false",
        "POST | bytes=0-1 |               | false",
        "GET  |           |               | false",
        "GET  |           | \"now\"       | false",
        "GET  | bytes=0-1 | \"now\"       | true",
        "GET  | bytes=0-1 | W/\"now\"     | false",
        "GET  | bytes=0-1 | \"x\"         | false",
        "GET  | bytes=0-1 | \"x\", \"now\" | false",
        "GET  | bytes=0-1 | now           | false",
        "GET  | bytes=0-1 | *             | false",
        "GET  | bytes=0-1 | Sun, 06 Nov 1994 08:49:37 GMT | true",
        "GET  | bytes=0-1 | Sunday, 06-Nov-94 08:49:37 GMT | true",
        "GET  | bytes=0-1 | Sun, 06 Nov 1994 08:49:36 GMT | false",
        "GET  | bytes=0-1 | Sun, 06 Nov 1994 08:49:38 GMT | false",
        "GET  | bytes=0-1 | yesterday     | false",
    })
    void rangesCountIfTheirConditionHolds(String method, String range, String condition, boolean counts) {
        Fields.Builder fields = Fields.builder();
        if (range != null) {
            fields.add("Range", range);
        }
        if (condition != null) {
            fields.add("If-Range", condition);
        }
        assertEquals(counts, Preconditions.rangeCounts(method, fields.build(), TAG, MODIFIED, MODIFIED + 100));
    }

    @Test
    void aDateOfThisVerySecondIsNoStrongValidator() {
        Fields fields = Fields.of("Range", "bytes=0-1", "If-Range", SAME);
        assertFalse(Preconditions.rangeCounts("GET", fields, TAG, MODIFIED, MODIFIED));
        assertTrue(Preconditions.rangeCounts("GET", fields, TAG, MODIFIED, MODIFIED + 1));
        assertFalse(Preconditions.rangeCounts("GET", fields, TAG, HttpDate.NONE, MODIFIED + 1));
        assertFalse(Preconditions.rangeCounts(
                "GET", Fields.of("Range", "bytes=0-1", "If-Range", "\"now\""), null, MODIFIED, MODIFIED + 1));
        assertFalse(Preconditions.rangeCounts(
                "GET", Fields.of("Range", "bytes=0-1", "If-Range", "W/\"now\""), new EntityTag("now", true), MODIFIED,
                0));
    }

    @ParameterizedTest
    @CsvSource({
        "Range,true", "range,true", "If-Match,true", "if-none-match,true", "IF-RANGE,true", "If-Modified-Since,true",
        "If-Unmodified-Since,true", "Accept,false", "Ranges,false", "Orange,false", "Iffy-Field,false", "If,false"
    })
    void presenceIsSeenInOnePass(String name, boolean present) {
        assertEquals(present, Preconditions.present(Fields.of("Host", "a", name, "x", "Cookie", "b")));
    }
}
