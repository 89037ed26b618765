/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chapter 9: forwards and includes. */
interface DispatchChapter extends Chapter {

    /** Forwards to the second part of the case. */
    private static Case forward(String path) {
        return (request, response) -> request.getRequestDispatcher(path).forward(request, response);
    }

    private static Case include(String path) {
        return (request, response) -> request.getRequestDispatcher(path).include(request, response);
    }

    private Reply run2(Case first, Case second) throws Exception {
        return site().run(first, second, "GET /app/case/path?q=1");
    }

    private static String attributes(HttpServletRequest request, String prefix) {
        StringBuilder out = new StringBuilder();
        for (String each : List.of("request_uri", "context_path", "servlet_path", "path_info", "query_string")) {
            out.append(request.getAttribute("jakarta.servlet." + prefix + "." + each)).append(' ');
        }
        HttpServletMapping mapping = (HttpServletMapping) request.getAttribute("jakarta.servlet." + prefix + ".mapping");
        return out.append(mapping == null ? null : mapping.getServletName()).toString();
    }

    @Section("9.1")
    @ParameterizedTest
    @CsvSource({"/target/a,/target/a", "/x.target,/x.target", "../target/a,/target/a", "/target/./b/../a,/target/a"})
    default void dispatchersAreFoundByPath(String path, String expected) throws Exception {
        run2(forward(path), (request, response) -> assertEquals(expected,
                request.getServletPath() + (request.getPathInfo() == null ? "" : request.getPathInfo())));
    }

    @Section("ServletRequest.getRequestDispatcher")
    @Test
    default void pathsOutsideLeadNowhere() throws Exception {
        get((request, response) -> {
            assertNull(request.getRequestDispatcher("/../x"));
            assertNull(request.getRequestDispatcher("../../../x"));
            assertNull(request.getRequestDispatcher(null));
            assertNull(request.getServletContext().getNamedDispatcher("none"));
            assertNull(request.getServletContext().getNamedDispatcher(null));
            assertNull(request.getServletContext().getRequestDispatcher(null));
        });
    }

    @Section("ServletContext.getRequestDispatcher")
    @Test
    default void thePathOfTheContextBeginsWithASlash() throws Exception {
        get((request, response) -> {
            assertNotNull(request.getServletContext().getRequestDispatcher("/target/a"));
            assertNull(request.getServletContext().getRequestDispatcher("target/a"));
        });
    }

    @Section("9.4")
    @Test
    default void aForwardIsSeenAsARequestToItsTarget() throws Exception {
        run2(forward("/target/info?t=2"), (request, response) -> {
            assertEquals(DispatcherType.FORWARD, request.getDispatcherType());
            assertEquals("/app/target/info", request.getRequestURI());
            assertEquals("http://test/app/target/info", request.getRequestURL().toString());
            assertEquals("/app", request.getContextPath());
            assertEquals("/target", request.getServletPath());
            assertEquals("/info", request.getPathInfo());
            assertEquals("t=2", request.getQueryString());
            assertEquals("target", request.getHttpServletMapping().getServletName());
        });
    }

    @Section("9.4.2")
    @Test
    default void aForwardTellsWhereItCameFrom() throws Exception {
        run2(forward("/target/info?t=2"), (request, response) ->
                assertEquals("/app/case/path /app /case /path q=1 case", attributes(request, "forward")));
    }

    @Section("9.4.2")
    @Test
    default void theOriginOfSeveralForwardsIsTheFirst() throws Exception {
        int[] depth = new int[1];
        run2(forward("/target/1?t=1"), (request, response) -> {
            assertEquals("/app/case/path /app /case /path q=1 case", attributes(request, "forward"));
            if (depth[0]++ == 0) {
                forward("/target/2?t=2").run(request, response);
            }
        });
        assertEquals(2, depth[0]);
    }

    @Section("9.4")
    @Test
    default void aForwardRestoresTheRequest() throws Exception {
        run2((request, response) -> {
            forward("/target/info?t=2").run(request, response);
            assertEquals("/app/case/path", request.getRequestURI());
            assertEquals("q=1", request.getQueryString());
            assertEquals("/case", request.getServletPath());
            assertEquals(DispatcherType.REQUEST, request.getDispatcherType());
            assertNull(request.getAttribute(RequestDispatcher.FORWARD_REQUEST_URI));
            assertNull(request.getParameter("t"));
        }, (request, response) -> assertEquals("2", request.getParameter("t")));
    }

    @Section("9.1.1")
    @Test
    default void theQueryOfADispatchComesFirst() throws Exception {
        for (boolean included : new boolean[] {false, true}) {
            String path = "/target/x?q=2&n=3";
            run2((request, response) -> {
                assertEquals("1", request.getParameter("q"));
                (included ? include(path) : forward(path)).run(request, response);
                assertEquals(List.of("1"), List.of(request.getParameterValues("q")));
                assertNull(request.getParameter("n"));
            }, (request, response) -> {
                assertEquals(List.of("2", "1"), List.of(request.getParameterValues("q")));
                assertEquals("3", request.getParameter("n"));
            });
        }
    }

