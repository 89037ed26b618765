/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ForwardedNode;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.ProxyFields;
import io.gatehouse.http.ProxyRules;
import io.gatehouse.http.RequestHead;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is found behind proxies of which 10.0.0.0/8 and ::1 are trusted, in both kinds of fields. */
class TrustedProxiesTest {

    private static final ProxyRules RULES = ProxyRules.NONE.withTrusted("10.0.0.0/8", "::1");
    private static final InetSocketAddress LOCAL = node("10.0.0.99:8080");

    private static InetSocketAddress node(String text) {
        InetSocketAddress node = ForwardedNode.parse(text);
        if (node == null) {
            throw new IllegalArgumentException(text);
        }
        return node;
    }

    private static Arrival read(ProxyRules rules, SocketAddress remote, Fields fields) {
        TrustedProxies proxies = new TrustedProxies(rules);
        RequestHead head = new RequestHead("GET", "http", new Authority("own.test", 8080), "/x", HttpVersion.HTTP_1_1, fields);
        Connection connection = new Connection(7, remote, LOCAL, null, HttpVersion.HTTP_1_1);
        assertTrue(proxies.trusts(connection));
        return proxies.read(head, connection);
    }

    /** Address, scheme and authority, or the refusal. */
    private static String seen(ProxyRules rules, Fields fields) {
        Arrival arrival = read(rules, node("10.0.0.1:5000"), fields);
        if (arrival instanceof Arrival.Refused refused) {
            return "refused: " + refused.detail();
        }
        Arrival.Seen seen = (Arrival.Seen) arrival;
        assertEquals(7, seen.connection().id());
        assertSame(LOCAL, seen.connection().local());
        assertEquals("/x", seen.head().target());
        assertSame(fields, seen.head().fields(), "they stay as they came");
        InetSocketAddress remote = (InetSocketAddress) seen.connection().remote();
        String address = remote.isUnresolved() ? remote.getHostString() : remote.getAddress().getHostAddress();
        return address + ":" + remote.getPort() + " " + seen.head().scheme() + " " + seen.head().authority();
    }

    private static String forwarded(boolean host, String... lines) {
        return seen(RULES.withFields(ProxyFields.FORWARDED).withHost(host), fields("Forwarded", lines));
    }

