/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpDate;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random exchanges against the list of RFC 9111 section 3, written down point by point. */
class StoringModelTest {

    private static final long NOW = 1_795_435_200_000L;
    private static final int[] STATUSES = {200, 200, 200, 203, 204, 206, 299, 301, 302, 304, 404, 500, 503, 599};

    private Random random = new Random(0);

    private boolean rarely() {
        return random.nextInt(6) == 0;
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33})
    void pointByPoint(long seed) {
        random = new Random(seed);
        int stored = 0;
        for (int turn = 0; turn < 20_000; turn++) {
            boolean get = !rarely();
            boolean authorized = rarely();
            boolean range = rarely();
            boolean requestNoStore = rarely();
            boolean noStore = rarely();
            boolean isPrivate = rarely();
            boolean isPublic = rarely();
            boolean mustRevalidate = rarely();
            boolean noCache = rarely();
            boolean understand = rarely();
            boolean maxAge = random.nextBoolean();
            boolean shared = rarely();
            boolean expires = rarely();
            boolean tag = random.nextBoolean();
            boolean modified = rarely();
            boolean star = rarely();
            boolean cookie = rarely();
            boolean contentRange = random.nextInt(3) > 0;
            int status = STATUSES[random.nextInt(STATUSES.length)];
            boolean route = rarely();

            Fields.Builder request = Fields.builder().add("Accept", "x");
            Fields.Builder response = Fields.builder().add("X", "y");
            when(request, authorized, "Authorization", "me");
            when(request, range, "Range", "bytes=0-4");
            when(request, requestNoStore, "Cache-Control", "no-store");
            when(response, noStore, "Cache-Control", "no-store");
            when(response, isPrivate, "Cache-Control", "private");
            when(response, isPublic, "Cache-Control", "public");
            when(response, mustRevalidate, "Cache-Control", "must-revalidate");
            when(response, noCache, "Cache-Control", "no-cache");
            when(response, understand, "Cache-Control", "must-understand");
            when(response, maxAge, "Cache-Control", "max-age=60");
            when(response, shared, "Cache-Control", "s-maxage=60");
            when(response, expires, "Expires", HttpDate.format(NOW / 1000 + 60));
            when(response, tag, "ETag", "\"a\"");
            when(response, modified, "Last-Modified", HttpDate.format(NOW / 1000 - 1_000));
            when(response, star, "Vary", "Foo, *");
            when(response, cookie, "Set-Cookie", "a=b");
            when(response, contentRange, "Content-Range", "bytes 0-4/10");

            boolean heuristic = switch (status) {
                case 200, 203, 204, 206, 301, 404 -> true;
                default -> false;
            };
            boolean understood = status != 299 && status != 599;
            boolean routed = route && heuristic && status < 400;
            boolean named = maxAge || shared || expires;
            boolean lives = named || routed || modified && (heuristic || isPublic);
            // The request method is understood; the status is final, and understood where it has to be.
            boolean expected = get && status != 304
                    && (status != 206 || contentRange && range)
                    && (!understand || understood)
                    // No-store is absent, or void because must-understand is there.
                    && (!noStore || understand)
                    && !requestNoStore
                    && !isPrivate
                    && (!authorized || isPublic || mustRevalidate || shared)
                    // It has a lifetime, or says public, or its status allows a guess.
                    && (named || isPublic || heuristic || routed)
                    // And what RFC 9111 leaves to the cache: whether it is of use, and whom a cookie is for.
                    && (tag || modified || lives && !noCache)
                    && !star
                    && (!cookie || named || isPublic);

            Rules rules = route ? Rules.STANDARD.withLifetime(60) : Rules.STANDARD;
            RequestHead head = new RequestHead(
                    get ? "GET" : "PUT", "http", Authority.parse("a"), "/", HttpVersion.HTTP_1_1, request.build());
            Fields fields = response.build();
            Reason reason = Storing.refusal(head, fields, Terms.of(status, fields, NOW, NOW, rules), rules);
            assertEquals(expected, reason == null, () -> reason + " for " + status + '\n' + request.build() + fields + rules);
            stored += expected ? 1 : 0;
        }
        assertTrue(stored > 2_000, "stored: " + stored);
    }

    private static void when(Fields.Builder fields, boolean there, String name, String value) {
        if (there) {
            fields.add(name, value);
        }
    }
}
