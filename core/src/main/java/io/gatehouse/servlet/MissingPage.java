/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** Stands for a page that nobody can run (Servlet 6.1 section 4.4.1.4, {@code addJspFile}): it says so when it is asked for. */
final class MissingPage extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final String file;

    MissingPage(String file) {
        this.file = file;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws ServletException {
        throw new ServletException("nothing runs the page " + file
                + ": put Jasper on the class path, or add a servlet named jsp before the page");
    }
}
