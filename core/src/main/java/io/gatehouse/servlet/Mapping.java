/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.MappingMatch;
import org.jspecify.annotations.Nullable;

/** Which pattern of which servlet a request matched, as a servlet is told (Servlet 6.1 section 12.3). */
record Mapping(String matchValue, String pattern, String servletName, @Nullable MappingMatch match)
        implements HttpServletMapping {

    @Override
    public String getMatchValue() {
        return matchValue;
    }

    @Override
    public String getPattern() {
        return pattern;
    }

    @Override
    public String getServletName() {
        return servletName;
    }

    @Override
    public @Nullable MappingMatch getMappingMatch() {
        return match;
    }
}
