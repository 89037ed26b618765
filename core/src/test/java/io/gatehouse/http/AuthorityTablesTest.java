/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Authorities character by character, IPv6 literals by their grammar, and ports by their range. */
final class AuthorityTablesTest {

    private static final String NAME = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    /** Every character at the beginning, in the middle and at the end of a name, and in a port and an address. */
    @Test
    void everyCharacterHasItsPlace() {
        for (int i = 0; i < 0x300; i++) {
            char c = (char) i;
            boolean name = NAME.indexOf(c) >= 0;
            assertEquals(name, Authority.parse(c + "b") != null, "first U+" + Integer.toHexString(i));
            assertEquals(name || c == ':', Authority.parse("a" + c) != null, "last U+" + Integer.toHexString(i));
            boolean port = c >= '0' && c <= '9';
            assertEquals(name || c == ':', Authority.parse("a" + c + "1") != null, "middle U+" + Integer.toHexString(i));
            assertEquals(port, Authority.parse("a:1" + c) != null, "port U+" + Integer.toHexString(i));
            boolean hex = "0123456789abcdefABCDEF".indexOf(c) >= 0;
            assertEquals(hex, Authority.parse("[::" + c + "]") != null, "address U+" + Integer.toHexString(i));
            assertEquals(hex, Authority.parse("[" + c + "::1]") != null, "address first U+" + Integer.toHexString(i));
            assertEquals(c == ':', Authority.parse("[::1]" + c) != null, "behind brackets U+" + Integer.toHexString(i));
        }
    }

