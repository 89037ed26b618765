/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Targets against a second reading that is as plain as can be: split at slashes, decode with the platform's strict
 * decoder, then judge. Over seeded targets and all 64 sets of rules both must agree on what is let in and what it means.
 */
final class TargetModelTest {

    private static final Pattern SLASH = Pattern.compile("%2f", Pattern.CASE_INSENSITIVE);

    /** The path, or null if the target is refused. */
    private static String plainly(String raw, TargetRules rules) {
        int question = raw.indexOf('?');
        String query = question < 0 ? "" : raw.substring(question + 1);
        for (char c : query.toCharArray()) {
            boolean fine = c > ' ' && c < 127 && c != '#' || c >= 128 && c <= 0xFF && rules.nonAscii();
            if (!fine) {
                return null;
            }
        }
        List<String> path = new ArrayList<>();
        String[] segments = raw.substring(1, question < 0 ? raw.length() : question).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            boolean last = i == segments.length - 1;
            int semicolon = segments[i].indexOf(';');
            String written = semicolon < 0 ? segments[i] : segments[i].substring(0, semicolon);
            String name = decoded(written, rules);
            boolean parametersFine = semicolon < 0
                    || rules.pathParameters() && decoded(segments[i].substring(semicolon + 1), rules) != null;
            if (name == null || !parametersFine) {
                return null;
            }
            if (name.isEmpty()) {
                if (!last && !rules.emptySegments()) {
                    return null;
                }
            } else if (name.equals(".") || name.equals("..")) {
                boolean encoded = written.toLowerCase(Locale.ROOT).contains("%2e");
                if (semicolon >= 0 || encoded && !rules.encodedDots() || name.length() == 2 && path.isEmpty()) {
                    return null;
                }
                if (name.length() == 2) {
                    path.remove(path.size() - 1);
                }
            } else {
                // A slash that keeps its encoded form must be the only thing that can look so.
                if (rules.encodedSlash() && SLASH.matcher(name).results().count() != SLASH.matcher(written).results().count()) {
                    return null;
                }
                path.add(name);
                if (!last) {
                    continue;
                }
                return "/" + String.join("/", path);
            }
            if (last) {
                path.add("");
            }
        }
        return "/" + String.join("/", path);
    }

    private static String decoded(String text, TargetRules rules) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                if (!text.substring(i).matches("(?s)%[0-9A-Fa-f]{2}.*")) {
                    return null;
                }
                int octet = Integer.parseInt(text.substring(i + 1, i + 3), 16);
                i += 2;
                if (octet < 32 || octet == 127 || octet == '\\' && !rules.backslash() || octet == '/' && !rules.encodedSlash()) {
                    return null;
                }
                if (octet == '/') {
                    out.writeBytes("%2F".getBytes(StandardCharsets.US_ASCII));
                } else {
                    out.write(octet);
                }
            } else if (c <= ' ' || c == 127 || c == '#' || c == '\\' && !rules.backslash() || c > 127 && !rules.nonAscii()) {
                return null;
            } else {
                out.write(c);
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(out.toByteArray())).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static TargetRules rules(int bits) {
        return new TargetRules(
                (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0, (bits & 32) != 0);
    }

    private static void assertAgrees(String raw, TargetRules rules) {
        String expected = plainly(raw, rules);
        Normalised read = Target.normalise(raw, rules);
        assertEquals(expected, read instanceof Target target ? target.path() : null, () -> raw + " with " + rules);
        assertEquals(raw, read.raw());
        if (read instanceof Target target) {
            int question = raw.indexOf('?');
            assertEquals(question < 0 ? null : raw.substring(question + 1), target.query());
            assertEquals(question < 0 ? raw : raw.substring(0, question), target.rawPath());
        } else {
            RefusedTarget refused = assertInstanceOf(RefusedTarget.class, read);
            assertTrue(refused.message().chars().allMatch(c -> c >= ' ' && c < 127), refused.message());
            if (refused.setting() != null) {
                assertTrue(refused.message().contains("set " + refused.setting() + "=true"), refused.message());
            }
        }
    }

    @Test
    void seededTargetsMeanTheSame() {
        Random random = new Random(20261124);
        String[] pieces = {
            "/", "/", "/", "/", "a", "b", ".", ".", "..", "%2e", "%2E", "%2F", "%2f", "%25", "2F", "%5C", "\\", ";", "=", "%3B", "%C3",
            "%A9", "\u00c3", "\u00a9", "%", "%zz", "?", "%3F", "%00", "%7F", "#", " ", "%20", "%F0%9F%98%80", "%ED%A0%80", "%E2%82%AC",
            "%C0%AF", "%FF", "\u00ff", "|", "~", "%61", "%4",
        };
        int letIn = 0;
        for (int round = 0; round < 30_000; round++) {
            StringBuilder raw = new StringBuilder("/");
            // Mostly of harmless pieces, so that more than one thing can be right.
            int dull = random.nextInt(3);
            for (int i = random.nextInt(9); i > 0; i--) {
                raw.append(pieces[random.nextInt(random.nextInt(3) < dull ? 12 : pieces.length)]);
            }
            TargetRules rules = rules(random.nextInt(64));
            assertAgrees(raw.toString(), rules);
            letIn += plainly(raw.toString(), rules) == null ? 0 : 1;
        }
        assertTrue(letIn > 5_000 && letIn < 27_000, "too dull: " + letIn);
    }

    /** What stands in a parameter must not hide what stands in the segment, nor be taken for it. */
    @Test
    void aParameterDoesNotJudgeItsSegment() {
        TargetRules rules = TargetRules.STRICT.withEncodedSlash(true).withPathParameters(true);
        for (String parameter : new String[] {"", ";", ";x", ";x=%25", ";%2F", ";%2F%25", ";%2e", ";%252F"}) {
            RefusedTarget refused =
                    assertInstanceOf(RefusedTarget.class, Target.normalise("/a%252Fb" + parameter + "/c", rules), parameter);
            assertTrue(refused.message().contains("a slash encoded twice"), refused.message());
            Target once = assertInstanceOf(Target.class, Target.normalise("/a%2Fb" + parameter + "/c", rules), parameter);
            assertEquals("/a%2Fb/c", once.path());
            Target percent = assertInstanceOf(Target.class, Target.normalise("/a%25b" + parameter, rules), parameter);
            assertEquals("/a%b", percent.path());
        }
    }

    /** Each octet, raw and encoded, alone, at the ends and in the middle of a segment, in the query, in a parameter. */
    @Test
    void everyOctetInEveryPlace() {
        for (int octet = 0; octet < 256; octet++) {
            String raw = String.valueOf((char) octet);
            String encoded = String.format("%%%02X", octet);
            String lower = String.format("%%%02x", octet);
            for (String text : new String[] {raw, encoded, lower}) {
                for (String form : new String[] {"/_", "/a_", "/_a", "/a_b", "/a/_/b", "/a;_", "/a;x=_/b", "/a?_", "/._", "/_."}) {
                    String target = form.replace("_", text);
                    for (int bits = 0; bits < 64; bits += form.equals("/a_b") ? 1 : 21) {
                        assertAgrees(target, rules(bits));
                    }
                }
            }
        }
    }

    /** All code points at the borders of UTF-8's lengths, and those that UTF-8 must not carry. */
    @Test
    void theBordersOfUtf8() {
        int[] codes = {0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x10FFFF, 0xE9, 0x20AC, 0x1F600};
        for (int code : codes) {
            String character = new String(Character.toChars(code));
            StringBuilder encoded = new StringBuilder();
            StringBuilder raw = new StringBuilder();
            for (byte octet : character.getBytes(StandardCharsets.UTF_8)) {
                encoded.append(String.format("%%%02X", octet & 0xFF));
                raw.append((char) (octet & 0xFF));
            }
            Target target = assertInstanceOf(Target.class, Target.normalise("/a" + encoded + "b", TargetRules.STRICT));
            assertEquals("/a" + character + "b", target.path());
            assertInstanceOf(RefusedTarget.class, Target.normalise("/a" + raw, TargetRules.STRICT));
            Target let = assertInstanceOf(
                    Target.class, Target.normalise("/a" + raw, TargetRules.STRICT.withNonAscii(true)));
            assertEquals("/a" + character, let.path());
            for (int cut = 3; cut < encoded.length(); cut += 3) {
                assertAgrees("/" + encoded.substring(0, cut), TargetRules.STRICT);
                assertAgrees("/" + encoded.substring(cut), TargetRules.STRICT);
            }
        }
        for (String none : new String[] {
            "%C0%80", "%C1%BF", "%E0%80%80", "%E0%9F%BF", "%F0%80%80%80", "%F0%8F%BF%BF", "%ED%A0%80", "%ED%BF%BF", "%F4%90%80%80",
            "%F5%80%80%80", "%F8%88%80%80%80", "%80", "%BF", "%C3", "%C3%C3", "%E2%82", "%E2%82a", "%F0%9F%98", "%FE", "%FF",
        }) {
            assertInstanceOf(RefusedTarget.class, Target.normalise("/" + none, TargetRules.STRICT), none);
            assertInstanceOf(RefusedTarget.class, Target.normalise("/a" + none + "b/", rules(63)), none);
        }
    }
}
