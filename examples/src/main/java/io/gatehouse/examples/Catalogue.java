/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import io.gatehouse.Gatehouse;
import io.gatehouse.cache.CachePolicy;
import io.gatehouse.cache.OutputCache;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pages that are dear to make, kept until what they show changes: {@code GET /catalogue/} and {@code GET /catalogue/apple} are
 * answered from memory, on the thread that read the request, until {@code PUT /catalogue/apple?price=99} drops the pages
 * that carry the tag of the apple, and no others.
 */
public final class Catalogue extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient Map<String, Integer> prices = new ConcurrentSkipListMap<>(Map.of("apple", 120, "pear", 90));
    private final transient AtomicInteger made = new AtomicInteger();

    /** Serves until the process is ended. */
    // README:cache
    public static void main(String[] args) throws Exception {
        try (Gatehouse gatehouse = Gatehouse.builder()
                .listen("http://localhost:8080")
                .servlet("/catalogue/*", new Catalogue())
                .cache("/catalogue/", CachePolicy.untilPurged())
                .start()) {
            gatehouse.join();
        }
    }
    // README:end

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String name = name(request);
        if (!name.isEmpty() && !prices.containsKey(name)) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        StringJoiner page = new StringJoiner("\n", "", "\n");
        prices.forEach((product, price) -> {
            if (name.isEmpty() || name.equals(product)) {
                response.addHeader("Cache-Tag", tag(product));
                page.add(product + ": " + price);
            }
        });
        page.add("page number " + made.incrementAndGet());
        response.setContentType("text/plain; charset=utf-8");
        response.getWriter().write(page.toString());
    }

    @Override
    protected void doPut(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String name = name(request);
        String price = request.getParameter("price");
        if (name.isEmpty() || price == null || !price.matches("\\d{1,6}")) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST, "say PUT /catalogue/apple?price=99");
            return;
        }
        prices.put(name, Integer.valueOf(price));
        OutputCache cache = (OutputCache) getServletContext().getAttribute(OutputCache.class.getName());
        cache.purgeTag(tag(name));
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }

    private static String name(HttpServletRequest request) {
        return Objects.requireNonNullElse(request.getPathInfo(), "/").substring(1);
    }

    private static String tag(String product) {
        return "product-" + product;
    }
}
