/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The applications of one server that let each other in ({@code crossContext}; Servlet 6.1 section 4.1.3, {@code getContext}),
 * by context path. Each is given it as an attribute of its context, under this class' name, before it is deployed; it offers
 * applications nothing. Of several applications with one path, on different hosts, the last one deployed is found. Any thread.
 */
public final class Neighbours {

    private final Map<String, Context> contexts = new ConcurrentHashMap<>();

    /** Nobody so far. */
    public Neighbours() {}

    void join(Context context) {
        contexts.put(context.getContextPath(), context);
    }

    void leave(Context context) {
        contexts.remove(context.getContextPath(), context);
    }

    /** The application in which a path of the server lies: the one with the longest context path; null if none. */
    @Nullable Context find(String uri) {
        for (int end = uri.length(); end >= 0; end = end == 0 ? -1 : uri.lastIndexOf('/', end - 1)) {
            Context found = contexts.get(uri.substring(0, end));
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
