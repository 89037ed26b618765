/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables that peers, logs and counters see: statuses, refusals, media types, rules; and the grammar of words. */
final class WordsTest {

    /** The IANA registry of status codes, without what is unused or temporary. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "100 | Continue", "101 | Switching Protocols", "102 | Processing", "103 | Early Hints", "200 | OK", "201 | Created",
        "202 | Accepted", "203 | Non-Authoritative Information", "204 | No Content", "205 | Reset Content", "206 | Partial Content",
        "207 | Multi-Status", "208 | Already Reported", "226 | IM Used", "300 | Multiple Choices", "301 | Moved Permanently",
        "302 | Found", "303 | See Other", "304 | Not Modified", "305 | Use Proxy", "307 | Temporary Redirect",
        "308 | Permanent Redirect", "400 | Bad Request", "401 | Unauthorized", "402 | Payment Required", "403 | Forbidden",
        "404 | Not Found", "405 | Method Not Allowed", "406 | Not Acceptable", "407 | Proxy Authentication Required",
        "408 | Request Timeout", "409 | Conflict", "410 | Gone", "411 | Length Required", "412 | Precondition Failed",
        "413 | Content Too Large", "414 | URI Too Long", "415 | Unsupported Media Type", "416 | Range Not Satisfiable",
        "417 | Expectation Failed", "421 | Misdirected Request", "422 | Unprocessable Content", "423 | Locked",
        "424 | Failed Dependency", "425 | Too Early", "426 | Upgrade Required", "428 | Precondition Required",
        "429 | Too Many Requests", "431 | Request Header Fields Too Large", "451 | Unavailable For Legal Reasons",
        "500 | Internal Server Error", "501 | Not Implemented", "502 | Bad Gateway", "503 | Service Unavailable",
        "504 | Gateway Timeout", "505 | HTTP Version Not Supported", "506 | Variant Also Negotiates", "507 | Insufficient Storage",
        "508 | Loop Detected", "511 | Network Authentication Required",
    })
    void statusesHaveTheirRegisteredReasons(int status, String reason) {
        assertEquals(reason, Status.reason(status));
    }

    @Test
    void noOtherStatusHasAReason() {
        int registered = 0;
        for (int status = -10; status < 1_100; status++) {
            registered += Status.reason(status).isEmpty() ? 0 : 1;
            boolean bodiless = status < 200 || status == 204 || status == 304;
            assertEquals(bodiless, Status.isBodiless(status), "" + status);
        }
        assertEquals(60, registered);
        assertEquals("", Status.reason(Integer.MIN_VALUE));
        assertEquals("", Status.reason(Integer.MAX_VALUE));
    }

    /** Who watches logs and counters, and every client, depends on these. */
    @ParameterizedTest
    @CsvSource({
        "SYNTAX, 400, syntax", "HOST, 400, host", "FRAMING, 400, framing", "CHUNK, 400, chunk", "TRUNCATED, 400, truncated",
        "PLAIN, 400, plain", "TLS, 0, tls",
        "FORWARDED, 400, forwarded", "TARGET, 400, target", "HEAD_TIMEOUT, 408, head-timeout", "BODY_TIMEOUT, 408, body-timeout", "BODY_SIZE, 413, body-size",
        "LINE_SIZE, 414, line-size", "EXPECTATION, 417, expectation", "HEAD_SIZE, 431, head-size", "FIELD_COUNT, 431, field-count",
        "UNSUPPORTED, 501, unsupported", "OVERLOAD, 503, overload", "QUEUE_TIMEOUT, 503, queue-timeout",
        "CONNECTIONS, 503, connections", "STOPPING, 503, stopping",
        "VERSION, 505, version", "IDLE, 0, idle", "WRITE_TIMEOUT, 0, write-timeout", "DISCONNECTED, 0, disconnected",
    })
    void refusalsHaveTheirStatusAndWord(Refusal refusal, int status, String word) {
        assertEquals(status, refusal.status());
        assertEquals(word, refusal.word());
        assertEquals(refusal.name().toLowerCase(Locale.ROOT).replace('_', '-'), refusal.word());
        assertEquals(25, Refusal.values().length, "a new row belongs into this table");
        RefusedException exception = new RefusedException(refusal, "limits.body=5 is passed");
        assertEquals(refusal, exception.refusal());
        assertEquals("limits.body=5 is passed", exception.detail());
        assertEquals("limits.body=5 is passed", exception.getMessage());
        assertTrue(IOException.class.isInstance(exception));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "%2F | an encoded slash | target.encoded-slash "
                + "| the target has %2F, an encoded slash: set target.encoded-slash=true to allow it",
        "#   | which begins a fragment | - | the target has #, which begins a fragment: no setting allows it",
    })
    void aRefusedTargetSaysWhatToDo(String sequence, String reason, String setting, String message) {
        RefusedTarget refused = new RefusedTarget("/raw", sequence, reason, setting);
        assertEquals(message, refused.message());
        assertEquals("/raw", refused.raw());
    }

    @Test
    void eachRuleIsSetByItsOwn() {
        TargetRules strict = TargetRules.STRICT;
        Set<TargetRules> all = new HashSet<>();
        all.add(strict);
        all.add(strict.withEncodedSlash(true));
        all.add(strict.withEncodedDots(true));
        all.add(strict.withPathParameters(true));
        all.add(strict.withEmptySegments(true));
        all.add(strict.withBackslash(true));
        all.add(strict.withNonAscii(true));
        assertEquals(7, all.size());
        assertEquals(new TargetRules(true, false, false, false, false, false), strict.withEncodedSlash(true));
        assertEquals(new TargetRules(false, true, false, false, false, false), strict.withEncodedDots(true));
        assertEquals(new TargetRules(false, false, true, false, false, false), strict.withPathParameters(true));
        assertEquals(new TargetRules(false, false, false, true, false, false), strict.withEmptySegments(true));
        assertEquals(new TargetRules(false, false, false, false, true, false), strict.withBackslash(true));
        assertEquals(new TargetRules(false, false, false, false, false, true), strict.withNonAscii(true));
        TargetRules open = new TargetRules(true, true, true, true, true, true);
        assertEquals(open, strict.withEncodedSlash(true).withEncodedDots(true).withPathParameters(true).withEmptySegments(true)
                .withBackslash(true).withNonAscii(true));
        assertEquals(strict, open.withEncodedSlash(false).withEncodedDots(false).withPathParameters(false)
                .withEmptySegments(false).withBackslash(false).withNonAscii(false));
    }

    /** The types without which browsers refuse or misread what they get. */
    @ParameterizedTest
    @CsvSource({
        "html, text/html; charset=utf-8", "js, text/javascript; charset=utf-8", "mjs, text/javascript; charset=utf-8",
        "css, text/css; charset=utf-8", "svg, image/svg+xml", "wasm, application/wasm", "json, application/json",
        "webmanifest, application/manifest+json", "ico, image/x-icon", "woff2, font/woff2", "avif, image/avif", "webp, image/webp",
        "mp4, video/mp4", "m4a, audio/mp4", "ogg, audio/ogg", "ogv, video/ogg", "vtt, text/vtt; charset=utf-8", "pdf, application/pdf",
        "xhtml, application/xhtml+xml", "txt, text/plain; charset=utf-8", "xml, application/xml", "rss, application/rss+xml",
        "jpeg, image/jpeg", "jpg, image/jpeg", "gz, application/gzip", "zst, application/zstd", "7z, application/x-7z-compressed",
        "jar, application/java-archive", "docx, application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "ts, video/mp2t", "m3u8, application/vnd.apple.mpegurl",
        "yaml, application/yaml", "yml, application/yaml", "md, text/markdown; charset=utf-8", "csv, text/csv; charset=utf-8",
        "java, text/plain; charset=utf-8", "tar, application/x-tar", "glb, model/gltf-binary", "ndjson, application/x-ndjson",
    })
    void endingsHaveTheirType(String ending, String type) {
        MediaTypes types = MediaTypes.standard();
        assertEquals(type, types.of("x." + ending));
        assertEquals(type, types.of("x." + ending.toUpperCase(Locale.ROOT)));
        assertEquals(type, types.of("/a.b/c.d/x.y." + ending));
        assertEquals(MediaTypes.UNKNOWN, types.of("x." + ending + "x"));
        assertEquals(MediaTypes.UNKNOWN, types.of("x." + ending + "/x"));
        assertEquals(MediaTypes.UNKNOWN, types.of(ending));
        String parameter = type.startsWith("text/") ? "; charset=utf-8" : "";
        assertEquals(parameter, type.substring(type.indexOf(';') < 0 ? type.length() : type.indexOf(';')));
    }

    @ParameterizedTest
    @CsvSource({
        "text/x-a, text/x-a; charset=utf-8", "TEXT/x-a, TEXT/x-a; charset=utf-8", "text/x-a; charset=latin1, text/x-a; charset=latin1",
        "text/x-a; Charset=latin1, text/x-a; Charset=latin1", "text/x-a; v=1, text/x-a; v=1; charset=utf-8",
        "application/x-a, application/x-a", "image/x; q=1, image/x; q=1", "textual/x, textual/x",
    })
    void textSaysItsCharset(String given, String type) {
        assertEquals(type, MediaTypes.standard().with("zzz", given).of("a.zzz"));
        assertEquals(type, MediaTypes.standard().with("ZZZ", given).of("a.zzz"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t", " \t ", "a", " a", "a ", "\ta b\t", "  a\t b  ", "\u00a0", "a\u00a0 ", "\n", " \n "})
    void trimTakesBlanksAndTabsOnly(String text) {
        String expected = text.replaceAll("^[ \t]+|[ \t]+$", "");
        assertEquals(expected, FieldSyntax.trim(text));
        assertEquals(expected, FieldSyntax.trim(FieldSyntax.trim(text)));
    }

    @Test
    void printableReplacesWhatIsNot() {
        for (int i = 0; i < 0x400; i++) {
            String printed = FieldSyntax.printable("<" + (char) i + ">");
            assertEquals(i >= ' ' && i < 127 ? "<" + (char) i + ">" : "<?>", printed);
        }
        for (int length = 0; length < 200; length++) {
            String printed = FieldSyntax.printable("\n".repeat(length));
            assertEquals(length <= 64 ? "?".repeat(length) : "?".repeat(64) + "...", printed);
        }
    }

    @Test
    void aRefusedWordIsShownHarmlessly() {
        for (String name : new String[] {"", "a b", "a\r\nb", "\u00e4", "x".repeat(100) + " "}) {
            String message = message(() -> FieldSyntax.requireName(name));
            assertTrue(message.startsWith("not a field name: '"), message);
            assertTrue(message.length() < 150, message);
            assertFalse(message.contains("\n"), message);
        }
        String message = message(() -> FieldSyntax.requireValue("A", "abc\u20ac"));
        assertEquals("the value of field A has the character U+20AC at 3; encode it, or leave it out", message);
        assertNull(message(() -> FieldSyntax.requireValue("A", "\u00ff\t ~")));
    }

    private static String message(Runnable action) {
        try {
            action.run();
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }
}
