/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.ServletApplicationBuilder;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 10.9: error pages by status, by exception and by default. */
interface ErrorPageChapter extends Chapter {

    /** An application that fails as it is asked to. */
    private static ServletApplicationBuilder failing(ServletApplicationBuilder app) {
        Case page = (request, response) -> response.getWriter().print(request.getServletPath() + " " + describe(request));
        return app.contextPath("/err")
                .servlet("page", Case.servlet(page), r -> r.setAsyncSupported(true), "/404", "/io", "/state", "/default", "/servlet")
                .servlet("broken page", Case.servlet((request, response) -> {
                    throw new IllegalStateException("page broken");
                }), "/brokenpage")
                .servlet("slash", Case.servlet((request, response) -> response.sendError(404)), "/sendagain")
                .servlet("main", Case.servlet((request, response) -> {
                    response.getWriter().print("cleared");
                    switch (String.valueOf(request.getParameter("how"))) {
                        case "404" -> response.sendError(404, "message <b>");
                        case "403" -> response.sendError(403);
                        case "418" -> response.sendError(418);
                        case "419" -> response.sendError(419);
                        case "io" -> throw new IOException("secret");
                        case "file" -> throw new FileNotFoundException("secret");
                        case "state" -> throw new IllegalStateException("secret");
                        case "number" -> throw new NumberFormatException("secret");
                        case "error" -> throw new StackOverflowError("secret");
                        case "wrapped" -> throw new ServletException("outer", new IllegalStateException("secret"));
                        case "servlet" -> throw new ServletException("secret");
                        case "gone" -> throw new UnavailableException("later", 9);
                        case "include" -> request.getRequestDispatcher("/x?how=state").include(request, response);
                        case "status" -> response.setStatus(404);
                        default -> { }
                    }
                }), "/x", "/y/*");
    }

