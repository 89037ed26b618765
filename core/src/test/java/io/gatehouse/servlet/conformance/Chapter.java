/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.servlet.ServletApplicationBuilder;
import io.gatehouse.transport.TransportUnderTest;
import java.io.IOException;
import java.util.function.Consumer;

/** One chapter of the contract: an interface whose methods are tests. What they have at hand: */
interface Chapter {

    /** What carries the requests. */
    TransportUnderTest transport();

    /** The site that all tests share, with nothing but cases. */
    ContractSite site() throws IOException;

    /** A site that the tests of a chapter share, made by the first of them. */
    ContractSite site(Class<? extends Chapter> chapter, Consumer<ServletApplicationBuilder> application)
            throws IOException;

    /** A site of one test's own, to be closed by it. */
    ContractSite open(ServletApplicationBuilder... applications) throws IOException;

    /** Begins an application. */
    default ServletApplicationBuilder app(String contextPath) {
        return ServletApplication.builder().contextPath(contextPath);
    }

    /** Runs a case at {@code /app/case} of the shared site. */
    default Reply get(Case action) throws Exception {
        return site().run(action, "GET /app/case/path");
    }

    /** Runs a case with a request of these lines. */
    default Reply run(Case action, String... lines) throws Exception {
        return site().run(action, lines);
    }
}
