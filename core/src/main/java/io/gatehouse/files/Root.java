/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import java.io.IOException;

/** Where files come from. Called on workers: finding and opening may block. Its text names it in messages. */
interface Root {

    /**
     * What lies at a path.
     *
     * @param path plain as {@link PathSyntax} says, without a slash at either end; empty for the root itself
     * @throws java.nio.file.AccessDeniedException if the system forbids to look
     */
    Found find(String path) throws IOException;

    /** Whether a folder may exist only by what is in it, as in a jar, so that {@link #find} does not see it. */
    default boolean hasImplicitFolders() {
        return false;
    }

    /** What lies at a path: nothing, a folder, or a {@link Source}. */
    sealed interface Found permits Nothing, Folder, Source {}

    /** Nothing that may be served. */
    record Nothing() implements Found {}

    /** A folder. */
    record Folder() implements Found {}

    /** A file, looked at but not opened. */
    non-sealed interface Source extends Found {

        /** Its state when it was looked at. */
        Stamp stamp();

        /**
         * Opens it. The stamp of what is returned may be another: of the file as it is by then.
         *
         * @param inMemory files of up to that many bytes are read whole
         * @throws java.nio.file.NoSuchFileException if it is gone, or leads out of the root by now
         */
        Content open(int inMemory) throws IOException;
    }
}
