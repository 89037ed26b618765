/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

/**
 * One field line (RFC 9110 section 5).
 *
 * @param name as received or as given, compared without case
 * @param value without the white space around it
 */
public record Field(String name, String value) {}
