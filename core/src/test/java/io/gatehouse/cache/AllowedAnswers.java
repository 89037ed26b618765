/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.RandomOrigin.Made;
import io.gatehouse.http.Fields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a cache may answer with, by rules as plain as they stand in RFC 9111, RFC 5861 and the documentation of the policy: of
 * all that the origin made, what is reused may be fresh, or stale inside of a window, never from before a purge, never another
 * client's. What a cache need not store or reuse it is free to ask for.
 */
final class AllowedAnswers {

    private static final Pattern NUMBER = Pattern.compile("\\bn=(\\d+)");
    private static final Pattern RANGE = Pattern.compile("bytes (\\d+)-(\\d+)/(\\d+)");
    private static final Pattern PART = Pattern.compile("Content-Range: bytes (\\d+)-(\\d+)/(\\d+)\r\n\r\n");

    /** What a client asked for, and when: the numbers are of answers of the origin that were made before. */
    record Asked(String method, String page, Fields fields, int before, long now) {}

    /** What it got. */
    record Got(int status, Fields fields, String body) {}

    /** Something made stale by hand. */
    private record Softened(String page, int before, long time) {}

    private final RandomOrigin origin;
    private final long routeLifetime;
    private final long revalidate;
    private final long ifError;
    private final Map<String, Integer> dropped = new HashMap<>();
    private final List<Softened> softened = new ArrayList<>();
    private int reused;
    private int stale;
    private int parts;
    private int notModified;

    /**
     * The rules.
     *
     * @param routeLifetime seconds; -1 as headers say
     * @param revalidate seconds past the life if the answer names none
     * @param ifError the same
     */
    AllowedAnswers(RandomOrigin origin, long routeLifetime, long revalidate, long ifError) {
        this.origin = origin;
        this.routeLifetime = routeLifetime;
        this.revalidate = revalidate;
        this.ifError = ifError;
    }

    /** Nothing of a page that was made so far may be used again. */
    void dropped(String page) {
        dropped.put(page, origin.made.size());
    }

    /** All of a page that was made so far is stale from now on. */
    void softened(String page, long now) {
        softened.add(new Softened(page, origin.made.size(), now));
    }

    String summary() {
        return reused + " reused, " + stale + " of them stale, " + parts + " parts, " + notModified + " not modified";
    }

    /** How many answers were reused, stale, parts, not modified. */
    int[] counts() {
        return new int[] {reused, stale, parts, notModified};
    }

    /** Holds an answer against all that. */
    void check(Asked asked, Got got, boolean failed, boolean cut, int runs) {
        boolean onlyCached = control(asked.fields).contains("only-if-cached");
        boolean passes = routeLifetime >= 0 && isOwn(asked.fields);
        assertTrue(!onlyCached || passes || runs == 0, "the origin was asked in spite of only-if-cached");
        if (got.status >= 500 || cut) {
            assertTrue(failed || onlyCached && got.status == 504, "only an origin that fails is an error");
            return;
        }
        Matcher number = NUMBER.matcher(String.valueOf(got.fields.joined("Cache-Control")));
        if (!number.find()) {
            assertTrue(got.status == 412 || got.status == 416, "an answer without a number");
            return;
        }
        int made = Integer.parseInt(number.group(1));
        Made one = origin.made.get(made);
        assertEquals(asked.page, one.page());
        if (one.broken()) {
            assertTrue(made >= asked.before, "what was cut off is reused");
            return;
        }
        consistent(asked, got, one, made < asked.before);
        if (made < asked.before) {
            reused++;
            mayBeReused(asked, got, one, made, failed);
        } else if (one.who() != null) {
            assertEquals(asked.fields.first("Cookie") + asked.fields.first("Authorization"), one.who(), "another client's");
        }
    }

    private static String control(Fields request) {
        return String.valueOf(request.joined("Cache-Control"));
    }

    private static boolean isOwn(Fields request) {
        return request.contains("Cookie") || request.contains("Authorization");
    }

