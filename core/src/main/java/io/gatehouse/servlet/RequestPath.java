/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import org.jspecify.annotations.Nullable;

/**
 * Where a request or a dispatch goes, as the request's path methods tell it (Servlet 6.1 section 3.5).
 *
 * @param uri encoded, with the context path, without query
 * @param servletPath decoded
 * @param pathInfo decoded, or null
 * @param query encoded, or null
 * @param mapping which pattern matched
 */
record RequestPath(
        String uri, String servletPath, @Nullable String pathInfo, @Nullable String query, Mapping mapping) {

    static RequestPath of(String uri, @Nullable String query, Mapper.Match match) {
        return new RequestPath(uri, match.servletPath(), match.pathInfo(), query, match.mapping());
    }

    /** The path inside the context. */
    String inContext() {
        return pathInfo == null ? servletPath : servletPath + pathInfo;
    }
}
