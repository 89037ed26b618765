/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Content below a directory. A path whose real file lies outside, through a link, does not exist. */
final class DirectoryResources implements Resources {

    private final Path root;

    /**
     * @throws IllegalArgumentException if the directory does not exist
     */
    DirectoryResources(Path root) {
        try {
            this.root = root.toRealPath();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the resource directory " + root.toAbsolutePath() + " can't be read: create it or name another", e);
        }
        if (!Files.isDirectory(this.root)) {
            throw new IllegalArgumentException(
                    "the resource directory " + root.toAbsolutePath() + " is a file: name a directory");
        }
    }

    @Override
    public @Nullable URL getResource(String path) {
        Path file = find(path);
        try {
            return file == null ? null : file.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public @Nullable InputStream getResourceAsStream(String path) {
        Path file = find(path);
        try {
            return file == null || Files.isDirectory(file) ? null : Files.newInputStream(file);
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public @Nullable Set<String> getResourcePaths(String path) {
        Path directory = find(path);
        if (directory == null || !Files.isDirectory(directory)) {
            return null;
        }
        String prefix = path.endsWith("/") ? path : path + "/";
        Set<String> paths = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                paths.add(prefix + entry.getFileName() + (Files.isDirectory(entry) ? "/" : ""));
            }
        } catch (IOException e) {
            return null;
        }
        return paths;
    }

    /** Also for files that do not exist: the path that they would have, unless it lies outside. */
    @Override
    public @Nullable Path getRealPath(String path) {
        Path found = find(path);
        if (found != null) {
            return found;
        }
        Path candidate = resolve(path);
        return candidate == null || Files.exists(candidate) ? null : candidate;
    }

    private @Nullable Path find(String path) {
        Path candidate = resolve(path);
        if (candidate == null) {
            return null;
        }
        try {
            Path real = candidate.toRealPath();
            if (!real.startsWith(root) || path.endsWith("/") && !Files.isDirectory(real)) {
                return null;
            }
            return real;
        } catch (IOException e) {
            return null;
        }
    }

    private @Nullable Path resolve(String path) {
        try {
            Path candidate = root.resolve(path.substring(1)).normalize();
            return candidate.startsWith(root) ? candidate : null;
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
