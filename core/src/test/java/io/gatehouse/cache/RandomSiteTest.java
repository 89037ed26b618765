/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.AllowedAnswers.Asked;
import io.gatehouse.cache.AllowedAnswers.Got;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.http.Fields;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two hours of random use of a cached site, on one thread: every answer is one that {@link AllowedAnswers} allows. What fails
 * says its seed and the turn.
 */
@Timeout(120)
class RandomSiteTest {

    private static final int TURNS = 8_000;
    private static final long START = 1_700_000_000_000L;

    private final AtomicLong now = new AtomicLong(START);
    private final Queue<Runnable> background = new ArrayDeque<>();
    private final OutputCache cache = OutputCache.of(1 << 20, now::get, background::add);
    private final Random random = new Random();
    private final RandomOrigin origin = new RandomOrigin(random, now);

    private static CachePolicy policy(String name) {
        return switch (name) {
            case "headers" -> CachePolicy.asHeadersSay();
            case "fixed" -> CachePolicy.forDuration(Duration.ofSeconds(10)).withStaleIfError(Duration.ofSeconds(20))
                    .withStaleWhileRevalidate(Duration.ofSeconds(5));
            default -> CachePolicy.untilPurged();
        };
    }

    private static AllowedAnswers rules(String name, RandomOrigin origin) {
        long forever = Integer.MAX_VALUE;
        return switch (name) {
            case "headers" -> new AllowedAnswers(origin, -1, 0, forever);
            case "fixed" -> new AllowedAnswers(origin, 10, 5, 20);
            default -> new AllowedAnswers(origin, forever, 0, forever);
        };
    }

    @ParameterizedTest
    @CsvSource({"headers, 1", "headers, 2", "headers, 3", "headers, 4", "fixed, 5", "fixed, 6", "purged, 7", "purged, 8"})
    void everyAnswerIsAllowed(String name, long seed) throws Exception {
        random.setSeed(seed);
        AsyncHandler site = cache.around(name, AsyncHandler.of(origin), policy(name).withPatience(Duration.ZERO));
        AllowedAnswers rules = rules(name, origin);
        for (int turn = 0; turn < TURNS; turn++) {
            if (random.nextInt(3) == 0) {
                now.addAndGet(random.nextInt(20) == 0 ? random.nextInt(60_000) : random.nextInt(2_500));
            }
            origin.down(random.nextInt(10) == 0);
            String page = "/" + RandomOrigin.PAGES.charAt(random.nextInt(RandomOrigin.PAGES.length()));
            switch (random.nextInt(60)) {
                case 0 -> purge(rules, page);
                case 1 -> soften(rules, page);
                case 2, 3 -> origin.change(page);
                case 4 -> unsafe(site, rules, page);
                case 5, 6, 7, 8 -> refresh();
                default -> ask(site, rules, page, "seed " + seed + ", turn " + turn + ": ");
            }
        }
        int[] counts = rules.counts();
        System.out.println(name + ' ' + seed + ": " + rules.summary() + " in " + (now.get() - START) / 1000 + " s; " + cache.counters());
        assertTrue(counts[0] > TURNS / 20, rules::summary);
        assertTrue(counts[1] > 10 || name.equals("purged"), rules::summary);
        assertTrue(counts[2] > 50 && counts[3] > 20, rules::summary);
        assertTrue(cache.counters().validated() > 20, "validated: " + cache.counters());
        assertEquals(cache.bytes(), cache.counters().bytes());
        cache.purgePrefix("/");
        assertEquals(0, cache.bytes());
        assertEquals(0, cache.counters().bytes());
    }

    private void refresh() {
        for (Runnable task = background.poll(); task != null; task = background.poll()) {
            task.run();
        }
    }

    private void purge(AllowedAnswers rules, String page) {
        String[] all = RandomOrigin.PAGES.split("");
        switch (random.nextInt(5)) {
            case 0 -> cache.purge(page);
            case 1 -> cache.purgeTag("t" + page.charAt(1));
            case 2 -> cache.purge("http://localhost:8080" + page);
            case 3 -> {
                cache.purgePrefix(random.nextBoolean() ? "/" : "http://localhost:8080/");
                for (String each : all) {
                    rules.dropped("/" + each);
                }
            }
            default -> {
                cache.purgeTag("none", "all");
                for (String each : all) {
                    rules.dropped("/" + each);
                }
            }
        }
        rules.dropped(page);
    }

    private void soften(AllowedAnswers rules, String page) {
        switch (random.nextInt(3)) {
            case 0 -> cache.expire(page);
            case 1 -> cache.expireTag("t" + page.charAt(1));
            default -> cache.expirePrefix(page);
        }
        rules.softened(page, now.get());
    }

