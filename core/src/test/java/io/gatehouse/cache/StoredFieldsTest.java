/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 section 3.1 and RFC 9110 section 7.6.1: which fields are stored. */
class StoredFieldsTest {

    private static final long NOW = 1_795_435_200_000L;
    private static final String DATE = "Mon, 23 Nov 2026 12:00:00 GMT";

    private static Fields stored(String... fields) {
        Fields received = Fields.of(fields);
        return StoredFields.of(received, CacheControl.ofResponse(received), NOW);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Test-Header", "X-Test-Header", "Content-Foo", "Cache-Control", "Content-Encoding", "Content-Location", "Content-MD5",
        "Content-Security-Policy", "Content-Type", "Clear-Site-Data", "ETag", "Expires", "Last-Modified", "Public-Key-Pins", "Set-Cookie",
        "Set-Cookie2", "X-Frame-Options", "X-XSS-Protection", "Vary", "Pragma", "Content-Length", "CDN-Cache-Control", "Cache-Status", "Warning"
    })
    void endToEnd(String name) {
        assertEquals(Fields.of("Date", DATE, name, "a,  b", name, "c"), stored("Date", DATE, name, "a,  b", name, "c"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Authorization",
        "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "upgrade", "KEEP-ALIVE", "Age", "age"})
    void ofTheConnection(String name) {
        assertEquals(Fields.of("A", "b", "Date", DATE), stored("A", "b", name, "nonsense value", "Date", DATE));
    }

    /** RFC 9110 section 7.6.1: what Connection names goes too, nonsense in it or not. */
    @Test
    void namedByConnection() {
        assertEquals(Fields.of("Date", DATE, "X-C", "3"),
                stored("Connection", "close, x-a ,,;;", "X-A", "1", "connection", "X-B", "Date", DATE, "X-b", "2", "X-C", "3"));
        assertEquals(Fields.of("Date", DATE, "A", "b"), stored("Connection", "\"A\", A B", "Date", DATE, "A", "b"));
    }

    /** RFC 9111 sections 5.2.2.4 and 5.2.2.7. */
    @Test
    void namedByDirectives() {
        String control = "max-age=60, private=\"Set-Cookie\", no-cache=\"X-A, x-b\"";
        assertEquals(Fields.of("Cache-Control", control, "Date", DATE),
                stored("Cache-Control", control, "set-cookie", "a=b", "Set-Cookie", "c=d", "X-a", "1", "X-B", "2", "Date", DATE));
        assertTrue(StoredFields.drops(CacheControl.of(Fields.of("Cache-Control", control)), "SET-COOKIE"));
        assertFalse(StoredFields.drops(CacheControl.NONE, "Set-Cookie"));
    }

    /** RFC 9110 section 6.6.1: a response without Date is dated by whoever receives it. */
    @Test
    void dated() {
        assertEquals(Fields.of("A", "b", "Date", DATE), stored("A", "b"));
        assertEquals(Fields.of("Date", "nonsense"), stored("Date", "nonsense"));
    }
}
