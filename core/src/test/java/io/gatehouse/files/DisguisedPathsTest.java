/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.http.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ways out of the root and into what is hidden. The paths come decoded, as if the normaliser in front had let
 * everything
 * through: this package does not lean on it.
 */
class DisguisedPathsTest {

    @TempDir
    Path outside;

    private StaticFiles files;

    @BeforeEach
    void site() throws Exception {
        Site site = new Site(outside)
                .file("secret.txt", "SECRET").file("root2/secret.txt", "SECRET")
                .file("root/index.html", "home").file("root/dir/page.html", "page").file("root/dir/index.html", "dir");
        for (String hidden : new String[] {
            ".env", ".git/config", "dir/.htaccess", "dir/.hidden/x.txt", "WEB-INF/web.xml", "META-INF/MANIFEST.MF",
            "web-inf/lower.txt",
            "dir/WEB-INF/web.xml", "...", "dir/.DS_Store"
        }) {
            site.file("root/" + hidden, "SECRET");
        }
        site.file("root/.well-known/acme-challenge/token", "open").file("root/.well-known/.secret", "SECRET");
        files = StaticFiles.of(outside.resolve("root")).spa("index.html").build();
    }

    static Stream<String> disguises() {
        return Stream.of(
                "/../secret.txt", "/dir/../../secret.txt", "/dir/../index.html", "/./index.html", "/dir/./page.html",
                "/..", "/.", "/dir/..",
                "/dir/.", "/../", "/./", "/dir/../", "/../root/index.html", "/../root2/secret.txt", "//secret.txt",
                "//index.html",
                "/dir//page.html", "/dir//", "//", "///", "//etc/passwd", "/" + "//etc/passwd",
                "/..\\secret.txt", "/dir\\..\\..\\secret.txt", "\\..\\secret.txt", "/dir\\page.html", "/\\secret.txt",
                "/..\\/secret.txt",
                "/.\\index.html", "/\\\\server\\share\\x",
                "/index.html\0", "/index.html\0.png", "/\0", "/dir\0/page.html", "/../secret.txt\0.html",
                "/dir/page\u0001.html",
                "/dir/page.html\r\nX: y", "/\u007f", "/\t", "/dir/\u0000",
                "/index.html.", "/index.html...", "/index.html ", "/index.html. .", "/dir./page.html",
                "/dir /page.html", "/.. /secret.txt",
                "/... /secret.txt", "/.../secret.txt", "/....//secret.txt", "/.. ./secret.txt", "/. ./secret.txt",
                "/ /../secret.txt",
                "/dir/..;/../secret.txt", "/;/../secret.txt", "/\uFFFD../secret.txt",
                "/.env", "/.git/config", "/.git", "/.git/", "/dir/.htaccess", "/dir/.hidden/x.txt", "/dir/.DS_Store",
                "/...",
                "/WEB-INF/web.xml", "/web-inf/web.xml", "/Web-Inf/web.xml", "/WEB-INF", "/WEB-INF/",
                "/web-inf/lower.txt",
                "/META-INF/MANIFEST.MF", "/meta-inf/manifest.mf", "/META-INF/", "/dir/WEB-INF/web.xml",
                "/WEB-INF./web.xml",
                "/WEB-INF /web.xml", "/.well-known/.secret", "/.well-known/../.env", "/.Well-Known/x", "/.well-known ");
    }

    @ParameterizedTest
    @MethodSource("disguises")
    void isRefused(String path) throws Exception {
        for (String accept : new String[] {"*/*", "text/html"}) {
            FakeRequest request = FakeRequest.of("GET", new Target("/raw", path, null), "Accept", accept);
            FakeResponse response = new FakeResponse().handledBy(files, request);
            assertEquals(404, response.sentStatus());
            assertEquals(0, response.sentBytes().length);
            assertNull(Site.find(files, request));
        }
    }

    /** Other scripts have characters that look like dots and slashes: here they are letters, and name nothing. */
    @ParameterizedTest
    @ValueSource(strings = {
        "/\uFF0E\uFF0E\uFF0Fsecret.txt", "/\u2024\u2024/secret.txt", "/..\u2215secret.txt", "/..\u2044secret.txt",
        "/%2e%2e/secret.txt", "/%2e%2e%2fsecret.txt", "/..%2fsecret.txt", "/..%5csecret.txt", "/..%c0%afsecret.txt",
        "/\u3002\u3002/secret.txt", "/~root/secret.txt", "/~", "/$HOME/secret.txt", "/C:/secret.txt", "/C:secret.txt",
        "/index.html::$DATA", "/file:/etc/passwd", "/file:///etc/passwd", "/dir:stream/page.html", "/con", "/nul.txt",
        "/proc/self/environ"
    })
    void isNoFile(String path) throws Exception {
        FakeResponse response = new FakeResponse().handledBy(
                files, FakeRequest.of("GET", new Target("/raw", path, null), "Accept", "*/*"));
        assertEquals(404, response.sentStatus());
    }

    @Test
    void theDisguisesAreMany() {
        assertTrue(disguises().count() >= 40);
    }

    @Test
    void wellKnownIsOpen() throws Exception {
        assertEquals("open", Site.get(files, "/.well-known/acme-challenge/token").sentText());
    }

    @Test
    void aPrefixCannotBeLeftEither() throws Exception {
        for (String path : new String[] {"/static/../secret.txt", "/static//../secret.txt", "/static//",
                "/static/.env"}) {
            FakeRequest request = FakeRequest.of("GET", new Target(path, path, null)).prefix("/static/".length());
            assertEquals(404, new FakeResponse().handledBy(files, request).sentStatus(), path);
        }
        FakeRequest fine = FakeRequest.get("/static/dir/page.html").prefix("/static/".length());
        assertEquals("page", new FakeResponse().handledBy(files, fine).sentText());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "c:", "C:/x", "a:b", "x::$DATA", "con", "CON", "Con.txt", "nul", "aux.h", "prn.tar.gz", "com1", "COM9.txt",
        "lpt1", "com\u00b9",
        "conin$", "dir/con/x", "WEB-IN~1/web.xml", "git~1/config", "PROGRA~1", " con", " leading"
    })
    void whatWindowsReadsInItsOwnWayIsRefusedThere(String path) {
        assertFalse(PathSyntax.isPlain(path, true));
        assertTrue(PathSyntax.isPlain(path, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "a", "a/b/c", "a.b", "a..b", "..a", "a b", "console.log", "com10", "common.js", "auxiliary/x", "null",
        "\u00e9\u00df", "a;b", "a%20b", "WEB-INF2",
        "x.WEB-INF", "a-web-inf", ".well-known/x"
    })
    void plainNamesArePlainEverywhere(String path) {
        boolean dots = path.startsWith("..");
        assertEquals(!dots, PathSyntax.isPlain(path, true));
        assertEquals(!dots, PathSyntax.isPlain(path, false));
    }

    @Test
    void aNameTooLongForTheSystemIsMissing() throws Exception {
        assertEquals(404, Site.get(files, "/" + "x".repeat(5_000)).sentStatus());
        assertEquals(404, Site.get(files, "/" + "x/".repeat(5_000)).sentStatus());
    }

    @Test
    void whatIsNoRegularFileIsMissing() throws Exception {
        Path root = outside.resolve("root");
        new ProcessBuilder("mkfifo", root.resolve("pipe").toString()).start().waitFor();
        assertTrue(Files.exists(root.resolve("pipe")), "mkfifo is part of every POSIX system");
        assertEquals(404, Site.get(files, "/pipe", "Accept", "*/*").sentStatus(), "and opening it would wait for ever");
    }
}
