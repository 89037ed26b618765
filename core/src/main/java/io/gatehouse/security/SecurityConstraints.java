/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The constraints of an application as a pure function of a request's method and path (Servlet 6.1 section 13.8): of
 * all patterns the one that matches best counts, and only what is said about exactly that pattern is combined.
 *
 * <p>Immutable; asked by any thread. What every method that is named at a pattern requires, and what all others do, is
 * worked out when it is made: a look-up combines nothing.
 */
public final class SecurityConstraints {

    /**
     * Methods that no constraint covers at a pattern, though some constraint names it (section 13.8.4).
     *
     * @param pattern as it was given
     * @param methods that are open to everyone there, or denied if uncovered methods are
     */
    public record Uncovered(String pattern, MethodSet methods) {}

    /** What is required at one pattern: by the methods that are named there, and by all others. */
    private record Table(Map<String, Requirement> named, Requirement others) {

        Requirement find(String method) {
            return named.getOrDefault(method, others);
        }
    }

    private record Rule(MethodSet methods, Access access, Guarantee guarantee) {}

    /** No constraints: everyone may do everything. */
    public static final SecurityConstraints NONE = of(List.of(), Set.of(), false);

    private final Map<String, Table> exact = new HashMap<>();
    private final Map<String, Table> prefixes = new HashMap<>();
    private final Map<String, Table> extensions = new HashMap<>();
    private final List<Uncovered> uncovered = new ArrayList<>();
    private @Nullable Table root;
    private @Nullable Table fallback;

    private SecurityConstraints(Collection<SecurityConstraint> constraints, Set<String> declared, boolean denyUncovered) {
        Map<String, List<Rule>> byPattern = new LinkedHashMap<>();
        for (SecurityConstraint constraint : constraints) {
            for (WebResources resources : constraint.resources()) {
                Rule rule = new Rule(resources.methods(), resolve(constraint.access(), declared), constraint.guarantee());
                for (String pattern : resources.patterns()) {
                    byPattern.computeIfAbsent(pattern, any -> new ArrayList<>()).add(rule);
                }
            }
        }
        byPattern.forEach((pattern, rules) -> {
            MethodSet open = covered(rules).not();
            if (!open.isEmpty()) {
                uncovered.add(new Uncovered(pattern, open));
            }
            put(PathPattern.parse(pattern), table(rules, denyUncovered));
        });
    }

    /**
     * The constraints of an application.
     *
     * @param constraints all of them, in any order
     * @param declared the roles that it declares, which {@code *} stands for
     * @param denyUncovered whether methods that no constraint covers are denied at patterns that have constraints, as
     *     {@code
     *     deny-uncovered-http-methods} says
     */
    public static SecurityConstraints of(
            Collection<SecurityConstraint> constraints, Set<String> declared, boolean denyUncovered) {
        return new SecurityConstraints(constraints, declared, denyUncovered);
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return exact.isEmpty() && prefixes.isEmpty() && extensions.isEmpty() && root == null && fallback == null;
    }

    /**
     * What a request must have.
     *
     * @param method with case, as received
     * @param path inside the context, decoded and normalised, with {@code /} in front: the same that leads to the
     *     servlet
     */
    public Requirement find(String method, String path) {
        Table table = table(path);
        return table == null ? Requirement.NONE : table.find(method);
    }

    /** The methods that are not covered, pattern by pattern: for the log, at the start. */
    public List<Uncovered> uncovered() {
        return List.copyOf(uncovered);
    }

    private void put(PathPattern pattern, Table table) {
        switch (pattern.kind()) {
            case EXACT -> exact.put(pattern.key(), table);
            case PREFIX -> prefixes.put(pattern.key(), table);
            case EXTENSION -> extensions.put(pattern.key(), table);
            case ROOT -> root = table;
            case DEFAULT -> fallback = table;
        }
    }

    private @Nullable Table table(String path) {
        if (root != null && path.equals("/")) {
            return root;
        }
        Table found = exact.get(path);
        if (found == null && !prefixes.isEmpty()) {
            found = byPrefix(path);
        }
        if (found == null && !extensions.isEmpty()) {
            found = byExtension(path);
        }
        return found == null ? fallback : found;
    }

    private @Nullable Table byPrefix(String path) {
        for (int end = path.length(); end >= 0; end = path.lastIndexOf('/', end - 1)) {
            Table found = prefixes.get(path.substring(0, end));
            if (found != null || end == 0) {
                return found;
            }
        }
        return null;
    }

    private @Nullable Table byExtension(String path) {
        int dot = path.indexOf('.', path.lastIndexOf('/') + 1);
        for (; dot >= 0; dot = path.indexOf('.', dot + 1)) {
            Table found = extensions.get(path.substring(dot + 1));
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static Access resolve(Access access, Set<String> declared) {
        if (access instanceof Access.DeclaredRoles some) {
            Set<String> all = new TreeSet<>(declared);
            all.addAll(some.others());
            return new Access.Roles(all);
        }
        return access;
    }

    private static MethodSet covered(List<Rule> rules) {
        MethodSet covered = MethodSet.NONE;
        for (Rule rule : rules) {
            covered = covered.or(rule.methods());
        }
        return covered;
    }

    private static Table table(List<Rule> rules, boolean denyUncovered) {
        Map<String, Requirement> named = new HashMap<>();
        for (Rule rule : rules) {
            for (String method : rule.methods().names()) {
                named.computeIfAbsent(method, any -> combine(
                        rules.stream().filter(each -> each.methods().contains(any)).toList(), denyUncovered));
            }
        }
        return new Table(Map.copyOf(named), combine(
                rules.stream().filter(each -> each.methods().complement()).toList(), denyUncovered));
    }

    /** The rules of section 13.8.1 for constraints on one method at one pattern. */
    private static Requirement combine(List<Rule> rules, boolean denyUncovered) {
        if (rules.isEmpty()) {
            return denyUncovered ? Requirement.DENIED : Requirement.NONE;
        }
        Set<String> roles = new TreeSet<>();
        boolean everyone = false;
        boolean known = false;
        boolean confidential = true;
        for (Rule rule : rules) {
            if (rule.access() instanceof Access.Nobody) {
                return Requirement.DENIED;
            }
            everyone |= rule.access() instanceof Access.Everyone;
            known |= rule.access() instanceof Access.Authenticated;
            if (rule.access() instanceof Access.Roles some) {
                roles.addAll(some.names());
            }
            confidential &= rule.guarantee().isProtected();
        }
        Access access = everyone ? Access.EVERYONE : known ? Access.AUTHENTICATED : new Access.Roles(roles);
        return new Requirement(access, confidential);
    }
}
