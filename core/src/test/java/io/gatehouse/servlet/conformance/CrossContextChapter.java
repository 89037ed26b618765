/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatehouse.servlet.ServletApplicationBuilder;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;

/** Sections 4.1.3, 7.3 and 9: dispatches into another application, where both let each other in. */
interface CrossContextChapter extends Chapter {

    /** Where a request is, as it is told: context path, path, the context's own path, and whether its class loader is around. */
    private static String where(HttpServletRequest request) {
        ServletContext context = request.getServletContext();
        return request.getContextPath() + " " + request.getServletPath() + " " + request.getQueryString() + " "
                + context.getContextPath() + " " + request.getDispatcherType() + " "
                + (context.getClassLoader() == Thread.currentThread().getContextClassLoader());
    }

    private ContractSite site(Case one, Case two) throws Exception {
        return site(one, two, new Notes());
    }

    private ContractSite site(Case one, Case two, Notes notes) throws Exception {
        ClassLoader parent = CrossContextChapter.class.getClassLoader();
        ServletApplicationBuilder second = app("/two").crossContext(true).classLoader(new URLClassLoader(new URL[0], parent))
                .listener(new ServletRequestListener() {
                    @Override
                    public void requestInitialized(ServletRequestEvent event) {
                        notes.add("in:" + event.getServletContext().getContextPath());
                    }

                    @Override
                    public void requestDestroyed(ServletRequestEvent event) {
                        notes.add("out:" + event.getServletContext().getContextPath());
                    }
                })
                .servlet("two", Case.servlet(two), r -> r.setAsyncSupported(true), "/show", "/again", "/session");
        return open(app("/one").crossContext(true)
                .servlet("one", Case.servlet(one), r -> r.setAsyncSupported(true), "/*"), second);
    }

    @Section("ServletContext.getContext")
    @Test
    default void whoLetsNobodyInIsOutOfReach() throws Exception {
        try (ContractSite site = open(app("/one").crossContext(true).servlet("one", Case.servlet((request, response) -> {
            ServletContext own = request.getServletContext();
            assertNull(own.getContext("/app/case"));
            assertSame(own, own.getContext("/one/x"));
            AsyncContext async = request.startAsync();
            assertThrows(IllegalArgumentException.class, () -> async.dispatch(own.getContext("/app/case"), "/case"));
            async.complete();
        }), r -> r.setAsyncSupported(true), "/*"))) {
            assertEquals(200, site.ask("GET /one/").status());
            assertEquals(200, site.run((request, response) ->
                    assertNull(request.getServletContext().getContext("/one/")), "GET /app/case").status());
        }
    }

    @Section("9.4")
    @Test
    default void aForwardLeadsIntoTheOtherApplicationAndBack() throws Exception {
        Notes notes = new Notes();
        try (ContractSite site = site((request, response) -> {
            request.setAttribute("shared", "yes");
            request.getServletContext().getContext("/two").getRequestDispatcher("/show?b=2").forward(request, response);
            notes.add(where(request).replace(' ', ','));
        }, (request, response) -> response.getWriter().print(where(request) + " " + request.getParameter("b")
                + request.getParameter("a") + request.getAttribute("shared")
                + request.getAttribute(RequestDispatcher.FORWARD_CONTEXT_PATH)), notes)) {
            assertEquals("/two /show b=2 /two FORWARD true 21yes/one", site.ask("GET /one/x?a=1").text());
            notes.expect("in:/two out:/two /one,,a=1,/one,REQUEST,true");
        }
    }

    @Section("9.3")
    @Test
    default void anIncludeLeavesThePathAsItIs() throws Exception {
        try (ContractSite site = site((request, response) -> {
            response.getWriter().print("[");
            request.getServletContext().getContext("/two").getRequestDispatcher("/show").include(request, response);
            response.getWriter().print("] " + where(request));
        }, (request, response) -> response.getWriter().print(where(request) + " "
                + request.getAttribute(RequestDispatcher.INCLUDE_CONTEXT_PATH)
                + request.getAttribute(RequestDispatcher.INCLUDE_SERVLET_PATH)))) {
            assertEquals("[/one  null /two INCLUDE true /two/show] /one  null /one REQUEST true", site.ask("GET /one/x").text());
        }
    }

    @Section("AsyncContext.dispatch(ServletContext, String)")
    @Test
    default void anAsynchronousDispatchStaysThere() throws Exception {
        Notes notes = new Notes();
        try (ContractSite site = site((request, response) -> {
            ServletContext other = request.getServletContext().getContext("/two");
            AsyncContext async = request.startAsync();
            async.start(() -> async.dispatch(other, "/show?b=2"));
        }, (request, response) -> {
            response.getWriter().print(where(request) + ";");
            if (request.getServletPath().equals("/show")) {
                request.startAsync(request, response).dispatch("/again");
            }
        }, notes)) {
            assertEquals("/two /show b=2 /two ASYNC true;/two /again b=2 /two ASYNC true;", site.ask("GET /one/x").text());
            notes.expect("in:/two out:/two in:/two out:/two");
        }
    }

    @Section("7.3")
    @Test
    default void eachApplicationHasASessionOfItsOwn() throws Exception {
        try (ContractSite site = site((request, response) -> {
            String own = request.getSession().getId();
            request.getSession().setAttribute("in", "one");
            request.getServletContext().getContext("/two").getRequestDispatcher("/show").include(request, response);
            assertEquals(own, request.getSession().getId());
            assertEquals("one", request.getSession().getAttribute("in"));
        }, (request, response) -> {
            response.getWriter().print(request.getSession().getId() + " " + request.getSession().getAttribute("in"));
            request.getSession().setAttribute("in", "two");
        })) {
            Reply first = site.ask("GET /one/x");
            assertEquals(2, first.all("Set-Cookie").size(), first.all("Set-Cookie").toString());
            String[] second = first.text().split(" ");
            assertNotEquals(first.session(), second[0]);
            assertEquals("null", second[1]);
            assertEquals(second[0] + " two", site.ask("GET /two/session", "Cookie: JSESSIONID=" + second[0]).text());
            Reply both = site.ask("GET /one/x", "Cookie: JSESSIONID=" + first.session() + "; JSESSIONID=" + second[0]);
            assertEquals(second[0] + " two", both.text());
            assertFalse(both.has("Set-Cookie"));
        }
    }
}
