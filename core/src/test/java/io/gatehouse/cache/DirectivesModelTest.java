/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random fields of directives against what was written into them (RFC 9111 section 5.2, RFC 9651 section 3). */
class DirectivesModelTest {

    private static final String[] FLAGS = {
        "no-store", "must-revalidate", "proxy-revalidate", "only-if-cached", "no-transform", "public", "must-understand", "no-cache", "private"
    };
    private static final String[] NUMBERS = {"max-age", "s-maxage", "min-fresh", "max-stale", "stale-while-revalidate", "stale-if-error"};
    private static final String[] STRANGE = {
        "foo", "foo=bar", "foo=\"no-store, max-age=7\"", "foo=\"\\\", private\"", "x-no-store", "foo=''", "immutable", "no-stor=1", "max-agee=9",
        "foo=\"=,\"", "f=private"
    };

    private static CacheControl read(String... lines) {
        Fields.Builder fields = Fields.builder();
        for (String line : lines) {
            fields.add("Cache-Control", line);
        }
        return CacheControl.of(fields.build());
    }

    private static boolean flag(CacheControl read, String name) {
        return switch (name) {
            case "no-store" -> read.noStore();
            case "must-revalidate" -> read.mustRevalidate();
            case "proxy-revalidate" -> read.proxyRevalidate();
            case "only-if-cached" -> read.onlyIfCached();
            case "no-transform" -> read.noTransform();
            case "public" -> read.isPublic();
            case "must-understand" -> read.mustUnderstand();
            case "no-cache" -> read.noCache();
            default -> read.isPrivate();
        };
    }

    private static long number(CacheControl read, String name) {
        return switch (name) {
            case "max-age" -> read.maxAge();
            case "s-maxage" -> read.sMaxAge();
            case "min-fresh" -> read.minFresh();
            case "max-stale" -> read.maxStale();
            case "stale-while-revalidate" -> read.staleWhileRevalidate();
            default -> read.staleIfError();
        };
    }

    /** What a random choice of members says, and nothing else, in any order, case and number of lines. */
    @Test
    void whatIsWrittenIsRead() {
        Random random = new Random(11);
        for (int turn = 0; turn < 3_000; turn++) {
            List<String> members = new ArrayList<>();
            boolean[] flags = new boolean[FLAGS.length];
            long[] numbers = new long[NUMBERS.length];
            for (int i = 0; i < FLAGS.length; i++) {
                flags[i] = random.nextInt(3) == 0;
                if (flags[i]) {
                    members.add(inAnyCase(FLAGS[i], random));
                }
            }
            for (int i = 0; i < NUMBERS.length; i++) {
                numbers[i] = random.nextInt(3) == 0 ? random.nextInt(100_000) : -1;
                if (numbers[i] >= 0) {
                    String value = (random.nextBoolean() ? "" : "00") + numbers[i];
                    members.add(inAnyCase(NUMBERS[i], random) + '=' + (random.nextBoolean() ? value : '"' + value + '"'));
                }
            }
            for (int n = random.nextInt(4); n > 0; n--) {
                members.add(STRANGE[random.nextInt(STRANGE.length)]);
            }
            Collections.shuffle(members, random);
            CacheControl read = read(lines(members, random));
            String text = members.toString();
            for (int i = 0; i < FLAGS.length; i++) {
                assertEquals(flags[i], flag(read, FLAGS[i]), text);
            }
            for (int i = 0; i < NUMBERS.length; i++) {
                assertEquals(numbers[i], number(read, NUMBERS[i]), text);
            }
        }
    }

