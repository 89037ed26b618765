/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.ByteRanges;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An origin of a few pages that change, whose answers say at random what may be done with them, and which fails at random. Each
 * answer has a number, in a directive that no cache knows, and what it allowed is written down under that number.
 *
 * <p>Of the pages, {@code b} and {@code d} vary by X-Lang, {@code c} has weak tags, {@code e} has none. What is private
 * names its client in its content and in its tag.
 */
final class RandomOrigin implements Handler {

    static final String PAGES = "abcdef";

    /**
     * What an answer was, and what it allowed.
     *
     * @param lang what it varies by; null if it does not
     * @param who the client that it is for; null if it is for all
     * @param time when it was received
     * @param initial its age then, in milliseconds
     * @param own whether its request had Cookie or Authorization
     */
    record Made(
            String page, int version, @Nullable String lang, @Nullable String who, int status, long time, long initial,
            Map<String, Long> seconds, List<String> flags, boolean authorized, boolean own, boolean broken) {

        boolean says(String flag) {
            return flags.contains(flag);
        }

        long seconds(String name) {
            return seconds.getOrDefault(name, -1L);
        }

        /** Its content: another length for each version. */
        String content() {
            return status == 404 ? "no " + page : page + " version " + version + " in " + lang + " for " + who + " " + "#".repeat(version);
        }

        @Nullable String tag() {
            String opaque = '"' + page.substring(1) + '-' + version + '-' + lang + '-' + who + '"';
            return status == 404 || page.equals("/e") ? null : page.equals("/c") ? "W/" + opaque : opaque;
        }
    }

    final List<Made> made = new ArrayList<>();
    private final Random random;
    private final AtomicLong clock;
    private final Map<String, Integer> versions = new HashMap<>();
    private boolean down;
    private int runs;
    private boolean failed;

    RandomOrigin(Random random, AtomicLong clock) {
        this.random = random;
        this.clock = clock;
    }

    /** Whether it fails from now on. */
    void down(boolean value) {
        down = value;
    }

    /** A new client asks: what it is told by {@link #runs} and {@link #failed} begins anew. */
    void watch() {
        runs = 0;
        failed = false;
    }

    int runs() {
        return runs;
    }

    boolean failed() {
        return failed;
    }

    int version(String page) {
        return versions.getOrDefault(page, 1);
    }

    void change(String page) {
        versions.put(page, version(page) + 1);
    }

    private boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    @Override
    public void handle(Request request, Response response) throws Exception {
        runs++;
        if (oneIn(8)) {
            clock.addAndGet(random.nextInt(3000));
        }
        String page = request.path();
        if (down) {
            failed = true;
            switch (random.nextInt(4)) {
                case 0 -> throw new IOException("the origin is gone");
                case 1 -> throw new IllegalStateException("the origin is confused");
                default -> response.status(500 + random.nextInt(5)).send("error");
            }
            return;
        }
        if (request.method().equals("GET") || request.head().isHead()) {
            answer(request, response, page);
            return;
        }
        int status = new int[] {200, 204, 303, 404, 409}[random.nextInt(5)];
        if (status < 400) {
            change(page);
            if (oneIn(3)) {
                String other = "/" + PAGES.charAt(random.nextInt(PAGES.length()));
                change(other);
                response.field("Location", other);
            }
        }
        response.status(status).send(status == 204 ? "" : "done");
    }

    private Made make(Request request, String page) {
        Map<String, Long> seconds = new HashMap<>();
        List<String> flags = new ArrayList<>();
        for (String name : new String[] {"max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"}) {
            if (oneIn(name.equals("max-age") ? 2 : 6)) {
                seconds.put(name, (long) random.nextInt(30));
            }
        }
        for (String name : new String[] {"private", "no-store", "no-cache", "must-revalidate", "public", "set-cookie"}) {
            if (oneIn(10)) {
                flags.add(name);
            }
        }
        boolean varies = page.equals("/b") || page.equals("/d");
        String who = String.valueOf(request.fields().first("Cookie")) + request.fields().first("Authorization");
        boolean authorized = request.fields().contains("Authorization");
        boolean own = authorized || request.fields().contains("Cookie");
        boolean broken = oneIn(25) && !request.head().isHead();
        return new Made(
                page, version(page), varies ? String.valueOf(request.fields().first("X-Lang")) : null,
                flags.contains("private") ? who : null, oneIn(20) ? 404 : 200, clock.get(), 0, seconds, flags, authorized,
                own, broken);
    }

    private void answer(Request request, Response response, String page) throws Exception {
        Made one = make(request, page);
        int number = made.size();
        long age = oneIn(6) ? random.nextInt(10) : 0;
        String asked = request.fields().joined("If-None-Match");
        String tag = one.tag();
        boolean same = asked != null && tag != null && asked.contains(tag);
        describe(response, one, number, age);
        if (same) {
            made.add(ageing(one, age, false));
            response.status(304);
            return;
        }
        byte[] content = one.content().getBytes(StandardCharsets.US_ASCII);
        made.add(ageing(one, age, one.broken));
        if (request.head().isHead()) {
            response.status(one.status).field("Content-Length", Integer.toString(content.length));
            return;
        }
        String range = request.fields().joined("Range");
        String onlyIf = request.fields().first("If-Range");
        int first = 0;
        int end = content.length;
        if (range != null && one.status == 200 && !oneIn(3) && (onlyIf == null || onlyIf.equals(tag) && !tag.startsWith("W"))
                && ByteRanges.parse(range, content.length) instanceof ByteRanges.Satisfiable good && good.ranges().size() == 1) {
            first = (int) good.ranges().get(0).first();
            end = (int) good.ranges().get(0).last() + 1;
            response.status(206).field("Content-Range", good.ranges().get(0).contentRange(content.length));
        } else {
            response.status(one.status);
        }
        if (!one.broken) {
            if (oneIn(2)) {
                response.field("Content-Length", Integer.toString(end - first));
            }
            response.body().write(content, first, end - first);
            return;
        }
        failed = true;
        response.field("Content-Length", Integer.toString(end - first));
        response.body().write(content, first, (end - first) / 2);
        if (oneIn(2)) {
            response.body().flush();
            throw new IOException("cut off");
        }
    }

    /** With its age when it was received: a delay counts from when the cache asked, which is at most what has passed since. */
    private Made ageing(Made one, long age, boolean broken) {
        return new Made(
                one.page, one.version, one.lang, one.who, one.status, one.time, 1000 * age, one.seconds, one.flags,
                one.authorized, one.own, broken);
    }

    private static void describe(Response response, Made one, int number, long age) {
        StringBuilder control = new StringBuilder("n=").append(number);
        one.seconds.forEach((name, value) -> control.append(", ").append(name).append('=').append(value));
        for (String flag : one.flags) {
            if (flag.equals("set-cookie")) {
                response.field("Set-Cookie", "n=" + number);
            } else {
                control.append(", ").append(flag);
            }
        }
        response.field("Cache-Control", control.toString()).field("Surrogate-Key", "t" + one.page.charAt(1) + " all");
        if (age > 0) {
            response.field("Age", Long.toString(age));
        }
        if (one.lang != null) {
            response.field("Vary", "X-Lang");
        }
        String tag = one.tag();
        if (tag != null) {
            response.field("ETag", tag);
        }
    }
}
