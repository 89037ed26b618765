/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Tells who asks, in a line: method, path, user, type of authentication, which of the roles boss and clerk, and the body. With a
 * parameter {@code do} it does something before: forwards, includes, logs in or out, authenticates, or sets Cache-Control.
 */
final class Tells extends HttpServlet {

    private static final long serialVersionUID = 1;

    /** Who asks. */
    static String who(HttpServletRequest request) {
        String user = request.getUserPrincipal() == null ? null : request.getUserPrincipal().getName();
        if (user == null ? request.getRemoteUser() != null : !user.equals(request.getRemoteUser())) {
            return "principal and user differ";
        }
        return user + " " + request.getAuthType() + (request.isUserInRole("boss") ? " boss" : "")
                + (request.isUserInRole("clerk") ? " clerk" : "") + (request.isUserInRole("chief") ? " chief" : "")
                + (request.isUserInRole("*") ? " star" : "") + (request.isUserInRole("**") ? " known" : "");
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        String before = "";
        String action = request.getParameter("do");
        if (action != null) {
            String value = request.getParameter("value");
            switch (action) {
                case "forward" -> {
                    request.getRequestDispatcher(value).forward(request, response);
                    return;
                }
                case "include" -> request.getRequestDispatcher(value).include(request, response);
                case "login" -> {
                    try {
                        request.login(value, request.getParameter("password"));
                        before = "in: ";
                    } catch (ServletException e) {
                        before = "refused: ";
                    }
                }
                case "logout" -> request.logout();
                case "authenticate" -> {
                    if (!request.authenticate(response)) {
                        return;
                    }
                }
                case "session" -> request.getSession().setAttribute("value", value);
                case "attribute" -> before = request.getSession(false) == null
                        ? "no session: " : request.getSession().getAttribute("value") + ": ";
                case "end" -> request.getSession().invalidate();
                case "cache" -> {
                    response.setHeader("Cache-Control", value);
                    response.setHeader("CDN-Cache-Control", value);
                }
                default -> throw new ServletException("can't " + action);
            }
        }
        response.setContentType("text/plain;charset=utf-8");
        String body = request.getParameter("text");
        response.getWriter().print(before + request.getMethod() + " " + request.getServletPath()
                + (request.getPathInfo() == null ? "" : request.getPathInfo()) + " " + who(request)
                + (body == null ? "" : " [" + body + "]"));
    }
}
