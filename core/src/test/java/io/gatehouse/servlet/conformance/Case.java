/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** What a servlet of a test does with a request. */
interface Case {
    void run(HttpServletRequest request, HttpServletResponse response) throws Exception;

    /** What a filter of a test does. */
    interface Filtering {
        void run(HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws Exception;
    }

    /** A servlet that does it with every method. */
    static HttpServlet servlet(Case action) {
        return new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response)
                    throws ServletException, IOException {
                call(() -> action.run(request, response));
            }
        };
    }

    /** A servlet that writes a text. */
    static HttpServlet text(String text) {
        return servlet((request, response) -> response.getWriter().print(text));
    }

    /** A filter. */
    static Filter filter(Filtering action) {
        return new Filter() {
            @Override
            public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                    throws ServletException, IOException {
                call(() -> action.run((HttpServletRequest) request, (HttpServletResponse) response, chain));
            }
        };
    }

    /** Code that throws. */
    interface Throwing {
        void run() throws Exception;
    }

    private static void call(Throwing action) throws ServletException, IOException {
        try {
            action.run();
        } catch (ServletException | IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }
}
