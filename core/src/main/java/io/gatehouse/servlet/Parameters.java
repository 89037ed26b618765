/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one request (Servlet 6.1 section 3.1): those of the query before those of the body; while a
 * dispatch
 * with a query of its own lasts, that query's before both (section 9.1.1). Used by one thread at a time.
 */
final class Parameters {

    private final ServletLimits limits;
    private final Deque<String> dispatched = new ArrayDeque<>();
    private @Nullable Map<String, List<String>> received;
    private @Nullable Map<String, String[]> merged;
    private int count;

    Parameters(ServletLimits limits) {
        this.limits = limits;
    }

    /** Whether the query and the body were read. */
    boolean parsed() {
        return received != null;
    }

    /** Begins a dispatch with a query. */
    void push(String query) {
        dispatched.push(query);
        merged = null;
    }

    /** Ends it. */
    void pop() {
        dispatched.pop();
        merged = null;
    }

    /** Begins to collect what the request has: to be followed by the additions, once. */
    void begin() {
        received = new LinkedHashMap<>();
        count = 0;
    }

    /** Forgets a collection that failed: the next look fails again, instead of seeing half of the parameters. */
    void abandon() {
        received = null;
        merged = null;
    }

    /**
     * Adds the pairs of a query or a form body.
     *
     * @throws RefusedRequest if there are too many, or one can't be decoded
     */
    void addEncoded(String text, Charset charset, String where) {
        collect(text, charset, where, this::add);
    }

    /** Adds one pair, a multipart field. */
    void addField(String name, String value) {
        requireRoom();
        add(name, value);
        merged = null;
    }

    private void requireRoom() {
        if (++count > limits.parameters()) {
            throw new RefusedRequest(400, "more than " + limits.parameters()
                    + " parameters: send fewer, or raise the servlet limit parameters");
        }
    }

    private void add(String name, String value) {
        Map<String, List<String>> map = received;
        if (map == null) {
            throw new IllegalStateException("begin first");
        }
        map.computeIfAbsent(name, any -> new ArrayList<>(1)).add(value);
    }

    /** Names and values as the application sees them now. */
    Map<String, String[]> asMap() {
        Map<String, String[]> current = merged;
        if (current == null) {
            Map<String, List<String>> all = new LinkedHashMap<>();
            int ofRequest = count;
            for (String query : dispatched) {
                collect(query, StandardCharsets.UTF_8, "the dispatch's query",
                        (name, value) -> all.computeIfAbsent(name, any -> new ArrayList<>(1)).add(value));
            }
            count = ofRequest;
            Map<String, List<String>> map = received;
            if (map != null) {
                map.forEach((name, values) -> all.computeIfAbsent(name, any -> new ArrayList<>()).addAll(values));
            }
            Map<String, String[]> arrays = new LinkedHashMap<>();
            all.forEach((name, values) -> arrays.put(name, values.toArray(String[]::new)));
            current = Collections.unmodifiableMap(arrays);
            merged = current;
        }
        return current;
    }

    private void collect(String text, Charset charset, String where, BiConsumer<String, String> to) {
        int from = 0;
        while (from < text.length()) {
            int ampersand = text.indexOf('&', from);
            int end = ampersand < 0 ? text.length() : ampersand;
            if (end > from) {
                requireRoom();
                int equals = text.indexOf('=', from);
                boolean bare = equals < 0 || equals >= end;
                try {
                    String name = PercentCoding.decodeForm(text.substring(from, bare ? end : equals), charset);
                    String value = bare ? "" : PercentCoding.decodeForm(text.substring(equals + 1, end), charset);
                    to.accept(name, value);
                } catch (IllegalArgumentException e) {
                    throw new RefusedRequest(400, "a parameter of " + where + " has " + e.getMessage());
                }
            }
            from = end + 1;
        }
    }
}
