/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {

    private static final TargetRules LENIENT = new TargetRules(true, true, true, true, true, true);

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        // raw, path, query
        "/, /, -",
        "/a, /a, -",
        "/a/, /a/, -",
        "/a/b.c, /a/b.c, -",
        "/?, /, ''",
        "/?q, /, q",
        "/a?b=c&d=%2F..;/\\[]{}|^`?, /a, b=c&d=%2F..;/\\[]{}|^`?",
        "/a?/../b, /a, /../b",
        "/.well-known/x, /.well-known/x, -",
        "/a/..b, /a/..b, -",
        "/a/b.., /a/b.., -",
        "/a/..., /a/..., -",
        "/a/.b./c, /a/.b./c, -",
        "/:@!$&'()*+=~-_, /:@!$&'()*+=~-_, -",
        "/a[1]|{b}^`\"<>, /a[1]|{b}^`\"<>, -",
        "*, *, -",
        // dot segments, RFC 3986 section 5.2.4
        "/a/b/c/./../../g, /a/g, -",
        "/./a, /a, -",
        "/a/., /a/, -",
        "/a/.., /, -",
        "/a/../, /, -",
        "/a/b/../c?x, /a/c, x",
        "/., /, -",
        "/./?x, /, x",
        "/.?x, /, x",
        "/a/b/.., /a/, -",
        "/a/./b/., /a/b/, -",
        // decoding
        "/%61, /a, -",
        "/a%20b, /a b, -",
        "/%C3%A4, /ä, -",
        "/%c3%a4, /ä, -",
        "/%E2%82%AC, /€, -",
        "/%F0%9F%98%80, /😀, -",
        "/%F4%8F%BF%BF, /\uDBFF\uDFFF, -",
        "/%ED%9F%BF, /\uD7FF, -",
        "/%C2%80, /\u0080, -",
        "/%E0%A0%80, /\u0800, -",
        "/%F0%90%80%80, /\uD800\uDC00, -",
        "/100%25, /100%, -",
        "/%252F, /%2F, -",
        "/%252e%252e/, /%2e%2e/, -",
        "/%3B, /;, -",
        "/%3F?, /?, ''",
        "/%23, /#, -",
        "/a%2ejs, /a.js, -",
        "/%2ehidden, /.hidden, -",
        "/%2e%2e%2e, /..., -",
        "/%2Aa, /*a, -",
        // absolute-form
        "http://h, /, -",
        "http://h?q, /, q",
        "http://h/, /, -",
        "HTTP://h:80/a?q, /a, q",
        "https://[::1]:8/a/../b, /b, -",
        "https://h/%61, /a, -",
    })
    void normalises(String raw, String path, String query) {
        Target target = normal(raw, TargetRules.STRICT);
        assertEquals(new Target(raw, path, query), target);
        assertEquals(new Target(raw, path, query), Target.normalise(raw, LENIENT.withEncodedSlash(false)));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        // raw, sequence, setting
        "/a%2Fb, %2F, target.encoded-slash",
        "/a%2fb, %2f, target.encoded-slash",
        "/%2F, %2F, target.encoded-slash",
        "/%2e, %2e, target.encoded-dots",
        "/%2e%2e/x, %2e%2e, target.encoded-dots",
        "/a/%2E./x, %2E., target.encoded-dots",
        "/a/.%2e, .%2e, target.encoded-dots",
        "/a/.%2e?x, .%2e, target.encoded-dots",
        "/a;b, ;, target.path-parameters",
        "/a;jsessionid=1/b, ;, target.path-parameters",
        "/;, ;, target.path-parameters",
        "/a/..;/b, ;, target.path-parameters",
        "//, //, target.empty-segments",
        "//a, //, target.empty-segments",
        "/a//b, //, target.empty-segments",
        "/a//, //, target.empty-segments",
        "http://h//, //, target.empty-segments",
        "/a\\b, \\, target.backslash",
        "/a/..\\b, \\, target.backslash",
        "/a%5Cb, %5C, target.backslash",
        "/a%5cb, %5c, target.backslash",
        "/\u00C3\u00A4, the byte 0xC3, target.non-ascii",
        "/a?\u00C3\u00A4, the byte 0xC3, target.non-ascii",
    })
    void refusesUnlessSet(String raw, String sequence, String setting) {
        RefusedTarget refused = refused(raw, TargetRules.STRICT);
        assertEquals(sequence, refused.sequence());
        assertEquals(setting, refused.setting());
        assertTrue(refused.message().startsWith("the target has " + sequence + ", "), refused.message());
        assertTrue(refused.message().endsWith("set " + setting + "=true to allow it"), refused.message());
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "/%00, %00",
        "/a%0Ab, %0A",
        "/%0d, %0d",
        "/%1F, %1F",
        "/%7f, %7f",
        "/a#b, #",
        "/#, #",
        "/a?b#c, #",
        "/..//%2f/, ..",
        "/.., ..",
        "/../a, ..",
        "/a/../.., ..",
        "/a/../../b, ..",
        "/./.., ..",
        "http://h/.., ..",
        "/%, %",
        "/%2, %2",
        "/%zz, %zz",
        "/%2?x, %2",
        "/%/a, %",
        "/%%30%30, %%3",
        "/%+1, %+1",
        "/%u002F, %u0",
        // bytes that are not UTF-8: alone, cut, overlong, surrogates, beyond the last code point
        "/%80, %80",
        "/%BF, %BF",
        "/%C3, %C3",
        "/%C3/a, %C3",
        "/%C3a, %C3a",
        "/%C3%41, %C3%41",
        "/%C0%AF, %C0",
        "/%C1%81, %C1",
        "/%E0%80%AF, %E0%80%AF",
        "/%E0%9F%BF, %E0%9F%BF",
        "/%ED%A0%80, %ED%A0%80",
        "/%ED%BF%BF, %ED%BF%BF",
        "/%E2%82, %E2%82",
        "/%F0%80%80%AF, %F0%80%80%AF",
        "/%F0%8F%BF%BF, %F0%8F%BF%BF",
        "/%F4%90%80%80, %F4%90%80%80",
        "/%F5%80%80%80, %F5",
        "/%FF, %FF",
        "/%F0%9F%98, %F0%9F%98",
    })
    void refusesWhateverIsSet(String raw, String sequence) {
        for (TargetRules rules : List.of(TargetRules.STRICT, LENIENT.withEmptySegments(false))) {
            RefusedTarget refused = refused(raw, rules);
            assertEquals(sequence, refused.sequence(), raw);
            assertNull(refused.setting());
            assertTrue(refused.message().endsWith(": no setting allows it"), refused.message());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "a", "a/b", "**", "*?", "example.com:443", "ftp://h/", "http:/h", "http://", "http:///a", "http://?a",
        "http://u@h/", "http://h\\a", "http://h#", "http://h h/", "?a", "file:///etc", "%2F", "\\",
    })
    void refusesWhatIsNoTarget(String raw) {
        assertNull(refused(raw, LENIENT.withEmptySegments(false)).setting());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 9, 10, 13, 31, 32, 127, 0x100, 0x20AC, 0xFF0F, 0xD800})
    void refusesRawCharactersThatNoLineHolds(int c) {
        for (String raw : List.of("/" + (char) c, "/a?" + (char) c, "/a;" + (char) c, "/%41" + (char) c, "http://h/" + (char) c)) {
            RefusedTarget refused = refused(raw, LENIENT);
            assertNull(refused.setting(), raw);
            assertTrue(refused.message().chars().allMatch(m -> m >= ' ' && m < 127), "fit to print: " + refused.message());
        }
    }

    @Test
    void refusesEveryControlCharacterEncoded() {
        for (int c = 0; c < 256; c++) {
            String raw = String.format("/a%%%02Xb", c);
            boolean control = c < ' ' || c == 127 || c >= 128;
            assertEquals(control, Target.normalise(raw, LENIENT) instanceof RefusedTarget, raw);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // what the path is where the sequence is let in
        "/a%2Fb, /a%2Fb",
        "/a%2fb, /a%2Fb",
        "/%2F..%2F, /%2F..%2F",
        "/..%2F../x, /..%2F../x",
        "/a%2F/.., /",
        "/a%25b, /a%b",
        "/%2e/a, /a",
        "/a/%2e%2e/b, /b",
        "/a;x=1/b;y, /a/b",
        "/a;x=%2F/b, /a/b",
        "/;jsessionid=1, /",
        "/a/;x, /a/",
        "/a%3Bb;c, /a;b",
        "//, /",
        "///a////b//, /a/b/",
        "/a//../b, /b",
        "//a/.//b, /a/b",
        "/;x/a, /a",
        "/a\\b, /a\\b",
        "/a%5Cb, /a\\b",
        "/..\\x, /..\\x",
        "/\u00C3\u00A4, /ä",
        "/%C3\u00A4, /ä",
        "/\u00C3%A4, /ä",
        "/\u00F0\u009F\u0098\u0080?\u00C3, /😀",
    })
    void readsWhatIsLetIn(String raw, String path) {
        Target target = normal(raw, LENIENT);
        assertEquals(path, target.path());
        assertEquals(raw, target.raw());
    }

    @ParameterizedTest
    @CsvSource({
        "/a/..;x/b, ..;x",
        "/.;/b, .;",
        "/a/..;, ..;",
        "/a/%2e%2e;v/b, %2e%2e;v",
        "/%252F, %252F",
        "/%252f, %252F",
        "/%25%32%46, %252F",
        "/%2F%252F, %252F",
        "/%252%46, %252F",
        "/a;%00, %00",
        "/a;%, %",
        "/a;#, #",
        "/\u00C3, the byte 0xC3",
        "/\u00C3/, the byte 0xC3",
        "/\u00C3a, the byte 0xC3",
        "/\u0080, the byte 0x80",
        "/\u00C0\u00AF, the byte 0xC0",
        "//../, ..",
    })
    void refusesWhatHasNoMeaningEvenWhereAllIsLetIn(String raw, String sequence) {
        RefusedTarget refused = refused(raw, LENIENT);
        assertEquals(sequence, refused.sequence());
        assertNull(refused.setting());
    }

    @Test
    void eachRuleLetsInItsOwnSequenceAlone() {
        record Rule(String raw, UnaryOperator<TargetRules> on) {}
        List<Rule> all = List.of(
                new Rule("/a%2Fb", rules -> rules.withEncodedSlash(true)),
                new Rule("/a/%2e%2e", rules -> rules.withEncodedDots(true)),
                new Rule("/a;b", rules -> rules.withPathParameters(true)),
                new Rule("/a//b", rules -> rules.withEmptySegments(true)),
                new Rule("/a\\b", rules -> rules.withBackslash(true)),
                new Rule("/\u00C3\u00A4", rules -> rules.withNonAscii(true)));
        for (Rule rule : all) {
            TargetRules rules = rule.on.apply(TargetRules.STRICT);
            for (Rule other : all) {
                assertEquals(rule == other, Target.normalise(other.raw, rules) instanceof Target, rule.raw + " " + other.raw);
            }
        }
    }

    @Test
    void aRawByteDoesNotCompleteAnEncodedOneUnlessItIsLetIn() {
        assertEquals("which is not UTF-8", refused("/%C3\u00A4", TargetRules.STRICT).reason());
        assertEquals("/ä", normal("/%C3\u00A4", TargetRules.STRICT.withNonAscii(true)).path());
    }

    @Test
    void aPlainPathIsTheRawTargetItself() {
        String raw = "/a/b.css";
        assertSame(raw, normal(raw, TargetRules.STRICT).path());
        assertSame(raw, normal(raw, TargetRules.STRICT).raw());
    }

    @ParameterizedTest
    @CsvSource({
        "/a%20b;c?q, /a%20b;c",
        "/, /",
        "/?q, /",
        "http://h, /",
        "http://h?q=/a, /",
        "https://h:1//a/../b?q, //a/../b",
        "*, *",
    })
    void keepsTheRawPath(String raw, String rawPath) {
        assertEquals(rawPath, normal(raw, LENIENT).rawPath());
    }

    @Test
    void theMessageSaysWhatToSet() {
        assertEquals(
                "the target has %2F, an encoded slash: set target.encoded-slash=true to allow it",
                refused("/a%2Fb", TargetRules.STRICT).message());
        assertEquals("the target has %00, an encoded control character: no setting allows it",
                refused("/%00", TargetRules.STRICT).message());
        assertEquals("the target has no characters, which is neither a path, nor a URL of http or https, nor *: "
                + "no setting allows it", refused("", TargetRules.STRICT).message());
    }

    /** Whatever comes: a path that is accepted has a slash in front, no dot segments, no empty ones and no control characters. */
    @Test
    void noTargetOfRandomPiecesLeavesTheRules() {
        Random random = new Random(42);
        String[] pieces = {"/", "/", "/", ".", "..", "%2e", "%2F", "%5C", "\\", ";", ";a=b", "a", "b", "%61", "%C3%A4", "%C0%AF",
            "\u00C3\u00A4", "%", "%00", "%25", "2F", "?", "#", "//", "/../", "/./", "%E2%82%AC", "\u0000", " "};
        int accepted = 0;
        for (int i = 0; i < 200_000; i++) {
            StringBuilder raw = new StringBuilder(random.nextInt(10) == 0 ? "http://h" : "/");
            for (int n = random.nextInt(9); n > 0; n--) {
                raw.append(pieces[random.nextInt(pieces.length)]);
            }
            TargetRules rules = new TargetRules(random.nextBoolean(), random.nextBoolean(), random.nextBoolean(),
                    random.nextBoolean(), random.nextBoolean(), random.nextBoolean());
            Normalised normalised = Target.normalise(raw.toString(), rules);
            assertEquals(raw.toString(), normalised.raw());
            if (normalised instanceof Target target) {
                accepted++;
                String path = target.path();
                assertTrue(path.startsWith("/") && !path.contains("//"), raw::toString);
                assertTrue((path + "/").indexOf("/./") < 0 && (path + "/").indexOf("/../") < 0, raw::toString);
                assertTrue(path.chars().noneMatch(c -> c < ' ' || c == 127), raw::toString);
                assertTrue(rules.backslash() || path.indexOf('\\') < 0, raw::toString);
                assertTrue(StandardCharsets.UTF_8.newEncoder().canEncode(path), raw::toString);
                again(target, rules);
            } else {
                assertNotNull(((RefusedTarget) normalised).message());
            }
        }
        assertTrue(accepted > 20_000, "too few were accepted to say anything: " + accepted);
    }

    /** The fast way and the careful way agree: a harmless encoded character in front forces the careful one. */
    @Test
    void bothWaysAgree() {
        Random random = new Random(7);
        String[] pieces = {"/", ".", "..", "a", "b.c", ".d", "...", "?", "x=y", "~"};
        for (int i = 0; i < 100_000; i++) {
            StringBuilder rest = new StringBuilder("/");
            for (int n = random.nextInt(8); n > 0; n--) {
                rest.append(pieces[random.nextInt(pieces.length)]);
            }
            Normalised plain = Target.normalise("/x" + rest, TargetRules.STRICT);
            Normalised careful = Target.normalise("/%78" + rest, TargetRules.STRICT);
            assertEquals(plain instanceof Target, careful instanceof Target, rest::toString);
            if (plain instanceof Target a && careful instanceof Target b) {
                assertEquals(a.path(), b.path());
                assertEquals(a.query(), b.query());
            }
        }
    }

    /** Normalising is done once: the path, encoded again, normalises to itself. */
    private static void again(Target target, TargetRules rules) {
        StringBuilder encoded = new StringBuilder();
        String path = target.path();
        for (byte octet : path.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = octet > ' ' && octet < 127 && "%;\\?#".indexOf(octet) < 0;
            encoded.append(plain ? String.valueOf((char) octet) : String.format("%%%02X", octet));
        }
        String text = rules.encodedSlash() ? encoded.toString().replace("%252F", "%2F") : encoded.toString();
        assertEquals(path, normal(text, rules).path());
    }

    private static Target normal(String raw, TargetRules rules) {
        Normalised normalised = Target.normalise(raw, rules);
        return assertInstanceOf(Target.class, normalised, normalised::toString);
    }

    private static RefusedTarget refused(String raw, TargetRules rules) {
        return assertInstanceOf(RefusedTarget.class, Target.normalise(raw, rules), raw);
    }
}
