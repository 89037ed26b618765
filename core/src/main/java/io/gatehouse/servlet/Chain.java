/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.FilterChain;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.UnavailableException;
import java.io.IOException;
import java.util.List;

/** The filters of one dispatch and, behind them, the servlet (Servlet 6.1 section 6.2.3). Belongs to one request. */
final class Chain implements FilterChain {

    private final List<FilterDefinition> filters;
    private final ServletInstance servlet;
    private final AppRequest request;
    private int next;

    Chain(List<FilterDefinition> filters, ServletInstance servlet, AppRequest request) {
        this.filters = filters;
        this.servlet = servlet;
        this.request = request;
    }

    @Override
    public void doFilter(ServletRequest passed, ServletResponse response) throws IOException, ServletException {
        if (next < filters.size()) {
            FilterDefinition filter = filters.get(next++);
            boolean async = request.asyncSupportedHere();
            request.asyncSupportedHere(async && filter.asyncSupported());
            try {
                filter.filter().doFilter(passed, response, this);
            } finally {
                // A filter may call the rest of the chain again, to try once more.
                next--;
                request.asyncSupportedHere(async);
            }
            return;
        }
        service(passed, response);
    }

    private void service(ServletRequest passed, ServletResponse response) throws IOException, ServletException {
        boolean async = request.asyncSupportedHere();
        boolean entered = false;
        try {
            Servlet instance = servlet.acquire();
            entered = true;
            request.asyncSupportedHere(async && servlet.asyncSupported());
            instance.service(passed, response);
        } catch (UnavailableException e) {
            // It passes through every servlet that forwards or includes: only the innermost is meant.
            if (request.run().charge(e) && entered) {
                servlet.unavailable(e);
            }
            throw e;
        } finally {
            request.asyncSupportedHere(async);
            if (entered) {
                servlet.release();
            }
        }
    }
}
