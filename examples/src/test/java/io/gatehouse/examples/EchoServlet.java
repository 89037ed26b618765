/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Prints all that a servlet can see of a request, or misbehaves as its path info says. */
final class EchoServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    /** As a proxy or a client says them, per connection and not per request. */
    private static final Set<String> HOP_BY_HOP =
            Set.of("connection", "transfer-encoding", "te", "trailer", "keep-alive");

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = String.valueOf(request.getPathInfo());
        switch (path) {
            case "/error" -> response.sendError(418, "short and stout");
            case "/redirect" -> response.sendRedirect("elsewhere?x=1");
            case "/throw" -> throw new IllegalStateException("not for the public");
            case "/flush" -> {
                response.setContentType("text/plain");
                response.getWriter().print("first,");
                response.flushBuffer();
                response.getWriter().print("second");
            }
            case "/cookie" -> {
                Cookie cookie = new Cookie("taste", "sweet");
                cookie.setHttpOnly(true);
                cookie.setPath("/");
                cookie.setMaxAge(60);
                response.addCookie(cookie);
                response.setContentLength(2);
                response.getOutputStream().print("ok");
            }
            case "/latin" -> {
                response.setContentType("text/html; charset=ISO-8859-1");
                response.setHeader("Content-Language", "fr");
                response.getWriter().print("<p>\u00e9t\u00e9</p>");
            }
            case "/large" -> {
                response.setContentType("application/octet-stream");
                byte[] block = "0123456789abcdef".repeat(1024).getBytes(StandardCharsets.US_ASCII);
                for (int i = 0; i < 20; i++) {
                    response.getOutputStream().write(block);
                }
            }
            case "/empty" -> response.setStatus(204);
            default -> echo(request, response);
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if ("/ignore".equals(request.getPathInfo())) {
            response.getWriter().print("not read");
        } else {
            echo(request, response);
        }
    }

    @Override
    protected void doPut(HttpServletRequest request, HttpServletResponse response) throws IOException {
        byte[] body = request.getInputStream().readAllBytes();
        response.setContentType("application/octet-stream");
        response.getOutputStream().write(body);
    }

    private static void echo(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain");
        response.setCharacterEncoding("UTF-8");
        PrintWriter out = response.getWriter();
        out.printf("%s %s?%s %s%n", request.getMethod(), request.getRequestURI(), request.getQueryString(),
                request.getProtocol());
        out.printf("%s|%s|%s%n", request.getContextPath(), request.getServletPath(), request.getPathInfo());
        out.printf("%s %s %d %s%n", request.getScheme(), request.getServerName(), request.getServerPort(),
                request.getRemoteAddr());
        out.printf("%s %s %d%n", request.getContentType(), request.getCharacterEncoding(),
                request.getContentLengthLong());
        for (String name : new TreeSet<>(request.getParameterMap().keySet())) {
            out.printf("%s=%s%n", name, String.join(",", request.getParameterValues(name)));
        }
        for (String name : new TreeSet<>(Collections.list(request.getHeaderNames()))) {
            if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                out.printf("%s: %s%n", name, Collections.list(request.getHeaders(name)));
            }
        }
        if (request.getCookies() != null) {
            for (Cookie cookie : request.getCookies()) {
                out.printf("cookie %s=%s%n", cookie.getName(), cookie.getValue());
            }
        }
    }
}
