/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.nio.charset.StandardCharsets;

/** Fields hold bytes, one a character; the fields of parts hold UTF-8 (RFC 7578 section 5.1). */
final class PartText {

    private PartText() {}

    /** The text as a field can hold it. */
    static String toField(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** The text of a field that holds UTF-8. */
    static String fromField(String value) {
        return new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
