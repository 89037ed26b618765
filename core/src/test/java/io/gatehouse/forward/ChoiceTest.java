/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of balance, on targets that nobody connects to. */
final class ChoiceTest {

    private static final long SECOND = 1_000_000_000L;

    private Forward forward;
    private Targets targets;

    @BeforeEach
    void begin() {
        forward = Forward.to().build(() -> 0);
        targets = forward.targets();
    }

    @AfterEach
    void end() {
        forward.close();
    }

    private List<Target> of(int... weights) {
        List<Target> made = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            made.add(targets.add("http://10.0.0." + (i + 1), TargetOptions.DEFAULTS.withWeight(weights[i])));
        }
        return made;
    }

    private static String order(Choice choice, List<Target> candidates, int count) {
        StringBuilder order = new StringBuilder();
        for (int i = 0; i < count; i++) {
            order.append((char) ('a' + candidates.indexOf(choice.of(candidates, null, 0))));
        }
        return order.toString();
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, abcabcabc", "3, 1, 0, aabaaabaa", "2, 1, 1, abcaabcaa", "5, 1, 0, aaabaaaaa"})
    void turnsAreSpreadByWeight(int a, int b, int c, String order) {
        List<Target> candidates = c == 0 ? of(a, b) : of(a, b, c);
        assertEquals(order, order(Choice.by(Balance.roundRobin()), candidates, 9));
    }

    @Test
    void turnsGoOnWhenOneComesOrGoes() {
        List<Target> three = of(1, 1, 1);
        Choice choice = Choice.by(Balance.roundRobin());
        Map<Target, Integer> counts = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            counts.merge(choice.of(i < 100 ? three : three.subList(0, 2), null, 0), 1, Integer::sum);
        }
        assertTrue(counts.get(three.get(0)) >= 132 && counts.get(three.get(0)) <= 135, counts.toString());
        assertTrue(counts.get(three.get(2)) >= 33 && counts.get(three.get(2)) <= 34, counts.toString());
    }

    @Test
    void equalsTakeTurnsUnderTheFewestRequests() {
        String order = order(Choice.by(Balance.leastOutstanding()), of(1, 1, 1), 6);
        assertEquals("bcabca", order);
    }

    @Test
    void theFewestRequestsAreCountedByWeight() {
        List<Target> candidates = of(3, 1);
        Choice choice = Choice.by(Balance.leastOutstanding());
        int[] counts = new int[2];
        for (int i = 0; i < 40; i++) {
            Target chosen = choice.of(candidates, null, 0);
            chosen.begin();
            counts[candidates.indexOf(chosen)]++;
        }
        assertEquals(30, counts[0]);
        assertEquals(10, counts[1]);
    }

    @Test
    void theOneWithFewestIsFoundWhereverItStands() {
        List<Target> candidates = of(1, 1, 1, 1);
        for (Target target : candidates) {
            target.begin();
            target.begin();
        }
        candidates.get(2).end();
        Choice choice = Choice.by(Balance.leastOutstanding());
        for (int i = 0; i < 8; i++) {
            assertSame(candidates.get(2), choice.of(candidates, null, 0));
        }
    }

    @Test
    void aSlowStartGetsLittleAtFirst() {
        Target old = targets.add("http://10.0.0.1");
        Target young = targets.add("http://10.0.0.2", TargetOptions.DEFAULTS.withSlowStart(Duration.ofSeconds(100)));
        List<Target> candidates = List.of(old, young);
        for (long[] step : new long[][] {{0, 9, 10}, {10, 80, 100}, {50, 300, 350}, {100, 500, 500}}) {
            Choice choice = Choice.by(Balance.roundRobin());
            int count = 0;
            for (int i = 0; i < 1_000; i++) {
                count += choice.of(candidates, null, step[0] * SECOND) == young ? 1 : 0;
            }
            assertTrue(count >= step[1] && count <= step[2], "after " + step[0] + " s: " + count);
        }
        assertEquals(Target.State.UP, young.state());
    }

    @Test
    void aKeyHasItsTarget() {
        List<Target> candidates = of(1, 1, 1);
        Choice choice = Choice.by(Balance.hash(request -> "unused"));
        for (int key = 0; key < 100; key++) {
            Target first = choice.of(candidates, "key" + key, 0);
            assertSame(first, choice.of(candidates, "key" + key, 0));
            assertSame(first, choice.of(List.of(candidates.get(2), candidates.get(0), candidates.get(1)), "key" + key, 0), "in any order");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void onlyTheKeysOfAGoneTargetMove(int gone) {
        List<Target> candidates = of(1, 1, 1, 1, 1);
        List<Target> rest = new ArrayList<>(candidates);
        Target leaving = rest.remove(gone);
        Choice choice = Choice.by(Balance.hash(request -> "unused"));
        int moved = 0;
        for (int key = 0; key < 5_000; key++) {
            Target before = choice.of(candidates, "key" + key, 0);
            Target after = choice.of(rest, "key" + key, 0);
            if (before == leaving) {
                moved++;
            } else {
                assertSame(before, after);
            }
        }
        assertTrue(moved > 850 && moved < 1_150, "about a fifth: " + moved);
    }

    @Test
    void keysAreSpreadByWeight() {
        List<Target> candidates = of(3, 1);
        Choice choice = Choice.by(Balance.hash(request -> "unused"));
        int heavy = 0;
        for (int key = 0; key < 10_000; key++) {
            heavy += choice.of(candidates, Integer.toString(key), 0) == candidates.get(0) ? 1 : 0;
        }
        assertTrue(heavy > 7_300 && heavy < 7_700, "about three quarters: " + heavy);
    }

    @Test
    void noTargetIsLoadedPastTheBoundByOneKey() {
        List<Target> candidates = of(1, 1, 1, 1);
        Choice choice = Choice.by(new Balance.ConsistentHash(request -> "unused", 1.5));
        for (int i = 0; i < 400; i++) {
            choice.of(candidates, "hot", 0).begin();
        }
        int most = 0;
        for (Target target : candidates) {
            most = Math.max(most, target.outstanding());
        }
        assertTrue(most <= 151, "a half more than its share: " + most);
        assertTrue(most >= 149, "and the key's own has it: " + most);
    }

    @Test
    void withoutBoundOneKeyStaysWhateverItsLoad() {
        List<Target> candidates = of(1, 1);
        Balance.ConsistentHash balance = ((Balance.ConsistentHash) Balance.hashOfPath()).withBound(Double.POSITIVE_INFINITY);
        Choice choice = Choice.by(balance);
        Target own = choice.of(candidates, "hot", 0);
        for (int i = 0; i < 100; i++) {
            assertSame(own, choice.of(candidates, "hot", 0));
            own.begin();
        }
    }

    @Test
    void whoHasNoKeyGoesWhereTheFewestAre() {
        List<Target> candidates = of(1, 1);
        candidates.get(0).begin();
        assertSame(candidates.get(1), Choice.by(Balance.hashOfAddress()).of(candidates, null, 0));
    }

    @Test
    void keysComeFromTheRequest() {
        ClientRequest request = ClientRequest.get("/a/b?c", "X-Tenant", "t1");
        assertEquals("127.0.0.1", key(Balance.hashOfAddress(), request));
        assertEquals("t1", key(Balance.hashOfField("x-tenant"), request));
        assertNull(key(Balance.hashOfField("X-Other"), request));
        assertEquals("/a/b", key(Balance.hashOfPath(), request));
        assertEquals("GET", key(Balance.hash(asked -> asked.method()), request));
    }

    private static String key(Balance balance, ClientRequest request) {
        return assertInstanceOf(Balance.ConsistentHash.class, balance).key().apply(request);
    }

    @Test
    void rulesAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> Balance.hashOfField("no name"));
        for (double bound : new double[] {1, 0, -1, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> new Balance.ConsistentHash(request -> null, bound));
        }
        assertNotNull(Balance.leastOutstanding());
        assertThrows(IllegalArgumentException.class, () -> TargetOptions.DEFAULTS.withWeight(0));
        assertThrows(IllegalArgumentException.class, () -> TargetOptions.DEFAULTS.withWeight(1001));
        assertThrows(IllegalArgumentException.class, () -> TargetOptions.DEFAULTS.withRank(-1));
        assertThrows(IllegalArgumentException.class, () -> TargetOptions.DEFAULTS.withSlowStart(Duration.ofNanos(-1)));
    }
}