    @Section("9.4")
    @Test
    default void aForwardClearsTheBufferAndEndsTheResponse() throws Exception {
        Reply reply = run2((request, response) -> {
            response.getWriter().print("cleared");
            forward("/target/x").run(request, response);
            assertTrue(response.isCommitted());
            response.getWriter().print("dropped");
        }, (request, response) -> response.getWriter().print("target"));
        assertEquals("target", reply.text());
    }

    @Section("9.4")
    @Test
    default void aForwardKeepsTheHead() throws Exception {
        Reply reply = run2((request, response) -> {
            response.setHeader("X-A", "1");
            response.setStatus(201);
            forward("/target/x").run(request, response);
        }, (request, response) -> response.setHeader("X-B", "2"));
        assertEquals(201, reply.status());
        assertEquals("1", reply.field("X-A"));
        assertEquals("2", reply.field("X-B"));
    }

    @Section("9.4")
    @Test
    default void aForwardAfterTheCommitIsRefused() throws Exception {
        get((request, response) -> {
            response.flushBuffer();
            assertThrows(IllegalStateException.class, () -> forward("/target/x").run(request, response));
        });
    }

    @Section("9.3")
    @Test
    default void anIncludeKeepsThePathAndTellsItsOwn() throws Exception {
        run2(include("/target/info?t=2"), (request, response) -> {
            assertEquals(DispatcherType.INCLUDE, request.getDispatcherType());
            assertEquals("/app/case/path", request.getRequestURI());
            assertEquals("/case", request.getServletPath());
            assertEquals("/path", request.getPathInfo());
            assertEquals("q=1", request.getQueryString());
            assertEquals("case", request.getHttpServletMapping().getServletName());
            assertEquals("/app/target/info /app /target /info t=2 target", attributes(request, "include"));
            assertNull(request.getAttribute(RequestDispatcher.FORWARD_REQUEST_URI));
        });
    }

