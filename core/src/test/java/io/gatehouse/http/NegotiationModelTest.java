/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights, the choice of a coding by the sentences of RFC 9110 section 12.5.3, and conditions of ranges. */
class NegotiationModelTest {

    /** All weights that the grammar has, and their neighbours that it has not. */
    @Test
    void everyWeightOfTheGrammar() {
        for (int thousandths = 0; thousandths <= 1_000; thousandths++) {
            String three = thousandths == 1_000 ? "1.000" : String.format("0.%03d", thousandths);
            assertEquals(thousandths, QualityValues.of("x;q=" + three, "x"));
            assertEquals(thousandths, QualityValues.of("a, x ; Q=" + three + " ,b", "x"));
            if (thousandths % 10 == 0) {
                assertEquals(thousandths, QualityValues.of("x;q=" + three.substring(0, 4), "x"));
            }
            if (thousandths % 100 == 0) {
                assertEquals(thousandths, QualityValues.of("x;q=" + three.substring(0, 3), "x"));
            }
            assertEquals(QualityValues.ABSENT, QualityValues.of("x;q=" + three + "0", "x"), "four digits");
            int beyond = QualityValues.of(String.format("x;q=1.%03d", thousandths % 1_000), "x");
            assertEquals(thousandths % 1_000 == 0 ? 1_000 : QualityValues.ABSENT, beyond, "more than one");
        }
        assertEquals(0, QualityValues.of("x;q=0", "x"));
        assertEquals(1_000, QualityValues.of("x;q=1", "x"));
    }

    /** Every character in each place of a weight: digits where digits stand, and nothing else. */
    @Test
    void everyCharacterOfAWeight() {
        for (int i = 0; i < 0x180; i++) {
            char c = (char) i;
            if (c == ',' || c == ';' || c == '"' || c == ' ' || c == '\t') {
                continue; // these end the weight, or open something else
            }
            boolean digit = c >= '0' && c <= '9';
            assertEquals(c == '0' || c == '1' ? (c - '0') * 1_000 : -1, QualityValues.of("x;q=" + c, "x"), "whole " + i);
            assertEquals(c == '.' ? 500 : -1, QualityValues.of("x;q=0" + c + "5", "x"), "point " + i);
            assertEquals(digit ? (c - '0') * 100 : -1, QualityValues.of("x;q=0." + c, "x"), "tenth " + i);
            assertEquals(digit ? 500 + (c - '0') : -1, QualityValues.of("x;q=0.50" + c, "x"), "thousandth " + i);
        }
    }

    /** The sentences of the section, one after the other, for what each coding weighs. */
    private static int weight(Map<String, Integer> named, String coding) {
        Integer own = named.get(coding);
        if (own == null && coding.equals("gzip")) {
            own = named.get("x-gzip");
        }
        return own != null ? own : named.getOrDefault("*", 0);
    }

