/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gatehouse.http.Fields;
import java.util.List;

/** An answer as it came. */
public record Reply(int status, Fields fields, byte[] body, Fields trailers) {

    /** The body as ISO-8859-1. */
    public String text() {
        return new String(body, ISO_8859_1);
    }

    public String utf8() {
        return new String(body, UTF_8);
    }

    /** All values of a field, with commas between, or {@code "null"}. */
    public String field(String name) {
        return String.valueOf(fields.joined(name));
    }

    public List<String> all(String name) {
        return fields.all(name);
    }

    public boolean has(String name) {
        return fields.contains(name);
    }

    /** The value of the session's cookie that was set, or fails. */
    public String session() {
        for (String cookie : all("Set-Cookie")) {
            if (cookie.startsWith("JSESSIONID=")) {
                int end = cookie.indexOf(';');
                return cookie.substring("JSESSIONID=".length(), end < 0 ? cookie.length() : end);
            }
        }
        throw new AssertionError("no session cookie in " + all("Set-Cookie"));
    }
}