    private static String describe(HttpServletRequest request) {
        Throwable thrown = (Throwable) request.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
        Class<?> type = (Class<?>) request.getAttribute(RequestDispatcher.ERROR_EXCEPTION_TYPE);
        return request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) + "|"
                + request.getAttribute(RequestDispatcher.ERROR_MESSAGE) + "|"
                + (thrown == null ? null : thrown.getClass().getSimpleName()) + "|"
                + (type == null ? null : type.getSimpleName()) + "|"
                + request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) + "|"
                + request.getAttribute(RequestDispatcher.ERROR_SERVLET_NAME) + "|"
                + request.getAttribute(RequestDispatcher.ERROR_QUERY_STRING) + "|"
                + request.getAttribute(RequestDispatcher.ERROR_METHOD) + "|"
                + request.getDispatcherType() + "|" + request.getMethod();
    }

    private ContractSite site1() throws Exception {
        return site(ErrorPageChapter.class, app -> failing(app).errorPage(404, "/404").errorPage(418, "/brokenpage")
                .errorPage(419, "/sendagain")
                .errorPage(IOException.class, "/io").errorPage(IllegalStateException.class, "/state")
                .errorPage("/default"));
    }

    @Section("10.9.2")
    @ParameterizedTest
    @CsvSource({
        "404,404,/404 404|message <b>|null|null|/err/x|main|how=404|GET|ERROR|GET",
        "403,403,/default 403||null|null|/err/x|main|how=403|GET|ERROR|GET",
        "io,500,/io 500|secret|IOException|IOException|/err/x|main|how=io|GET|ERROR|GET",
        "file,500,/io 500|secret|FileNotFoundException|FileNotFoundException|/err/x|main|how=file|GET|ERROR|GET",
        "state,500,/state 500|secret|IllegalStateException|IllegalStateException|/err/x|main|how=state|GET|ERROR|GET",
        "number,500,/default 500|secret|NumberFormatException|NumberFormatException|/err/x|main|how=number|GET|ERROR|GET",
        "error,500,/default 500|secret|StackOverflowError|StackOverflowError|/err/x|main|how=error|GET|ERROR|GET",
        "wrapped,500,/state 500|secret|IllegalStateException|IllegalStateException|/err/x|main|how=wrapped|GET|ERROR|GET",
        "servlet,500,/default 500|secret|ServletException|ServletException|/err/x|main|how=servlet|GET|ERROR|GET",
        "include,500,/state 500|secret|IllegalStateException|IllegalStateException|/err/x|main|how=include|GET|ERROR|GET",
    })
    default void thePageOfTheErrorIsFound(String how, int status, String expected) throws Exception {
        Reply reply = site1().ask("GET /err/x?how=" + how);
        assertEquals(status, reply.status());
        assertEquals(expected, reply.text());
    }

    @Section("10.9.2")
    @Test
    default void theMethodOfAnErrorDispatchIsGetAndTheFirstOneIsTold() throws Exception {
        Reply reply = site1().ask("POST /err/x?how=404", "", "body");
        assertTrue(reply.text().endsWith("|POST|ERROR|GET"), reply.text());
    }

    @Section("10.9.2")
    @Test
    default void missingPathsHaveTheirPage() throws Exception {
        Reply reply = site1().ask("GET /err/none/such");
        assertEquals(404, reply.status());
        assertTrue(reply.text().startsWith("/404 404|"), reply.text());
    }

    @Section("10.9.2")
    @Test
    default void aStatusThatWasOnlySetHasNoPage() throws Exception {
        Reply reply = site1().ask("GET /err/x?how=status");
        assertEquals(404, reply.status());
        assertEquals("cleared", reply.text());
    }

    @Section("10.9.2")
    @Test
    default void aPageThatFailsIsAPlainError() throws Exception {
        Reply reply = site1().ask("GET /err/x?how=418");
        assertEquals(500, reply.status());
        assertFalse(reply.text().contains("broken"), reply.text());
    }

    @Section("10.9.2")
    @Test
    default void aPageThatSendsAnErrorIsNoCircle() throws Exception {
        assertEquals(404, site1().ask("GET /err/x?how=419").status());
    }

    @Section("10.9.2")
    @Test
    default void anErrorOfAHeadHasThePagesHead() throws Exception {
        Reply reply = site1().ask("HEAD /err/x?how=404");
        assertEquals(404, reply.status());
        assertEquals(0, reply.body().length);
    }

    @Section("2.3.3.2")
    @Test
    default void anUnavailableServletTellsWhenToComeBack() throws Exception {
        try (ContractSite site = open(failing(app("/err")))) {
            Reply reply = site.ask("GET /err/x?how=gone");
            assertEquals(503, reply.status());
            assertEquals("9", reply.field("Retry-After"));
            assertEquals(503, site.ask("GET /err/x").status());
        }
    }

    @Section("2.3.3.2")
    @Test
    default void aServletThatIsGoneForGoodIsNotFound() throws Exception {
        Notes notes = new Notes();
        jakarta.servlet.http.HttpServlet servlet = new jakarta.servlet.http.HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, jakarta.servlet.http.HttpServletResponse response)
                    throws ServletException {
                throw new UnavailableException("for good");
            }

            @Override
            public void destroy() {
                notes.add("destroy");
            }
        };
        try (ContractSite site = open(app("/gone").servlet("main", servlet, "/*"))) {
            assertEquals(404, site.ask("GET /gone/").status());
            assertEquals(404, site.ask("GET /gone/").status());
            notes.expect("destroy");
        }
        notes.expect("destroy");
    }

    @Section("10.9.1")
    @Test
    default void attributesAreGoneInTheNextRequest() throws Exception {
        site1().ask("GET /err/x?how=404");
        get((request, response) -> assertEquals(null, request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE)));
    }

    @Section("10.9.2")
    @ParameterizedTest
    @ValueSource(strings = {"filter", "listener"})
    default void whatAFilterOrAListenerThrowsHasItsPage(String which) throws Exception {
        ServletApplicationBuilder app = app("/other").errorPage(IllegalStateException.class, "/page")
                .servlet("page", Case.text("the page"), "/page").servlet("main", Case.text("never"), "/x");
        if (which.equals("filter")) {
            app.filter("f", Case.filter((request, response, chain) -> {
                throw new IllegalStateException("filter");
            }), r -> r.addMappingForUrlPatterns(null, true, "/x"));
        } else {
            app.listener(new jakarta.servlet.ServletRequestListener() {
                @Override
                public void requestInitialized(jakarta.servlet.ServletRequestEvent event) {
                    throw new IllegalStateException("listener");
                }
            });
        }
        try (ContractSite site = open(app)) {
            Reply reply = site.ask("GET /other/x");
            assertEquals(500, reply.status());
            assertEquals("the page", reply.text());
        }
    }
}
