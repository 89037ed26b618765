/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The static content of an application: what {@code ServletContext.getResource} finds (Servlet 6.1 section 4.6). Paths
 * begin with {@code /} and are normalised by the caller. Called by many threads at once; may block for the disk.
 */
public interface Resources {

    /** No content. */
    Resources NONE = new LayeredResources(List.of());

    /**
     * Where the resource at a path lies, be it a file or a directory.
     *
     * @return null if there is none
     */
    @Nullable URL getResource(String path);

    /**
     * The bytes of the file at a path; the caller closes them.
     *
     * @return null if there is none or it is a directory
     */
    @Nullable InputStream getResourceAsStream(String path);

    /**
     * What lies directly in the directory at a path: full paths, those of directories with {@code /} at the end.
     *
     * @return null if there is no such directory
     */
    @Nullable Set<String> getResourcePaths(String path);

    /** The file of the operating system at a path, or null if it lies in a jar or outside. */
    @Nullable Path getRealPath(String path);

    /** Content below a directory; links that lead out of it are not followed. */
    static Resources directory(Path root) {
        return new DirectoryResources(root);
    }

    /** Content below {@code META-INF/resources} of every directory and jar that a class loader sees (section 4.6). */
    static Resources classPath(ClassLoader loader) {
        return new ClassPathResources(loader, "META-INF/resources");
    }

    /** Content below a directory of the class path, such as {@code static}, of every directory and jar that has it. */
    static Resources classPath(ClassLoader loader, String directory) {
        return new ClassPathResources(loader, directory);
    }

    /** Several places: the first that has a path wins, listings are joined. */
    static Resources layered(Resources... layers) {
        return new LayeredResources(List.of(layers));
    }
}
