/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Preconditions.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Entity tags and their lists against the grammar as a regular expression, and conditions on what is missing. */
class ValidatorsModelTest {

    private static final String TAG = "(W/)?\"([!#-~\u0080-\u00ff]*)\"";
    private static final Pattern ONE = Pattern.compile(TAG);
    private static final Pattern LIST = Pattern.compile("[ \t,]*(" + TAG + "[ \t]*(,[ \t,]*" + TAG + "[ \t]*)*([ \t]*,[ \t]*)*)?");

    @Test
    void everyCharacterOfATag() {
        for (int i = 0; i < 0x180; i++) {
            String text = "a" + (char) i + "b";
            boolean fine = i == '!' || i >= '#' && i <= '~' || i >= 0x80 && i <= 0xFF;
            assertEquals(fine, EntityTag.parse('"' + text + '"') != null, "U+" + Integer.toHexString(i));
            assertEquals(fine, EntityTag.parse("W/\"" + text + '"') != null, "U+" + Integer.toHexString(i));
            if (fine) {
                assertEquals('"' + text + '"', EntityTag.strong(text).toString());
                assertTrue(EntityTag.strong(text).isListedIn("\"x\", \"" + text + "\"", true));
            } else {
                IllegalArgumentException thrown =
                        assertThrows(IllegalArgumentException.class, () -> EntityTag.strong(text));
                assertTrue(thrown.getMessage().chars().allMatch(c -> c >= ' ' && c < 127), thrown.getMessage());
            }
        }
    }

    @Test
    void seededListsAreReadByTheGrammar() {
        Random random = new Random(12);
        String[] pieces = {"\"a\"", "\"b\"", "W/\"a\"", "\"\"", ",", ",", ",", " ", "\t", "\"", "W/", "a", "w/\"a\"", "\"a b\""};
        int listed = 0;
        int malformed = 0;
        for (int round = 0; round < 40_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(9); i > 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            boolean fine = LIST.matcher(text).matches();
            boolean strong = false;
            boolean weak = false;
            Matcher members = ONE.matcher(text);
            while (fine && members.find()) {
                weak |= members.group(2).equals("a");
                strong |= members.group(2).equals("a") && members.group(1) == null;
            }
            assertEquals(strong, EntityTag.strong("a").isListedIn(text.toString(), true), text::toString);
            assertEquals(weak, EntityTag.strong("a").isListedIn(text.toString(), false), text::toString);
            assertFalse(new EntityTag("a", true).isListedIn(text.toString(), true));
            assertEquals(weak, new EntityTag("a", true).isListedIn(text.toString(), false), text::toString);
            assertEquals(ONE.matcher(text).matches(), EntityTag.parse(text.toString()) != null, text::toString);
            listed += strong ? 1 : 0;
            malformed += fine ? 0 : 1;
        }
        assertTrue(listed > 500 && malformed > 1_000, listed + " " + malformed);
    }

    @Test
    void tagsAreValues() {
        assertEquals(EntityTag.strong("a"), new EntityTag("a", false));
        assertNotEquals(EntityTag.strong("a"), new EntityTag("a", true));
        assertEquals(EntityTag.strong("x").hashCode(), EntityTag.parse("\"x\"").hashCode());
        assertTrue(EntityTag.strong("").matchesStrongly(EntityTag.strong("")));
        assertFalse(EntityTag.strong("a").matchesStrongly(EntityTag.strong("A")), "case counts");
    }