    @Test
    void seededFieldsChooseByTheSentences() {
        Random random = new Random(91);
        String[] codings = {"gzip", "br", "zstd", "identity", "*", "x-gzip", "deflate"};
        List<List<String>> shelves = List.of(
                List.of(), List.of("gzip"), List.of("br", "gzip"), List.of("gzip", "br"), List.of("zstd", "br", "gzip"));
        int chosen = 0;
        for (int round = 0; round < 20_000; round++) {
            Map<String, Integer> named = new LinkedHashMap<>();
            for (int i = random.nextInt(6); i > 0; i--) {
                named.put(codings[random.nextInt(codings.length)], random.nextInt(3) == 0 ? 0 : 100 * random.nextInt(11));
            }
            List<String> members = new ArrayList<>();
            named.forEach((coding, weight) -> members.add(coding
                    + (weight == 1_000 && random.nextBoolean() ? "" : ";q=" + weight / 1_000 + "." + weight % 1_000 / 100)));
            String field = String.join(random.nextBoolean() ? "," : " , ", members);
            List<String> shelf = shelves.get(random.nextInt(shelves.size()));
            int best = AcceptEncoding.IDENTITY;
            int least = Math.max(1, named.getOrDefault("identity", 0));
            for (int i = 0; i < shelf.size(); i++) {
                int weight = weight(named, shelf.get(i));
                assertEquals(weight, AcceptEncoding.quality(field, shelf.get(i)), () -> field);
                boolean better = best == AcceptEncoding.IDENTITY ? weight >= least : weight > weight(named, shelf.get(best));
                best = better ? i : best;
            }
            assertEquals(best, AcceptEncoding.choose(field, shelf), () -> field + " of " + shelf);
            chosen += best >= 0 ? 1 : 0;
        }
        assertTrue(chosen > 5_000 && chosen < 15_000, "" + chosen);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "zstd"})
    void whoSaysNothingIsSentNoCoding(String coding) {
        assertEquals(0, AcceptEncoding.quality(null, coding));
        assertEquals(0, AcceptEncoding.quality("", coding));
        assertEquals(AcceptEncoding.IDENTITY, AcceptEncoding.choose(null, List.of(coding)));
        assertEquals(AcceptEncoding.IDENTITY, AcceptEncoding.choose("", List.of(coding)));
        assertEquals(0, AcceptEncoding.choose("*", List.of(coding)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        // lists with quotes, in which commas and semicolons are text
        "a/b;v=\"x, c/d\", c/d;q=0.5     | c/d | 500",
        "a/b;v=\"x;q=0.1\";q=0.5         | a/b | 500",
        "a/b;v=\"x\\\"y;q=0.1\";q=0.5    | a/b | 500",
        "a/b;v=\"\\\\\";q=0.5            | a/b | 500",
        "a/b;v=\"\";q=0.5, c/d           | c/d | 1000",
        "a/b;v=\"unended;q=0.5, c/d      | a/b | 1000",
        "a/b;q=\"0.5\"                   | a/b | -1",
        "\"a/b\"                         | a/b | -1",
        "a/b;qq=0.5                      | a/b | 1000",
        "a/b;q                           | a/b | 1000",
        "a/b;;q=0.5                      | a/b | 500",
        "a/b; ;q=0.5                     | a/b | 500",
        "a/b;q =0.5                      | a/b | 1000",
        "a/b;q= 0.5                      | a/b | -1",
        "a/b ;q=0.5                      | a/b | 500",
        "a/b\t;\tq=0.5\t                 | a/b | 500",
        "a/b x;q=0.5                     | a/b | -1",
        "a/bc, a/b                       | a/b | 1000",
        "a/b, a/b;q=0                    | a/b | 1000",
        "a/b;q=x, a/b;q=0.5              | a/b | -1",
        "                                | a/b | -1",
        ",,a/b                           | a/b | 1000",
    })
    void listsAreReadAsTheyAreWritten(String list, String member, int weight) {
        assertEquals(weight, QualityValues.of(list == null ? "" : list, member));
        assertEquals(weight, QualityValues.of(list == null ? "" : list, member.toUpperCase(java.util.Locale.ROOT)));
    }

    /** Ranges count for GET alone, with a Range, and with an If-Range that names this very state or none. */
    @Test
    void rangesCountByTheSentencesOfTheSection() {
        long modified = 784_111_777L;
        EntityTag strong = EntityTag.strong("now");
        EntityTag weak = new EntityTag("now", true);
        String[] conditions = {null, "\"now\"", "W/\"now\"", "\"old\"", "DATE", "EARLIER", "LATER", "rubbish", "*", "\"now\", \"old\""};
        for (String method : new String[] {"GET", "HEAD", "POST", "get"}) {
            for (boolean ranged : new boolean[] {true, false}) {
                for (String condition : conditions) {
                    for (EntityTag tag : new EntityTag[] {null, strong, weak}) {
                        for (long date : new long[] {HttpDate.NONE, modified}) {
                            for (long now : new long[] {modified, modified + 1, modified + 1_000}) {
                                Fields fields = fields(ranged, condition, modified);
                                boolean holds = condition == null
                                        || condition.equals("\"now\"") && strong.equals(tag)
                                        || condition.equals("DATE") && date == modified && now > modified;
                                assertEquals(method.equals("GET") && ranged && holds,
                                        Preconditions.rangeCounts(method, fields, tag, date, now),
                                        () -> method + " " + fields);
                                assertEquals(ranged || condition != null, Preconditions.present(fields));
                            }
                        }
                    }
                }
            }
        }
    }

    private static Fields fields(boolean ranged, String condition, long modified) {
        Fields fields = ranged ? Fields.of("range", "bytes=0-1") : Fields.EMPTY;
        if (condition == null) {
            return fields;
        }
        return fields.plus("IF-RANGE", switch (condition) {
            case "DATE" -> HttpDate.format(modified);
            case "EARLIER" -> HttpDate.format(modified - 1);
            case "LATER" -> HttpDate.format(modified + 1);
            default -> condition;
        });
    }

    @Test
    void severalIfRangeLinesAreNoCondition() {
        Fields fields = Fields.of("Range", "bytes=0-1", "If-Range", "\"now\"", "If-Range", "\"now\"");
        assertFalse(Preconditions.rangeCounts("GET", fields, EntityTag.strong("now"), HttpDate.NONE, 0));
    }
}
