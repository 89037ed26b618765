/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * TLS of a server, without I/O: from files in PEM or PKCS12 to the engines that every transport uses.
 *
 * <p>{@link io.gatehouse.tls.TlsSettings} says where the files lie and whether clients shall show a certificate; a {@link
 * io.gatehouse.tls.ServerTls} reads them, makes one {@link javax.net.ssl.SSLEngine} for each connection, and exchanges the
 * certificates while it runs when the files change. Parsing is the JDK's own. Imports nothing of Gatehouse.
 */
@NullMarked
package io.gatehouse.tls;

import org.jspecify.annotations.NullMarked;
