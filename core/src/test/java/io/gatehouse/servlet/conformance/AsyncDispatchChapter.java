/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 2.3.3.3 and 9.7: where a dispatch of an asynchronous request goes, and what a target finds there. */
interface AsyncDispatchChapter extends AsyncChapter {

    @Section("AsyncContext.dispatch")
    @Test
    default void withoutAPathItGoesToTheRequestsOwn() throws Exception {
        int[] times = new int[1];
        Reply reply = get((request, response) -> {
            response.getWriter().print(request.getDispatcherType() + " " + request.getRequestURI() + ";");
            if (times[0]++ == 0) {
                request.startAsync().dispatch();
            }
        });
        assertEquals("REQUEST /app/case/path;ASYNC /app/case/path;", reply.text());
    }

    @Section("AsyncContext.dispatch")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    default void afterAForwardItGoesBackOrStays(boolean named) throws Exception {
        Notes notes = new Notes();
        site().failing((request, response) -> {
            notes.add(request.getDispatcherType());
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                request.getRequestDispatcher("/target/x").forward(request, response);
            }
        }, (request, response) -> {
            notes.add("target:" + request.getDispatcherType());
            if (request.getDispatcherType() == DispatcherType.FORWARD) {
                (named ? request.startAsync(request, response) : request.startAsync()).dispatch();
            }
        }, "GET /app/case");
        notes.expect(named ? "REQUEST target:FORWARD target:ASYNC" : "REQUEST target:FORWARD ASYNC");
    }

    @Section("AsyncContext.dispatch")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    default void whereItStaysItHasTheForwardsQuery(boolean later) throws Exception {
        Notes notes = new Notes();
        site().run((request, response) ->
                request.getRequestDispatcher("/target/x%20y?a=2&b=3").forward(request, response), (request, response) -> {
            notes.add(request.getDispatcherType() + ":" + request.getRequestURI() + "?" + request.getQueryString() + ":"
                    + String.join(",", request.getParameterValues("a")) + ":" + request.getParameter("b"));
            if (request.getDispatcherType() == DispatcherType.FORWARD) {
                AsyncContext context = request.startAsync(request, response);
                if (later) {
                    context.start(context::dispatch);
                } else {
                    context.dispatch();
                }
            }
        }, "GET /app/case?a=1");
        notes.expect("FORWARD:/app/target/x%20y?a=2&b=3:2,1:3 ASYNC:/app/target/x%20y?a=2&b=3:2,1:3");
    }

    @Section("AsyncContext.dispatch")
    @Test
    default void aRequestsOwnQueryCountsOnce() throws Exception {
        int[] times = new int[1];
        Reply reply = run((request, response) -> {
            response.getWriter().print(request.getQueryString() + " " + request.getParameterValues("a").length + ";");
            if (times[0]++ == 0) {
                request.startAsync(request, response).dispatch();
            }
        }, "GET /app/case?a=1");
        assertEquals("a=1 1;a=1 1;", reply.text());
    }

    @Section("AsyncContext.dispatch(String)")
    @Test
    default void theTargetIsToldWhereItCameFrom() throws Exception {
        site().run((request, response) -> request.startAsync().dispatch("/target/info?t=2"), (request, response) -> {
            assertEquals("/app/target/info", request.getRequestURI());
            assertEquals("/target", request.getServletPath());
            assertEquals("/info", request.getPathInfo());
            assertEquals("t=2", request.getQueryString());
            assertEquals("2", request.getParameter("t"));
            assertEquals("1", request.getParameter("q"));
            assertEquals("/app/case/path", request.getAttribute(AsyncContext.ASYNC_REQUEST_URI));
            assertEquals("/app", request.getAttribute(AsyncContext.ASYNC_CONTEXT_PATH));
            assertEquals("/case", request.getAttribute(AsyncContext.ASYNC_SERVLET_PATH));
            assertEquals("/path", request.getAttribute(AsyncContext.ASYNC_PATH_INFO));
            assertEquals("q=1", request.getAttribute(AsyncContext.ASYNC_QUERY_STRING));
            assertNotNull(request.getAttribute(AsyncContext.ASYNC_MAPPING));
            assertEquals("target", request.getHttpServletMapping().getServletName());
        }, "GET /app/case/path?q=1");
    }

    @Section("AsyncContext.dispatch(ServletContext, String)")
    @Test
    default void aDispatchMayNameItsContext() throws Exception {
        site().run((request, response) -> request.startAsync().dispatch(request.getServletContext(), "/target/x"),
                (request, response) -> assertEquals("/x", request.getPathInfo()), "GET /app/case");
    }

    @Section("AsyncContext.dispatch")
    @Test
    default void thereIsOneDispatchToAStart() throws Exception {
        site().run((request, response) -> {
            AsyncContext context = request.startAsync();
            context.dispatch("/target/x");
            assertThrows(IllegalStateException.class, () -> context.dispatch("/target/y"));
            assertThrows(IllegalStateException.class, context::dispatch);
            assertThrows(IllegalStateException.class, context::complete);
        }, (request, response) -> assertEquals("/x", request.getPathInfo()), "GET /app/case");
    }

    @Section("AsyncContext.dispatch")
    @Test
    default void aDispatchKeepsBufferAndHead() throws Exception {
        Reply reply = site().run((request, response) -> {
            response.setHeader("X-A", "1");
            response.getWriter().print("kept ");
            request.startAsync().dispatch("/target/x");
        }, (request, response) -> response.getWriter().print("added"), "GET /app/case");
        assertEquals("kept added", reply.text());
        assertEquals("1", reply.field("X-A"));
    }

    @Section("AsyncContext.dispatch")
    @Test
    default void aDispatchAfterTheCommitIsLegal() throws Exception {
        assertEquals("sent added", site().run((request, response) -> {
            response.getWriter().print("sent ");
            response.flushBuffer();
            request.startAsync().dispatch("/target/x");
        }, (request, response) -> response.getWriter().print("added"), "GET /app/case").text());
    }

    @Section("AsyncContext.dispatch")
    @Test
    default void aDispatchIsDoneAfterTheReturn() throws Exception {
        Notes notes = new Notes();
        site().run((request, response) -> {
            request.startAsync().dispatch("/target/x");
            notes.add("returning");
        }, (request, response) -> notes.add("dispatched"), "GET /app/case");
        notes.expect("returning dispatched");
    }

    @Section("2.3.3.3")
    @Test
    default void theTargetMayStartAgain() throws Exception {
        Notes notes = new Notes();
        int[] times = new int[1];
        site().run((request, response) -> {
            AsyncContext context = request.startAsync();
            context.addListener(new Hearing(notes));
            context.dispatch("/target/x");
        }, (request, response) -> {
            if (times[0]++ < 2) {
                AsyncContext context = request.startAsync();
                context.addListener(new Hearing(notes, times[0] + ":", event -> { }));
                context.dispatch("/target/x");
            }
            response.getWriter().print(times[0]);
        }, "GET /app/case");
        notes.expect("start 1:start 2:complete");
    }

    @Section("2.3.3.3")
    @Test
    default void aTargetWithoutSupportEndsTheRequest() throws Exception {
        Notes notes = new Notes();
        Reply reply = site().run((request, response) -> {
            AsyncContext context = request.startAsync();
            context.addListener(new Hearing(notes));
            context.dispatch("/synctarget/x");
        }, (request, response) -> {
            assertFalse(request.isAsyncSupported());
            assertThrows(IllegalStateException.class, request::startAsync);
            response.getWriter().print("end");
        }, "GET /app/case");
        assertEquals("end", reply.text());
        notes.expect("complete");
    }

    @Section("ServletRequest.startAsync")
    @Test
    default void everyRoundHasTheSameContext() throws Exception {
        Notes notes = new Notes();
        AtomicReference<AsyncContext> first = new AtomicReference<>();
        site().run((request, response) -> {
            AsyncContext context = request.startAsync();
            first.set(context);
            context.setTimeout(77);
            context.addListener(new Hearing(notes, "forgotten:", event -> { }));
            context.addListener(new Hearing(notes, "again:", event -> {
                assertSame(context, event.getAsyncContext());
                event.getAsyncContext().addListener(new Hearing(notes, "added:", later -> { }));
            }));
            context.dispatch("/target/x");
        }, (request, response) -> {
            HttpServletRequestWrapper wrapped = new HttpServletRequestWrapper(request);
            AsyncContext context = request.startAsync(wrapped, response);
            assertSame(first.get(), context);
            assertSame(context, request.getAsyncContext());
            assertSame(wrapped, context.getRequest());
            assertFalse(context.hasOriginalRequestAndResponse());
            assertEquals(30_000, context.getTimeout());
            context.complete();
        }, "GET /app/case");
        notes.expect("forgotten:start again:start added:complete");
    }
}
