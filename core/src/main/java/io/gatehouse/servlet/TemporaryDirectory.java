/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The directory of an application's temporary files (Servlet 6.1 section 4.8.1): given, or made and removed again. */
record TemporaryDirectory(Path path, boolean own) {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    static TemporaryDirectory of(@Nullable Path given) throws ServletException {
        try {
            return given == null
                    ? new TemporaryDirectory(Files.createTempDirectory("gatehouse"), true)
                    : new TemporaryDirectory(Files.createDirectories(given), false);
        } catch (IOException e) {
            throw new ServletException("no temporary directory can be made: name a writable one", e);
        }
    }

    /** Removes it with all that is in it, if it was made. */
    void remove() {
        if (!own) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.WARNING, "can't remove the temporary directory " + path, e);
        }
    }
}
