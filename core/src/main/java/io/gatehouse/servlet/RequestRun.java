/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.HttpVersion;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpUpgradeHandler;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One request from its arrival in the application to its end: who owns it, what runs next, and what is cleaned up. A
 * dispatch and the events of asynchronous mode are its turns, each on a worker, one at a time.
 */
final class RequestRun implements ListenerScope {

    /** What a turn does. */
    interface Step {
        void run() throws Exception;
    }

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");
    private static final AtomicLong NAMED = new AtomicLong();

    private final Context context;
    private final Request received;
    private final Completion done;
    private final String uri;
    private @Nullable String id;
    private final Mapper.Match match;
    private final AppRequest request;
    private final Caller caller;
    private final AppResponse response;
    private final AsyncFlow async = new AsyncFlow(this);
    private final ListenerCalls calls = new ListenerCalls();
    private final Failures failures = new Failures(this);
    private final Deque<Runnable> cleanUps = new ConcurrentLinkedDeque<>();
    private @Nullable Dispatcher lastDispatch;
    private @Nullable UnavailableException charged;
    private @Nullable Upgrade upgrade;
    private int depth;
    private boolean gone;
    private @Nullable Throwable cut;

    /**
     * @param uri of the request, as received, without query
     * @param match of its path
     */
    RequestRun(
            Context context, Request received, Response response, Completion done, String uri, Mapper.Match match) {
        this.context = context;
        this.received = received;
        this.done = done;
        this.uri = uri;
        this.match = match;
        this.response = new AppResponse(this, response);
        this.request = new AppRequest(this, received, RequestPath.of(context, uri, received.query(), match));
        this.caller = new Caller(this);
    }

    Context context() {
        return context;
    }

    Request received() {
        return received;
    }

    AppRequest request() {
        return request;
    }

    AppResponse response() {
        return response;
    }

    /** Who sends it. */
    Caller caller() {
        return caller;
    }

    AsyncFlow async() {
        return async;
    }

    ListenerCalls calls() {
        return calls;
    }

    @Override
    public ReadListener called(ReadListener listener) {
        return calls.around(listener);
    }

    @Override
    public WriteListener called(WriteListener listener) {
        return calls.around(listener);
    }

    Failures failures() {
        return failures;
    }

    String uri() {
        return uri;
    }

    /** Its name, from when it is asked for: no other request of this process has it (section 3.3). */
    String id() {
        String known = id;
        if (known == null) {
            known = Long.toString(NAMED.incrementAndGet());
            id = known;
        }
        return known;
    }

    /** To where the container's last dispatch went, the request's own included; without a query of its own. */
    Dispatcher lastDispatch() {
        Dispatcher last = lastDispatch;
        return last != null ? last : new Dispatcher(context, match.servlet(), RequestPath.of(context, uri, null, match));
    }

    /** Whether a failure is seen for the first time, on its way from the servlet that it is about. */
    boolean charge(UnavailableException failure) {
        boolean first = charged != failure;
        charged = failure;
        return first;
    }

    /** The first turn, on the worker that brought the request. */
    void start() {
        request.session().arrive();
        turn(this::first);
    }

    /** One turn: listeners around it, errors answered, and then on to what the application has decided. */
    void turn(Step step) {
        guarded(step);
        settle();
    }

    /** Goes on after a turn: another dispatch, the end, or waiting for one of them. */
    void settle() {
        while (true) {
            switch (async.returned()) {
                case FINISH -> {
                    if (response.error() != null) {
                        // Sent and completed by another thread, while the dispatch was returning.
                        guarded(() -> {});
                    }
                    finish();
                    return;
                }
                case DISPATCH -> guarded(this::again);
                case WAIT -> {
                    return;
                }
            }
        }
    }

    /** The application has completed from outside of a turn. */
    void completed() {
        if (response.error() != null) {
            execute(() -> turn(() -> {}));
        } else {
            settle();
        }
    }

