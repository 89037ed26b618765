/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets in absolute-form and asterisk-form, what of them is path, and what is said of those that are neither. */
final class AbsoluteTargetTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        // raw | path | raw path | query
        "http://h               | /      | /      | -",
        "http://h/              | /      | /      | -",
        "http://h?              | /      | /      | ''",
        "http://h?a=b           | /      | /      | a=b",
        "http://h?a/b?c         | /      | /      | a/b?c",
        "http://h/?a            | /      | /      | a",
        "http://h/a             | /a     | /a     | -",
        "http://h:81/a?b        | /a     | /a     | b",
        "https://h/a/           | /a/    | /a/    | -",
        "HTTP://H/A             | /A     | /A     | -",
        "HttpS://h:1/a          | /a     | /a     | -",
        "http://[::1]/a         | /a     | /a     | -",
        "http://[::1]:80?a      | /      | /      | a",
        "http://h/a/../b        | /b     | /a/../b | -",
        "http://h/./a           | /a     | /./a   | -",
        "http://h/%61           | /a     | /%61   | -",
        "http://h/http://i/     | -      | -      | -",
        "http://h/a:b@c         | /a:b@c | /a:b@c | -",
        "http://a,b/c           | /c     | /c     | -",
        "*                      | *      | *      | -",
    })
    void thePathIsWhatComesBehindTheAuthority(String raw, String path, String rawPath, String query) {
        Normalised read = Target.normalise(raw, TargetRules.STRICT);
        if (path == null) {
            assertInstanceOf(RefusedTarget.class, read);
            return;
        }
        Target target = assertInstanceOf(Target.class, read);
        assertEquals(path, target.path());
        assertEquals(rawPath, target.rawPath());
        assertEquals(query, target.query());
        assertEquals(raw, target.raw());
    }

    /** An absolute-form means what its path would mean alone, under every rule. */
    @ParameterizedTest
    @ValueSource(strings = {
        "/", "/a", "/a/b/../c", "/a//b", "/%2F", "/a;b=c/d", "/a\\b", "/%5C", "/%2e%2e/a", "/a/%2e%2e/b", "/\u00c3\u00a9", "/%C3%A9",
        "/..", "/a/..", "/a/../..", "/.", "/./", "/...", "/.a", "/a.", "/a?b#c", "/a#b", "/a?b\u00e9", "/a b", "/%", "/%4", "/%zz",
        "/%00", "/a/;x", "/;x/a", "/a;/..", "/..;/a", "/%252F", "/a%2Fb;x", "/?a", "/a?", "/~a/|b", "/a%20b", "/[x]", "/\u0100",
    })
    void theAuthorityChangesNothingOfThePath(String path) {
        for (int bits = 0; bits < 64; bits++) {
            TargetRules rules = new TargetRules((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0,
                    (bits & 32) != 0);
            Normalised alone = Target.normalise(path, rules);
            for (String front : new String[] {"http://h", "https://h:8443", "HTTP://[::1]:80", "http://1.2.3.4"}) {
                Normalised whole = Target.normalise(front + path, rules);
                if (alone instanceof Target target) {
                    Target same = assertInstanceOf(Target.class, whole, front + path);
                    assertEquals(target.path(), same.path());
                    assertEquals(target.query(), same.query());
                    assertEquals(target.rawPath(), same.rawPath());
                } else {
                    RefusedTarget refused = assertInstanceOf(RefusedTarget.class, whole, front + path);
                    assertEquals(((RefusedTarget) alone).message(), refused.message());
                    assertEquals(((RefusedTarget) alone).setting(), refused.setting());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "a", "a/b", "?a", "#", "**", "*/", "*?a", "http:", "http:/", "http://", "http:///", "http:///a", "http://?a", "http:/h/a", "http//h",
        "httpx://h/", "ftp://h/", "ws://h/", "file:///a", "javascript:a", "h:80", "http://u@h/", "http://u:p@h/a", "http://h\\a", "http://h#a",
        "http://h a/", "http://h\u00e9/", "http://h\0/", " /a", "\\a", "%2F", "\t/a", "https:", "https://", "https:///x", "\u00e9",
    })
    void whatHasNoFormIsRefusedWithoutASetting(String raw) {
        TargetRules open = new TargetRules(true, true, true, true, true, true);
        for (TargetRules rules : Set.of(TargetRules.STRICT, open)) {
            RefusedTarget refused = assertInstanceOf(RefusedTarget.class, Target.normalise(raw, rules), raw);
            assertEquals(raw, refused.raw());
            assertNull(refused.setting());
            assertTrue(refused.message().contains("neither a path, nor a URL of http or https, nor *"), refused.message());
            assertTrue(refused.message().endsWith(": no setting allows it"), refused.message());
            assertTrue(refused.message().chars().allMatch(c -> c >= ' ' && c < 127), refused.message());
        }
    }

    /** Each sentence that the peer may see, with the setting that it names; and the setting does let it in. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "/a%2Fb   | target.encoded-slash   | the target has %2F, an encoded slash",
        "/a%2fb   | target.encoded-slash   | the target has %2f, an encoded slash",
        "/%2e/a   | target.encoded-dots    | the target has %2e, an encoded dot segment",
        "/a/.%2E/ | target.encoded-dots    | the target has .%2E, an encoded dot segment",
        "/a;b     | target.path-parameters | the target has ;, which begins path parameters",
        "/a//b    | target.empty-segments  | the target has //, an empty segment",
        "//       | target.empty-segments  | the target has //, an empty segment",
        "/a\\b    | target.backslash       | the target has \\, a backslash, which some take for a slash",
        "/a%5Cb   | target.backslash       | the target has %5C, a backslash, which some take for a slash",
        "/\u00c3\u00a9 | target.non-ascii  | the target has the byte 0xC3, which is not ASCII and not percent-encoded",
        "/?\u00e9 | target.non-ascii       | the target has the byte 0xE9, which is not ASCII and not percent-encoded",
    })
    void theMessageNamesTheSettingThatLetsItIn(String raw, String setting, String start) {
        RefusedTarget refused = assertInstanceOf(RefusedTarget.class, Target.normalise(raw, TargetRules.STRICT));
        assertEquals(setting, refused.setting());
        assertEquals(start + ": set " + setting + "=true to allow it", refused.message());
        TargetRules all = new TargetRules(true, true, true, true, true, true);
        TargetRules one = switch (setting) {
            case "target.encoded-slash" -> TargetRules.STRICT.withEncodedSlash(true);
            case "target.encoded-dots" -> TargetRules.STRICT.withEncodedDots(true);
            case "target.path-parameters" -> TargetRules.STRICT.withPathParameters(true);
            case "target.empty-segments" -> TargetRules.STRICT.withEmptySegments(true);
            case "target.backslash" -> TargetRules.STRICT.withBackslash(true);
            default -> TargetRules.STRICT.withNonAscii(true);
        };
        assertInstanceOf(Target.class, Target.normalise(raw, one));
        assertInstanceOf(Target.class, Target.normalise(raw, all));
        TargetRules others = switch (setting) {
            case "target.encoded-slash" -> all.withEncodedSlash(false);
            case "target.encoded-dots" -> all.withEncodedDots(false);
            case "target.path-parameters" -> all.withPathParameters(false);
            case "target.empty-segments" -> all.withEmptySegments(false);
            case "target.backslash" -> all.withBackslash(false);
            default -> all.withNonAscii(false);
        };
        assertEquals(setting, assertInstanceOf(RefusedTarget.class, Target.normalise(raw, others)).setting());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "/a#b      | the target has #, which begins a fragment (send %23 for the character)",
        "/a b      | the target has the byte 0x20, which is a space or a control character",
        "/..       | the target has .., which leaves the root",
        "/a/../..  | the target has .., which leaves the root",
        "/%        | the target has %, a malformed percent-encoding",
        "/%4       | the target has %4, a malformed percent-encoding",
        "/%4g/     | the target has %4g, a malformed percent-encoding",
        "/%00      | the target has %00, an encoded control character",
        "/%7F      | the target has %7F, an encoded control character",
        "/%C3      | the target has %C3, which is not UTF-8",
        "/%C0%AF   | the target has %C0, which is not UTF-8",
    })
    void whatNothingLetsInSaysSo(String raw, String start) {
        TargetRules all = new TargetRules(true, true, true, true, true, true);
        for (TargetRules rules : Set.of(TargetRules.STRICT, all)) {
            RefusedTarget refused = assertInstanceOf(RefusedTarget.class, Target.normalise(raw, rules));
            assertNull(refused.setting());
            assertTrue(refused.message().startsWith(start), refused.message());
            assertTrue(refused.message().endsWith(": no setting allows it"), refused.message());
        }
    }

    @Test
    void aLongTargetIsCutInTheMessageOnly() {
        String raw = "x".repeat(5_000);
        RefusedTarget refused = assertInstanceOf(RefusedTarget.class, Target.normalise(raw, TargetRules.STRICT));
        assertEquals(5_000, refused.raw().length());
        assertTrue(refused.message().length() < 200, refused.message());
        Target fine = assertInstanceOf(Target.class, Target.normalise("/" + raw + "/../" + raw, TargetRules.STRICT));
        assertEquals("/" + raw, fine.path());
        assertNotNull(fine.rawPath());
    }
}
