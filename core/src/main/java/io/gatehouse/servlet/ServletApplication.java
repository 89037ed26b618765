/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One servlet application: one {@code ServletContext} with its servlets, filters, listeners and sessions (Jakarta
 * Servlet
 * 6.1), as a handler among others.
 *
 * <pre>
 *   BUILT ──deploy──► SERVING ──undeploy──► STOPPED
 *     │ deploy fails: all that was initialised is destroyed
 *     └──────────────────────────────────────► STOPPED
 * </pre>
 *
 * <p>It is deployed while the ports are closed, answers while they are open, and is undeployed last. It can be
 * mounted at
 * several prefixes: paths are computed from the request's path and the one context path, not from the prefix.
 */
public final class ServletApplication implements AsyncHandler {

    private enum State { BUILT, SERVING, STOPPED }

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    private final ServletApplicationBuilder settings;
    private final Map<String, Object> attributes = new ConcurrentHashMap<>();
    private final InFlight inFlight = new InFlight();
    private final AtomicReference<State> state = new AtomicReference<>(State.BUILT);
    private final @Nullable Admission admission;
    private volatile @Nullable Deployment deployment;

    ServletApplication(ServletApplicationBuilder settings) {
        this.settings = settings;
        Isolation isolation = settings.limits.isolation();
        this.admission = isolation.apart() ? new Admission(isolation, settings.contextPath + "-") : null;
    }

    /** Begins to describe an application. */
    public static ServletApplicationBuilder builder() {
        return new ServletApplicationBuilder();
    }

    /** The context path: empty for the root, else {@code /shop}. */
    public String contextPath() {
        return settings.contextPath;
    }

    /**
     * The application's context.
     *
     * @throws IllegalStateException if the application is not deployed
     */
    public ServletContext context() {
        return serving().context();
    }

    /**
     * Sets an attribute that the context has from its beginning, before any initialiser or listener sees it.
     *
     * @throws IllegalStateException if the application was deployed before
     */
    public void attribute(String name, Object value) {
        if (state.get() != State.BUILT) {
            throw new IllegalStateException("the application was deployed before: set " + name + " on its context");
        }
        attributes.put(name, value);
    }

    /**
     * Initialises listeners, filters and the servlets that load on start-up, in this order (Servlet 6.1 sections 2.3.1,
     * 6.2.1 and 11.3). Blocks as long as they take. Called once, before the first {@link #handle}.
     *
     * @throws ServletException if one of them fails; all that was initialised is destroyed again
     * @throws IllegalStateException if it was deployed before
     */
    public void deploy() throws ServletException {
        if (!state.compareAndSet(State.BUILT, State.STOPPED)) {
            throw new IllegalStateException("the application was deployed before: build another one");
        }
        Deployment started;
        try {
            started = Deployment.start(settings, attributes);
        } catch (ServletException | RuntimeException | Error e) {
            settings.packaging.release().run();
            throw e;
        }
        deployment = started;
        state.set(State.SERVING);
        inFlight.open();
        started.context().open(inFlight);
    }

    /**
     * Ends the application: new requests are refused with 503, those in flight are waited for, then servlets, filters
     * and
     * sessions are destroyed and the listeners told, in reverse order. Blocks. An application that was not deployed yet will not
     * be any more; one that has ended is left alone.
     *
     * @param grace how long to wait for requests in flight
     * @return false if some were still in flight after that
     */
    public boolean undeploy(Duration grace) {
        if (state.compareAndSet(State.BUILT, State.STOPPED)) {
            settings.packaging.release().run();
            return true;
        }
        if (!state.compareAndSet(State.SERVING, State.STOPPED)) {
            return true;
        }
        Admission apart = admission;
        if (apart != null) {
            apart.close();
        }
        Deployment ended = deployment;
        if (ended != null) {
            ended.context().close();
        }
        boolean quiet = inFlight.close(grace);
        if (!quiet) {
            LOG.log(System.Logger.Level.WARNING, "requests were still in flight when " + name() + " was undeployed");
        }
        deployment = null;
        if (ended != null && apart == null) {
            end(ended);
        } else if (ended != null && apart != null) {
            apart.stop();
            quiet &= endWithin(grace, ended);
        }
        settings.packaging.release().run();
        return quiet;
    }

    private static void end(Deployment ended) {
        ended.abortSuspended();
        ended.stop();
    }

    /** One that is kept apart may not keep who undeploys it either: its destroy methods have a time, and a thread. */
    private boolean endWithin(Duration grace, Deployment ended) {
        CountDownLatch over = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            try {
                end(ended);
            } finally {
                over.countDown();
            }
        }, "gatehouse-undeploy");
        thread.setDaemon(true);
        thread.setContextClassLoader(ServletApplication.class.getClassLoader());
        thread.start();
        boolean ends = false;
        try {
            ends = over.await(Math.max(1_000, grace.toMillis()), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!ends) {
            thread.interrupt();
            LOG.log(System.Logger.Level.WARNING, name() + " does not end: it was left to itself");
        }
        return ends;
    }

    /** Answers one request, on a worker, or, if the application is kept apart, on a thread of its own. */
    @Override
    public void handle(Request request, Response response, Completion done) {
        if (!inFlight.enter()) {
            response.field("Retry-After", "5");
            throw new HttpFailure(503, "the application is not in service");
        }
        Completion tracked = inFlight.leaving(done);
        Admission apart = admission;
        if (apart == null) {
            serve(request, response, tracked);
            return;
        }
        Gate gate = new Gate(apart, request, response, done);
        Completion gated = inFlight.leaving(gate);
        apart.submit(new Admission.Job() {
            @Override
            public void run() {
                gate.watched(() -> serve(gate.request(), gate.response(), gated));
            }

            @Override
            public void refuse(String why) {
                tracked.failed(new HttpFailure(503, why));
            }
        });
    }

    private void serve(Request request, Response response, Completion done) {
        try {
            serving().handle(request, response, done);
        } catch (HttpFailure e) {
            done.failed(e);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "request of " + name() + " failed", e);
            done.failed(e);
        }
    }

    private Deployment serving() {
        Deployment current = deployment;
        if (current == null) {
            throw new IllegalStateException("the application is not deployed: call deploy before");
        }
        return current;
    }

    private String name() {
        String name = settings.displayName;
        return name.isEmpty() ? "the application at " + settings.contextPath + "/" : name;
    }
}
