/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AuthorityTest {

    @ParameterizedTest
    @CsvSource({
        "localhost, localhost, -1",
        "localhost:80, localhost, 80",
        "Example.ORG:8080, example.org, 8080",
        "example.org., example.org., -1",
        "a_b-c.d~e:1, a_b-c.d~e, 1",
        "127.0.0.1:65535, 127.0.0.1, 65535",
        "[::1], [::1], -1",
        "[::1]:80, [::1], 80",
        "[2001:DB8::1]:443, [2001:db8::1], 443",
        "[::ffff:1.2.3.4], [::ffff:1.2.3.4], -1",
        "localhost:, localhost, -1",
        "[::1]:, [::1], -1",
        "localhost:00080, localhost, 80",
        "1, 1, -1",
    })
    void anAuthorityIsRead(String text, String host, int port) {
        Authority authority = Authority.parse(text);
        if (text.endsWith(":")) {
            assertNotNull(authority);
            assertEquals(-1, authority.port());
        }
        assertEquals(new Authority(host, port), authority);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", " ", ":", ":80", "a:0", "a:65536", "a:100000", "a:99999999999", "a:-1", "a:+1", "a: 80", "a:80 ", "a:8x", "a:80:80", "a b",
        "a/b", "a?b", "a#b", "a@b", "u:p@a", "a,b", "a%41", "http://a", "[", "[]", "[:", "[::1", "::1", "[::1]x", "[::1]80", "[::g]",
        "[test]", "[1234]", "[::1%eth0]", "\u00e4", "a\0", "a\r\n", "[::1]]", "a;b", "*", "+",
    })
    void whatIsNoAuthorityIsNull(String text) {
        assertNull(Authority.parse(text));
    }

    @Test
    void aNameHasABound() {
        assertNotNull(Authority.parse("a".repeat(255)));
        assertNull(Authority.parse("a".repeat(256)));
    }

    @Test
    void thePortIsTheSchemesUnlessWritten() {
        assertEquals(80, new Authority("a", -1).portOr("http"));
        assertEquals(443, new Authority("a", -1).portOr("https"));
        assertEquals(8080, new Authority("a", 8080).portOr("https"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:8080", "[::1]:80", "[::1]"})
    void anAuthorityIsWrittenAsItIsRead(String text) {
        assertEquals(text, String.valueOf(Authority.parse(text)));
    }
}
