/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.frameworks;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.Cookie.SameSite;
import org.springframework.boot.web.server.servlet.CookieSameSiteSupplier;

/** What Spring Boot's properties and beans add to every answer: the Server field, and SameSite of cookies that have none. */
final class ResponseFields extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private final @Nullable String server;
    private final transient List<? extends CookieSameSiteSupplier> suppliers;

    ResponseFields(@Nullable String server, List<? extends CookieSameSiteSupplier> suppliers) {
        this.server = server;
        this.suppliers = List.copyOf(suppliers);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (server != null) {
            response.setHeader("Server", server);
        }
        chain.doFilter(request, new HttpServletResponseWrapper(response) {
            @Override
            public void addCookie(Cookie cookie) {
                if (cookie.getAttribute("SameSite") == null) {
                    suppliers.stream()
                            .map(supplier -> supplier.getSameSite(cookie))
                            .filter(Objects::nonNull)
                            .map(SameSite::attributeValue)
                            .filter(Objects::nonNull)
                            .findFirst()
                            .ifPresent(value -> cookie.setAttribute("SameSite", value));
                }
                super.addCookie(cookie);
            }
        });
    }
}