    @Section("9.3")
    @Test
    default void anIncludeAddsToTheBody() throws Exception {
        Reply reply = run2((request, response) -> {
            response.getWriter().print("before ");
            include("/target/x").run(request, response);
            assertNull(request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI));
            assertEquals(DispatcherType.REQUEST, request.getDispatcherType());
            response.getWriter().print(" after");
        }, (request, response) -> response.getWriter().print("included"));
        assertEquals("before included after", reply.text());
    }

    @Section("9.3")
    @Test
    default void anIncludeChangesNothingOfTheHead() throws Exception {
        Reply reply = run2((request, response) -> {
            response.setHeader("X-A", "kept");
            response.setContentType("text/plain");
            include("/target/x").run(request, response);
            assertFalse(response.isCommitted());
        }, (request, response) -> {
            response.setStatus(500);
            response.setHeader("X-A", "changed");
            response.addHeader("X-A", "changed");
            response.addHeader("X-B", "added");
            response.setIntHeader("X-C", 1);
            response.setDateHeader("X-D", 1);
            response.addCookie(new Cookie("c", "1"));
            response.setContentType("text/html");
            response.setCharacterEncoding("UTF-8");
            response.setContentLength(1);
            response.setLocale(java.util.Locale.FRENCH);
            response.getWriter().print("included");
        });
        assertEquals(200, reply.status());
        assertEquals("included", reply.text());
        assertEquals("kept", reply.field("X-A"));
        assertTrue(reply.field("Content-Type").startsWith("text/plain"));
        for (String each : new String[] {"X-B", "X-C", "X-D", "Set-Cookie", "Content-Language"}) {
            assertFalse(reply.has(each), each);
        }
    }

    @Section("9.3")
    @Test
    default void anIncludeMayMakeTheSession() throws Exception {
        Reply reply = run2(include("/target/x"), (request, response) -> request.getSession().setAttribute("a", 1));
        assertNotNull(reply.session());
    }

    @Section("9.3")
    @Test
    default void anIncludeMayCommit() throws Exception {
        Reply reply = run2((request, response) -> {
            include("/target/x").run(request, response);
            assertTrue(response.isCommitted());
        }, (request, response) -> {
            response.getWriter().print("sent");
            response.flushBuffer();
        });
        assertEquals("sent", reply.text());
    }

    @Section("9.3")
    @Test
    default void includesNestAndRestore() throws Exception {
        int[] depth = new int[1];
        Reply reply = run2(include("/target/1"), (request, response) -> {
            if (depth[0]++ == 0) {
                assertEquals("/app/target/1", request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI));
                include("/target/2").run(request, response);
                assertEquals("/app/target/1", request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI));
                response.getWriter().print("outer");
            } else {
                assertEquals("/app/target/2", request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI));
                response.getWriter().print("inner ");
            }
        });
        assertEquals("inner outer", reply.text());
    }

    @Section("9.3")
    @Test
    default void aForwardInsideAnIncludeSeesNoInclude() throws Exception {
        int[] depth = new int[1];
        run2(include("/target/1"), (request, response) -> {
            if (depth[0]++ == 0) {
                forward("/target/2").run(request, response);
            } else {
                assertNull(request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI));
                assertEquals("/app/case/path", request.getAttribute(RequestDispatcher.FORWARD_REQUEST_URI));
            }
        });
    }

    @Section("9.1")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    default void aNamedDispatchKeepsThePath(boolean included) throws Exception {
        run2((request, response) -> {
            RequestDispatcher named = request.getServletContext().getNamedDispatcher("target");
            if (included) {
                named.include(request, response);
            } else {
                named.forward(request, response);
            }
        }, (request, response) -> {
            assertEquals("/app/case/path", request.getRequestURI());
            assertEquals("/case", request.getServletPath());
            assertEquals("/path", request.getPathInfo());
            assertEquals("case", request.getHttpServletMapping().getServletName());
            assertNull(request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI));
            assertNull(request.getAttribute(RequestDispatcher.FORWARD_REQUEST_URI));
            assertEquals(included ? DispatcherType.INCLUDE : DispatcherType.FORWARD, request.getDispatcherType());
        });
    }

    @Section("6.2.2")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    default void theTargetSeesTheWrappersThatWerePassed(boolean included) throws Exception {
        Object[] passed = new Object[2];
        run2((request, response) -> {
            passed[0] = new HttpServletRequestWrapper(request);
            passed[1] = new HttpServletResponseWrapper(response);
            RequestDispatcher dispatcher = request.getRequestDispatcher("/target/x");
            if (included) {
                dispatcher.include((HttpServletRequest) passed[0], (HttpServletResponseWrapper) passed[1]);
            } else {
                dispatcher.forward((HttpServletRequest) passed[0], (HttpServletResponseWrapper) passed[1]);
            }
        }, (request, response) -> {
            assertSame(passed[0], request);
            assertSame(passed[1], response);
        });
    }

    @Section("9.5")
    @ParameterizedTest
    @ValueSource(strings = {"java.io.IOException", "jakarta.servlet.ServletException", "java.lang.IllegalStateException"})
    default void whatTheTargetThrowsReachesTheCaller(Class<? extends Exception> type) throws Exception {
        Exception failure = type.getConstructor(String.class).newInstance("thrown");
        Notes notes = new Notes();
        site().failing((request, response) -> {
            for (Case each : List.of(include("/target/x"), forward("/target/x"))) {
                try {
                    each.run(request, response);
                } catch (Exception e) {
                    assertSame(failure, e);
                    notes.add("caught");
                }
            }
        }, (request, response) -> {
            throw failure;
        }, "GET /app/case");
        notes.expect("caught caught");
    }

    @Section("9.5")
    @Test
    default void includesOfMissingFilesThrow() throws Exception {
        run((request, response) -> assertThrows(IOException.class,
                () -> request.getRequestDispatcher("/no/such/file").include(request, response)), "GET /app/case");
    }

    @Section("9.4")
    @Test
    default void forwardsToMissingFilesAreNotFound() throws Exception {
        assertEquals(404, get(forward("/no/such/file")).status());
    }

    @Section("9.1")
    @Test
    default void attributesAreSharedWithTheTarget() throws Exception {
        run2((request, response) -> {
            request.setAttribute("a", 1);
            include("/target/x").run(request, response);
            assertEquals(2, request.getAttribute("a"));
        }, (request, response) -> {
            assertEquals(1, request.getAttribute("a"));
            request.setAttribute("a", 2);
        });
    }

    @Section("9.4")
    @Test
    default void aForwardWithoutAQueryKeepsTheOneThereIs() throws Exception {
        run2(forward("/target/x"), (request, response) -> assertEquals("q=1", request.getQueryString()));
    }

    @Section("ServletRequest.getRequestDispatcher")
    @Test
    default void encodedPathsAreDecodedOnce() throws Exception {
        run2(forward("/target/a%20b%25"), (request, response) -> {
            assertEquals("/a b%", request.getPathInfo());
            assertEquals("/app/target/a%20b%25", request.getRequestURI());
        });
    }

    @Section("9.1")
    @Test
    default void circlesEnd() throws Exception {
        Case circle = forward("/target/x");
        assertEquals(500, site().failing(circle, circle, "GET /app/case").status());
    }

    @Section("ServletContext.getContext")
    @Test
    default void theOwnContextIsFound() throws Exception {
        get((request, response) -> {
            assertSame(request.getServletContext(), request.getServletContext().getContext("/app"));
            assertSame(request.getServletContext(), request.getServletContext().getContext("/app/case"));
        });
    }
}