    @Test
    void everyPortOfTheRangeIsRead() {
        for (int port = 0; port <= 70_000; port++) {
            Authority authority = Authority.parse("h:" + port);
            assertEquals(port >= 1 && port <= 65535, authority != null, "" + port);
            if (authority != null) {
                assertEquals(port, authority.port());
            }
        }
        assertEquals(new Authority("h", 1), Authority.parse("h:00001"));
        assertNull(Authority.parse("h:000001"), "five digits at most");
        assertNull(Authority.parse("h:00000"));
        assertNull(Authority.parse("[::1]:0"));
        assertNull(Authority.parse("[::1]:65536"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "::", "::1", "1::", "::ffff", "1::2", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::3:4:5:6:7:8",
        "1:2:3:4:5:6::8", "1:2:3:4:5::7:8", "0:0:0:0:0:0:0:0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::",
        "2001:DB8::A", "fe80::1", "::1.2.3.4", "::ffff:1.2.3.4", "64:ff9b::192.0.2.33", "1:2:3:4:5:6:1.2.3.4", "1::1.2.3.4",
        "::0.0.0.0", "::255.255.255.255", "1:2:3:4:5::1.2.3.4", "0001::0a0b", "a:b:c:d:e:f:0:1", "::2:3:4:5:6:1.2.3.4",
    })
    void addressesAreRead(String address) {
        for (String text : new String[] {"[" + address + "]", "[" + address + "]:80", "[" + address + "]:"}) {
            Authority authority = Authority.parse(text);
            assertNotNull(authority, text);
            assertEquals("[" + address.toLowerCase(Locale.ROOT) + "]", authority.host());
            assertEquals(text.endsWith("80") ? 80 : -1, authority.port());
        }
    }

    /** A Host that is none is answered with 400 (RFC 9112 section 3.2), and an address that is none is no Host. */
    @ParameterizedTest
    @ValueSource(strings = {
        "", ":", ":::", "::::", "1", "1:", ":1", "1:2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", ":2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1::2::3", "::1::", "1:::2", "12345::", "::12345", "::00001", "g::", "::g", "1.2.3.4",
        "::1.2.3", "::1.2.3.4.5", "::1.2.3.256", "::1.2.3.04", "::1.2.3.", "::.1.2.3", "::1..2.3", "1.2.3.4::", "::1.2.3.4:5",
        "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4", "::a.b.c.d", "::1.2.3.4a", "::1 ", " ::1", "::%1", "fe80::1%25eth0", "v1.x",
        "::1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:8:", "::1:", "....", "::-1", "::+1", "::0x1", "[::1]", "::1/64", "\u0661::",
    })
    void whatIsNoAddressIsRefused(String address) {
        assertNull(Authority.parse("[" + address + "]"), address);
        assertNull(Authority.parse("[" + address + "]:80"), address);
    }

    /** The grammar and the platform agree on seeded addresses and seeded near misses. */
    @Test
    void agreesWithThePlatform() throws UnknownHostException {
        Random random = new Random(6);
        int fine = 0;
        for (int round = 0; round < 5_000; round++) {
            StringBuilder text = new StringBuilder();
            int groups = 1 + random.nextInt(9);
            int gap = random.nextInt(3) == 0 ? -1 : random.nextInt(groups + 1);
            for (int i = 0; i < groups; i++) {
                text.append(i == gap ? "::" : i > 0 ? ":" : "").append(Integer.toHexString(random.nextInt(0x10000)));
            }
            text.append(gap == groups ? "::" : "");
            if (random.nextInt(10) == 0) {
                text.setCharAt(random.nextInt(text.length()), "0f:.".charAt(random.nextInt(4)));
            }
            boolean read = Authority.parse("[" + text + "]") != null;
            boolean known;
            try {
                known = InetAddress.getByName("[" + text + "]") instanceof Inet6Address;
            } catch (UnknownHostException e) {
                known = false;
            }
            // The platform takes a :: that stands for no group at all; the grammar does not.
            boolean shortensNothing = text.indexOf("::") >= 0 && text.chars().filter(c -> c == ':').count() >= 8;
            if (!shortensNothing && text.indexOf(".") < 0) {
                assertEquals(known, read, text::toString);
                fine += read ? 1 : 0;
            }
        }
        assertTrue(fine > 1_000, "" + fine);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "a", "A", "localhost", "www.example.com", "EXAMPLE.com", "xn--bcher-kva.example", "1.2.3.4", "256.256.256.256", "a.", "-", "_", "~",
        "a--b", "0", "a_b", "host-1.internal", "a.b.c.d.e.f.g",
    })
    void namesAreReadInLowerCase(String name) {
        Authority authority = Authority.parse(name);
        assertEquals(new Authority(name.toLowerCase(Locale.ROOT), -1), authority);
        assertEquals(authority, Authority.parse(name.toUpperCase(Locale.ROOT)));
        assertEquals(new Authority(name.toLowerCase(Locale.ROOT), 8080), Authority.parse(name + ":8080"));
        assertEquals(name.toLowerCase(Locale.ROOT) + ":8080", String.valueOf(Authority.parse(name + ":8080")));
    }

    @ParameterizedTest
    @CsvSource({
        "-1, http, 80", "-1, https, 443", "80, http, 80", "80, https, 80", "443, http, 443", "1, https, 1", "65535, http, 65535",
        "-1, ws, 80",
    })
    void aPortThatIsNotWrittenIsTheSchemes(int port, String scheme, int expected) {
        assertEquals(expected, new Authority("h", port).portOr(scheme));
    }

    @Test
    void authoritiesAreValues() {
        assertEquals(new Authority("h", 1), new Authority("h", 1));
        assertNotEquals(new Authority("h", 1), new Authority("h", 2));
        assertNotEquals(new Authority("h", 80), new Authority("h", -1), "what was written, not what it means");
        assertEquals("h", new Authority("h", -1).toString());
        assertEquals("[::1]:1", new Authority("[::1]", 1).toString());
    }

    @Test
    void lowerCaseDoesNotDependOnTheCountry() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr-TR"));
            assertEquals(new Authority("title.example", -1), Authority.parse("TITLE.example"));
        } finally {
            Locale.setDefault(before);
        }
    }
}
