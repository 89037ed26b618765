/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.FieldSyntax;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What the application holds of an asynchronous request: the same one for each start, which begins a round of it (Servlet 6.1
 * section 2.3.3.3, {@code ServletRequest.startAsync}). Any thread.
 */
final class AsyncHandle implements AsyncContext {

    private record Heard(
            AsyncListener listener, @Nullable ServletRequest request, @Nullable ServletResponse response) {}

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    /** The timeout unless set, in milliseconds (section 2.3.3.3). */
    private static final long TIMEOUT = 30_000;

    private final RequestRun run;
    private volatile ServletRequest request;
    private volatile ServletResponse response;

    /** Where a dispatch without a path goes, in the context; null if where the container's last dispatch went. */
    private volatile @Nullable String again;
    private volatile Context home;
    private volatile List<Heard> listeners = new CopyOnWriteArrayList<>();
    private volatile long timeout = TIMEOUT;

    AsyncHandle(RequestRun run) {
        this.run = run;
        this.request = run.request();
        this.response = run.response();
        this.home = run.context();
    }

    /**
     * Begins a round, with no listeners and the usual timeout; what is given back tells those of the round before.
     *
     * @param unnamed whether it was started without naming request and response: a dispatch without a path then goes
     *     where the container's last dispatch went
     */
    Runnable begin(ServletRequest passed, ServletResponse out, boolean unnamed) {
        List<Heard> before = listeners;
        listeners = new CopyOnWriteArrayList<>();
        this.request = passed;
        this.response = out;
        this.again = unnamed ? null : here(passed);
        this.home = run.request().visits().context();
        timeout = TIMEOUT;
        return () -> tell(before, "onStartAsync", null);
    }

    /** Tells the listeners, in order; what one throws is logged, and the others hear of it all the same. */
    void tell(String event, @Nullable Throwable failure) {
        tell(listeners, event, failure);
    }

    private void tell(List<Heard> listening, String event, @Nullable Throwable failure) {
        for (Heard heard : listening) {
            AsyncEvent told = new AsyncEvent(this, heard.request, heard.response, failure);
            try {
                switch (event) {
                    case "onComplete" -> heard.listener.onComplete(told);
                    case "onTimeout" -> heard.listener.onTimeout(told);
                    case "onError" -> heard.listener.onError(told);
                    default -> heard.listener.onStartAsync(told);
                }
            } catch (IOException | RuntimeException | Error e) {
                LOG.log(System.Logger.Level.WARNING, event + " of an asynchronous listener failed", e);
            }
        }
    }

    /** The request for the container: also after complete and dispatch. */
    ServletRequest request() {
        return request;
    }

    /** The response for the container: also after complete and dispatch. */
    ServletResponse response() {
        return response;
    }

    @Override
    public ServletRequest getRequest() {
        run.async().requireOpen();
        return request;
    }

    @Override
    public ServletResponse getResponse() {
        run.async().requireOpen();
        return response;
    }

    @Override
    public boolean hasOriginalRequestAndResponse() {
        return request == run.request() && response == run.response();
    }

    @Override
    public void dispatch() {
        String path = again;
        if (path != null) {
            dispatch(path);
        } else {
            run.async().dispatch(run.lastDispatch());
        }
    }

    /** Where a request is now, inside its context; once a forward has returned it tells another place. */
    private @Nullable String here(ServletRequest passed) {
        if (!(passed instanceof HttpServletRequest http)) {
            return null;
        }
        String uri = http.getRequestURI();
        String path = uri.substring(Math.min(uri.length(), http.getContextPath().length()));
        // The request's own query is not added to itself.
        String query = http.getQueryString();
        return query == null || query.equals(run.received().query()) ? path : path + "?" + query;
    }

    @Override
    public void dispatch(String path) {
        dispatch(home, path);
    }

    @Override
    public void dispatch(ServletContext context, String path) {
        if (!(context instanceof Context to) || to != home && !home.reaches(to)) {
            throw new IllegalArgumentException(
                    "the other context is out of reach: dispatch inside this one, or set crossContext of both");
        }
        Dispatcher dispatcher = to.dispatcher(path);
        if (dispatcher == null) {
            throw new IllegalArgumentException("nothing answers the path " + FieldSyntax.printable(path));
        }
        run.async().dispatch(dispatcher);
    }

    @Override
    public void complete() {
        run.async().complete();
    }

    @Override
    public void start(Runnable work) {
        run.execute(work);
    }

    @Override
    public void addListener(AsyncListener listener) {
        run.async().requireStarted("addListener");
        listeners.add(new Heard(listener, null, null));
    }

    @Override
    public void addListener(AsyncListener listener, ServletRequest withRequest, ServletResponse withResponse) {
        run.async().requireStarted("addListener");
        listeners.add(new Heard(listener, withRequest, withResponse));
    }

    @Override
    public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
        Components components = run.context().components();
        T listener = components.create(type);
        run.cleanUp(() -> components.destroy(listener));
        return listener;
    }

    @Override
    public void setTimeout(long millis) {
        run.async().requireStarted("setTimeout");
        timeout = millis;
    }

    @Override
    public long getTimeout() {
        return timeout;
    }
}
