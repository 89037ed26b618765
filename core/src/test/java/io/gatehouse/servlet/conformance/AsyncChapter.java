/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Section 2.3.3.3: asynchronous requests. */
interface AsyncChapter extends Chapter {

    /** Notes what it hears, and does something then. */
    final class Hearing implements AsyncListener {
        private final Notes notes;
        private final String name;
        private final Consumer<AsyncEvent> then;

        Hearing(Notes notes, String name, Consumer<AsyncEvent> then) {
            this.notes = notes;
            this.name = name;
            this.then = then;
        }

        Hearing(Notes notes) {
            this(notes, "", event -> { });
        }

        private void heard(String what, AsyncEvent event) {
            notes.add(name + what);
            then.accept(event);
        }

        @Override
        public void onComplete(AsyncEvent event) {
            notes.add(name + "complete");
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            heard("timeout", event);
        }

        @Override
        public void onError(AsyncEvent event) {
            heard("error", event);
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            heard("start", event);
        }
    }

    @Section("ServletRequest.startAsync")
    @Test
    default void theResponseStaysOpenUntilComplete() throws Exception {
        Reply reply = get((request, response) -> {
            AsyncContext context = request.startAsync();
            context.start(() -> {
                try {
                    context.getResponse().getWriter().print("later");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                context.complete();
            });
        });
        assertEquals("later", reply.text());
    }

    @Section("ServletRequest.isAsyncStarted")
    @Test
    default void itIsStartedUntilTheDispatchReturns() throws Exception {
        get((request, response) -> {
            assertFalse(request.isAsyncStarted());
            assertTrue(request.isAsyncSupported());
            AsyncContext context = request.startAsync();
            assertTrue(request.isAsyncStarted());
            context.complete();
            assertTrue(request.isAsyncStarted());
        });
    }

    @Section("ServletRequest.isAsyncStarted")
    @Test
    default void theTargetOfADispatchIsNotStarted() throws Exception {
        site().run((request, response) -> {
            request.startAsync().dispatch("/target/x");
            assertTrue(request.isAsyncStarted());
        }, (request, response) -> {
            assertFalse(request.isAsyncStarted());
            assertEquals(DispatcherType.ASYNC, request.getDispatcherType());
            assertNotNull(request.getAsyncContext());
        }, "GET /app/case");
    }

    @Section("ServletRequest.getAsyncContext")
    @Test
    default void theContextIsTheOneThatStarted() throws Exception {
        get((request, response) -> {
            assertThrows(IllegalStateException.class, request::getAsyncContext);
            AsyncContext context = request.startAsync();
            assertSame(context, request.getAsyncContext());
            assertSame(request, context.getRequest());
            assertSame(response, context.getResponse());
            assertTrue(context.hasOriginalRequestAndResponse());
            context.complete();
        });
    }

    @Section("AsyncContext.getRequest")
    @Test
    default void wrappersAreKept() throws Exception {
        get((request, response) -> {
            HttpServletRequest wrapped = new HttpServletRequestWrapper(request);
            HttpServletResponseWrapper out = new HttpServletResponseWrapper(response);
            AsyncContext context = request.startAsync(wrapped, out);
            assertSame(wrapped, context.getRequest());
            assertSame(out, context.getResponse());
            assertFalse(context.hasOriginalRequestAndResponse());
            context.complete();
        });
        get((request, response) -> {
            AsyncContext context = request.startAsync(request, response);
            assertTrue(context.hasOriginalRequestAndResponse());
            context.complete();
        });
    }

    @Section("AsyncContext.getRequest")
    @Test
    default void requestAndResponseAreOutOfReachAfterComplete() throws Exception {
        get((request, response) -> {
            AsyncContext context = request.startAsync();
            context.complete();
            assertThrows(IllegalStateException.class, context::getRequest);
            assertThrows(IllegalStateException.class, context::getResponse);
        });
    }

    @Section("ServletRequest.startAsync")
    @Test
    default void aSecondStartInOneDispatchIsRefused() throws Exception {
        get((request, response) -> {
            AsyncContext context = request.startAsync();
            assertThrows(IllegalStateException.class, request::startAsync);
            context.complete();
            assertThrows(IllegalStateException.class, request::startAsync);
        });
    }

    @Section("ServletRequest.startAsync")
    @Test
    default void aServletThatDoesNotSupportItCanNotStart() throws Exception {
        run((request, response) -> {
            assertFalse(request.isAsyncSupported());
            assertThrows(IllegalStateException.class, request::startAsync);
        }, "GET /app/sync");
    }

    @Section("2.3.3.3")
    @Test
    default void aFilterThatDoesNotSupportItDisablesIt() throws Exception {
        Notes notes = new Notes();
        try (ContractSite site = open(app("/filtered").filter("f", Case.filter((request, response, chain) -> {
            notes.add(request.isAsyncSupported());
            chain.doFilter(request, response);
        }), r -> r.addMappingForUrlPatterns(null, true, "/*")).servlet("main", Case.servlet((request, response) ->
                notes.add(request.isAsyncSupported())), r -> r.setAsyncSupported(true), "/*"))) {
            site.ask("GET /filtered/");
            notes.expect("false false");
        }
    }

    @Section("ServletRequest.startAsync")
    @Test
    default void aClosedResponseCanNotStart() throws Exception {
        get((request, response) -> {
            response.getWriter().close();
            assertThrows(IllegalStateException.class, request::startAsync);
        });
    }

    @Section("AsyncContext.getTimeout")
    @Test
    default void theTimeoutIsThirtySecondsUnlessSet() throws Exception {
        get((request, response) -> {
            AsyncContext context = request.startAsync();
            assertEquals(30_000, context.getTimeout());
            context.setTimeout(17);
            assertEquals(17, context.getTimeout());
            context.setTimeout(0);
            assertEquals(0, context.getTimeout());
            context.complete();
        });
    }

    @Section("AsyncContext.setTimeout")
    @Test
    default void settingsComeTooLateAfterTheReturn() throws Exception {
        AtomicReference<AsyncContext> kept = new AtomicReference<>();
        Notes notes = new Notes();
        try (Wire wire = site().connect()) {
            wire.send(Wire.message("GET /app/case", site().caseField((request, response) -> {
                kept.set(request.startAsync());
                response.getWriter().print("x");
                response.flushBuffer();
            })));
            wire.raw(10);
            AsyncContext context = kept.get();
            while (true) {
                // The dispatch returns soon after the flush: until then, a setting is allowed.
                try {
                    context.setTimeout(60_000);
                    Thread.onSpinWait();
                } catch (IllegalStateException e) {
                    break;
                }
            }
            assertThrows(IllegalStateException.class, () -> context.addListener(new Hearing(notes)));
            context.complete();
        }
    }

    @Section("AsyncContext.complete")
    @Test
    default void completeIsOnce() throws Exception {
        Notes notes = new Notes();
        AtomicReference<AsyncContext> kept = new AtomicReference<>();
        get((request, response) -> {
            AsyncContext context = request.startAsync();
            kept.set(context);
            context.addListener(new Hearing(notes));
            context.complete();
            assertThrows(IllegalStateException.class, context::complete);
            notes.add("returning");
        });
        notes.expect("returning complete");
        assertThrows(IllegalStateException.class, () -> kept.get().complete());
    }

    @Section("AsyncContext.start")
    @Test
    default void workRunsOnAnotherThread() throws Exception {
        AtomicReference<Thread> thread = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        get((request, response) -> {
            thread.set(Thread.currentThread());
            AsyncContext context = request.startAsync();
            context.start(() -> {
                assertNotSame(thread.get(), Thread.currentThread());
                context.complete();
                done.countDown();
            });
        });
        assertTrue(done.await(30, TimeUnit.SECONDS));
    }

    @Section("AsyncListener.onComplete")
    @Test
    default void listenersHearInOrder() throws Exception {
        Notes notes = new Notes();
        get((request, response) -> {
            AsyncContext context = request.startAsync();
            for (int i = 0; i < 3; i++) {
                context.addListener(new Hearing(notes, i + ":", event -> { }));
            }
            context.complete();
        });
        notes.expect("0:complete 1:complete 2:complete");
    }

    @Section("AsyncContext.addListener")
    @Test
    default void anEventCarriesWhatWasPassed() throws Exception {
        AtomicReference<AsyncEvent> event = new AtomicReference<>();
        Object[] passed = new Object[3];
        CountDownLatch heard = new CountDownLatch(1);
        get((request, response) -> {
            passed[0] = new HttpServletRequestWrapper(request);
            passed[1] = new HttpServletResponseWrapper(response);
            AsyncContext context = request.startAsync();
            passed[2] = context;
            context.addListener(new AsyncListener() {
                @Override
                public void onComplete(AsyncEvent told) {
                    event.set(told);
                    heard.countDown();
                }

                @Override
                public void onTimeout(AsyncEvent told) {}

                @Override
                public void onError(AsyncEvent told) {}

                @Override
                public void onStartAsync(AsyncEvent told) {}
            }, (HttpServletRequest) passed[0], (HttpServletResponseWrapper) passed[1]);
            context.complete();
        });
        assertTrue(heard.await(30, TimeUnit.SECONDS));
        assertSame(passed[0], event.get().getSuppliedRequest());
        assertSame(passed[1], event.get().getSuppliedResponse());
        assertSame(passed[2], event.get().getAsyncContext());
        assertNull(event.get().getThrowable());
    }

    @Section("AsyncContext.createListener")
    @Test
    default void listenersAreMadeOfTheirClass() throws Exception {
        get((request, response) -> {
            AsyncContext context = request.startAsync();
            assertNotNull(context.createListener(Made.class));
            assertThrows(jakarta.servlet.ServletException.class, () -> context.createListener(Hearing.class));
            context.complete();
        });
    }

    /** A listener with a constructor of no argument. */
    class Made implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
