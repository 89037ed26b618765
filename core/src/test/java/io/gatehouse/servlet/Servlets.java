/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Consumer;

/** Small servlets and applications for tests. */
final class Servlets {

    /** What a servlet does with a request. */
    interface Action {
        void run(HttpServletRequest request, HttpServletResponse response) throws Exception;
    }

    private Servlets() {}

    /** A servlet that does the same with every method. */
    static HttpServlet servlet(Action action) {
        return new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response)
                    throws ServletException, IOException {
                try {
                    action.run(request, response);
                } catch (ServletException | IOException | RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new ServletException(e);
                }
            }
        };
    }

    /** A servlet that writes a text. */
    static HttpServlet text(String text) {
        return servlet((request, response) -> response.getWriter().print(text));
    }

    /** A filter. */
    static Filter filter(FilterAction action) {
        return new Filter() {
            @Override
            public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                    throws ServletException, IOException {
                try {
                    action.run((HttpServletRequest) request, (HttpServletResponse) response, chain);
                } catch (ServletException | IOException | RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new ServletException(e);
                }
            }
        };
    }

    /** What a filter does. */
    interface FilterAction {
        void run(HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws Exception;
    }

    /** A deployed application with one servlet for everything. */
    static ServletApplication app(Action action) throws ServletException {
        return deployed(ServletApplication.builder().servlet("main", servlet(action), async(), "/*"));
    }

    static Consumer<ServletRegistration.Dynamic> async() {
        return registration -> registration.setAsyncSupported(true);
    }

    /** A deployed application, taken down by {@link Undeploy} after the test. */
    static ServletApplication deployed(ServletApplicationBuilder builder) throws ServletException {
        ServletApplication application = builder.build();
        application.deploy();
        Undeploy.later(application);
        return application;
    }
}