    private void unsafe(AsyncHandler site, AllowedAnswers rules, String page) throws Exception {
        FakeResponse response = new FakeResponse().handledBy(site, FakeRequest.of(random.nextBoolean() ? "PUT" : "DELETE", page));
        if (response.outcome() == null && response.sentStatus() < 400) {
            rules.dropped(page);
            String other = response.sent("Location");
            if (other != null) {
                rules.dropped(other);
            }
        }
    }

    private void ask(AsyncHandler site, AllowedAnswers rules, String page, String where) throws Exception {
        Asked asked = new Asked(
                random.nextInt(12) == 0 ? "HEAD" : "GET", page, Fields.of(fields(page)), origin.made.size(), now.get());
        origin.watch();
        Got got;
        boolean cut = false;
        FakeRequest request = FakeRequest.of(asked.method(), page, fields(asked.fields()));
        Shortcut.Prepared ready = ((Shortcut) site).find(request.head(), request.target(), 1);
        if (ready != null) {
            String body = asked.method().equals("HEAD") ? "" : StandardCharsets.UTF_8.decode(ready.body().duplicate()).toString();
            got = new Got(ready.head().status(), ready.head().fields(), body);
        } else {
            FakeResponse response = new FakeResponse().handledBy(site, request);
            if (!response.ended()) {
                refresh(); // it asks the origin once more, in the background
            }
            Throwable failure = response.outcome();
            int status = failure == null ? response.status() : failure instanceof HttpFailure http ? http.status() : 500;
            cut = failure != null && response.committed();
            got = new Got(
                    status, response.sentHead() == null ? Fields.EMPTY : response.sentHead().fields(),
                    asked.method().equals("HEAD") ? "" : response.sentText());
        }
        // The origin may have taken its time: what was reused since is judged by when it was sent.
        Asked then = new Asked(asked.method(), page, asked.fields(), asked.before(), now.get());
        try {
            rules.check(origin.failed() ? then : asked, got, origin.failed(), cut, origin.runs());
        } catch (AssertionError e) {
            throw new AssertionError(where + e.getMessage() + "\n" + then + "\n" + got, e);
        }
    }

    private static String[] fields(Fields fields) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            all.addAll(List.of(fields.name(i), fields.value(i)));
        }
        return all.toArray(String[]::new);
    }

    private String[] fields(String page) {
        List<String> fields = new ArrayList<>();
        if (random.nextInt(3) > 0) {
            fields.addAll(List.of("X-Lang", random.nextBoolean() ? "de" : "en"));
        }
        if (random.nextInt(5) == 0) {
            fields.addAll(List.of("Cookie", "u=" + random.nextInt(3)));
        }
        if (random.nextInt(8) == 0) {
            fields.addAll(List.of("Authorization", "Basic " + random.nextInt(3)));
        }
        if (random.nextInt(6) == 0) {
            String[] words = {"no-cache", "max-age=0", "max-age=5", "min-fresh=3", "max-stale=8", "only-if-cached", "no-store"};
            fields.addAll(List.of("Cache-Control", words[random.nextInt(words.length)]));
        }
        int version = Math.max(1, origin.version(page) - random.nextInt(2));
        String tag = tag(page, version, fields);
        switch (random.nextInt(12)) {
            case 0, 1 -> fields.addAll(List.of("If-None-Match", tag));
            case 2 -> fields.addAll(List.of("If-None-Match", "\"other\", " + tag));
            case 3 -> fields.addAll(List.of("If-Match", tag));
            default -> { }
        }
        int first = random.nextInt(30);
        switch (random.nextInt(12)) {
            case 0, 1 -> fields.addAll(List.of("Range", "bytes=" + first + "-" + (first + random.nextInt(20))));
            case 2 -> fields.addAll(List.of("Range", "bytes=" + first + "-", "If-Range", tag));
            case 3 -> fields.addAll(List.of("Range", "bytes=-" + (1 + random.nextInt(10))));
            case 4 -> fields.addAll(List.of("Range", "bytes=0-2, 8-9"));
            case 5 -> fields.addAll(List.of("Range", "bytes=0-" + first));
            default -> { }
        }
        return fields.toArray(String[]::new);
    }

    private static String tag(String page, int version, List<String> fields) {
        int lang = fields.indexOf("X-Lang");
        boolean varies = page.equals("/b") || page.equals("/d");
        String value = varies ? lang < 0 ? "null" : fields.get(lang + 1) : "null";
        String tag = '"' + page.substring(1) + '-' + version + '-' + value + "-null\"";
        return page.equals("/c") ? "W/" + tag : tag;
    }
}
