/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.ModelCache.Answer;
import io.gatehouse.cache.ModelCache.Reply;
import io.gatehouse.http.Fields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random requests, answers and pauses. Every answer of the origin has a number in its body, and what it allowed is written down;
 * every answer of the cache is held against that, by rules written as plainly as they stand in RFC 9111.
 */
class RandomUseTest {

    private static final int TURNS = 5_000;

    /** What an answer of the origin allowed. */
    private record Made(String target, String tag, long time, long age, Map<String, Long> seconds, List<String> flags, Fields request) {

        boolean says(String flag) {
            return flags.contains(flag);
        }

        long lifetime() {
            long shared = seconds.getOrDefault("s-maxage", -1L);
            return shared >= 0 ? shared : seconds.getOrDefault("max-age", -1L);
        }
    }

    private final Random random;
    private final List<Made> made = new ArrayList<>();
    private final Map<String, Integer> versions = new HashMap<>();
    private final Map<String, Integer> dropped = new HashMap<>();
    private final Map<String, Long> validated = new HashMap<>();
    private final ModelCache cache = new ModelCache(Rules.STANDARD, this::origin);
    private boolean down;

    RandomUseTest() {
        random = new Random(1);
    }

    private @Nullable Reply origin(String method, String target, Fields request) {
        if (down) {
            return random.nextBoolean() ? null : new Reply(503, Fields.EMPTY, "error");
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            versions.merge(target, 1, Integer::sum);
            return new Reply(random.nextInt(4) == 0 ? 409 : 204, Fields.EMPTY, "");
        }
        String who = request.first("Who");
        String tag = '"' + target.substring(1) + '.' + versions.getOrDefault(target, 0) + '.' + who + '"';
        if (tag.equals(request.first("If-None-Match"))) {
            validated.put(tag, cache.now);
            return new Reply(304, Fields.of("ETag", tag), "");
        }
        Map<String, Long> seconds = new HashMap<>();
        List<String> flags = new ArrayList<>();
        StringBuilder control = new StringBuilder("foo");
        for (String name : new String[] {"max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"}) {
            if (random.nextInt(name.equals("max-age") ? 2 : 6) == 0) {
                seconds.put(name, (long) random.nextInt(20));
                control.append(", ").append(name).append('=').append(seconds.get(name));
            }
        }
        for (String name : new String[] {"private", "no-store", "no-cache", "must-revalidate", "public"}) {
            if (random.nextInt(8) == 0) {
                flags.add(name);
                control.append(", ").append(name);
            }
        }
        long age = random.nextInt(4) == 0 ? random.nextInt(10) : 0;
        made.add(new Made(target, tag, cache.now, age, seconds, flags, request));
        Fields.Builder fields = Fields.builder().add("Cache-Control", control.toString()).add("Vary", "Who").add("Age", Long.toString(age));
        if (random.nextBoolean()) {
            fields.add("ETag", tag);
        }
        return new Reply(200, fields.build(), Integer.toString(made.size() - 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyAnswerIsAllowed(long seed) {
        random.setSeed(seed);
        int hits = 0;
        int stale = 0;
        for (int turn = 0; turn < TURNS; turn++) {
            cache.pass(random.nextInt(4) == 0 ? random.nextInt(8) : 0.25);
            down = random.nextInt(10) == 0;
            String target = "/" + (char) ('a' + random.nextInt(3));
            if (random.nextInt(25) == 0) {
                Answer answer = cache.request("PUT", target);
                if (answer.status() == 204) {
                    dropped.put(target, made.size());
                }
                continue;
            }
            List<String> fields = new ArrayList<>();
            String who = random.nextInt(3) == 0 ? null : random.nextBoolean() ? "x" : "y";
            if (who != null) {
                fields.addAll(List.of("Who", who));
            }
            if (random.nextInt(6) == 0) {
                fields.addAll(List.of("Authorization", "z"));
            }
            int before = made.size();
            Map<String, Long> checkedBefore = Map.copyOf(validated);
            Answer answer = cache.get(target, fields.toArray(String[]::new));
            if (answer.status() != 200) {
                assertTrue(down, "only a dead origin is an error");
                continue;
            }
            int number = Integer.parseInt(answer.body());
            if (number >= before && !(answer.cached())) {
                continue; // the origin's own answer to this very request
            }
            hits++;
            // What is validated behind the client's back counts from the next request on.
            Map<String, Long> checked = answer.cached() ? checkedBefore : validated;
            stale += allowed(made.get(number), number, target, who, answer, checked.get(made.get(number).tag)) ? 1 : 0;
        }
        assertTrue(hits > TURNS / 20, "hits: " + hits);
        assertTrue(stale > 5, "stale ones among them: " + stale);
    }

    /** Holds a reused answer against what it allowed; whether it was stale. */
    private boolean allowed(Made one, int number, String target, @Nullable String who, Answer answer, @Nullable Long checked) {
        Supplier<String> text = () -> one + " at " + cache.now + ": " + answer;
        assertEquals(target, one.target, text);
        assertEquals(who, one.request.first("Who"), text);
        assertTrue(!one.says("private") && !one.says("no-store"), text);
        assertTrue(number >= dropped.getOrDefault(target, 0), text);
        if (one.request.contains("Authorization")) {
            assertTrue(one.says("public") || one.says("must-revalidate") || one.seconds.containsKey("s-maxage"), text);
        }
        long time = one.time;
        long initial = one.age;
        if (answer.fields().contains("ETag") && checked != null && checked >= time) {
            time = checked;
            initial = 0;
        }
        long ageMillis = 1000 * initial + cache.now - time;
        String age = answer.field("Age");
        assertEquals(Long.toString(ageMillis / 1000), age, text);
        boolean justNow = cache.now == time && answer.requests() > 0;
        boolean fresh = ageMillis < 1000 * Math.max(0, one.lifetime());
        if (justNow || fresh && !one.says("no-cache")) {
            return false;
        }
        assertTrue(!one.says("no-cache") && !one.says("must-revalidate"), text);
        long staleMillis = ageMillis - 1000 * Math.max(0, one.lifetime());
        long revalidate = one.seconds.getOrDefault("stale-while-revalidate", 0L);
        boolean meanwhile = answer.cached() && staleMillis < 1000 * revalidate;
        boolean shared = one.seconds.containsKey("s-maxage");
        long error = one.seconds.getOrDefault("stale-if-error", shared ? 0L : 86_400L);
        assertTrue(meanwhile || down && staleMillis < 1000 * error, text);
        return true;
    }
}
