/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Merging against a model that has one line for each rule: a key of the main descriptor holds; else all fragments that have it
 * must agree; mappings of a name count from the main descriptor alone if it has any.
 */
@Section("8.2.3")
@DisplayNameGeneration(SectionNames.class)
class MergeModelTest {

    private static final List<String> NAMES = List.of("s", "t");
    private static final List<String> SETTINGS = List.of(Declaration.LOAD, Declaration.ASYNC, Declaration.RUN_AS);

    private final Random random = new Random();

    /** Everything keyed that a descriptor says, flat. */
    private record Flat(Map<String, Object> keyed, Map<String, List<String>> mappings) {}

    private Descriptor random(String document) {
        Descriptor descriptor = new Descriptor(document);
        Place place = new Place(document, 1);
        for (String name : NAMES) {
            if (random.nextInt(3) > 0) {
                Declaration servlet = new Declaration(name, place);
                for (String setting : SETTINGS) {
                    if (random.nextInt(4) == 0) {
                        servlet.set(setting, random.nextInt(2), place);
                    }
                }
                if (random.nextInt(3) == 0) {
                    servlet.parameters().put("p" + random.nextInt(2), new Said<>("" + random.nextInt(2), place));
                }
                descriptor.servlets.put(name, servlet);
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                descriptor.servletMappings.add(new ServletMapping(name, List.of("/" + random.nextInt(100)), place));
            }
        }
        if (random.nextInt(3) == 0) {
            descriptor.mimeTypes.put("x" + random.nextInt(2), new Said<>("" + random.nextInt(2), place));
        }
        if (random.nextInt(3) == 0) {
            descriptor.errorPages.put("" + (404 + random.nextInt(2)), new Said<>("/" + random.nextInt(2), place));
        }
        return descriptor;
    }

    private static Flat flat(Descriptor descriptor) {
        Map<String, Object> keyed = new TreeMap<>();
        descriptor.servlets.forEach((name, servlet) -> {
            servlet.settings().forEach((key, said) -> keyed.put(name + " " + key, said.value()));
            servlet.parameters().forEach((key, said) -> keyed.put(name + " init " + key, said.value()));
        });
        descriptor.mimeTypes.forEach((key, said) -> keyed.put("mime " + key, said.value()));
        descriptor.errorPages.forEach((key, said) -> keyed.put("error " + key, said.value()));
        Map<String, List<String>> mappings = new TreeMap<>();
        descriptor.servletMappings.forEach(each ->
                mappings.computeIfAbsent(each.servlet(), name -> new ArrayList<>()).addAll(each.patterns()));
        return new Flat(keyed, mappings);
    }

    /** What shall come out; null if the fragments contradict each other. */
    private static Flat model(Descriptor main, List<Descriptor> fragments) {
        Flat first = flat(main);
        Map<String, Object> keyed = new TreeMap<>(first.keyed);
        Map<String, List<String>> mappings = new TreeMap<>(first.mappings);
        for (Descriptor each : fragments) {
            Flat other = flat(each);
            for (Map.Entry<String, Object> entry : other.keyed.entrySet()) {
                Object present = keyed.putIfAbsent(entry.getKey(), entry.getValue());
                if (present != null && !present.equals(entry.getValue()) && !first.keyed.containsKey(entry.getKey())) {
                    return null;
                }
            }
            other.mappings.forEach((name, patterns) -> {
                if (!first.mappings.containsKey(name)) {
                    mappings.computeIfAbsent(name, any -> new ArrayList<>()).addAll(patterns);
                }
            });
        }
        return new Flat(keyed, mappings);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void randomDescriptorsMergeAsTheModelSays(long seed) throws Exception {
        random.setSeed(seed);
        int refused = 0;
        for (int run = 0; run < 1000; run++) {
            Descriptor main = random("WEB-INF/web.xml");
            List<Descriptor> fragments = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                fragments.add(random(i + ".jar"));
            }
            Flat expected = model(main, fragments);
            if (expected == null) {
                refused++;
                DeploymentException failure = assertThrows(DeploymentException.class, () -> Merge.of(main, fragments));
                assertTrue(failure.getMessage().endsWith("say in web.xml which of them holds"), failure.getMessage());
            } else {
                assertEquals(expected, flat(Merge.of(main, fragments)));
            }
        }
        assertTrue(refused > 50 && refused < 900, refused + " were refused");
    }

    /** Fragments that agree may come in any order; joining in two steps is joining in one. */
    @ParameterizedTest
    @ValueSource(longs = {7, 8, 9})
    void stepsDoNotMatter(long seed) throws Exception {
        random.setSeed(seed);
        for (int run = 0; run < 500; run++) {
            Descriptor main = random("WEB-INF/web.xml");
            Descriptor one = random("1.jar");
            Descriptor annotations = new Descriptor("annotations");
            Flat whole = flat(Merge.of(main, List.of(one)));
            assertEquals(whole, flat(Merge.of(Merge.of(main, List.of(annotations)), List.of(one))));
            assertEquals(whole, flat(Merge.of(main, List.of(annotations, one, annotations))));
            assertEquals(flat(main), flat(Merge.of(main, List.of())));
        }
    }
}
