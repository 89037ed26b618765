/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.servlet.DispatcherType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mapping rules held against models of them that are as slow and plain as the words of Servlet 6.1. */
@ExtendWith(Undeploy.class)
final class MapperModelTest {

    private static final String[] SEGMENTS = {"a", "b", "ab", "a.x", "b.y", ".x", "x"};

    private static String path(Random random, int most) {
        StringBuilder path = new StringBuilder();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            path.append('/').append(SEGMENTS[random.nextInt(SEGMENTS.length)]);
        }
        return path.isEmpty() || random.nextInt(6) == 0 ? path + "/" : path.toString();
    }

    private static String pattern(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> "*.x";
            case 1 -> "*.y";
            case 2 -> "/";
            case 3 -> "";
            case 4, 5 -> {
                String path = path(random, 3);
                yield path.endsWith("/") ? "/*" : path + "/*";
            }
            default -> path(random, 3);
        };
    }

    /** Whether a pattern of a path matches, and how many characters of it: 12.2. */
    private static int prefixLength(String pattern, String path) {
        String prefix = pattern.substring(0, pattern.length() - 2);
        return path.equals(prefix) || path.startsWith(prefix + "/") ? prefix.length() : -1;
    }

    private static boolean hasExtension(String pattern, String path) {
        String last = path.substring(path.lastIndexOf('/') + 1);
        int dot = last.lastIndexOf('.');
        return dot >= 0 && pattern.equals("*" + last.substring(dot));
    }

    /** Servlet 6.1 section 12.1, rule by rule; the empty pattern before all of them. */
    private static String model(Set<String> patterns, String path) {
        if (path.equals("/") && patterns.contains("")) {
            return "";
        }
        if (patterns.contains(path) && !path.equals("/")) {
            return path;
        }
        String longest = null;
        for (String pattern : patterns) {
            if (pattern.endsWith("/*") && prefixLength(pattern, path) >= 0
                    && (longest == null || pattern.length() > longest.length())) {
                longest = pattern;
            }
        }
        if (longest != null) {
            return longest;
        }
        for (String pattern : patterns) {
            if (pattern.startsWith("*.") && hasExtension(pattern, path)) {
                return pattern;
            }
        }
        return "/";
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName("12.1: random patterns and paths lead where the rules say, with the path cut as they say")
    void servlets(long seed) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < 12; round++) {
            Set<String> patterns = new TreeSet<>();
            for (int i = 1 + random.nextInt(10); i > 0; i--) {
                patterns.add(pattern(random));
            }
            ServletApplicationBuilder builder = ServletApplication.builder().contextPath(round % 2 == 0 ? "" : "/ctx");
            for (String pattern : patterns) {
                builder.servlet("[" + pattern + "]", Servlets.servlet((q, r) -> r.getWriter().print(
                        pattern + "|" + q.getServletPath() + "|" + q.getPathInfo() + "|"
                                + q.getHttpServletMapping().getPattern())), pattern);
            }
            ServletApplication app = Servlets.deployed(builder);
            for (int i = 0; i < 60; i++) {
                String path = path(random, 4);
                String expected = model(patterns, path);
                MemoryResponse got = Call.get(app, app.contextPath() + path);
                String why = patterns + " at " + path + ", seed " + seed;
                if (!patterns.contains(expected)) {
                    assertEquals(404, got.status(), why);
                    continue;
                }
                String cut = expected.isEmpty() ? "|/"
                        : expected.endsWith("/*")
                                ? path.substring(0, expected.length() - 2) + "|"
                                        + (path.length() == expected.length() - 2 ? null : path.substring(expected.length() - 2))
                                : path + "|null";
                assertEquals(expected + "|" + cut + "|" + expected, got.text(), why);
            }
            app.undeploy(java.time.Duration.ZERO);
        }
    }

    /** One mapping of a filter, as the application makes it. */
    private record Mapped(String filter, Set<DispatcherType> types, boolean after, boolean byCode, String pattern, String servlet) {
        boolean matches(DispatcherType type, String path, String to) {
            if (!types.contains(type)) {
                return false;
            }
            if (servlet != null) {
                return servlet.equals(to) || servlet.equals("*");
            }
            return pattern.endsWith("/*") ? prefixLength(pattern, path) >= 0
                    : pattern.startsWith("*.") ? hasExtension(pattern, path) : pattern.equals(path);
        }
    }

    /** Servlet 6.1 sections 6.2.4 and 4.4.2.3: patterns, then names; in each: put before, declared, put after. */
    private static List<String> model(List<Mapped> mappings, DispatcherType type, String path, String servlet) {
        List<Mapped> ordered = new ArrayList<>();
        mappings.stream().filter(m -> !m.after()).forEach(ordered::add);
        mappings.stream().filter(m -> m.after() && !m.byCode()).forEach(ordered::add);
        mappings.stream().filter(m -> m.after() && m.byCode()).forEach(ordered::add);
        Set<String> found = new LinkedHashSet<>();
        for (boolean byName : new boolean[] {false, true}) {
            for (Mapped mapped : ordered) {
                if (mapped.servlet() != null == byName && mapped.matches(type, path, servlet)) {
                    found.add(mapped.filter());
                }
            }
        }
        return List.copyOf(found);
    }

    private static EnumSet<DispatcherType> types(Random random) {
        EnumSet<DispatcherType> types = EnumSet.noneOf(DispatcherType.class);
        do {
            types.add(List.of(DispatcherType.REQUEST, DispatcherType.FORWARD, DispatcherType.INCLUDE)
                    .get(random.nextInt(3)));
        } while (random.nextBoolean());
        return types;
    }

    private static Mapped mapping(Random random, String filter, boolean byCode) {
        boolean byName = random.nextInt(3) == 0;
        return new Mapped(filter, types(random), !byCode || random.nextBoolean(), byCode,
                byName ? null : List.of("/*", "/a/*", "*.x", "/b", "/a/b.x", "/ab/*").get(random.nextInt(6)),
                byName ? List.of("one", "two", "*").get(random.nextInt(3)) : null);
    }

    private static void map(Mapped mapped, jakarta.servlet.FilterRegistration.Dynamic registration) {
        EnumSet<DispatcherType> types = EnumSet.copyOf(mapped.types());
        if (mapped.servlet() != null) {
            registration.addMappingForServletNames(types, mapped.after(), mapped.servlet());
        } else {
            registration.addMappingForUrlPatterns(types, mapped.after(), mapped.pattern());
        }
    }

    private static jakarta.servlet.Filter noting(String name) {
        return Servlets.filter((q, r, chain) -> {
            @SuppressWarnings("unchecked")
            List<String> seen = (List<String>) q.getAttribute("seen");
            seen.add(name + " " + q.getDispatcherType());
            chain.doFilter(q, r);
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    @DisplayName("6.2.4: random filters stand in front of requests, forwards and includes in the order of the rules")
    void filters(long seed) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < 10; round++) {
            List<Mapped> mappings = new ArrayList<>();
            ServletApplicationBuilder builder = ServletApplication.builder();
            for (int i = random.nextInt(5); i > 0; i--) {
                Mapped mapped = mapping(random, "D" + i, false);
                mappings.add(mapped);
                builder.filter(mapped.filter(), noting(mapped.filter()), registration -> map(mapped, registration));
            }
            List<Mapped> byCode = new ArrayList<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                byCode.add(mapping(random, "C" + i, true));
            }
            mappings.addAll(byCode);
            builder.initializer((classes, context) -> byCode.forEach(mapped ->
                    map(mapped, context.addFilter(mapped.filter(), noting(mapped.filter())))));
            Servlets.Action go = (q, r) -> {
                String how = q.getParameter("how");
                if (q.getDispatcherType() != DispatcherType.REQUEST) {
                    return;
                }
                String to = q.getParameter("to");
                switch (how.toUpperCase(Locale.ROOT)) {
                    case "FORWARD" -> q.getRequestDispatcher(to).forward(q, r);
                    case "INCLUDE" -> q.getRequestDispatcher(to).include(q, r);
                    default -> {}
                }
            };
            List<String> seen = Collections.synchronizedList(new ArrayList<>());
            builder.listener(new jakarta.servlet.ServletRequestListener() {
                @Override
                public void requestInitialized(jakarta.servlet.ServletRequestEvent event) {
                    event.getServletRequest().setAttribute("seen", seen);
                }
            });
            builder.servlet("one", Servlets.servlet(go), "/*").servlet("two", Servlets.servlet(go), "/a/*");
            ServletApplication app = Servlets.deployed(builder);
            for (DispatcherType type : List.of(DispatcherType.REQUEST, DispatcherType.FORWARD, DispatcherType.INCLUDE)) {
                for (String to : List.of("/b", "/a", "/a/b.x", "/c.x", "/ab")) {
                    seen.clear();
                    String from = type == DispatcherType.REQUEST ? to : "/from";
                    assertEquals(200, Call.get(app, from + "?how=" + type + "&to=" + to).status());
                    List<String> expected = new ArrayList<>();
                    model(mappings, DispatcherType.REQUEST, from, from.startsWith("/a/") || from.equals("/a") ? "two" : "one")
                            .forEach(name -> expected.add(name + " REQUEST"));
                    if (type != DispatcherType.REQUEST) {
                        model(mappings, type, to, to.startsWith("/a/") || to.equals("/a") ? "two" : "one")
                                .forEach(name -> expected.add(name + " " + type));
                    }
                    assertEquals(expected, seen, mappings + " by " + type + " to " + to + ", seed " + seed);
                }
            }
            app.undeploy(java.time.Duration.ZERO);
        }
    }
}
