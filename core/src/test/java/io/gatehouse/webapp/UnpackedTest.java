/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WAR files, honest and other ones. */
@Section("10.6")
@DisplayNameGeneration(SectionNames.class)
class UnpackedTest {

    @TempDir
    Path place;

    private Path war;
    private Path work;

    @BeforeEach
    void places() throws IOException {
        war = place.resolve("shop.war");
        work = Files.createDirectory(place.resolve("work"));
    }

    private Unpacked open(ArchiveLimits limits) throws DeploymentException {
        return Unpacked.open(war, work, limits);
    }

    private DeploymentException refused() {
        return refused(ArchiveLimits.DEFAULT);
    }

    /** Refused, and nothing is left of the attempt. */
    private DeploymentException refused(ArchiveLimits limits) {
        DeploymentException refused = assertThrows(DeploymentException.class, () -> open(limits));
        try (Stream<Path> left = Files.list(work)) {
            assertEquals(List.of(), left.toList());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        try (Stream<Path> beside = Files.list(place)) {
            assertEquals(List.of("shop.war", "work"), beside.map(Layout::name).sorted().toList());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return refused;
    }

    @Test
    void anArchiveIsUnpackedAndRemoved() throws Exception {
        byte[] large = new byte[300_000];
        new Random(1).nextBytes(large);
        new Archive().file("index.html", "hello").file("WEB-INF/classes/a/B.class", large).file("empty/", "")
                .file("ä ö.txt", "umlauts").war(war);
        Unpacked unpacked = open(ArchiveLimits.DEFAULT);
        assertTrue(unpacked.root().startsWith(work) && !unpacked.root().equals(work));
        assertEquals("hello", Files.readString(unpacked.root().resolve("index.html")));
        assertArrayEquals(large, Files.readAllBytes(unpacked.root().resolve("WEB-INF/classes/a/B.class")));
        assertTrue(Files.isDirectory(unpacked.root().resolve("empty")));
        assertEquals("umlauts", Files.readString(unpacked.root().resolve("ä ö.txt")));
        unpacked.remove();
        assertFalse(Files.exists(unpacked.root()));
        assertTrue(Files.exists(war));
        unpacked.remove();
    }

    @Test
    void twoOfOneArchiveHavePlacesOfTheirOwn() throws Exception {
        new Archive().file("a", "a").war(war);
        Unpacked one = open(ArchiveLimits.DEFAULT);
        Unpacked two = open(ArchiveLimits.DEFAULT);
        assertFalse(one.root().equals(two.root()));
        one.remove();
        assertTrue(Files.exists(two.root().resolve("a")));
        two.remove();
    }

    @Test
    void aDirectoryIsUsedAsItIs() throws Exception {
        new Archive().file("a", "a").directory(place.resolve("app"));
        Unpacked unpacked = Unpacked.open(place.resolve("app"), work, ArchiveLimits.DEFAULT);
        assertEquals(place.resolve("app").toAbsolutePath(), unpacked.root());
        unpacked.remove();
        assertTrue(Files.exists(place.resolve("app/a")));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "../evil", "a/../../evil", "/etc/passwd", "a/../b", "./a", "a/./b", "a//b", "..", "../", ".", "/", "//"})
    void pathsThatAreNotPlainAreRefused(String name) throws Exception {
        new Archive().file("good", "good").file(name, "evil").war(war);
        assertTrue(refused().getMessage().contains("the entry '" + name + "' is not a plain path"), refused().getMessage());
        assertFalse(Files.exists(place.resolve("evil")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"..\\evil", "a\\b", "C:evil", "C:/evil", "a:stream", "line\nbreak", "nul\u0000byte"})
    void charactersThatSomeSystemReadsOtherwiseAreRefused(String name) throws Exception {
        new Archive().file(name, "evil").war(war);
        assertTrue(refused().getMessage().contains("has a character that no path may have"), refused().getMessage());
    }

    /** An honest writer makes no such archive: two names of one length are written, and one is changed to the other. */
    @ParameterizedTest
    @CsvSource({"WEB-INF/web.xml, WEB-INF/web.xmx", "a/b, a/c"})
    void anEntryThatIsThereTwiceIsRefused(String name, String twin) throws Exception {
        byte[] bytes = new Archive().file(name, "one").file(twin, "two").bytes();
        String text = new String(bytes, StandardCharsets.ISO_8859_1).replace(twin, name);
        Files.write(war, text.getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(refused().getMessage().contains("the entry " + name + " is there twice"), refused().getMessage());
    }

    @ParameterizedTest
    @CsvSource({"a, a/b", "a/b, a", "a/b/c, a/b"})
    void aFileIsNoDirectory(String first, String second) throws Exception {
        new Archive().file(first, "1").file(second, "2").war(war);
        assertTrue(refused().getMessage().contains("is there twice, or is a file and a directory"), refused().getMessage());
    }

    @Test
    void entriesAreCounted() throws Exception {
        Archive archive = new Archive();
        for (int i = 0; i < 11; i++) {
            archive.file("f" + i, "");
        }
        archive.war(war);
        assertTrue(refused(new ArchiveLimits(10, 1 << 20, 10)).getMessage().contains("it has 11 entries and may have entries=10"));
        open(new ArchiveLimits(11, 1 << 20, 10)).remove();
    }

    @Test
    void bytesAreCountedAsTheyComeOut() throws Exception {
        new Archive().file("a", new byte[600]).file("b", new byte[600]).war(war);
        assertTrue(refused(new ArchiveLimits(10, 1199, 10)).getMessage().contains("it unpacks to more than it may: bytes=1199"));
        open(new ArchiveLimits(10, 1200, 10)).remove();
    }

    /** 80 MiB of zeros pack to 80 KiB: a thousand times less. */
    @Test
    void aBombIsRefused() throws Exception {
        new Archive().file("bomb", new byte[80 << 20]).war(war);
        assertTrue(Files.size(war) < 200_000);
        assertTrue(refused().getMessage().contains("ratio=100"), refused().getMessage());
    }

    /** The archive's own word for the length is not what counts. */
    @Test
    void aLyingLengthIsNotBelieved() throws Exception {
        byte[] bytes = new Archive().file("a", new byte[5000]).bytes();
        for (int i = 0; i + 4 <= bytes.length; i++) {
            if (bytes[i] == (byte) 0x88 && bytes[i + 1] == 0x13 && bytes[i + 2] == 0 && bytes[i + 3] == 0) {
                bytes[i] = 1; // 5000 becomes 1
                bytes[i + 1] = 0;
            }
        }
        Files.write(war, bytes);
        refused(new ArchiveLimits(10, 1000, 10));
    }

    @Test
    void whatIsNoArchiveIsRefused() throws Exception {
        Files.writeString(war, "no archive at all");
        assertTrue(refused().getMessage().contains("is no WAR file"), refused().getMessage());
        Files.write(war, new byte[0]);
        assertTrue(refused().getMessage().contains("is no WAR file"), refused().getMessage());
        byte[] whole = new Archive().file("a", "a".repeat(1000)).bytes();
        Files.write(war, Arrays.copyOf(whole, whole.length - 10));
        assertTrue(refused().getMessage().contains("is no WAR file"), refused().getMessage());
    }

    @Test
    void aMissingApplicationIsNamed() {
        DeploymentException refused = assertThrows(DeploymentException.class,
                () -> Unpacked.open(place.resolve("none.war"), work, ArchiveLimits.DEFAULT));
        assertTrue(refused.getMessage().contains("there is no web application at " + place.resolve("none.war").toAbsolutePath()),
                refused.getMessage());
    }

    @Test
    void aWorkDirectoryIsMadeIfNeedBe() throws Exception {
        new Archive().file("a", "a").war(war);
        Unpacked unpacked = Unpacked.open(war, place.resolve("new/work"), ArchiveLimits.DEFAULT);
        assertTrue(unpacked.root().startsWith(place.resolve("new/work")));
        unpacked.remove();
        Files.writeString(place.resolve("file"), "");
        DeploymentException refused = assertThrows(DeploymentException.class,
                () -> Unpacked.open(war, place.resolve("file"), ArchiveLimits.DEFAULT));
        assertTrue(refused.getMessage().contains("no work directory can be made"), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 1", "1, 0, 1", "1, 1, 0", "-1, 1, 1"})
    void limitsAllowSomething(int entries, long bytes, int ratio) {
        assertThrows(IllegalArgumentException.class, () -> new ArchiveLimits(entries, bytes, ratio));
    }

    @ParameterizedTest
    @CsvSource({"1, 67108864", "671088, 67108864", "671089, 67108900", "9000000000000000000, 4294967296"})
    void smallArchivesMayUnpackToMuch(long archive, long bytes) {
        assertEquals(bytes, ArchiveLimits.DEFAULT.bytesOf(archive));
    }
}