    private static String[] lines(List<String> members, Random random) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String member : members) {
            if (random.nextInt(4) == 0) {
                lines.add(line.toString());
                line.setLength(0);
            }
            String[] separators = {",", ", ", " ,", "\t,\t", ",,", ", ,"};
            line.append(line.length() == 0 ? "" : separators[random.nextInt(separators.length)]).append(member);
        }
        lines.add(line.toString());
        return lines.toArray(String[]::new);
    }

    private static String inAnyCase(String name, Random random) {
        return random.nextInt(3) == 0 ? name.toUpperCase(Locale.ROOT) : name;
    }

    /** Nothing in front of it hides what forbids, but a quoted string that is closed behind it. */
    @Test
    void nothingHidesWhatForbids() {
        Random random = new Random(12);
        String[] pieces = {"a", "=", ",", " ", "\\", ";", "max-age", "1", "@", "(", "'", "/", "no-cache", "\"x\"", "\u00e9", "\t"};
        for (int turn = 0; turn < 20_000; turn++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(10); n > 0; n--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            boolean quote = random.nextInt(5) == 0 && text.indexOf("\"") < 0;
            String line = text + (quote ? "\"" : "") + ",no-store";
            assertTrue(read(line).noStore(), line);
            assertTrue(read("no-store," + text).noStore(), line);
            assertTrue(read(text.toString(), "No-Store").noStore(), line);
        }
    }

    /** Any text is read; a lifetime is never guessed out of it. */
    @Test
    void anyText() {
        Random random = new Random(13);
        for (int turn = 0; turn < 20_000; turn++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(20); n > 0; n--) {
                text.append((char) (' ' + random.nextInt(95)));
            }
            CacheControl read = read(text.toString());
            assertEquals(-1, read.maxAge());
            assertNotNull(read.toString());
            CacheControl targeted = CacheControl.ofResponse(Fields.of(CacheControl.TARGETED, text.toString()));
            assertEquals(-1, targeted.maxAge());
        }
    }

    /** Random dictionaries are read whole: the last of each key, whatever stands around it. */
    @Test
    void dictionaries() {
        Random random = new Random(14);
        String[] others = {"a", "b=1", "c=\"x,y\"", "d=(1 2);e", "*f=?0", "g=:YQ==:", "h=1.25", "i=tok/en", "j;k=\"l\";m", "n=%\"%e2%82%ac\"", "o=@0"};
        String[] parameters = {"", "", ";a", "; b=1", ";c=\"d;e\"", ";f=?1;g"};
        for (int turn = 0; turn < 3_000; turn++) {
            List<String> members = new ArrayList<>(List.of(others[random.nextInt(others.length)]));
            long[] numbers = new long[NUMBERS.length];
            java.util.Arrays.fill(numbers, -1);
            boolean[] flags = new boolean[FLAGS.length];
            for (int n = random.nextInt(8); n > 0; n--) {
                String parameter = parameters[random.nextInt(parameters.length)];
                switch (random.nextInt(3)) {
                    case 0 -> {
                        int which = random.nextInt(NUMBERS.length);
                        numbers[which] = random.nextInt(1_000_000);
                        members.add(NUMBERS[which] + '=' + numbers[which] + parameter);
                    }
                    case 1 -> {
                        int which = random.nextInt(FLAGS.length);
                        flags[which] = random.nextInt(4) > 0;
                        members.add(FLAGS[which] + (flags[which] ? random.nextBoolean() ? "" : "=?1" : "=?0") + parameter);
                    }
                    default -> members.add(others[random.nextInt(others.length)] + parameter);
                }
            }
            String text = String.join(random.nextBoolean() ? ", " : "\t,", members);
            CacheControl read = CacheControl.ofResponse(Fields.of("Cache-Control", "max-age=1", CacheControl.TARGETED, text));
            assertTrue(read.targeted(), text);
            for (int i = 0; i < NUMBERS.length; i++) {
                assertEquals(numbers[i], number(read, NUMBERS[i]), text);
            }
            for (int i = 0; i < FLAGS.length; i++) {
                assertEquals(flags[i], flag(read, FLAGS[i]), text);
            }
        }
    }

    /** Cut anywhere or with a character too many, a dictionary is read or ignored, but never half. */
    @Test
    void brokenDictionaries() {
        String whole = "max-age=60;a=\"b\", no-store, x=(1 \"2\";p), y=%\"%c3%bc\", z=:YQ==:, s-maxage=5";
        assertTrue(CacheControl.ofResponse(Fields.of(CacheControl.TARGETED, whole)).targeted());
        for (int i = 0; i <= whole.length(); i++) {
            for (String inserted : new String[] {"", "\"", ",", "=", ")", "\u00fc", "A", "?"}) {
                Fields fields = Fields.of("Cache-Control", "max-age=7", CacheControl.TARGETED, whole.substring(0, i) + inserted);
                CacheControl read = CacheControl.ofResponse(fields);
                assertTrue(read.targeted() || read.maxAge() == 7 && !read.noStore(), fields.toString());
                Fields middle = Fields.of("Cache-Control", "max-age=7", CacheControl.TARGETED, whole.substring(0, i) + inserted + whole.substring(i));
                CacheControl other = CacheControl.ofResponse(middle);
                assertTrue(other.targeted() || other.maxAge() == 7 && !other.noStore(), middle.toString());
            }
        }
    }
}
