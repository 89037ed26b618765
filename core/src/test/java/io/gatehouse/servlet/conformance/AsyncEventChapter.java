/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.ServletApplicationBuilder;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Section 2.3.3.3, its events: timeouts, errors, peers that leave, and completes that race. */
interface AsyncEventChapter extends AsyncChapter {

    @Section("2.3.3.3 timeout")
    @Test
    default void aTimeoutThatNobodyHandlesIsAnError() throws Exception {
        Notes notes = new Notes();
        Reply reply = get((request, response) -> {
            AsyncContext context = request.startAsync();
            context.setTimeout(1);
            context.addListener(new Hearing(notes));
        });
        assertEquals(500, reply.status());
        notes.expect("timeout complete");
    }

    @Section("2.3.3.3 timeout")
    @Test
    default void aListenerMayCompleteATimeout() throws Exception {
        Notes notes = new Notes();
        Reply reply = get((request, response) -> {
            AsyncContext context = request.startAsync();
            context.setTimeout(1);
            response.getWriter().print("in time");
            context.addListener(new Hearing(notes, "", event -> event.getAsyncContext().complete()));
        });
        assertEquals("in time", reply.text());
        notes.expect("timeout complete");
    }

    @Section("2.3.3.3 timeout")
    @Test
    default void aListenerMayDispatchATimeout() throws Exception {
        Notes notes = new Notes();
        Reply reply = site().run((request, response) -> {
            AsyncContext context = request.startAsync();
            context.setTimeout(1);
            context.addListener(new Hearing(notes, "", event -> event.getAsyncContext().dispatch("/target/x")));
        }, (request, response) -> response.getWriter().print("target"), "GET /app/case");
        assertEquals("target", reply.text());
        notes.expect("timeout complete");
    }

    @Section("2.3.3.3 timeout")
    @Test
    default void aListenerThatThrowsHarmsNoOther() throws Exception {
        Notes notes = new Notes();
        Reply reply = get((request, response) -> {
            AsyncContext context = request.startAsync();
            context.setTimeout(1);
            context.addListener(new Hearing(notes, "1:", event -> {
                throw new IllegalStateException("broken");
            }));
            context.addListener(new Hearing(notes, "2:", event -> event.getAsyncContext().complete()));
        });
        assertEquals(200, reply.status());
        notes.expect("1:timeout 2:timeout 1:complete 2:complete");
    }

    private ServletApplicationBuilder pages() {
        return app("/pages").errorPage("/error").servlet("error", Case.servlet((request, response) -> {
            Throwable cause = (Throwable) request.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
            response.getWriter().print("page " + request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) + " "
                    + (cause == null ? null : cause.getMessage()));
        }), r -> r.setAsyncSupported(true), "/error");
    }

    @Section("2.3.3.3 timeout")
    @Test
    default void aTimeoutGoesToTheErrorPage() throws Exception {
        try (ContractSite site = open(pages().servlet("main", Case.servlet((request, response) ->
                request.startAsync().setTimeout(1)), r -> r.setAsyncSupported(true), "/*"))) {
            Reply reply = site.ask("GET /pages/");
            assertEquals(500, reply.status());
            assertTrue(reply.text().startsWith("page 500"), reply.text());
        }
    }

    @Section("2.3.3.3 errors")
    @Test
    default void anErrorInADispatchIsToldAndGoesToTheErrorPage() throws Exception {
        Notes notes = new Notes();
        try (ContractSite site = open(pages().servlet("main", Case.servlet((request, response) -> {
            AsyncContext context = request.startAsync();
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                context.addListener(new Hearing(notes));
                throw new IllegalStateException("thrown");
            }
            context.dispatch();
        }), r -> r.setAsyncSupported(true), "/*"))) {
            Reply reply = site.ask("GET /pages/");
            assertEquals(500, reply.status());
            assertEquals("page 500 thrown", reply.text());
            notes.expect("error complete");
        }
    }

    @Section("2.3.3.3 errors")
    @Test
    default void aListenerMayCompleteAnError() throws Exception {
        Notes notes = new Notes();
        Reply reply = site().failing((request, response) -> {
            AsyncContext context = request.startAsync();
            context.addListener(new Hearing(notes, "", event -> {
                assertEquals("thrown", event.getThrowable().getMessage());
                try {
                    event.getAsyncContext().getResponse().getWriter().print("handled");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                event.getAsyncContext().complete();
            }));
            throw new IllegalStateException("thrown");
        }, null, "GET /app/case");
        assertEquals("handled", reply.text());
        notes.expect("error complete");
    }

    @Section("HttpServletResponse.sendError")
    @Test
    default void anErrorThatIsSentWhileAsynchronousGetsItsPage() throws Exception {
        try (ContractSite site = open(pages().servlet("main", Case.servlet((request, response) -> {
            AsyncContext context = request.startAsync();
            context.start(() -> {
                try {
                    response.sendError(418, "teapot");
                    context.complete();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }), r -> r.setAsyncSupported(true), "/*"))) {
            Reply reply = site.ask("GET /pages/");
            assertEquals(418, reply.status());
            assertEquals("page 418 null", reply.text());
        }
    }

    @Section("2.3.3.3 errors")
    @Test
    default void aPeerThatLeavesIsAnError() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = site().connect()) {
            wire.send(Wire.message("GET /app/case", site().caseField((request, response) -> {
                AsyncContext context = request.startAsync();
                context.setTimeout(0);
                context.addListener(new Hearing(notes));
                response.getWriter().print("x");
                response.flushBuffer();
            })));
            wire.raw(1);
            wire.peer().reset();
            notes.expect("error complete");
        }
    }

    @Section("2.3.3.3 thread safety")
    @Test
    default void ofManyCompletesOneWins() throws Exception {
        for (int i = 0; i < 20; i++) {
            Notes notes = new Notes();
            Notes heard = new Notes();
            get((request, response) -> {
                AsyncContext context = request.startAsync();
                context.addListener(new Hearing(heard));
                for (int t = 0; t < 4; t++) {
                    context.start(() -> {
                        try {
                            context.complete();
                            notes.add("won");
                        } catch (IllegalStateException e) {
                            notes.add("late");
                        }
                    });
                }
            });
            while (notes.toString().split(" ").length < 4) {
                Thread.onSpinWait();
            }
            assertEquals(1, notes.toString().split("won", -1).length - 1);
            heard.expect("complete");
        }
    }
}
