/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An application in service: started in the order of the specification, stopped in the reverse of it (Servlet 6.1
 * sections
 * 2.3, 4.4, 6.2.1 and 11.3).
 */
final class Deployment {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    private final ServletApplicationBuilder settings;
    private final Context context;
    private final WelcomeFiles welcome;
    private final TemporaryDirectory temporary;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final AtomicBoolean expiring = new AtomicBoolean();

    private Deployment(ServletApplicationBuilder settings, TemporaryDirectory temporary, Map<String, Object> attributes) {
        this.settings = settings;
        this.temporary = temporary;
        this.context = new Context(settings, temporary.path(), attributes);
        this.welcome = new WelcomeFiles(context, settings.welcomeFiles);
    }

    /** Starts all, with these attributes of the context; if something fails, what was started is stopped again. */
    static Deployment start(ServletApplicationBuilder settings, Map<String, Object> attributes) throws ServletException {
        TemporaryDirectory temporary = TemporaryDirectory.of(settings.temporaryDirectory);
        Deployment deployment;
        try {
            deployment = new Deployment(settings, temporary, attributes);
        } catch (RuntimeException | Error e) {
            temporary.remove();
            throw e;
        }
        ClassLoader before = deployment.context.enter();
        try {
            deployment.start();
            return deployment;
        } catch (ServletException | RuntimeException | Error e) {
            deployment.stop();
            throw e;
        } finally {
            deployment.context.leave(before);
        }
    }

    Context context() {
        return context;
    }

    /** Answers a request whose path lies in the context. */
    void handle(Request request, Response response, Completion done) {
        String contextPath = settings.contextPath;
        String path = request.path();
        if (!path.startsWith(contextPath)
                || path.length() > contextPath.length() && path.charAt(contextPath.length()) != '/') {
            throw new HttpFailure(404, "nothing here");
        }
        String uri = request.target().rawPath();
        String inside = path.substring(contextPath.length());
        if (uri.indexOf(';') >= 0) {
            inside = DispatchPath.withoutParameters(inside);
        }
        if (inside.isEmpty()) {
            redirectToSlash(request, response, done);
            return;
        }
        Mapper.Match match = welcome.find(inside, context.registry().mapper().find(inside));
        if (match == null) {
            throw new HttpFailure(404, "nothing here");
        }
        new RequestRun(context, request, response, done, uri, match).start();
    }

    /** Ends the asynchronous requests that still wait: their timers and listeners would keep the application alive. */
    void abortSuspended() {
        for (AsyncFlow each : context.suspended()) {
            try {
                each.abort(new IOException("the application is undeployed"));
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.WARNING, "an asynchronous request could not be ended", e);
            }
        }
    }

    /** Stops what was started, the last first; before that, the connections that were upgraded. */
    void stop() {
        ClassLoader before = context.enter();
        try {
            context.upgrades().forEach(Upgrade::abort);
            while (!undo.isEmpty()) {
                try {
                    undo.pop().run();
                } catch (RuntimeException | Error e) {
                    LOG.log(System.Logger.Level.WARNING, "a step of undeploying failed", e);
                }
            }
        } finally {
            context.leave(before);
        }
    }

    private void start() throws ServletException {
        undo.push(temporary::remove);
        undo.push(context.threads()::close);
        undo.push(context.components()::destroyAll);
        undo.push(context.listeners()::clear);
        declare();
        startListeners();
        undo.push(context.sessions()::clear);
        for (FilterDefinition filter : context.registry().filtersByName().values()) {
            filter.init();
            undo.push(filter::destroy);
        }
        for (ServletDefinition servlet : context.registry().servletsByName().values()) {
            undo.push(servlet.instance()::destroy);
        }
        loadServlets();
        ScheduledFuture<?> expiry = context.threads().timer().scheduleWithFixedDelay(
                this::startExpiry, 10, 10, TimeUnit.SECONDS);
        undo.push(() -> expiry.cancel(false));
    }

    private void declare() throws ServletException {
        Sessions sessions = context.sessions();
        if (settings.sessionTimeout != null) {
            sessions.timeoutMinutes(settings.sessionTimeout);
        }
        if (settings.tracking != null) {
            sessions.tracking(settings.tracking);
        }
        for (ServletApplicationBuilder.Declaration declaration : settings.listeners) {
            declaration.register(context);
        }
        for (ServletApplicationBuilder.Declaration declaration : settings.filters) {
            declaration.register(context);
        }
        for (ServletApplicationBuilder.Declaration declaration : settings.servlets) {
            declaration.register(context);
        }
    }

    private void startListeners() throws ServletException {
        int declared = context.listeners().contexts().size();
        for (ServletApplicationBuilder.Initializer each : settings.initializers) {
            each.initializer().onStartup(each.classes(), context);
        }
        context.closeContextListeners();
        ServletContextEvent event = new ServletContextEvent(context);
        int index = 0;
        for (ServletContextListener listener : List.copyOf(context.listeners().contexts())) {
            context.restricted(index++ >= declared);
            try {
                listener.contextInitialized(event);
            } finally {
                context.restricted(false);
            }
            undo.push(() -> listener.contextDestroyed(event));
        }
        context.fix();
        context.registry().requireComplete();
        context.security().start();
        context.sessions().check();
    }

    private void loadServlets() throws ServletException {
        List<ServletDefinition> early = new ArrayList<>();
        for (ServletDefinition servlet : context.registry().servletsByName().values()) {
            if (servlet.loadOnStartup() >= 0) {
                early.add(servlet);
            }
        }
        early.sort(Comparator.comparingInt(ServletDefinition::loadOnStartup));
        for (ServletDefinition servlet : early) {
            try {
                servlet.instance().acquire();
                servlet.instance().release();
            } catch (ServletException | RuntimeException | LinkageError e) {
                if (settings.servletsRequired) {
                    throw e;
                }
                // It is not put into service (section 2.3.2.1), and a request for it tries again.
                LOG.log(System.Logger.Level.ERROR, "servlet " + servlet.getName()
                        + " did not load on start-up; the others are served: require servlets to have the deployment fail", e);
            }
        }
    }

    /** On the timer's thread, which others may share: the listeners of sessions are called elsewhere. */
    private void startExpiry() {
        if (!expiring.compareAndSet(false, true)) {
            return;
        }
        try {
            context.threads().workers().execute(this::expireSessions);
        } catch (RejectedExecutionException e) {
            expiring.set(false);
            LOG.log(System.Logger.Level.DEBUG, "no worker to end sessions", e);
        }
    }

    private void expireSessions() {
        ClassLoader before = context.enter();
        try {
            context.sessions().expire();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.WARNING, "the expiry of sessions failed", e);
        } finally {
            context.leave(before);
            expiring.set(false);
        }
    }

    /** {@code /shop} itself is not inside the context: relative links of the page would lead beside it. */
    private void redirectToSlash(Request request, Response response, Completion done) {
        String query = request.query();
        response.status(302);
        // Not the path as received, which may begin with two slashes: those would lead to another host.
        response.field("Location", PercentCoding.encodePath(settings.contextPath) + "/" + (query == null ? "" : "?" + query));
        response.field("Content-Length", "0");
        response.write(ByteBuffer.allocate(0), true, done);
    }
}
