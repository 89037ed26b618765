/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.gatehouse.http.Target;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reads the compiled classes of core and holds them to the design: which package may import which, and what is public. */
class ArchitectureTest {

    private static final String ROOT = "io.gatehouse";

    /** The arrows: what each package may import. A package that is not here has no place yet, and fails the test. */
    private static final Map<String, Set<String>> MAY_IMPORT = Map.ofEntries(
            Map.entry("", Set.of(
                    "engine", "claim", "webapp", "servlet", "security", "forward", "files", "cache", "route", "handler", "tls",
                    "transport", "http1", "http")),
            Map.entry("hk2", Set.of(
                    "", "engine", "claim", "webapp", "servlet", "forward", "files", "cache", "route", "handler", "transport", "http1", "http")),
            Map.entry("engine", Set.of(
                    "servlet", "forward", "files", "cache", "route", "handler", "transport", "http1", "http")),
            Map.entry("claim", Set.of("forward", "route", "handler", "transport", "http")),
            Map.entry("webapp", Set.of("servlet", "security", "handler", "http")),
            Map.entry("servlet", Set.of("security", "handler", "http")),
            Map.entry("security", Set.of("http")),
            Map.entry("forward", Set.of("handler", "http", "http1")),
            Map.entry("files", Set.of("cache", "handler", "http")),
            Map.entry("cache", Set.of("handler", "http")),
            Map.entry("route", Set.of("handler", "http")),
            Map.entry("handler", Set.of("http")),
            Map.entry("transport", Set.of("tls", "http")),
            Map.entry("http1", Set.of("http")),
            Map.entry("tls", Set.of()),
            Map.entry("http", Set.of()));

    /** What is neither the JDK's nor ours, and who may import it. Annotations of JSpecify may stand anywhere. */
    private static final Map<String, Set<String>> FOREIGN = Map.of(
            "jakarta.servlet", Set.of("", "hk2", "engine", "webapp", "servlet"),
            "com.github.benmanes.caffeine", Set.of("cache", "files"),
            "org.objectweb.asm", Set.of("webapp"),
            "org.glassfish.hk2", Set.of("hk2"),
            "org.jvnet.hk2", Set.of("hk2"),
            "jakarta.inject", Set.of("hk2"),
            "org.jspecify.annotations", MAY_IMPORT.keySet());

    private static final Pattern BAD_NAME = Pattern.compile("Impl|Base|Abstract|Utils?|Manager|Helper");

    private static Path output;
    private static JavaClasses classes;

