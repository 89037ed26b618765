/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every combination of directives and ages against RFC 9111 sections 4, 4.2.4 and 5.2.1, written down sentence by sentence. */
class SelectionModelTest {

    private static final long NOW = 1_795_435_200_000L;
    private static final int ABSENT = -1;
    private static final String[] FORBIDDING = {"", ", must-revalidate", ", proxy-revalidate", ", no-cache"};
    private static final int[] SHARED = {ABSENT, 10};
    private static final int[] WINDOWS = {ABSENT, 0, 5};
    private static final int[] AGES = {0, 3, 9, 10, 12, 15, 40};
    private static final int[] ASKED = {ABSENT, 0, 5};

    @Test
    void everyCombination() {
        Map<Selection, Integer> seen = new EnumMap<>(Selection.class);
        for (String forbidding : FORBIDDING) {
            for (int shared : SHARED) {
                for (int window : WINDOWS) {
                    for (boolean tagged : new boolean[] {true, false}) {
                        for (int routeWindow : new int[] {0, 5}) {
                            stored(forbidding, shared, window, tagged, routeWindow, seen);
                        }
                    }
                }
            }
        }
        for (Selection selection : Selection.values()) {
            assertTrue(seen.getOrDefault(selection, 0) > 100, selection + " in " + seen);
        }
    }

    private static void stored(
            String forbidding, int shared, int window, boolean tagged, int routeWindow, Map<Selection, Integer> seen) {
        Rules rules = new Rules(Rules.AS_HEADERS_SAY, false, true, true, routeWindow, 0);
        String control = "max-age=10" + (shared < 0 ? "" : ", s-maxage=" + shared)
                + (window < 0 ? "" : ", stale-while-revalidate=" + window) + forbidding;
        Fields fields = Fields.of("Cache-Control", control);
        Terms stored = Terms.of(200, tagged ? fields.plus("ETag", "\"a\"") : fields, NOW, NOW, rules);
        for (int age : AGES) {
            for (int maxAge : ASKED) {
                for (int minFresh : ASKED) {
                    for (int maxStale : ASKED) {
                        for (String more : new String[] {"", ", no-cache", ", only-if-cached"}) {
                            String asked = "x" + (maxAge < 0 ? "" : ", max-age=" + maxAge) + (minFresh < 0 ? "" : ", min-fresh=" + minFresh)
                                    + (maxStale < 0 ? "" : ", max-stale=" + maxStale) + more;
                            Selection expected = expected(forbidding, shared, window < 0 && shared < 0 ? routeWindow : window, tagged, age,
                                    maxAge, minFresh, maxStale, more);
                            Selection found = Selection.of(
                                    CacheControl.of(Fields.of("Cache-Control", asked)), stored, rules, NOW + 1000L * age);
                            assertEquals(expected, found, () -> control + " at " + age + " asked for " + asked);
                            seen.merge(found, 1, Integer::sum);
                            Selection deaf = Selection.of(CacheControl.of(Fields.of("Cache-Control", asked)), stored,
                                    Deaf.rules(rules), NOW + 1000L * age);
                            assertEquals(expected(forbidding, shared, window < 0 && shared < 0 ? routeWindow : window, tagged, age,
                                    ABSENT, ABSENT, ABSENT, ""), deaf);
                        }
                    }
                }
            }
        }
    }

    private static Selection expected(String forbidding, int shared, int window, boolean tagged, int age, int maxAge, int minFresh,
            int maxStale, String more) {
        boolean fresh = age < 10;
        boolean mayBeStale = forbidding.isEmpty();
        boolean noCache = forbidding.contains("no-cache") || more.contains("no-cache");
        boolean tooOld = maxAge == 0 || maxAge > 0 && age > maxAge;
        boolean notFreshEnough = minFresh >= 0 && 10 - age < minFresh;
        boolean inWindow = mayBeStale && window > 0 && age - 10 < window;
        boolean toleratedStale = mayBeStale && shared < 0 && maxStale >= 0 && age - 10 <= maxStale;
        if (!noCache && !tooOld && !notFreshEnough) {
            if (fresh) {
                return Selection.USE;
            }
            if (inWindow) {
                return Selection.USE_AND_VALIDATE;
            }
            if (toleratedStale) {
                return Selection.USE;
            }
        }
        return more.contains("only-if-cached") ? Selection.ONLY_IF_CACHED : tagged ? Selection.VALIDATE : Selection.REPLACE;
    }
}