    private void consistent(Asked asked, Got got, Made one, boolean kept) {
        String tag = one.tag();
        assertEquals(tag, got.fields.first("ETag"), "the tag of another");
        if (one.lang() != null) {
            assertEquals(String.valueOf(asked.fields.first("X-Lang")), one.lang(), "another variant");
        }
        String content = one.content();
        String noneMatch = asked.fields.joined("If-None-Match");
        boolean has = noneMatch != null && tag != null && noneMatch.contains(tag.replace("W/", ""));
        switch (got.status) {
            case 200, 404 -> {
                assertEquals(one.status(), got.status);
                assertTrue(!kept || !has || one.status() == 404, "the client has it: 304");
                if (!asked.method.equals("HEAD")) {
                    assertEquals(content, got.body, "another body");
                }
                String length = got.fields.first("Content-Length");
                assertTrue(length == null || length.equals("" + content.length()), () -> "Content-Length " + length);
            }
            case 206 -> {
                parts++;
                assertNotNull(asked.fields.first("Range"));
                String onlyIf = asked.fields.first("If-Range");
                assertTrue(onlyIf == null || onlyIf.equals(tag), "If-Range does not fit");
                part(got, content);
            }
            case 304 -> {
                notModified++;
                assertTrue(has, "not modified, which the client does not have");
                assertEquals("", got.body);
            }
            case 412, 416 -> assertEquals("", got.body);
            default -> throw new AssertionError("status " + got.status);
        }
    }

    private static void part(Got got, String content) {
        String range = got.fields.first("Content-Range");
        if (range != null) {
            Matcher match = RANGE.matcher(range);
            assertTrue(match.matches(), range);
            assertEquals(content.length(), Integer.parseInt(match.group(3)));
            assertEquals(content.substring(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)) + 1), got.body);
            return;
        }
        Matcher match = PART.matcher(got.body);
        int count = 0;
        while (match.find()) {
            String part = content.substring(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)) + 1);
            assertTrue(got.body.startsWith(part, match.end()), part);
            count++;
        }
        assertTrue(count > 1, "parts");
    }

    private void mayBeReused(Asked asked, Got got, Made one, int number, boolean failed) {
        boolean fixed = routeLifetime >= 0;
        boolean shared = one.seconds("s-maxage") >= 0;
        assertTrue(number >= dropped.getOrDefault(asked.page, 0), "from before a purge");
        assertTrue(!one.says("private") && !one.says("no-store"), "forbidden to be stored");
        assertTrue(!one.authorized() || one.says("public") || one.says("must-revalidate") || shared, "Authorization");
        if (fixed) {
            assertTrue(!one.own() && !isOwn(asked.fields) && !one.says("set-cookie"), "one client's own");
        }
        long age = one.initial() + asked.now - one.time();
        if (got.status == 200) {
            long told = Long.parseLong(String.valueOf(got.fields.first("Age")));
            // A delay before it was received counts as age too, and what is put together of parts is as old as its oldest.
            assertTrue(told >= age / 1000, () -> "Age " + told + " of " + age + " ms");
        }
        boolean routed = fixed && one.status() == 200;
        long lifetime = 1000 * Math.max(0, routed ? routeLifetime : shared ? one.seconds("s-maxage") : one.seconds("max-age"));
        lifetime += routed ? one.initial() : 0;
        for (Softened each : softened) {
            if (each.page.equals(asked.page) && each.before > number) {
                lifetime = Math.min(lifetime, one.initial() + each.time - one.time());
            }
        }
        long staleness = age - lifetime;
        stale += staleness >= 0 ? 1 : 0;
        assertTrue(!one.says("no-cache"), "no-cache without validation");
        boolean bound = one.says("must-revalidate");
        long error = one.seconds("stale-if-error") >= 0 ? one.seconds("stale-if-error") : shared ? 0 : ifError;
        if (failed && !bound && (staleness < 0 || staleness < 1000 * error) && one.status() < 400) {
            return;
        }
        long maxAge = directive(asked, "max-age");
        long minFresh = directive(asked, "min-fresh");
        assertTrue(!control(asked.fields).contains("no-cache"), "the client said no-cache");
        assertTrue(maxAge < 0 || maxAge > 0 && age < 1000 * (maxAge + 1), "older than the client wants it");
        assertTrue(minFresh < 0 || staleness <= -1000 * minFresh, "not as fresh as the client wants it");
        if (staleness < 0) {
            return;
        }
        long window = one.seconds("stale-while-revalidate") >= 0 ? one.seconds("stale-while-revalidate") : shared ? 0 : revalidate;
        long tolerated = shared ? -1 : directive(asked, "max-stale");
        assertTrue(!bound, "must-revalidate");
        assertTrue(staleness < 1000 * window || tolerated >= 0 && staleness < 1000 * (tolerated + 1), "stale");
    }

    private static long directive(Asked asked, String name) {
        Matcher match = Pattern.compile("\\b" + name + "=(\\d+)").matcher(control(asked.fields));
        return match.find() ? Long.parseLong(match.group(1)) : -1;
    }
}
