/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * The addresses that begin with the same bits: {@code 10.0.0.0/8}, {@code fd00::/8}, or a single one (RFC 4632 section 3.1, RFC 4291
 * section 2.3).
 *
 * @param network an address with zeros behind its first bits
 * @param bits how many of them count: up to 32 for IPv4, up to 128 for IPv6
 */
public record AddressRange(InetAddress network, int bits) {

    /** Checks that the bits fit the address, and that the others are zero: one that has more was meant to be another. */
    public AddressRange {
        byte[] octets = network.getAddress();
        if (bits < 0 || bits > 8 * octets.length) {
            throw new IllegalArgumentException("has /" + bits + " where " + 8 * octets.length + " is the most");
        }
        if (!isClear(octets, bits)) {
            throw new IllegalArgumentException("has bits behind the first " + bits + ": write " + network(octets, bits) + '/' + bits
                    + ", or a single address without /" + bits);
        }
    }

    /**
     * Reads {@code 192.0.2.0/24}, {@code 2001:db8::/32}, or an address alone. Names are not taken: who answers for a name may change.
     *
     * @throws IllegalArgumentException if it is none of them; its message follows the text in a sentence
     */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = IpLiteral.parse(slash < 0 ? text : text.substring(0, slash));
        boolean mapped = address != null && address.getAddress().length == 4 && text.indexOf(':') >= 0;
        if (address == null || mapped) {
            throw new IllegalArgumentException("is no range of addresses: write one like 10.0.0.0/8, 192.0.2.1 or fd00::/8");
        }
        int bits = 8 * address.getAddress().length;
        return new AddressRange(address, slash < 0 ? bits : number(text.substring(slash + 1)));
    }

    /** Whether an address lies in it. One of the other family never does. */
    public boolean contains(InetAddress address) {
        byte[] mine = network.getAddress();
        byte[] other = address.getAddress();
        if (mine.length != other.length) {
            return false;
        }
        int whole = bits / 8;
        for (int i = 0; i < whole; i++) {
            if (mine[i] != other[i]) {
                return false;
            }
        }
        return bits % 8 == 0 || (mine[whole] ^ other[whole]) >> 8 - bits % 8 == 0;
    }

    /** As it is written in the configuration. */
    @Override
    public String toString() {
        return network.getHostAddress() + '/' + bits;
    }

    private static int number(String digits) {
        int value = 0;
        boolean fine = !digits.isEmpty() && digits.length() <= 3;
        for (int i = 0; i < digits.length() && fine; i++) {
            char c = digits.charAt(i);
            fine = c >= '0' && c <= '9';
            value = 10 * value + c - '0';
        }
        if (!fine) {
            throw new IllegalArgumentException("has no number behind its slash: write one like 10.0.0.0/8");
        }
        return value;
    }

    private static boolean isClear(byte[] octets, int bits) {
        for (int i = bits; i < 8 * octets.length; i++) {
            if ((octets[i / 8] >> 7 - i % 8 & 1) != 0) {
                return false;
            }
        }
        return true;
    }

    private static String network(byte[] octets, int bits) {
        for (int i = bits; i < 8 * octets.length; i++) {
            octets[i / 8] &= (byte) ~(1 << 7 - i % 8);
        }
        try {
            return InetAddress.getByAddress(octets).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("is no address", e);
        }
    }
}
