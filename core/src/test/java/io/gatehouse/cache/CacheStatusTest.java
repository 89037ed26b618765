/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.CacheStatus.Forward;
import io.gatehouse.http.FieldSyntax;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** RFC 9211: the words, and that they are a member of a list of structured fields. */
class CacheStatusTest {

    private static final Pattern MEMBER =
            Pattern.compile("[A-Za-z][A-Za-z0-9._-]*(; [a-z][a-z0-9-]*(=(-?[0-9]{1,15}|[A-Za-z][A-Za-z0-9._-]*))?)*");

    @Test
    void hits() {
        assertEquals("Gatehouse; hit; ttl=30", CacheStatus.hit(30));
        assertEquals("Gatehouse; hit; ttl=-412", CacheStatus.hit(-412));
        assertEquals("Gatehouse; hit", CacheStatus.hit());
        Freshness freshness = new Freshness(10_000, 4_000, 0, Freshness.Source.EXPLICIT);
        assertEquals("Gatehouse; hit; ttl=6", CacheStatus.hit(freshness, 0));
        assertEquals("Gatehouse; hit; ttl=-1", CacheStatus.hit(freshness, 6_500));
        assertEquals("Gatehouse; hit", CacheStatus.hit(new Freshness(Freshness.FOREVER, 0, 0, Freshness.Source.ROUTE), 5));
    }

    @Test
    void forwards() {
        assertEquals("Gatehouse; fwd=uri-miss; stored", CacheStatus.forwarded(Forward.URI_MISS, 200, 200, true, null));
        assertEquals("Gatehouse; fwd=vary-miss; detail=no-store", CacheStatus.forwarded(Forward.VARY_MISS, 200, 200, false, Reason.NO_STORE));
        assertEquals("Gatehouse; fwd=stale; fwd-status=304; stored", CacheStatus.forwarded(Forward.STALE, 304, 200, true, null));
        assertEquals("Gatehouse; fwd=partial", CacheStatus.forwarded(Forward.PARTIAL, -1, 502, false, null));
        assertEquals("Gatehouse; fwd=request; fwd-status=200; stored", CacheStatus.forwarded(Forward.REQUEST, 200, 304, true, null));
        assertEquals("Gatehouse; fwd=method; detail=method", CacheStatus.forwarded(Forward.METHOD, 200, 200, false, Reason.METHOD));
        assertEquals("Gatehouse; fwd=bypass; detail=never", CacheStatus.forwarded(Forward.BYPASS, 200, 200, false, Reason.NEVER));
        assertEquals("Gatehouse; fwd=uri-miss; collapsed", CacheStatus.collapsed(Forward.URI_MISS));
        assertEquals("Gatehouse; fwd=stale; fwd-status=503; ttl=-7; detail=stale-if-error", CacheStatus.standsIn(503, -7));
        assertEquals("Gatehouse; fwd=stale; ttl=-7; detail=stale-if-error", CacheStatus.standsIn(-1, -7));
    }

    @Test
    void allAreMembers() {
        List<String> all = new ArrayList<>(List.of(CacheStatus.hit(), CacheStatus.hit(-5), CacheStatus.standsIn(500, -1)));
        for (Forward why : Forward.values()) {
            assertTrue(FieldSyntax.isToken(why.text()));
            all.add(CacheStatus.collapsed(why));
            for (Reason reason : Reason.values()) {
                all.add(CacheStatus.forwarded(why, 500, 200, true, reason));
            }
        }
        for (String member : all) {
            assertTrue(MEMBER.matcher(member).matches(), member);
        }
    }
}