    private static Fields fields(String name, String... lines) {
        Fields.Builder fields = Fields.builder();
        for (String line : lines) {
            fields.add(name, line);
        }
        return fields.build();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        // nothing said: it is the proxy's own request
        "x=y | 10.0.0.1:5000 http own.test:8080",
        "for=192.0.2.1 | 192.0.2.1:0 http own.test:8080",
        "for=\"192.0.2.1:4711\";proto=https | 192.0.2.1:4711 https own.test:8080",
        "for=\"[2001:db8::1]:80\";proto=HTTPS;host=other.test | 2001:db8:0:0:0:0:0:1:80 https own.test:8080",
        // what a client wrote stands left of what the proxy added
        "for=6.6.6.6;proto=https, for=192.0.2.1 | 192.0.2.1:0 http own.test:8080",
        "for=10.6.6.6;proto=https, for=192.0.2.1;proto=http | 192.0.2.1:0 http own.test:8080",
        "for=\"!!\";proto=nonsense, for=192.0.2.1 | 192.0.2.1:0 http own.test:8080",
        // through trusted ones to the first that is not
        "for=192.0.2.1;proto=https, for=10.0.0.2;proto=http | 192.0.2.1:0 https own.test:8080",
        "for=6.6.6.6, for=192.0.2.1;proto=https, for=10.0.0.3, for=\"[::1]\" | 192.0.2.1:0 https own.test:8080",
        // trusted all the way: the first of all
        "for=10.0.0.4;proto=https, for=10.0.0.3 | 10.0.0.4:0 https own.test:8080",
        // hidden ones are nobody, and nobody is trusted
        "for=192.0.2.1, for=unknown;proto=https | unknown:0 https own.test:8080",
        "for=10.0.0.2, for=_secret | _secret:0 http own.test:8080",
        // an element that does not say who asked: the address stays at who said so
        "for=192.0.2.1, proto=https | 10.0.0.1:5000 https own.test:8080",
        "for=192.0.2.1, proto=https, for=10.0.0.2;proto=http | 10.0.0.2:0 https own.test:8080",
        "for=192.0.2.1;proto=wss | 192.0.2.1:0 https own.test:8080",
        "for=192.0.2.1;proto=ws | 192.0.2.1:0 http own.test:8080",
    })
    void byTheRfc(String field, String expected) {
        assertEquals(expected, forwarded(false, field));
        assertEquals(expected, forwarded(false, field.split(", ")), "the same on several lines");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "for=192.0.2.1;host=example.com | 192.0.2.1:0 http example.com",
        "for=192.0.2.1;host=\"Example.COM:444\";proto=https | 192.0.2.1:0 https example.com:444",
        "for=192.0.2.1;host=\"[2001:db8::1]:1\" | 192.0.2.1:0 http [2001:db8::1]:1",
        "for=192.0.2.1 | 192.0.2.1:0 http own.test:8080",
        "for=6.6.6.6;host=evil.test, for=192.0.2.1;host=example.com | 192.0.2.1:0 http example.com",
        "for=192.0.2.1;host=example.com, for=10.0.0.2;host=inner.test | 192.0.2.1:0 http example.com",
        "for=192.0.2.1, for=10.0.0.2;host=inner.test | 192.0.2.1:0 http own.test:8080",
    })
    void theHostOnlyIfSo(String field, String expected) {
        assertEquals(expected, forwarded(true, field));
        assertTrue(forwarded(false, field).endsWith("own.test:8080"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "for=192.0.2.1;for=192.0.2.2", "for=\"192.0.2.1", "for=192.0.2.1:80", "nonsense", "for=192.0.2.1; proto=http", "for=client.test",
        "for=192.0.2.1;proto=ftp", "for=\"192.0.2.1:99999\"", "for=192.0.2.1, for=\"10.0.0.2 \"", "for=\"[::1\", for=192.0.2.1, for=10.0.0.2;for=1",
        "for=\"192.0.2.1, 192.0.2.2\"",
    })
    void whatIsUnclearIsRefused(String field) {
        assertTrue(forwarded(false, field).startsWith("refused: the field Forwarded"), forwarded(false, field));
    }

    @Test
    void aHostThatIsNoneIsRefusedWhereItCounts() {
        assertTrue(forwarded(true, "for=192.0.2.1;host=\"a/b\"").startsWith("refused"));
        assertEquals("192.0.2.1:0 http own.test:8080", forwarded(false, "for=192.0.2.1;host=\"a/b\""));
    }

    private static Fields listed(String all) {
        Fields.Builder fields = Fields.builder();
        for (String field : all.split("; ")) {
            int colon = field.indexOf('=');
            fields.add("X-Forwarded-" + field.substring(0, colon), field.substring(colon + 1));
        }
        return fields.build();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "For=192.0.2.1 | 192.0.2.1:0 http own.test:8080",
        "For=192.0.2.1; Proto=https | 192.0.2.1:0 https own.test:8080",
        "For=192.0.2.1:4711; Proto=HTTPS | 192.0.2.1:4711 https own.test:8080",
        "For=2001:db8::1 | 2001:db8:0:0:0:0:0:1:0 http own.test:8080",
        "For=[2001:db8::1]:4711 | 2001:db8:0:0:0:0:0:1:4711 http own.test:8080",
        "For=6.6.6.6, 192.0.2.1 | 192.0.2.1:0 http own.test:8080",
        "For=' OR 1=1 --, 192.0.2.1 | 192.0.2.1:0 http own.test:8080",
        "For=6.6.6.6; For=192.0.2.1 | 192.0.2.1:0 http own.test:8080",
        "For=192.0.2.1, 10.0.0.2, ::1 | 192.0.2.1:0 http own.test:8080",
        "For=192.0.2.1; For=10.0.0.2,10.0.0.3 | 192.0.2.1:0 http own.test:8080",
        "For=10.0.0.4, 10.0.0.3 | 10.0.0.4:0 http own.test:8080",
        "For=192.0.2.1, unknown | unknown:0 http own.test:8080",
        "For=,192.0.2.1, ,10.0.0.2, | 192.0.2.1:0 http own.test:8080",
        "For=, | 10.0.0.1:5000 http own.test:8080",
        "Proto=https | 10.0.0.1:5000 https own.test:8080",
        // lists of what each proxy saw: the word of the one that the client spoke to
        "For=192.0.2.1, 10.0.0.2; Proto=https, http | 192.0.2.1:0 https own.test:8080",
        "For=192.0.2.1; Proto=https, http | 192.0.2.1:0 http own.test:8080",
        "For=192.0.2.1, 10.0.0.2; Proto=https | 192.0.2.1:0 https own.test:8080",
        "For=6.6.6.6, 192.0.2.1; Proto=https, http | 192.0.2.1:0 http own.test:8080",
        "Proto=https,http | 10.0.0.1:5000 http own.test:8080",
    })
    void byTheFieldsThatMostSend(String fields, String expected) {
        assertEquals(expected, seen(RULES, listed(fields)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "For=192.0.2.1; Host=example.com | 192.0.2.1:0 http example.com",
        "For=192.0.2.1; Host=example.com:444; Port=445 | 192.0.2.1:0 http example.com:444",
        "For=192.0.2.1; Host=example.com; Port=445; Proto=https | 192.0.2.1:0 https example.com:445",
        "For=192.0.2.1; Port=443; Proto=https | 192.0.2.1:0 https own.test:443",
        "For=192.0.2.1, 10.0.0.2; Host=example.com, inner.test | 192.0.2.1:0 http example.com",
        "For=6.6.6.6, 192.0.2.1; Host=evil.test, example.com | 192.0.2.1:0 http example.com",
        "For=192.0.2.1, 10.0.0.2; Port=444, 8080 | 192.0.2.1:0 http own.test:444",
    })
    void hostAndPortOnlyIfSo(String fields, String expected) {
        assertEquals(expected, seen(RULES.withHost(true), listed(fields)));
        assertTrue(seen(RULES, listed(fields)).endsWith("own.test:8080"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "For=client.test", "For=192.0.2.1 10.0.0.2", "For=192.0.2.1, nobody", "For=nobody, 10.0.0.2", "For=192.0.2.1:x", "For=192.0.2.300",
        "For=192.0.2.1; Proto=ftp", "For=192.0.2.1; Proto=https http", "For=\"192.0.2.1\"", "For=10.0.0.2, 10.0.0.3, 10.0.0.4; Proto=https, http",
    })
    void whatIsUnclearInTheListsIsRefused(String fields) {
        assertTrue(seen(RULES, listed(fields)).startsWith("refused: the field"), seen(RULES, listed(fields)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host=a b", "Host=http://a", "Host=a:0", "Port=0", "Port=65536", "Port=x", "Port=-1", "Port=80 80", "Host=a:1; Port=x"})
    void aHostOrPortThatIsNoneIsRefusedWhereItCounts(String fields) {
        assertTrue(seen(RULES.withHost(true), listed("For=192.0.2.1; " + fields)).startsWith("refused"));
        assertEquals("192.0.2.1:0 http own.test:8080", seen(RULES, listed("For=192.0.2.1; " + fields)));
    }

    @Test
    void fieldsOfTheOtherKindAreNotLookedAt() {
        Fields both = Fields.of("X-Forwarded-For", "192.0.2.1", "X-Forwarded-Proto", "https", "Forwarded", "for=192.0.2.2");
        assertEquals("192.0.2.1:0 https own.test:8080", seen(RULES, both));
        assertEquals("192.0.2.2:0 http own.test:8080", seen(RULES.withFields(ProxyFields.FORWARDED), both));
        assertEquals("192.0.2.1:0 http own.test:8080", seen(RULES, Fields.of("X-Forwarded-For", "192.0.2.1", "Forwarded", "nonsense")));
        assertEquals("192.0.2.1:0 http own.test:8080", seen(RULES.withFields(ProxyFields.FORWARDED),
                Fields.of("X-Forwarded-For", "nonsense", "Forwarded", "for=192.0.2.1")));
    }

    @Test
    void onlyTrustedPeersAreRead() {
        TrustedProxies proxies = new TrustedProxies(RULES);
        for (SocketAddress peer : List.of(node("11.0.0.1:1"), node("192.0.2.1:1"), UnixDomainSocketAddress.of(""))) {
            assertFalse(proxies.trusts(new Connection(1, peer, LOCAL, null, HttpVersion.HTTP_1_1)));
        }
        assertFalse(new TrustedProxies(ProxyRules.NONE).trusts(
                new Connection(1, node("10.0.0.1:1"), LOCAL, null, HttpVersion.HTTP_1_1)));
    }

    @Test
    void aPeerOnAUnixDomainSocketMayNameItsClient() {
        ProxyRules rules = ProxyRules.NONE.withTrusted("unix:");
        UnixDomainSocketAddress peer = UnixDomainSocketAddress.of("");
        Arrival named = read(rules, peer, Fields.of("X-Forwarded-For", "10.0.0.5"));
        assertEquals(node("10.0.0.5"), assertInstanceOf(Arrival.Seen.class, named).connection().remote());
        Arrival silent = read(rules, peer, Fields.EMPTY);
        assertSame(peer, assertInstanceOf(Arrival.Seen.class, silent).connection().remote());
    }

    /** The client can put anything in front: what is found does not change. */
    @Test
    void nothingThatAClientSendsChangesWhoItIs() {
        Random random = new Random(3);
        String[] words = {"10.0.0.7", "::1", "192.0.2.66", "unknown", "_x", "nonsense", "", "for=1", "\"", "1.2.3.4:5"};
        for (int round = 0; round < 5_000; round++) {
            List<String> list = new ArrayList<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                list.add(words[random.nextInt(words.length)]);
            }
            Collections.shuffle(list, random);
            list.add("192.0.2.1"); // what the outer proxy adds
            list.add("10.0.0.2"); // what the inner one adds
            Fields fields = Fields.of("X-Forwarded-For", String.join(",", list), "X-Forwarded-Proto", "https");
            assertEquals("192.0.2.1:0 https own.test:8080", seen(RULES, fields), list.toString());
            String[] quoted = list.stream().map(word -> "for=\"" + word.replace("\"", "\\\"") + '"').toArray(String[]::new);
            String found = forwarded(false, String.join(",", quoted));
            assertEquals(list.contains("") ? "refused: the field Forwarded does not follow RFC 7239" : "192.0.2.1:0 http own.test:8080", found);
        }
    }
}
