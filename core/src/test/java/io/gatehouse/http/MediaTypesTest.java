/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaTypesTest {

    @ParameterizedTest
    @CsvSource({
        "index.html,text/html; charset=utf-8", "a.htm,text/html; charset=utf-8", "a.css,text/css; charset=utf-8",
        "a.js,text/javascript; charset=utf-8", "a.mjs,text/javascript; charset=utf-8",
        "a.cjs,text/javascript; charset=utf-8",
        "a.txt,text/plain; charset=utf-8", "a.md,text/markdown; charset=utf-8", "a.csv,text/csv; charset=utf-8",
        "a.ics,text/calendar; charset=utf-8", "a.vtt,text/vtt; charset=utf-8", "a.json,application/json",
        "a.map,application/json", "a.webmanifest,application/manifest+json", "a.xml,application/xml",
        "a.wasm,application/wasm", "a.pdf,application/pdf", "a.zip,application/zip", "a.tar.gz,application/gzip",
        "a.woff,font/woff", "a.woff2,font/woff2", "a.ttf,font/ttf", "a.otf,font/otf", "a.png,image/png",
        "a.jpg,image/jpeg", "a.jpeg,image/jpeg", "a.gif,image/gif", "a.webp,image/webp", "a.avif,image/avif",
        "a.svg,image/svg+xml", "a.ico,image/x-icon", "a.mp3,audio/mpeg", "a.mp4,video/mp4", "a.webm,video/webm",
        "A.PNG,image/png", "dir.html/file,application/octet-stream", "dir/file.svg,image/svg+xml",
        ".html,text/html; charset=utf-8",
        "noextension,application/octet-stream", "trailing.,application/octet-stream",
        "a.b.unheard,application/octet-stream",
        "html,application/octet-stream", "'',application/octet-stream"
    })
    void theEndingDecides(String name, String type) {
        assertEquals(type, MediaTypes.standard().of(name));
    }

    @Test
    void moreTypesMakeAnotherTable() {
        MediaTypes more = MediaTypes.standard().with("Gate", "application/x-gate").with("html",
                "text/html; charset=iso-8859-1")
                .with("note", "text/x-note");
        assertEquals("application/x-gate", more.of("a.gate"));
        assertEquals("text/html; charset=iso-8859-1", more.of("a.html"));
        assertEquals("text/x-note; charset=utf-8", more.of("a.note"));
        assertEquals(MediaTypes.UNKNOWN, MediaTypes.standard().of("a.gate"));
        assertEquals("text/html; charset=utf-8", MediaTypes.standard().of("a.html"));
    }

    @ParameterizedTest
    @CsvSource({"gate,application", "gate,a b/c", "gate,/x", "gate,x/", "gate,''", "tar.gz,application/gzip",
            "'',text/plain",
        "a/b,text/plain"})
    void whatIsNoTypeIsRefused(String extension, String type) {
        assertThrows(IllegalArgumentException.class, () -> MediaTypes.standard().with(extension, type));
    }

    @Test
    void aTypeCannotSplitTheHead() {
        assertThrows(IllegalArgumentException.class,
                () -> MediaTypes.standard().with("gate", "text/plain; x=\r\nSet-Cookie: a=b"));
    }
}
