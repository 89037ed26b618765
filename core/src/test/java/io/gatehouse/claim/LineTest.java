/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.claim.ClaimFailure.Code;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of the protocol: what is one, what is none, and that nothing in a value can become a line or a word of its own. */
final class LineTest {

    @Test
    void aVerbAndItsWordsKeepTheirOrder() throws ClaimFailure {
        Line line = Line.parse("claim prefix=http://+:80/orders/ socket=/run/s pid=12 a-b2=c=d");
        assertEquals("claim", line.verb());
        assertEquals(List.of("prefix", "socket", "pid", "a-b2"), List.copyOf(line.words().keySet()));
        assertEquals("http://+:80/orders/", line.get("prefix"));
        assertEquals("c=d", line.get("a-b2"), "only the first equals sign separates");
        assertEquals("/run/s", line.need("socket"));
        assertNull(line.get("name"));
        assertEquals(new Line("status", Map.of()), Line.parse("status"));
    }

    @Test
    void anyScriptMayStandInAValue() throws ClaimFailure {
        assertEquals("/run/käse-茶-🍵", Line.parse("claim socket=/run/käse-茶-🍵").get("socket"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {
        "''|begins with no verb", " claim|begins with no verb", "Claim|begins with no verb", "9claim|begins with no verb",
        "cl_aim|begins with no verb", "claim |two spaces", "claim  a=b|two spaces", "claim a=b |two spaces", "claim a|is no word",
        "claim a=|is no word", "claim =b|is no word", "claim A=b|is no word", "claim 1a=b|is no word", "claim -a=b|is no word",
        "claim a.b=c|is no word", "claim a=b a=c|comes twice", "claim é=b|is no word",
    })
    void whatIsNoLineIsSaidToBeNone(String text, String why) {
        ClaimFailure failure = assertThrows(ClaimFailure.class, () -> Line.parse(text));
        assertEquals(Code.MALFORMED, failure.code());
        assertTrue(failure.text().contains(why), failure.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"claim a=b\r", "cl\raim", "claim a=\u0000", "claim a=b\tc", "claim a=\u007f", "claim a=\u0085", "claim a=\u2028b",
        "claim a=\u2029", "claim a=\u001b[31m"})
    void controlCharactersAreRefused(String text) {
        ClaimFailure failure = assertThrows(ClaimFailure.class, () -> Line.parse(text));
        assertEquals(Code.MALFORMED, failure.code());
        assertTrue(failure.text().contains(text.endsWith("\r") ? "end it by LF alone" : "leave it out"), failure.text());
    }

    @Test
    void sixteenWordsAreEnough() throws ClaimFailure {
        StringBuilder text = new StringBuilder("claim");
        for (int i = 0; i < 16; i++) {
            text.append(" w").append(i).append("=1");
        }
        assertEquals(16, Line.parse(text.toString()).words().size());
        ClaimFailure failure = assertThrows(ClaimFailure.class, () -> Line.parse(text + " more=1"));
        assertTrue(failure.text().contains("at most 16"), failure.text());
    }

    @Test
    void aWordThatIsNotKnownIsNotPassedOver() throws ClaimFailure {
        Line line = Line.parse("claim prefix=/a/ speed=9");
        ClaimFailure failure = assertThrows(ClaimFailure.class, () -> line.only(Set.of("prefix", "socket")));
        assertEquals("claim has no word speed: use prefix, socket", failure.text());
        assertEquals(Code.UNKNOWN, failure.code());
        assertEquals(line, line.only(Set.of("prefix", "speed")));
        ClaimFailure none = assertThrows(ClaimFailure.class, () -> Line.parse("status a=b").only(Set.of()));
        assertEquals("status has no word a: leave it out", none.text());
    }

    @Test
    void aWordThatIsNeededIsAskedFor() throws ClaimFailure {
        Line line = Line.parse("claim prefix=/a/");
        ClaimFailure failure = assertThrows(ClaimFailure.class, () -> line.need("socket"));
        assertEquals("claim needs the word socket=...", failure.text());
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "-10, -10", "10, 10", "007, 7", "-0, 0"})
    void numbersInTheirRange(String text, long number) throws ClaimFailure {
        assertEquals(number, Line.parse("claim n=" + text).number("n", -10, 10, 99));
        assertEquals(99, Line.parse("claim m=1").number("n", -10, 10, 99), "not there");
    }

    @ParameterizedTest
    @ValueSource(strings = {"11", "-11", "+1", "1.0", "0x1", "-", "--1", "1e3", "9999999999999999999999", "١"})
    void numbersOutOfIt(String text) throws ClaimFailure {
        Line line = Line.parse("claim n=" + text);
        ClaimFailure failure = assertThrows(ClaimFailure.class, () -> line.number("n", -10, 10, 99));
        assertEquals("n=" + text + " is wrong: write a number from -10 to 10", failure.text());
    }

    @Test
    void whatIsWrittenIsReadAgain() throws ClaimFailure {
        String text = Line.of("claimant", "name", "orders", "pid", "12");
        assertEquals("claimant name=orders pid=12", text);
        assertEquals("12", Line.parse(text).get("pid"));
        assertEquals("bye", Line.of("bye"));
    }

    @Test
    void noValueBecomesALineOrAWordOfItsOwn() throws ClaimFailure {
        Random random = new Random(5);
        String odd = " \n\r\t=%\u0000\u0085\u2028\u2029aé茶\u001b";
        for (int round = 0; round < 3_000; round++) {
            StringBuilder value = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                value.append(odd.charAt(random.nextInt(odd.length())));
            }
            Line line = Line.parse(Line.of("prefix", "name", value.toString(), "queued", "0"));
            assertEquals(Set.of("name", "queued"), line.words().keySet(), value.toString());
            assertEquals("0", line.get("queued"));
        }
        assertEquals("x name=-", Line.of("x", "name", ""), "a value is never empty");
    }

    @Test
    void anErrorIsOneLine() {
        ClaimFailure failure = new ClaimFailure(Code.NOT_CLAIMED, "no claim\nof /a/: name\r another");
        assertEquals("error not-claimed no claim_of /a/: name_ another", failure.line());
        assertEquals("", new ClaimFailure(Code.LIMIT, "").text());
        assertEquals(List.of("malformed", "unknown", "forbidden", "conflict", "socket", "limit", "not-claimed", "stopping"),
                List.of(Code.values()).stream().map(Code::word).toList());
    }
}
