/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is trusted. */
class ProxyRulesTest {

    private static final UnixDomainSocketAddress UNIX = UnixDomainSocketAddress.of("");

    private static InetSocketAddress peer(String address) {
        InetAddress parsed = IpLiteral.parse(address);
        return parsed == null ? InetSocketAddress.createUnresolved(address, 1) : new InetSocketAddress(parsed, 1);
    }

    @Test
    void nobodyUnlessSet() {
        assertTrue(ProxyRules.NONE.none());
        assertFalse(ProxyRules.NONE.trusts(peer("127.0.0.1")));
        assertFalse(ProxyRules.NONE.trusts(peer("::1")));
        assertFalse(ProxyRules.NONE.trusts(UNIX));
        assertFalse(ProxyRules.NONE.host());
        assertEquals(ProxyFields.X_FORWARDED, ProxyRules.NONE.fields());
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true", "10.9.8.7, true", "11.0.0.1, false", "::1, true", "::2, false", "fd12::1, true", "localhost, false",
        "unknown, false", "_hidden, false",
    })
    void addressesAndRanges(String address, boolean trusted) {
        ProxyRules rules = ProxyRules.NONE.withTrusted("127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8");
        assertFalse(rules.none());
        assertEquals(trusted, rules.trusts(peer(address)));
        assertFalse(rules.trusts(UNIX));
    }

    @Test
    void socketsOfTheFileSystemAreTrustedByTheirOwnWord() {
        ProxyRules rules = ProxyRules.NONE.withTrusted("unix:");
        assertFalse(rules.none());
        assertTrue(rules.trusts(UNIX));
        assertFalse(rules.trusts(peer("127.0.0.1")));
        assertFalse(ProxyRules.NONE.withTrusted("0.0.0.0/0", "::/0").trusts(UNIX));
    }

    @Test
    void eachWithChangesOneThing() {
        ProxyRules rules = ProxyRules.NONE.withTrusted("10.0.0.0/8", "unix:").withFields(ProxyFields.FORWARDED).withHost(true);
        assertEquals(new ProxyRules(List.of(AddressRange.parse("10.0.0.0/8")), true, ProxyFields.FORWARDED, true), rules);
        assertEquals(ProxyRules.NONE, rules.withTrusted().withFields(ProxyFields.X_FORWARDED).withHost(false));
    }

    @Test
    void theListIsACopy() {
        List<AddressRange> ranges = new ArrayList<>(List.of(AddressRange.parse("10.0.0.0/8")));
        ProxyRules rules = new ProxyRules(ranges, false, ProxyFields.X_FORWARDED, false);
        ranges.clear();
        assertTrue(rules.trusts(peer("10.0.0.1")));
        assertThrows(UnsupportedOperationException.class, () -> rules.trusted().clear());
    }

    @ParameterizedTest
    @CsvSource({"localhost", "10.0.0.0/33", "unix", "unix:/run/x", "10.0.0.1/8", "*", "''"})
    void aPeerThatIsNoneNamesTheSetting(String text) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> ProxyRules.NONE.withTrusted("::1", text));
        assertTrue(e.getMessage().startsWith("proxy.trusted=" + text + " has") || e.getMessage().startsWith("proxy.trusted=" + text + " is"),
                e.getMessage());
        assertTrue(e.getMessage().contains("unix:"), e.getMessage());
    }
}
