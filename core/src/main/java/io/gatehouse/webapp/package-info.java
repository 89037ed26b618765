/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * Web applications as directories and WAR files (Jakarta Servlet 6.1 chapters 8, 10 and 14).
 *
 * <p>{@link io.gatehouse.webapp.WebApplication} is the front door: it opens the archive, reads {@code web.xml}, the
 * fragments of the jars and the annotations of the classes, joins them to one descriptor, and describes with it a {@link
 * io.gatehouse.servlet.ServletApplication}, whose class loader it makes and takes away again. {@link
 * io.gatehouse.webapp.LiveApplication} exchanges one for the next while requests run.
 *
 * <p>May import {@code servlet}, {@code handler}, {@code http}, {@code jakarta.servlet}, ASM and the JDK. An
 * application's way: {@code Unpacked} has its files, {@code Layout} knows its jars, {@code DescriptorReader} makes a
 * {@code Descriptor} of a document and {@code AnnotationReader} one of scanned classes, {@code FragmentOrder} sorts,
 * {@code Merge} joins, {@code Installation} tells the servlet container, {@code Farewell} cleans up after it.
 */
@NullMarked
package io.gatehouse.webapp;

import org.jspecify.annotations.NullMarked;