    @BeforeAll
    static void read() throws URISyntaxException {
        output = Path.of(Target.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        classes = new ClassFileImporter().importPath(output);
        assertTrue(classes.size() > 50, "only " + classes.size() + " classes were read from " + output);
    }

    @Test
    void importsFollowTheTable() {
        Set<String> wrong = new TreeSet<>();
        imports().forEach((from, all) -> all.forEach((to, where) -> {
            if (!allowed(from, to)) {
                wrong.add(name(from) + " may not import " + name(to) + ": " + where);
            }
        }));
        assertEquals(Set.of(), wrong);
    }

    @Test
    void importsHaveNoCycle() {
        Map<String, Set<String>> arrows = new TreeMap<>();
        imports().forEach((from, all) -> arrows.put(from, all.keySet()));
        assertEquals(List.of(), cycle(arrows));
    }

    /** The table itself points down only: whoever adds a row that closes a circle learns it here. */
    @Test
    void theTableHasNoCycle() {
        assertEquals(List.of(), cycle(MAY_IMPORT));
        assertEquals(List.of("a", "b", "c", "a"), cycle(Map.of("a", Set.of("b"), "b", Set.of("c"), "c", Set.of("a"))));
        assertTrue(!allowed("http", "route") && !allowed("route", "engine") && !allowed("", "hk2"));
        assertTrue(!allowed("nowhere", "http") && allowed("hk2", ""));
    }

    @Test
    void foreignTypesStayWhereTheyBelong() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass type : classes) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
                if (!isOurs(target) && !isJdk(target) && !isForeignAllowed(place(type), target)) {
                    wrong.add(name(place(type)) + " may not use " + target + ": " + dependency.getDescription());
                }
            }
        }
        assertEquals(Set.of(), wrong);
    }

    @Test
    void publicSignaturesSpeakTheJdksWordsAndOurs() throws Exception {
        Set<String> exported = exported();
        Set<String> wrong = new TreeSet<>();
        int seen = 0;
        for (JavaClass type : classes) {
            if (!exported.contains(type.getPackageName())) {
                continue;
            }
            // HK2's own package is for those who have HK2: a locator of the program's can be handed over by no other word.
            boolean hk2 = place(type).equals("hk2");
            for (Class<?> word : Signatures.words(Class.forName(type.getName(), false, getClass().getClassLoader()))) {
                seen++;
                String of = word.getPackageName();
                boolean fine = word.isPrimitive() || isJdk(of) || of.startsWith("jakarta.servlet") || exported.contains(of)
                        || hk2 && of.startsWith("org.glassfish.hk2");
                if (!fine) {
                    wrong.add(type.getName() + " shows " + word.getName());
                }
            }
        }
        assertTrue(seen > 500, "only " + seen + " words were seen");
        assertEquals(Set.of(), wrong);
    }

    @Test
    void signaturesAreReadToTheirDepths() {
        Set<Class<?>> words = Signatures.words(Signatures.Sample.class);
        for (Class<?> word : List.of(Number.class, Comparable.class, Map.class, Integer.class, Thread.class, StringBuilder.class,
                IOException.class, Process.class, Path.class)) {
            assertTrue(words.contains(word), word + " is missing in " + words);
        }
        assertTrue(!words.contains(Pattern.class), "private things are nobody's business");
    }

    @Test
    void theEngineIsNotExported() throws IOException {
        assertTrue(!exported().contains(ROOT + ".engine"));
    }

    @Test
    void everyPackageIsNullMarked() throws ClassNotFoundException {
        Set<String> packages = new TreeSet<>();
        classes.forEach(type -> packages.add(type.getPackageName()));
        for (String name : packages) {
            Class<?> info = Class.forName(name + ".package-info");
            assertTrue(info.getPackage().isAnnotationPresent(NullMarked.class), name + " needs @NullMarked in its package-info");
        }
    }

    @Test
    void namesSayWhatThingsAre() {
        List<String> wrong = new ArrayList<>();
        for (JavaClass type : classes) {
            if (BAD_NAME.matcher(type.getSimpleName()).find()) {
                wrong.add(type.getName());
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void nothingHangsOnThreads() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass type : classes) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                if (dependency.getTargetClass().isAssignableTo(ThreadLocal.class)) {
                    wrong.add(dependency.getDescription());
                }
            }
        }
        assertEquals(Set.of(), wrong);
    }

    /** Of all modules whose sources lie beside these: a longer file gives its reason, with the words "400 lines", at its top. */
    @Test
    void filesAreShort() throws IOException {
        List<String> wrong = new ArrayList<>();
        int seen = 0;
        for (String module : List.of("core", "transport-nio", "transport-jetty", "examples")) {
            Path sources = output.resolve("../../..").resolve(module).resolve("src/main/java").normalize();
            if (!Files.isDirectory(sources)) {
                continue;
            }
            for (Path file : javaFiles(sources)) {
                seen++;
                List<String> lines = Files.readAllLines(file);
                if (lines.size() > 400 && lines.subList(0, 80).stream().noneMatch(line -> line.contains("400 lines"))) {
                    wrong.add(sources.relativize(file) + " has " + lines.size() + " lines: split it");
                }
            }
        }
        assertTrue(seen > 50, "only " + seen + " files were seen");
        assertEquals(List.of(), wrong);
    }

    /** By package, the packages of ours that it imports, each with one place where it does. */
    private static Map<String, Map<String, String>> imports() {
        Map<String, Map<String, String>> imports = new TreeMap<>();
        for (JavaClass type : classes) {
            Map<String, String> own = imports.computeIfAbsent(place(type), from -> new TreeMap<>());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (isOurs(target.getPackageName()) && !place(target).equals(place(type))) {
                    own.putIfAbsent(place(target), dependency.getDescription());
                }
            }
        }
        return imports;
    }

    private static boolean allowed(String from, String to) {
        Set<String> may = MAY_IMPORT.get(from);
        return may != null && may.contains(to);
    }

    private static boolean isForeignAllowed(String from, String target) {
        return FOREIGN.entrySet().stream()
                .anyMatch(entry -> (target + ".").startsWith(entry.getKey() + ".") && entry.getValue().contains(from));
    }

    private static boolean isOurs(String name) {
        return name.equals(ROOT) || name.startsWith(ROOT + ".");
    }

    private static boolean isJdk(String name) {
        return name.isEmpty() || ModuleLayer.boot().modules().stream()
                .anyMatch(module -> module.getPackages().contains(name)
                        && (module.getName().startsWith("java.") || module.getName().startsWith("jdk.")));
    }

    /** The package below the root: {@code http} for {@code io.gatehouse.http}, nothing for the root itself. */
    private static String place(JavaClass type) {
        String name = type.getPackageName();
        return name.length() <= ROOT.length() ? "" : name.substring(ROOT.length() + 1);
    }

    private static String name(String place) {
        return place.isEmpty() ? "the root" : place;
    }

    /** One way round in a circle, its first stop again at its end; empty if there is none. */
    private static List<String> cycle(Map<String, ? extends Collection<String>> arrows) {
        for (String start : new TreeSet<>(arrows.keySet())) {
            Deque<List<String>> ways = new ArrayDeque<>(List.of(List.of(start)));
            Set<String> seen = new LinkedHashSet<>();
            while (!ways.isEmpty()) {
                List<String> way = ways.removeFirst();
                for (String next : new TreeSet<>(arrows.containsKey(way.get(way.size() - 1))
                        ? arrows.get(way.get(way.size() - 1)) : Set.<String>of())) {
                    List<String> longer = Stream.concat(way.stream(), Stream.of(next)).toList();
                    if (next.equals(start)) {
                        return longer;
                    }
                    if (seen.add(next)) {
                        ways.addLast(longer);
                    }
                }
            }
        }
        return List.of();
    }

    private static Set<String> exported() throws IOException {
        try (InputStream in = Files.newInputStream(output.resolve("module-info.class"))) {
            Set<String> exported = new TreeSet<>();
            ModuleDescriptor.read(in).exports().stream().filter(e -> !e.isQualified()).forEach(e -> exported.add(e.source()));
            assertTrue(exported.contains(ROOT), exported.stream().collect(joining(", ")));
            return exported;
        }
    }

    private static List<Path> javaFiles(Path sources) {
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
