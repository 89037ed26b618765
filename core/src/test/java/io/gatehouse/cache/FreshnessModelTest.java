/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpDate;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random answers against the formulas of RFC 9111 section 4.2, written down as they stand there. */
class FreshnessModelTest {

    private static final long SECOND = 1_795_435_200L;

    private final Random random = new Random(21);

    private long maybe(int oneIn, int bound) {
        return random.nextInt(oneIn) == 0 ? random.nextInt(2 * bound) - bound : Long.MIN_VALUE;
    }

    @Test
    void formulas() {
        int fresh = 0;
        for (int turn = 0; turn < 30_000; turn++) {
            Fields.Builder fields = Fields.builder();
            long date = maybe(2, 100);
            long expires = maybe(2, 200);
            long modified = maybe(3, 5_000);
            long age = Math.max(-1, maybe(3, 100));
            long maxAge = Math.max(-1, maybe(3, 100));
            long shared = Math.max(-1, maybe(5, 100));
            if (date != Long.MIN_VALUE) {
                fields.add("Date", HttpDate.format(SECOND + date));
            }
            if (expires != Long.MIN_VALUE) {
                fields.add("Expires", HttpDate.format(SECOND + expires));
            }
            if (modified != Long.MIN_VALUE) {
                fields.add("Last-Modified", HttpDate.format(SECOND + modified));
            }
            if (age >= 0) {
                fields.add("Age", Long.toString(age));
            }
            if (maxAge >= 0) {
                fields.add("Cache-Control", "max-age=" + maxAge);
            }
            if (shared >= 0) {
                fields.add("Cache-Control", "s-maxage=" + shared);
            }
            long request = 1000 * SECOND + random.nextInt(1000);
            long response = 1000 * SECOND + 999;
            long now = response + random.nextInt(200_000);
            Freshness freshness = Freshness.of(
                    fields.build(), CacheControl.ofResponse(fields.build()), 200, request, response, Rules.STANDARD);

            long dateValue = date == Long.MIN_VALUE ? 0 : date;
            long apparent = Math.max(0, -dateValue) * 1000;
            long corrected = Math.max(0, age) * 1000 + (response - request);
            long current = Math.max(apparent, corrected) + (now - response);
            long lifetime = shared >= 0 ? shared
                    : maxAge >= 0 ? maxAge
                    : expires != Long.MIN_VALUE ? Math.max(0, expires - dateValue)
                    : modified != Long.MIN_VALUE ? Math.max(0, dateValue - modified) / 10 : 0;

            assertEquals(1000 * lifetime, freshness.lifetimeMillis(), fields.build().toString());
            assertEquals(current, freshness.ageMillis(now), fields.build().toString());
            assertEquals(1000 * lifetime > current, freshness.isFresh(now));
            assertEquals(current / 1000, freshness.age(now));
            assertEquals(current - 1000 * lifetime, freshness.stalenessMillis(now));
            Freshness expired = freshness.expired(now);
            assertTrue(!expired.isFresh(now) && expired.age(now) == freshness.age(now));
            fresh += freshness.isFresh(now) ? 1 : 0;
        }
        assertTrue(fresh > 1_000 && fresh < 20_000, "fresh ones: " + fresh);
    }

    /** Whatever stands in the fields, nothing fails, and no life is longer than the largest. */
    @Test
    void anyValues() {
        String[] values = {"", "0", "-1", "x", "99999999999999999999", HttpDate.format(0), HttpDate.format(SECOND), "Fri, 31 Dec 9999 23:59:59 GMT",
            "Thu Aug  8 02:01:18 2050", "1, 2", "max-age=99999999999", "s-maxage=", "\"", "Monday, 01-Jan-00 00:00:00 GMT"};
        String[] names = {"Date", "Expires", "Age", "Last-Modified", "Cache-Control", "CDN-Cache-Control", "ETag"};
        for (int turn = 0; turn < 20_000; turn++) {
            Fields.Builder fields = Fields.builder();
            for (int n = random.nextInt(8); n > 0; n--) {
                fields.add(names[random.nextInt(names.length)], values[random.nextInt(values.length)]);
            }
            long received = 1000 * (SECOND + random.nextInt(1_000_000));
            Terms terms = Terms.of(200, fields.build(), received, received, Rules.STANDARD);
            Freshness freshness = terms.freshness();
            assertTrue(freshness.lifetimeMillis() >= 0 && freshness.lifetimeMillis() <= 1000 * CacheControl.MOST);
            assertTrue(freshness.initialAgeMillis() >= 0);
            assertTrue(freshness.age(Long.MAX_VALUE / 2) >= freshness.age(received));
            assertEquals(freshness.isFresh(received), freshness.remaining(received) >= 0 && freshness.stalenessMillis(received) < 0);
        }
    }
}
