/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The order of fragments (Servlet 6.1 section 8.2.2): as {@code web.xml} says, which may leave some out; else as they say of
 * themselves; else as they were found.
 *
 * <p>Relative orders are solved in groups: before the others, among them, and after them. A fragment that must come before one
 * of an earlier group moves there, one that must come after one of a later group moves the other way, and who would have to do
 * both stands in a circle. Inside a group, whoever was found first and waits for nobody comes next.
 */
final class FragmentOrder {

    private static final int BEFORE = -1;
    private static final int AMONG = 0;
    private static final int AFTER = 1;

    private final List<Fragment> found;
    private final int[] group;

    /** By fragment, those that come later, as they or it say by name. */
    private final List<Set<Integer>> later = new ArrayList<>();

    private FragmentOrder(List<Fragment> found) {
        this.found = found;
        this.group = new int[found.size()];
    }

    /** Whether anything is said of the order; else the attribute {@code orderedLibs} is not set. */
    static boolean isStated(Descriptor webXml, List<Fragment> fragments) {
        return webXml.absoluteOrdering != null || fragments.stream().anyMatch(each -> each.descriptor().ordering.says());
    }

    /**
     * The fragments that take part, in their order.
     *
     * @throws DeploymentException if relative orders contradict each other, or, where {@code web.xml} does not decide, two
     *     fragments have one name, whether an order uses it or not
     */
    static List<Fragment> sort(Descriptor webXml, List<Fragment> fragments) throws DeploymentException {
        List<String> absolute = webXml.absoluteOrdering;
        return absolute != null ? absolute(absolute, fragments) : new FragmentOrder(fragments).relative();
    }

    private static List<Fragment> absolute(List<String> names, List<Fragment> fragments) {
        List<Fragment> sorted = new ArrayList<>();
        for (String name : names) {
            for (Fragment fragment : fragments) {
                boolean named = name.equals(fragment.name());
                boolean other = name.equals(Descriptor.OTHERS) && !fragment.isNamed(Set.copyOf(names));
                if (named || other) {
                    sorted.add(fragment);
                }
            }
        }
        return sorted;
    }

    private List<Fragment> relative() throws DeploymentException {
        readRelations();
        moveGroups();
        List<Fragment> sorted = new ArrayList<>();
        boolean[] placed = new boolean[found.size()];
        for (int i = 0; i < found.size(); i++) {
            int next = next(placed);
            placed[next] = true;
            sorted.add(found.get(next));
        }
        return sorted;
    }

    private void readRelations() throws DeploymentException {
        Map<String, Integer> byName = new HashMap<>();
        for (int i = 0; i < found.size(); i++) {
            later.add(new LinkedHashSet<>());
            String name = found.get(i).name();
            Integer twin = name == null ? null : byName.put(name, i);
            if (twin != null) {
                throw new DeploymentException(found.get(twin).jar() + " and " + found.get(i).jar()
                        + " are both fragments named " + name
                        + ": remove one of them, or give an <absolute-ordering> in web.xml");
            }
        }
        for (int i = 0; i < found.size(); i++) {
            Ordering ordering = found.get(i).descriptor().ordering;
            if (ordering.beforeOthers() && ordering.afterOthers()) {
                throw new DeploymentException(found.get(i).descriptor().document()
                        + ": it is ordered before and after all others: leave one <others/>");
            }
            group[i] = ordering.beforeOthers() ? BEFORE : ordering.afterOthers() ? AFTER : AMONG;
            for (String name : ordering.before()) {
                Integer other = byName.get(name);
                if (other != null) {
                    later.get(i).add(other);
                }
            }
            for (String name : ordering.after()) {
                Integer other = byName.get(name);
                if (other != null) {
                    later.get(other).add(i);
                }
            }
        }
    }

    /** Moves those among the others to whom they must not part from; each moves once at most, so this ends. */
    private void moveGroups() throws DeploymentException {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (int i = 0; i < found.size(); i++) {
                for (int next : later.get(i)) {
                    if (group[i] <= group[next]) {
                        continue;
                    }
                    if (group[next] == AMONG) {
                        group[next] = AFTER;
                    } else if (group[i] == AMONG) {
                        group[i] = BEFORE;
                    } else {
                        throw circle(List.of(found.get(i), found.get(next)));
                    }
                    moved = true;
                }
            }
        }
    }

    /** The first that was found, in the first group, for which nobody else must come before. */
    private int next(boolean[] placed) throws DeploymentException {
        for (int wanted : new int[] {BEFORE, AMONG, AFTER}) {
            boolean waiting = false;
            for (int i = 0; i < placed.length; i++) {
                if (placed[i] || group[i] != wanted) {
                    continue;
                }
                if (isFree(i, placed)) {
                    return i;
                }
                waiting = true;
            }
            if (waiting) {
                break;
            }
        }
        List<Fragment> left = new ArrayList<>();
        for (int i = 0; i < placed.length; i++) {
            if (!placed[i] && isInCircle(i)) {
                left.add(found.get(i));
            }
        }
        throw circle(left);
    }

    private boolean isFree(int fragment, boolean[] placed) {
        for (int i = 0; i < placed.length; i++) {
            if (!placed[i] && later.get(i).contains(fragment)) {
                return false;
            }
        }
        return true;
    }

    private boolean isInCircle(int fragment) {
        boolean[] reached = new boolean[found.size()];
        List<Integer> way = new ArrayList<>(later.get(fragment));
        while (!way.isEmpty()) {
            int next = way.remove(way.size() - 1);
            if (next == fragment) {
                return true;
            }
            if (!reached[next]) {
                reached[next] = true;
                way.addAll(later.get(next));
            }
        }
        return false;
    }

    private static DeploymentException circle(List<Fragment> members) {
        List<String> jars = members.stream().map(Fragment::jar).toList();
        return new DeploymentException("the fragments " + String.join(", ", jars) + " each want to come before the other:"
                + " change their <ordering>, or give an <absolute-ordering> in web.xml");
    }
}
