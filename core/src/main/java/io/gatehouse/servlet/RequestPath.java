/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import org.jspecify.annotations.Nullable;

/**
 * Where a request or a dispatch goes, as the request's path methods tell it (Servlet 6.1 section 3.5).
 *
 * @param contextPath of the application that it leads into
 * @param uri encoded, with the context path, without query
 * @param servletPath decoded
 * @param pathInfo decoded, or null
 * @param query encoded, or null
 * @param mapping which pattern matched
 */
record RequestPath(
        String contextPath, String uri, String servletPath, @Nullable String pathInfo, @Nullable String query, Mapping mapping) {

    static RequestPath of(Context context, String uri, @Nullable String query, Mapper.Match match) {
        return new RequestPath(context.getContextPath(), uri, match.servletPath(), match.pathInfo(), query, match.mapping());
    }

    /** The same path with another query. */
    RequestPath withQuery(@Nullable String other) {
        return new RequestPath(contextPath, uri, servletPath, pathInfo, other, mapping);
    }

    /** The path inside the context. */
    String inContext() {
        return pathInfo == null ? servletPath : servletPath + pathInfo;
    }
}
