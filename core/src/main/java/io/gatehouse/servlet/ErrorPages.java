/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which page answers which error (Servlet 6.1 section 10.9.2): by status, by exception, or the default for all. Set
 * by the
 * builder, read by all threads.
 */
final class ErrorPages {

    private final Map<Integer, String> byStatus = new HashMap<>();
    private final Map<String, String> byException = new HashMap<>();
    private @Nullable String fallback;

    void add(int status, String location) {
        byStatus.put(status, checked(location));
    }

    void add(Class<? extends Throwable> type, String location) {
        byException.put(type.getName(), checked(location));
    }

    void fallback(String location) {
        fallback = checked(location);
    }

    void addAll(ErrorPages others) {
        byStatus.putAll(others.byStatus);
        byException.putAll(others.byException);
        fallback = others.fallback;
    }

    /** The page for a status. */
    @Nullable String find(int status) {
        return byStatus.getOrDefault(status, fallback);
    }

    /** The page for an exception's class or the nearest of its superclasses; null if no page is meant for it. */
    @Nullable String find(Throwable failure) {
        if (byException.isEmpty()) {
            return null;
        }
        for (Class<?> type = failure.getClass(); type != null; type = type.getSuperclass()) {
            String location = byException.get(type.getName());
            if (location != null) {
                return location;
            }
        }
        return null;
    }

    private static String checked(String location) {
        if (!location.startsWith("/")) {
            throw new IllegalArgumentException("the error page '" + location + "' must begin with a slash");
        }
        return location;
    }
}
