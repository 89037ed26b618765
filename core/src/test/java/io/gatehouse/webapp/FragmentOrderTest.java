/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The order of fragments: every example of Servlet 6.1 section 8.2.2, circles, and a model for the rest. */
@Section("8.2.2")
@DisplayNameGeneration(SectionNames.class)
class FragmentOrderTest {

    /**
     * A fragment in short: {@code A>B*} is named A and wants to come before B and the others, {@code A<B*} after them;
     * {@code -} is no name.
     */
    private static Fragment fragment(String text) {
        String name = text.split("[<>]", 2)[0];
        Set<String> before = new LinkedHashSet<>();
        Set<String> after = new LinkedHashSet<>();
        Set<String> side = before;
        for (int i = name.length(); i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '>' || c == '<') {
                side = c == '>' ? before : after;
            } else {
                side.add(String.valueOf(c));
            }
        }
        boolean beforeOthers = before.remove("*");
        boolean afterOthers = after.remove("*");
        Descriptor descriptor = new Descriptor(name + ".jar!/META-INF/web-fragment.xml");
        descriptor.name = name.equals("-") ? null : name;
        descriptor.ordering = new Ordering(before, beforeOthers, after, afterOthers);
        return new Fragment(name + ".jar", descriptor);
    }

    private static List<Fragment> fragments(String texts) {
        return Arrays.stream(texts.split(" ")).map(FragmentOrderTest::fragment).toList();
    }

    private static String names(List<Fragment> fragments) {
        StringBuilder names = new StringBuilder();
        fragments.forEach(each -> names.append(each.jar().replace(".jar", "")));
        return names.toString();
    }

    private static Descriptor webXml(String... absolute) {
        Descriptor descriptor = new Descriptor("WEB-INF/web.xml");
        descriptor.absoluteOrdering = absolute.length == 0 ? null : List.of(absolute);
        return descriptor;
    }

    private static String sorted(String texts) throws DeploymentException {
        return names(FragmentOrder.sort(webXml(), fragments(texts)));
    }

    /** The examples of the specification with all results that it allows, found in any order. */
    @ParameterizedTest
    @CsvSource({
        "A<*C B>* C<* D E F>*B,      FBDECA FBEDCA",
        "->C<* B>* C D<* E>* F,      BEF-CD BEF-DC EBF-CD EBF-DC BEFD-C EBFD-C",
        "A<B B C>* D,                CBDA CBAD CDBA",
        "A<B B C>*,                  CBA",
        "A B<A C<B,                  ABC",
        "A>B B>C C,                  ABC"})
    void theExamplesOfTheSpecification(String texts, String allowed) throws Exception {
        List<Fragment> fragments = new ArrayList<>(fragments(texts));
        Set<String> seen = new LinkedHashSet<>();
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            seen.add(names(FragmentOrder.sort(webXml(), fragments)));
            Collections.shuffle(fragments, random);
        }
        Set<String> expected = Set.of(allowed.split(" "));
        assertTrue(expected.containsAll(seen), seen + " instead of " + expected);
    }

    @ParameterizedTest
    @CsvSource({
        "A B C,              ABC",
        "B A,                BA",
        "A<* B,              BA",
        "A B>*,              BA",
        "A>*B B>*,           AB",
        "B>* A>*B,           AB",
        "A<*B B<*,           BA",
        "A<missing B,        AB",
        "A>missing B,        AB",
        "- A<B B,            -BA",
        "A<* B<A C,          CAB",
        "A>* B>A C,          BAC",
        "A>*<B B C,          BAC",
        "A<*>B B C,          CAB",
        "D>C C>B B>A A,      DCBA",
        "A<B B<C C<D D,      DCBA",
        "A B C<* D>* E,      DABEC"})
    void relativeOrders(String texts, String expected) throws Exception {
        assertEquals(expected, sorted(texts));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "A>B B>A            | A.jar, B.jar",
        "A<B B<A            | A.jar, B.jar",
        "A>B B>C C>A D      | A.jar, B.jar, C.jar",
        "A>A                | A.jar",
        "A>B<B B            | A.jar, B.jar",
        "A<*>B B>*          | A.jar, B.jar",
        "A<*>C C>B B>*      | C.jar, B.jar",
        "E D>A A>B B>A      | A.jar, B.jar"})
    void circlesAreRefused(String texts, String members) {
        DeploymentException refused = assertThrows(DeploymentException.class, () -> sorted(texts));
        assertTrue(refused.getMessage().startsWith("the fragments " + members + " each want"), refused.getMessage());
        assertTrue(refused.getMessage().contains("<absolute-ordering>"), refused.getMessage());
    }

    @Test
    void bothSidesOfTheOthersIsNoPlace() {
        DeploymentException refused = assertThrows(DeploymentException.class, () -> sorted("A>*<* B"));
        assertTrue(refused.getMessage().contains("before and after all others"), refused.getMessage());
    }

    @Test
    void aNameThatTwoHaveIsRefusedUnlessAnAbsoluteOrderDecides() throws Exception {
        Fragment one = new Fragment("one.jar", fragment("A").descriptor());
        Fragment two = new Fragment("two.jar", fragment("A").descriptor());
        assertEquals(2, FragmentOrder.sort(webXml("A"), List.of(one, two)).size());
        for (List<Fragment> found : List.of(List.of(one, two), List.of(one, two, fragment("B<A")))) {
            DeploymentException refused =
                    assertThrows(DeploymentException.class, () -> FragmentOrder.sort(webXml(), found));
            assertTrue(refused.getMessage().startsWith("one.jar and two.jar are both fragments named A"), refused.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "A B C,           A B C,                CBA BAC ABC, ABC",
        "C A,             A B C,                -, CA",
        "A,               A B C -,              -, A",
        "A missing B,     A B C,                -, AB",
        "<others/> A,     A B C -,              -, BC-A",
        "A <others/>,     B A C -,              -, ABC-",
        "B <others/> A,   A B C D,              -, BCDA",
        "<others/>,       C B A,                -, CBA",
        "missing,         A B,                  -, ''",
        "A B,             A>* B>A,              -, AB"})
    void absoluteOrdersDecideAlone(String absolute, String texts, String ignored, String expected) throws Exception {
        assertEquals(expected, names(FragmentOrder.sort(webXml(absolute.split(" ")), fragments(texts))));
    }

    @Test
    void anEmptyAbsoluteOrderLeavesAllOut() throws Exception {
        Descriptor descriptor = Documents.read("<absolute-ordering/>");
        assertEquals(List.of(), FragmentOrder.sort(descriptor, fragments("A B")));
        assertTrue(FragmentOrder.isStated(descriptor, List.of()));
    }

    @Test
    void whetherAnythingIsSaidIsKnown() {
        assertFalse(FragmentOrder.isStated(webXml(), fragments("A B -")));
        assertTrue(FragmentOrder.isStated(webXml(), fragments("A B>A -")));
        assertTrue(FragmentOrder.isStated(webXml(), fragments("A B>* -")));
        assertTrue(FragmentOrder.isStated(webXml("A"), fragments("A")));
    }

    /**
     * Random relations: what is returned keeps each one that names. Where nobody comes after the others, what is refused has no
     * order at all; with both sides in play it may be one that puts somebody on the wrong side of them.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomRelationsAreKeptOrRefused(long seed) {
        Random random = new Random(seed);
        int refused = 0;
        int kept = 0;
        for (int run = 0; run < 500; run++) {
            boolean oneSide = run % 2 == 0;
            List<Fragment> fragments = randomFragments(random, oneSide);
            List<Fragment> sorted;
            try {
                sorted = FragmentOrder.sort(webXml(), fragments);
            } catch (DeploymentException e) {
                refused++;
                assertFalse(oneSide && permutations(fragments).stream().anyMatch(FragmentOrderTest::isGood), () -> e.getMessage());
                continue;
            }
            kept++;
            assertEquals(Set.copyOf(fragments), Set.copyOf(sorted));
            assertTrue(isGood(sorted), () -> names(sorted));
        }
        assertTrue(refused > 5 && kept > 100, refused + " refused, " + kept + " kept");
    }

    private static List<Fragment> randomFragments(Random random, boolean oneSide) {
        StringBuilder texts = new StringBuilder();
        for (char name = 'A'; name <= 'D'; name++) {
            texts.append(texts.isEmpty() ? "" : " ").append(name);
            String others = random.nextInt(4) == 0 ? "*" : "";
            String before = random.nextInt(3) == 0 ? String.valueOf((char) ('A' + random.nextInt(4))) : "";
            boolean front = random.nextBoolean() || oneSide;
            texts.append('>').append(front ? others : "").append(before.equals("" + name) ? "" : before);
            texts.append('<').append(front ? "" : others);
        }
        return fragments(texts.toString());
    }

    private static List<List<Fragment>> permutations(List<Fragment> fragments) {
        if (fragments.isEmpty()) {
            return List.of(List.of());
        }
        List<List<Fragment>> all = new ArrayList<>();
        for (Fragment first : fragments) {
            List<Fragment> rest = new ArrayList<>(fragments);
            rest.remove(first);
            for (List<Fragment> tail : permutations(rest)) {
                List<Fragment> whole = new ArrayList<>(List.of(first));
                whole.addAll(tail);
                all.add(whole);
            }
        }
        return all;
    }

    /** All named relations hold; and who comes before the others does so for all that say nothing to the contrary. */
    private static boolean isGood(List<Fragment> order) {
        for (int i = 0; i < order.size(); i++) {
            Ordering ordering = order.get(i).descriptor().ordering;
            for (int j = 0; j < order.size(); j++) {
                String other = order.get(j).name();
                if (ordering.before().contains(other) && j < i || ordering.after().contains(other) && j > i) {
                    return false;
                }
                boolean plain = !order.get(j).descriptor().ordering.says() && !isNamedByAny(order, other);
                if (plain && (ordering.beforeOthers() && j < i || ordering.afterOthers() && j > i)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isNamedByAny(List<Fragment> order, String name) {
        return order.stream().map(each -> each.descriptor().ordering)
                .anyMatch(each -> each.before().contains(name) || each.after().contains(name));
    }
}
