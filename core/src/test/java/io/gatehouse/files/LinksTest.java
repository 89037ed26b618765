/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Symbolic links: followed inside the root, refused when they lead out or to something hidden. */
class LinksTest {

    @TempDir
    Path outside;

    private Path root;
    private StaticFiles files;

    @BeforeEach
    void site() throws Exception {
        new Site(outside)
                .file("secret.txt", "SECRET").file("secrets/a.txt", "SECRET").file("root/a.txt", "inside")
                .file("root/dir/b.txt", "below").file("root/.hidden/c.txt", "SECRET").file("root/.env", "SECRET")
                .file("root/WEB-INF/web.xml", "SECRET").file("rootling/x.txt", "SECRET");
        root = outside.resolve("root");
        link("out.txt", "../secret.txt");
        link("absolute.txt", outside.resolve("secret.txt").toString());
        link("outdir", "../secrets");
        link("sibling", "../rootling");
        link("up", "..");
        link("dir/up.txt", "../../secret.txt");
        link("twice.txt", "out.txt");
        link("there-and-back.txt", "../root/a.txt");
        link("inside.txt", "a.txt");
        link("insidedir", "dir");
        link("hidden.txt", ".env");
        link("hiddendir", ".hidden");
        link("web", "WEB-INF");
        link("loop", "loop");
        link("loop1", "loop2");
        link("loop2", "loop1");
        link("dangling", "nowhere");
        link("self", ".");
        files = StaticFiles.of(root).freshness(Duration.ZERO).build();
    }

    private void link(String name, String target) throws Exception {
        Files.createSymbolicLink(root.resolve(name), Path.of(target));
    }

    @ParameterizedTest
    @CsvSource({
        "/a.txt,200", "/inside.txt,200", "/insidedir/b.txt,200", "/there-and-back.txt,200", "/self/a.txt,200",
        "/insidedir,301",
        "/out.txt,404", "/absolute.txt,404", "/outdir/a.txt,404", "/outdir,404", "/outdir/,404", "/sibling/x.txt,404",
        "/up,404",
        "/up/secret.txt,404", "/up/root/a.txt,200", "/dir/up.txt,404", "/twice.txt,404", "/hidden.txt,404",
        "/hiddendir/c.txt,404",
        "/web/web.xml,404", "/loop,404", "/loop/x,404", "/loop1,404", "/dangling,404", "/self/self/out.txt,404"
    })
    void onlyInsideAndOnlyToWhatIsOpen(String target, int status) throws Exception {
        assertEquals(status, Site.get(files, target).sentStatus());
    }

    @Test
    void theRootMayBeALinkThatIsTurned() throws Exception {
        Path current = outside.resolve("current");
        Files.createSymbolicLink(current, root);
        StaticFiles turned = StaticFiles.of(current).freshness(Duration.ZERO).build();
        assertEquals("inside", Site.get(turned, "/a.txt").sentText());
        new Site(outside).file("release2/a.txt", "second");
        Path next = outside.resolve("next");
        Files.createSymbolicLink(next, outside.resolve("release2"));
        Files.move(next, current, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        assertEquals("second", Site.get(turned, "/a.txt").sentText());
        Files.delete(current);
        assertEquals(404, Site.get(turned, "/a.txt").sentStatus());
    }

    @Test
    void aFileThatBecomesALinkBetweenLookAndOpenIsNotOpened() throws Exception {
        DirectoryRoot directory = new DirectoryRoot(root);
        Root.Source source = (Root.Source) directory.find("a.txt");
        Files.delete(root.resolve("a.txt"));
        link("a.txt", "../secret.txt");
        assertThrows(NoSuchFileException.class, () -> source.open(1000).close());
        Files.delete(root.resolve("a.txt"));
        link("a.txt", "dir/b.txt");
        Content content = source.open(1000);
        assertEquals(5, content.stamp().size(), "a link that stays inside is followed");
    }

    @Test
    void aFolderThatBecomesALinkBetweenLookAndOpenIsNotOpened() throws Exception {
        DirectoryRoot directory = new DirectoryRoot(root);
        Root.Source source = (Root.Source) directory.find("dir/b.txt");
        Files.move(root.resolve("dir"), root.resolve("dir2"));
        new Site(outside).file("secrets/b.txt", "SECRET");
        link("dir", "../secrets");
        assertThrows(NoSuchFileException.class, () -> source.open(1000).close());
        assertThrows(NoSuchFileException.class, () -> source.open(0).close());
    }

    @Test
    void aSiblingThatLeadsOutIsNotUsed() throws Exception {
        new Site(outside).file("root/app.js", "a script that is long enough").file("app.js.gz", "SECRET");
        link("app.js.gz", "../app.js.gz");
        var response = Site.get(files, "/app.js", "Accept-Encoding", "gzip");
        assertEquals("a script that is long enough", response.sentText());
    }

    @Test
    void anIndexThatLeadsOutIsNotUsed() throws Exception {
        link("dir/index.html", "../../secret.txt");
        assertEquals(404, Site.get(files, "/dir/").sentStatus());
    }
}
