/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;

/** The Via field (RFC 9110 section 7.6.3): who passed a message on. */
final class Via {

    private Via() {}

    /** What the next one is told. */
    static String value(HttpVersion received, String name) {
        return switch (received) {
            case HTTP_1_0 -> "1.0 ";
            case HTTP_1_1 -> "1.1 ";
            case HTTP_2 -> "2.0 ";
        } + name;
    }

    /** How many times a name stands there: a list of protocol, name and perhaps a comment. */
    static int count(Fields fields, String name) {
        int count = 0;
        for (String value : fields.all("Via")) {
            for (String member : value.split(",", -1)) {
                String entry = FieldSyntax.trim(member);
                int space = entry.indexOf(' ');
                String by = space < 0 ? "" : FieldSyntax.trim(entry.substring(space + 1));
                int end = by.indexOf(' ');
                if (name.equalsIgnoreCase(end < 0 ? by : by.substring(0, end))) {
                    count++;
                }
            }
        }
        return count;
    }
}
