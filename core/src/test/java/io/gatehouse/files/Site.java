/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Shortcut.Prepared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

/** A directory with files whose times are known, and short words to ask for them. */
final class Site {

    /** When every file of the site was modified, unless said otherwise. */
    static final Instant MODIFIED = Instant.parse("2024-05-06T07:08:09.123456789Z");
    static final String MODIFIED_DATE = "Mon, 06 May 2024 07:08:09 GMT";

    final Path root;

    Site(Path root) throws IOException {
        this.root = root;
    }

    /** Writes a text, and sets its time to {@link #MODIFIED}. */
    Site file(String path, String text) throws IOException {
        return file(path, text.getBytes(StandardCharsets.UTF_8), MODIFIED);
    }

    Site file(String path, byte[] bytes, Instant modified) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, FileTime.from(modified));
        return this;
    }

    /** Bytes that tell their own place. */
    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8) * 7 + (i >> 16));
        }
        return bytes;
    }

    static FakeResponse get(StaticFiles files, String target, String... fields) throws Exception {
        return new FakeResponse().handledBy(files, FakeRequest.get(target, fields));
    }

    static FakeResponse head(StaticFiles files, String target, String... fields) throws Exception {
        return new FakeResponse().handledBy(files, FakeRequest.of("HEAD", target, fields));
    }

    static Prepared find(StaticFiles files, FakeRequest request) {
        return files.find(request.head(), request.target(), request.prefixLength());
    }

    static Prepared find(StaticFiles files, String target, String... fields) {
        return find(files, FakeRequest.get(target, fields));
    }

    static String text(Prepared prepared) {
        return StandardCharsets.UTF_8.decode(prepared.body().duplicate()).toString();
    }
}
