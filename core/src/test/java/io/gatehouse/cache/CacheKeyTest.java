/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.gatehouse.cache.CachePolicy.QueryKey;
import io.gatehouse.http.Authority;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Normalised;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import io.gatehouse.http.TargetRules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which requests share a key, and which must not. */
class CacheKeyTest {

    private static final TargetRules LENIENT =
            new TargetRules(true, true, true, true, true, true);
    private static final CachePolicy POLICY = CachePolicy.untilPurged();

    private static Target target(String raw) {
        return (Target) Target.normalise(raw, LENIENT);
    }

    private static String text(CachePolicy policy, String raw, String... fields) {
        RequestHead head = new RequestHead("GET", "http", null, raw, HttpVersion.HTTP_1_1, Fields.of(fields));
        return new CacheKey(policy).text(head, target(raw));
    }

    @ParameterizedTest
    @CsvSource({
        "/a, /%61", "/a?x=1, /%61?x=1", "/a, /b/../a", "/a/b, /a/./b", "/~u, /%7Eu", "/%2f, /%2F", "/%c3%a9, /%C3%A9",
        "/a, http://host/a", "/, http://host", "/a-b_c, /%61%2Db%5Fc",
    })
    void areTheSame(String one, String other) {
        assertEquals(text(POLICY, one), text(POLICY, other));
    }

    @ParameterizedTest
    @CsvSource({
        "/a, /A", "/a, /a/", "/a, /a?", "/a?b, /a%3Fb", "/a?x=1, /a?x=2", "/a?x=1&y=2, /a?y=2&x=1", "/a?x, /a?X", "/%2F, /%252F",
        "/a/b, /a%2Fb", "/a;x=1, /a;x=2", "/a;x, /a", "/a//b, /a/b", "/a\\b, /a/b", "/a?%61, /a?a", "/%00x, /x", "/a.b, /a%2Eb/",
    })
    void differ(String one, String other) {
        Normalised first = Target.normalise(one, LENIENT);
        Normalised second = Target.normalise(other, LENIENT);
        if (first instanceof Target && second instanceof Target) {
            assertNotEquals(text(POLICY, one), text(POLICY, other));
        }
    }

    @Test
    void aPlainTargetIsItsOwnKey() {
        Target plain = target("/shop/page?x=1");
        RequestHead head = new RequestHead("GET", "http", null, plain.raw(), HttpVersion.HTTP_1_1, Fields.EMPTY);
        assertSame(plain.raw(), new CacheKey(POLICY).text(head, plain));
        Target bare = target("/shop/page");
        assertSame(bare.path(), new CacheKey(POLICY).text(head, bare));
        assertSame(plain.raw(), new CacheKey(POLICY).url(plain));
    }

    @ParameterizedTest
    @CsvSource({
        "'utm_*,ref', /a?utm_source=x&id=1&ref=y, /a?id=1", "'utm_*,ref', /a?ref=1, /a", "x, /a?x=1&&y=2&, /a?y=2",
        "x, /a?xy=1, /a?xy=1", "x, /a?x, /a", "x, /a, /a", "'x', /a?, /a",
    })
    void parametersMayBeIgnored(String names, String raw, String same) {
        CachePolicy policy = POLICY.withQuery(QueryKey.ignoring(names.split(",", -1)));
        assertEquals(text(POLICY, same), text(policy, raw));
        assertEquals(same, new CacheKey(policy).url(target(raw)));
    }

    @ParameterizedTest
    @CsvSource({"id, /a?utm=1&id=2&x=3, /a?id=2", "id, /a?x=1, /a", "'', /a?x=1, /a", "'i*', /a?id=1&ix=2&x, /a?id=1&ix=2"})
    void orOnlySomeMayCount(String names, String raw, String same) {
        CachePolicy policy = POLICY.withQuery(names.isEmpty() ? QueryKey.keeping() : QueryKey.keeping(names));
        assertEquals(text(POLICY, same), text(policy, raw));
    }

    @Test
    void fieldsMayDistinguish() {
        CachePolicy policy = POLICY.withKeyFields("X-Tenant", "x-device");
        assertEquals(List.of("x-tenant", "x-device"), policy.keyFields());
        assertEquals(text(policy, "/a", "X-Tenant", "1"), text(policy, "/a", "x-tenant", "1", "Other", "2"));
        assertNotEquals(text(policy, "/a", "X-Tenant", "1"), text(policy, "/a", "X-Tenant", "2"));
        assertNotEquals(text(policy, "/a", "X-Tenant", "1"), text(policy, "/a", "X-Device", "1"));
        assertNotEquals(text(policy, "/a", "X-Tenant", ""), text(policy, "/a"));
    }

    @ParameterizedTest
    @CsvSource({"http, host, 80, host:-1", "https, host, 443, host:-1", "http, host, 443, host:443", "https, host, -1, host:-1"})
    void theSchemesOwnPortIsNone(String scheme, String host, int port, String expected) {
        Authority made = CacheKey.authority(scheme, new Authority(host, port));
        assertEquals(expected, made.host() + ":" + made.port());
        assertSame(CacheKey.NOBODY, CacheKey.authority(scheme, null));
    }

    /** Seeded: two targets with one key have one path and one query, and differ in nothing but how they are written. */
    @Test
    void oneKeyMeansOneMeaning() {
        Random random = new Random(11);
        String[] parts = {"a", "%61", "/", "//", "?", "%3F", ";", "%3B", ".", "..", "%2F", "%2f", "%25", "2F", "&", "=", "b", "\\"};
        Map<String, String> meanings = new HashMap<>();
        int seen = 0;
        for (int round = 0; round < 60_000; round++) {
            StringBuilder raw = new StringBuilder("/");
            for (int i = random.nextInt(6); i > 0; i--) {
                raw.append(parts[random.nextInt(parts.length)]);
            }
            if (Target.normalise(raw.toString(), LENIENT) instanceof Target target) {
                String meaning = target.path() + " ? " + target.query() + " ; " + target.rawPath().contains(";");
                String other = meanings.putIfAbsent(text(POLICY, target.raw()), meaning);
                assertEquals(other == null ? meaning : other, meaning, raw.toString());
                seen++;
            }
        }
        assertEquals(true, seen > 20_000);
    }
}
