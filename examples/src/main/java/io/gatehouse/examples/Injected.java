/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import io.gatehouse.Gatehouse;
import io.gatehouse.GatehouseBuilder;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.jvnet.hk2.annotations.Service;

/** A servlet that is given as a class: HK2 makes it, and injects what it asks for. */
public final class Injected {

    private Injected() {}

    /** A service like any other of HK2's: there is one, and whoever asks for it gets that. */
    @Service
    public static final class Visitors {
        private final AtomicLong count = new AtomicLong();

        /** Counts one more. */
        long next() {
            return count.incrementAndGet();
        }
    }

    /** Says which visitor this is. */
    // README:injected
    public static final class VisitorServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final transient Visitors visitors;

        @Inject
        public VisitorServlet(Visitors visitors) {
            this.visitors = visitors;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("text/plain");
            response.getWriter().print("visitor " + visitors.next());
        }
    }
    // README:end

    /** Serves until the process is ended. */
    public static void main(String[] args) throws Exception {
        try (Gatehouse gatehouse = builder().start()) {
            gatehouse.join();
        }
    }

    /** With HK2 on the class path Gatehouse makes a locator of its own, unless it is handed one. */
    static GatehouseBuilder builder() {
        return Gatehouse.builder().servlet("/visitors", VisitorServlet.class);
    }
}
