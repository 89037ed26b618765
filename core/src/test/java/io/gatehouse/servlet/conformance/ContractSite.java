/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.GatehouseBuilder;
import io.gatehouse.http.TargetRules;
import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.servlet.ServletApplicationBuilder;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.TransportUnderTest;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A whole server with applications, and a client that keeps its connection while it can. */
final class ContractSite implements AutoCloseable {

    /** A case and what became of it. */
    private record Call(Case action, CompletableFuture<Void> outcome) {
        static Call of(Case action) {
            return new Call(action, new CompletableFuture<>());
        }
    }

    /** Does what the test that is running says: the case, or its second part. */
    private final class Cases extends HttpServlet {
        private static final long serialVersionUID = 1;
        private final transient Map<String, Call> calls;

        Cases(Map<String, Call> calls) {
            this.calls = calls;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            Call call = calls.get(request.getHeader("X-Case"));
            if (call == null) {
                response.sendError(410, "no case of that number");
                return;
            }
            try {
                call.action().run(request, response);
                call.outcome().complete(null);
            } catch (Throwable t) {
                call.outcome().completeExceptionally(t);
                throwAs(t);
            }
        }
    }

    private final TransportUnderTest transport;
    private final Gatehouse gatehouse;
    private final Map<String, Call> firsts = new ConcurrentHashMap<>();
    private final Map<String, Call> seconds = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private Wire wire;
    private String before = "nothing";

    /**
     * Starts the applications, and one at {@code /app} in which {@link #run} runs its cases: the first at {@code /case/*},
     * the second at {@code /target/*}, {@code *.target}, and at {@code /sync/*} without asynchronous support.
     */
    ContractSite(TransportUnderTest transport, ServletApplicationBuilder... applications) throws IOException {
        this.transport = transport;
        Configuration configuration = Configuration.DEFAULTS
                .withEndpoints(transport.endpoints())
                .withLimits(Limits.DEFAULTS.withInFlight(64))
                .withTarget(TargetRules.STRICT.withPathParameters(true))
                .withOptions(Map.of(transport.provider().name(), transport.options()));
        GatehouseBuilder builder = Gatehouse.builder().configuration(configuration).transport(transport.provider());
        for (ServletApplicationBuilder each : applications) {
            builder.application(each.build());
        }
        Consumer<ServletRegistration.Dynamic> async = registration -> {
            registration.setAsyncSupported(true);
            registration.setMultipartConfig(new MultipartConfigElement("", 10_000, 20_000, 100));
        };
        builder.application(ServletApplication.builder().contextPath("/app").displayName("cases")
                .mimeType("thing", "application/x-thing")
                .servlet("case", new Cases(firsts), async, "/case/*")
                .servlet("target", new Cases(seconds), async, "/target/*", "*.target")
                .servlet("sync", new Cases(firsts), registration -> {}, "/sync/*")
                .servlet("sync target", new Cases(seconds), registration -> {}, "/synctarget/*")
                .build());
        gatehouse = builder.start();
    }

    /** A client of its own connection. */
    Wire connect() throws IOException {
        return new Wire(transport.connect(gatehouse.endpoints().get(0)));
    }

    /** Sends a message of lines, see {@link Wire#message}, on the connection that is kept, and reads the answer. */
    Reply ask(String... lines) throws IOException {
        if (wire == null) {
            wire = connect();
        }
        boolean fine = false;
        try {
            Reply reply = wire.ask(lines);
            before = lines[0];
            // Behind a body that is longer than what is drained, the connection may end without a word.
            fine = !wire.over() && lines[lines.length - 1].length() < 200_000;
            return reply;
        } catch (IOException e) {
            throw new IOException("the connection failed after " + before, e);
        } finally {
            if (!fine) {
                forget();
            }
        }
    }

    /** Sends a message to the case, and throws what the case threw. */
    Reply run(Case action, String... lines) throws Exception {
        return run(action, null, lines);
    }

    /** Sends a message to the case, which leads to a second part of it; throws what one of them threw. */
    Reply run(Case action, Case second, String... lines) throws Exception {
        String number = number(action, second);
        Reply reply = ask(numbered(number, lines));
        await(firsts.get(number), reply);
        if (second != null) {
            await(seconds.get(number), reply);
        }
        return reply;
    }

    /** The same for a case that is expected to throw. */
    Reply failing(Case action, Case second, String... lines) throws Exception {
        String number = number(action, second);
        return ask(numbered(number, lines));
    }

    /** The field that leads to a case, for requests that a test sends itself. */
    String caseField(Case action) {
        return "X-Case: " + number(action, null);
    }

    private String number(Case action, Case second) {
        String number = Integer.toString(numbers.incrementAndGet());
        firsts.put(number, Call.of(action));
        if (second != null) {
            seconds.put(number, Call.of(second));
        }
        return number;
    }

    private static String[] numbered(String number, String... lines) {
        String[] all = new String[lines.length + 1];
        all[0] = lines[0];
        all[1] = "X-Case: " + number;
        System.arraycopy(lines, 1, all, 2, lines.length - 1);
        return all;
    }

    /** Waits for a case, for as long as it may still be running behind its answer. */
    private static void await(Call call, Reply reply) throws Exception {
        try {
            call.outcome().get(reply.status() < 400 ? 30 : 2, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError wrong) {
                throw wrong;
            }
            throw new AssertionError("the case threw " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("the case was not run: " + reply.status() + " " + reply.text(), e);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void throwAs(Throwable failure) throws T {
        throw (T) failure;
    }

    private void forget() throws IOException {
        if (wire != null) {
            wire.close();
            wire = null;
        }
    }

    @Override
    public void close() throws IOException {
        forget();
        gatehouse.close();
    }

    @Override
    public String toString() {
        return "site on " + transport.provider().name() + " at " + Arrays.toString(gatehouse.endpoints().toArray());
    }
}
