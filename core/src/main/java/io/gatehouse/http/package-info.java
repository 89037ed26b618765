/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * The immutable words of HTTP (RFC 9110): heads, fields, targets, status codes, dates, conditions, ranges and media types.
 *
 * <p>Nothing here reads a socket, knows a thread or imports another package of Gatehouse. Transports make a
 * {@link io.gatehouse.http.RequestHead} out of bytes, everything above reads it; handlers make a
 * {@link io.gatehouse.http.ResponseHead}, and a transport turns it into bytes. Two words live here that are not strictly
 * HTTP's, {@link io.gatehouse.http.Completion} and {@link io.gatehouse.http.Connection}: handlers and transports both speak
 * them, and neither package may import the other.
 */
@NullMarked
package io.gatehouse.http;

import org.jspecify.annotations.NullMarked;
