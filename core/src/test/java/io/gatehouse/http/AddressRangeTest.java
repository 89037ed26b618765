/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges of addresses, at their borders and against the plain definition. */
class AddressRangeTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0, true", "10.0.0.0/8, 10.255.255.255, true", "10.0.0.0/8, 9.255.255.255, false",
        "10.0.0.0/8, 11.0.0.0, false", "192.0.2.0/25, 192.0.2.127, true", "192.0.2.0/25, 192.0.2.128, false",
        "192.0.2.128/25, 192.0.2.128, true", "192.0.2.128/25, 192.0.2.127, false", "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false", "192.0.2.1/32, 192.0.2.0, false", "0.0.0.0/0, 255.255.255.255, true",
        "0.0.0.0/0, ::1, false", "::/0, ::1, true", "::/0, 127.0.0.1, false", "::1, ::1, true", "::1, ::2, false",
        "fd00::/8, fdff:ffff::1, true", "fd00::/8, fc00::1, false", "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false", "2001:db8::/127, 2001:db8::1, true", "2001:db8::/127, 2001:db8::2, false",
        "128.0.0.0/1, 200.0.0.1, true", "128.0.0.0/1, 127.0.0.1, false", "0.0.0.0/1, 127.0.0.1, true",
        // an IPv4 peer of a socket for both families is the IPv4 address
        "10.0.0.0/8, ::ffff:10.1.2.3, true", "::ffff:0:0/97, 10.1.2.3, false",
    })
    void holdsWhatBeginsWithItsBits(String range, String address, boolean inside) {
        InetAddress parsed = IpLiteral.parse(address);
        assertNotNull(parsed);
        if (range.startsWith("::ffff")) {
            assertThrows(IllegalArgumentException.class, () -> AddressRange.parse(range));
        } else {
            assertEquals(inside, AddressRange.parse(range).contains(parsed));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "/", "/8", "10", "10.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/08x",
        "10.0.0.0/ 8", "10.0.0.0 /8", "10.0.0.1/8", "192.0.2.129/25", "010.0.0.0/8", "10.0.0.256", "localhost", "example.com/8",
        "[::1]", "[::1]/128", "::1/129", "::1/127", "fd00::1/8", ":::/8", "1:2:3:4:5:6:7:8:9", "fe80::1%lo", "::ffff:10.0.0.0/104",
        "10.0.0.0/1000", "*", "unix:", "1.2.3.4:80", "::1]:80",
    })
    void whatIsNoRangeIsRefused(String text) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> AddressRange.parse(text));
        assertTrue(e.getMessage().contains("write") || e.getMessage().contains("the most"), e.getMessage());
    }

    @Test
    void theMessageForStrayBitsSaysWhatWasMeant() {
        String message = assertThrows(IllegalArgumentException.class, () -> AddressRange.parse("10.1.2.3/12")).getMessage();
        assertEquals("has bits behind the first 12: write 10.0.0.0/12, or a single address without /12", message);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> AddressRange.parse("2001:db8:ffff::/33"))
                .getMessage().contains("write 2001:db8:8000:0:0:0:0:0/33"));
    }

    @Test
    void isWrittenAsItIsRead() {
        for (String text : new String[] {"10.0.0.0/8", "192.0.2.1/32", "0.0.0.0/0"}) {
            assertEquals(text, AddressRange.parse(text).toString());
        }
        AddressRange range = AddressRange.parse("fd00::/8");
        assertEquals(range, AddressRange.parse(range.toString()));
        assertEquals(AddressRange.parse("::1"), AddressRange.parse("0:0:0:0:0:0:0:1/128"));
    }

    /** By the definition: two numbers agree when the lower bits are shifted away. */
    @ParameterizedTest
    @ValueSource(ints = {4, 16})
    void agreesWithThePlainDefinition(int octets) throws Exception {
        Random random = new Random(octets);
        int width = 8 * octets;
        int inside = 0;
        for (int round = 0; round < 20_000; round++) {
            int bits = random.nextInt(width + 1);
            BigInteger base = new BigInteger(width, random).setBit(octets == 16 ? 120 : 0);
            BigInteger network = base.shiftRight(width - bits).shiftLeft(width - bits);
            BigInteger other = random.nextBoolean()
                    ? network.or(new BigInteger(Math.max(0, width - bits), random))
                    : network.flipBit(random.nextInt(width));
            AddressRange range = new AddressRange(address(network, octets), bits);
            boolean expected = other.shiftRight(width - bits).equals(network.shiftRight(width - bits));
            if (address(other, octets).getAddress().length == range.network().getAddress().length) {
                assertEquals(expected, range.contains(address(other, octets)), range + " and " + other.toString(16));
                inside += expected ? 1 : 0;
            }
        }
        assertTrue(inside > 5_000, "both answers are asked for");
    }

    private static InetAddress address(BigInteger number, int octets) throws Exception {
        byte[] bytes = new byte[octets];
        byte[] given = number.toByteArray();
        for (int i = 0; i < Math.min(octets, given.length); i++) {
            bytes[octets - 1 - i] = given[given.length - 1 - i];
        }
        return InetAddress.getByAddress(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b.c.d", "1.2.3", "1.2.3.4.5", "0x7f.0.0.1", "2130706433", "127.1", "::g", "1::2::3", "[::1]", "::1%1", "", ":", "::1]",
            "::1]:80", "1.2.3.4]"})
    void namesAndOldNotationsAreNoLiterals(String text) {
        assertNull(IpLiteral.parse(text));
        assertFalse(AddressRange.parse("0.0.0.0/0").contains(InetAddress.getLoopbackAddress()) && text.equals("127.0.0.1"));
    }
}