    /** One condition at a time, by what there is: a tag, a date, both or nothing at all. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        // condition | value | tag? | date? | exists? | GET | PUT
        "If-Match      | *          | true  | true  | true  | PROCEED | PROCEED",
        "If-Match      | *          | false | false | true  | PROCEED | PROCEED",
        "If-Match      | *          | false | false | false | FAILED  | FAILED",
        "If-Match      | \"now\"    | true  | false | true  | PROCEED | PROCEED",
        "If-Match      | \"now\"    | false | true  | true  | FAILED  | FAILED",
        "If-Match      | \"now\"    | true  | true  | false | FAILED  | FAILED",
        "If-Match      | \"old\"    | true  | true  | true  | FAILED  | FAILED",
        "If-Match      | W/\"now\"  | true  | true  | true  | FAILED  | FAILED",
        "If-Match      | ''         | true  | true  | true  | FAILED  | FAILED",
        "If-None-Match | *          | true  | true  | true  | NOT_MODIFIED | FAILED",
        "If-None-Match | *          | false | false | true  | NOT_MODIFIED | FAILED",
        "If-None-Match | *          | false | false | false | PROCEED | PROCEED",
        "If-None-Match | \"now\"    | true  | false | true  | NOT_MODIFIED | FAILED",
        "If-None-Match | \"now\"    | true  | false | false | PROCEED | PROCEED",
        "If-None-Match | W/\"now\"  | true  | true  | true  | NOT_MODIFIED | FAILED",
        "If-None-Match | \"now\"    | false | true  | true  | PROCEED | PROCEED",
        "If-None-Match | \"old\"    | true  | true  | true  | PROCEED | PROCEED",
        "If-None-Match | *, \"x\"   | true  | true  | true  | PROCEED | PROCEED",
        "If-Modified-Since   | SAME   | true  | true  | true | NOT_MODIFIED | PROCEED",
        "If-Modified-Since   | LATER  | false | true  | true | NOT_MODIFIED | PROCEED",
        "If-Modified-Since   | EARLIER | true | true  | true | PROCEED | PROCEED",
        "If-Modified-Since   | SAME   | true  | false | true | PROCEED | PROCEED",
        "If-Modified-Since   | x      | true  | true  | true | PROCEED | PROCEED",
        "If-Unmodified-Since | SAME   | true  | true  | true | PROCEED | PROCEED",
        "If-Unmodified-Since | LATER  | true  | true  | true | PROCEED | PROCEED",
        "If-Unmodified-Since | EARLIER | true | true  | true | FAILED  | FAILED",
        "If-Unmodified-Since | EARLIER | true | false | true | PROCEED | PROCEED",
        "If-Unmodified-Since | x      | true  | true  | true | PROCEED | PROCEED",
    })
    void oneConditionAtATime(
            String name, String value, boolean tag, boolean date, boolean exists, Outcome get, Outcome put) {
        long modified = 784_111_777L;
        String text = switch (value) {
            case "SAME" -> HttpDate.format(modified);
            case "LATER" -> HttpDate.format(modified + 1);
            case "EARLIER" -> HttpDate.format(modified - 1);
            default -> value;
        };
        for (String spelling : new String[] {name, name.toLowerCase(java.util.Locale.ROOT)}) {
            Fields fields = Fields.of("Accept", "*/*", spelling, text);
            EntityTag its = tag ? EntityTag.strong("now") : null;
            long when = date ? modified : HttpDate.NONE;
            assertTrue(Preconditions.present(fields));
            assertEquals(get, Preconditions.evaluate("GET", fields, its, when, exists));
            assertEquals(get, Preconditions.evaluate("HEAD", fields, its, when, exists));
            assertEquals(put, Preconditions.evaluate("PUT", fields, its, when, exists));
            assertEquals(put, Preconditions.evaluate("get", fields, its, when, exists), "methods have case");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"})
    void withoutConditionsAllProceed(String method) {
        for (Fields fields : List.of(Fields.EMPTY, Fields.of("Host", "a", "Iffy", "x", "I", "y", "Rang", "z"))) {
            assertFalse(Preconditions.present(fields));
            assertEquals(Outcome.PROCEED, Preconditions.evaluate(method, fields, EntityTag.strong("a"), 1, true));
            assertEquals(Outcome.PROCEED, Preconditions.evaluate(method, fields, null, HttpDate.NONE, false));
        }
    }

    /** Weights against a plain reading of the list, for lists without quotes. */
    @Test
    void seededWeightsAreReadAsTheyStand() {
        Random random = new Random(33);
        String[] members = {"gzip", "br", "zstd", "identity", "*", "GZIP", "x-gzip", "gzi"};
        String[] weights = {"", ";q=1", ";q=0", ";q=0.5", "; q=0.25", ";Q=0.125", ";q=1.000", ";q=0.001", ";q=1.5", ";q=x", ";a=b;q=0.3"};
        int[] values = {1000, 1000, 0, 500, 250, 125, 1000, 1, -1, -1, 300};
        for (int round = 0; round < 10_000; round++) {
            List<String> names = new ArrayList<>();
            List<Integer> worth = new ArrayList<>();
            StringBuilder list = new StringBuilder();
            for (int i = random.nextInt(5); i >= 0; i--) {
                String member = members[random.nextInt(members.length)];
                int weight = random.nextInt(weights.length);
                names.add(member.toLowerCase(java.util.Locale.ROOT));
                worth.add(values[weight]);
                list.append(random.nextBoolean() ? " " : "").append(member).append(random.nextInt(5) == 0 ? " " : "")
                        .append(weights[weight]).append(i == 0 ? "" : ",");
            }
            for (String member : new String[] {"gzip", "br", "zstd", "identity", "*", "deflate"}) {
                int at = names.indexOf(member);
                int expected = at < 0 ? QualityValues.ABSENT : worth.get(at);
                assertEquals(expected, QualityValues.of(list.toString(), member), () -> member + " in " + list);
            }
        }
    }
}
