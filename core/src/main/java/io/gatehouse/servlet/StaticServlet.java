/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.EntityTag;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpDate;
import io.gatehouse.http.Preconditions;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;

/**
 * Answers what no other servlet does with the application's static content (Servlet 6.1 section 12.2, the default
 * servlet):
 * files with type, length, ETag and conditions, directories by a redirect to their slash, everything else 404. What
 * lies in
 * WEB-INF and META-INF does not exist (section 10.5).
 */
final class StaticServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient Context context;

    StaticServlet(Context context) {
        this.context = context;
    }

    /** Whether a path lies where no peer may look, however it is spelt. */
    static boolean hidden(String path) {
        return under(path, "/WEB-INF") || under(path, "/META-INF");
    }

    private static boolean under(String path, String directory) {
        return path.regionMatches(true, 0, directory, 0, directory.length())
                && (path.length() == directory.length() || path.charAt(directory.length()) == '/');
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean included = request.getDispatcherType() == DispatcherType.INCLUDE;
        String path = path(request, included);
        URL url = hidden(path) ? null : context.resources().getResource(path);
        if (url == null) {
            missing(path, included, response);
            return;
        }
        try (InputStream content = context.resources().getResourceAsStream(path)) {
            if (content != null) {
                send(request, response, path, url, content);
            } else if (path.endsWith("/") || included) {
                missing(path, included, response);
            } else {
                response.sendRedirect(response.encodeRedirectURL(withSlash(request, path)), 301);
            }
        }
    }

    /** From the path as it was understood: one as received may begin with two slashes, and would lead to another host. */
    private static String withSlash(HttpServletRequest request, String path) {
        String query = request.getQueryString();
        return Locations.origin(request) + PercentCoding.encodePath(request.getContextPath() + path) + "/"
                + (query == null ? "" : "?" + query);
    }

    /** An include by name has no path of its own: the request's counts. */
    private static String path(HttpServletRequest request, boolean include) {
        boolean included = include && request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI) != null;
        String servletPath = included
                ? (String) request.getAttribute(RequestDispatcher.INCLUDE_SERVLET_PATH)
                : request.getServletPath();
        String info = included
                ? (String) request.getAttribute(RequestDispatcher.INCLUDE_PATH_INFO)
                : request.getPathInfo();
        String path = (servletPath == null ? "" : servletPath) + (info == null ? "" : info);
        return path.isEmpty() ? "/" : path;
    }

    private static void missing(String path, boolean included, HttpServletResponse response) throws IOException {
        if (included) {
            // Section 9.3: the default servlet as the target of an include must not answer with silence.
            throw new FileNotFoundException(path);
        }
        response.sendError(404);
    }

    private void send(
            HttpServletRequest request, HttpServletResponse response, String path, URL url, InputStream content)
            throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        long length = connection.getContentLengthLong();
        long modified = connection.getLastModified();
        close(connection);
        EntityTag tag = EntityTag.strong(Long.toHexString(modified) + "-" + Long.toHexString(length));
        response.setHeader("ETag", tag.toString());
        if (modified > 0) {
            response.setDateHeader("Last-Modified", modified);
        }
        if (request.getDispatcherType() == DispatcherType.REQUEST) {
            // In RFC 9110's order (section 13.2.2). The page of an error, or a part of another page, has no conditions.
            long seconds = modified > 0 ? modified / 1000 : HttpDate.NONE;
            Fields fields = Dispatcher.unwrap(request).received().fields();
            switch (Preconditions.evaluate(request.getMethod(), fields, tag, seconds, true)) {
                case NOT_MODIFIED -> {
                    response.setStatus(304);
                    return;
                }
                case FAILED -> {
                    response.sendError(412);
                    return;
                }
                case PROCEED -> {}
            }
        }
        String type = context.getMimeType(path);
        if (type != null && response.getContentType() == null) {
            response.setContentType(MimeTypes.isText(type) ? type + ";charset=utf-8" : type);
        }
        if (length >= 0 && Dispatcher.unwrap(request).run().response().untouched()) {
            response.setContentLengthLong(length);
        }
        try {
            content.transferTo(response.getOutputStream());
        } catch (IllegalStateException e) {
            // A page that includes it, or a filter, writes text.
            new InputStreamReader(content, StandardCharsets.UTF_8).transferTo(response.getWriter());
        }
    }

    private static void close(URLConnection connection) throws IOException {
        // The length was asked for by opening: a stream is open now that nobody reads.
        if (!(connection instanceof JarURLConnection jar)) {
            connection.getInputStream().close();
        } else {
            jar.getJarFile().close();
        }
    }
}
