/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * Static files, from a directory or from the class path: {@link io.gatehouse.files.StaticFiles}.
 *
 * <p>May import {@code cache}, {@code handler} and {@code http}. The way of the data: a path is checked by {@code
 * PathSyntax}, looked up in {@code HotFiles}, on the {@link io.gatehouse.cache.Shelf} that lies in the memory
 * of the output cache, else found by a {@code Root} and loaded by {@code FileLoader} into a
 * {@code FileEntry}: the file and its precompressed siblings, each a {@code Representation} with its heads made
 * ready. {@code Answer} holds a request against one of them; what it decides goes out from memory, or by {@code
 * FileSender} from the open file.
 */
@NullMarked
package io.gatehouse.files;

import org.jspecify.annotations.NullMarked;