    /** Ends the request: what is left of the response is sent, or the connection cut. */
    void finish() {
        async.ended();
        for (Runnable cleanUp : cleanUps) {
            try {
                cleanUp.run();
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.WARNING, "cleaning up after a request failed", e);
            }
        }
        request.visits().end();
        Throwable cause = cut;
        Upgrade switching = upgrade;
        if (switching != null && cause == null && response.getStatus() == 101) {
            switching.begin(response.buffer().handOver(), done);
            return;
        }
        if (switching != null) {
            switching.forget();
        }
        if (cause != null) {
            done.failed(cause);
            return;
        }
        try {
            response.complete(done);
        } catch (RuntimeException | Error e) {
            done.failed(e);
        }
    }

    /** The response can't be completed any more: the connection is cut at the end. */
    void cut(Throwable cause) {
        if (cut == null) {
            cut = cause;
        }
    }

    void peerGone() {
        gone = true;
    }

    /** Whether the exchange was taken from the application, which took too long. */
    boolean taken() {
        return received instanceof GatedRequest gated && gated.gate().taken();
    }

    /** Whether the peer was found to have left. */
    boolean gone() {
        return gone || response.buffer().broken();
    }

    /** Something to be done at the end of the request. Any thread. */
    @Override
    public void cleanUp(Runnable work) {
        cleanUps.add(work);
    }

    /** A forward or an include begins or ends; they must not nest without end. */
    void nest(boolean deeper) {
        depth += deeper ? 1 : -1;
        int limit = context.limits().forwards();
        if (depth > limit) {
            depth--;
            throw new IllegalStateException("more than " + limit
                    + " forwards and includes in each other: break the circle, or raise the servlet limit forwards");
        }
    }

    /** The connection is handed to a handler when the request is over (section 2.3.3.5). */
    <T extends HttpUpgradeHandler> T upgrade(Class<T> type) throws ServletException {
        if (upgrade != null) {
            throw new IllegalStateException("the request has an upgrade handler: call upgrade once");
        }
        if (received.head().version() != HttpVersion.HTTP_1_1) {
            throw new ServletException(received.head().version() + " does not switch protocols: ask for the protocol first");
        }
        T handler = context.components().create(type);
        upgrade = new Upgrade(this, response.response(), handler);
        if (!response.isCommitted()) {
            response.setStatus(101);
        }
        return handler;
    }

    AsyncContext startAsync(ServletRequest passed, ServletResponse out, boolean unnamed) {
        if (!request.asyncSupportedHere()) {
            throw new IllegalStateException("a filter or the servlet of this request does not support asynchronous "
                    + "mode: set asyncSupported of each of them");
        }
        if (response.buffer().closed()) {
            throw new IllegalStateException("the response is closed: call startAsync before");
        }
        return async.start(passed, out, unnamed);
    }

    @Override
    public void begin(Runnable first) {
        async.afterReturn(first);
    }

    /** Throws unless the request is in asynchronous mode. */
    @Override
    public void requireListening(String what) {
        if (!async.started()) {
            throw new IllegalStateException(what + " needs asynchronous mode: call startAsync before");
        }
    }

    /** Runs work of the application's on a worker, with its class loader around it. */
    void execute(Runnable work) {
        context.threads().workers().execute(() -> {
            ClassLoader before = request.visits().context().enter();
            try {
                if (received instanceof GatedRequest gated) {
                    gated.gate().watched(work);
                    if (taken()) {
                        async.abort(new InterruptedIOException("asynchronous work took longer than its application may"));
                    }
                } else {
                    work.run();
                }
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "asynchronous work of " + FieldSyntax.printable(uri) + " failed", e);
            } finally {
                context.leave(before);
            }
        });
    }

    /** Where the listeners of non-blocking reads and writes are called. */
    @Override
    public Executor callbacks() {
        return work -> {
            try {
                execute(work);
            } catch (RejectedExecutionException e) {
                async.abandon(e);
            }
        };
    }

    /** A turn always comes to its end: what goes wrong in answering a failure cuts this request, and nothing else. */
    private void guarded(Step step) {
        try {
            inTurn(step);
        } catch (Throwable t) {
            LOG.log(System.Logger.Level.ERROR, () -> "answering " + FieldSyntax.printable(uri) + " failed", t);
            cut(t);
            async.completeQuietly();
        }
    }

    private void inTurn(Step step) {
        ClassLoader before = request.visits().context().enter();
        try {
            context.listeners().requestInitialized(context, request);
            try {
                answered(step);
            } finally {
                context.listeners().requestDestroyed(context, request);
            }
        } catch (Throwable t) {
            failures.thrown(t);
        } finally {
            context.leave(before);
        }
    }

    private void answered(Step step) {
        try {
            step.run();
        } catch (Throwable t) {
            if (async.started()) {
                async.error(t);
            } else {
                failures.thrown(t);
                async.completeQuietly();
            }
        }
        AppResponse.PendingError sent = response.error();
        if (sent != null && (sent.by() == Thread.currentThread() || !async.started())) {
            // One that another thread sends in asynchronous mode has its page when that completes.
            failures.sent();
            async.completeQuietly();
        }
    }

    private void first() throws ServletException, IOException {
        request.servlet(match.servlet());
        if (StaticServlet.hidden(request.path().inContext())) { // also where a servlet's pattern leads there, *.jsp for example
            response.sendError(404);
            return;
        }
        if (!context.security().admits(this)) {
            return;
        }
        List<FilterDefinition> filters = context.registry().filters()
                .find(DispatcherType.REQUEST, request.path().inContext(), match.servlet().name());
        new Chain(filters, match.servlet(), request).doFilter(request, response);
    }

    private void again() throws ServletException, IOException {
        Dispatcher to = async.target();
        if (to != null) {
            AsyncHandle handle = async.context();
            request.asyncSupportedHere(true);
            lastDispatch = to;
            to.async(request, handle.request(), handle.response());
        }
    }
}
