/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.servlet.ServletApplication;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A context path whose web application can be exchanged while requests run: each request is answered whole by the one that it
 * met, the old one or the new one, and none is refused. The old one is undeployed when its last request has ended.
 *
 * <pre>
 *   NEW ──deploy──► SERVING ──undeploy──► ENDED
 *                     ▲  │ redeploy: the next one is deployed beside the old one, then takes its place;
 *                     └──┘ if that fails the old one goes on
 * </pre>
 *
 * <p>Any thread may call any method; deploying and undeploying take turns. Sessions end with the application that has them.
 */
public final class LiveApplication implements AsyncHandler {

    private final String contextPath;
    private final ReentrantLock turn = new ReentrantLock();
    private final Map<String, Object> attributes = new LinkedHashMap<>(); // guarded by turn
    private final List<WeakReference<ClassLoader>> ended = new ArrayList<>(); // guarded by turn
    private final List<Runnable> afterwards = new ArrayList<>(); // guarded by turn
    private WebApplication wanted; // guarded by turn
    private boolean over; // guarded by turn
    private volatile @Nullable Generation current;

    private LiveApplication(WebApplication wanted, String contextPath) {
        this.wanted = wanted;
        this.contextPath = contextPath;
    }

    /**
     * A place for an application. Opens nothing yet.
     *
     * @throws IllegalArgumentException if it has no context path: the place must be known before the application is
     */
    public static LiveApplication of(WebApplication application) {
        String path = application.contextPath;
        if (path == null) {
            throw new IllegalArgumentException("the " + application + " has no context path: set contextPath");
        }
        return new LiveApplication(application, path);
    }

    /** The context path: empty for the root, else {@code /shop}. */
    public String contextPath() {
        return contextPath;
    }

    /** The context of the application that serves now; null if none does. */
    public @Nullable ServletContext context() {
        Generation now = current;
        return now == null ? null : now.application.context();
    }

    /** Sets an attribute that each application's context has from its beginning. */
    public void attribute(String name, Object value) {
        turn.lock();
        try {
            attributes.put(name, value);
        } finally {
            turn.unlock();
        }
    }

    /**
     * Adds what is done after each exchange, on the thread that makes it: when new requests meet the new application, and
     * again when the old one has ended. Caches are emptied and worker threads renewed so.
     */
    public void afterExchange(Runnable work) {
        turn.lock();
        try {
            afterwards.add(work);
        } finally {
            turn.unlock();
        }
    }

    /**
     * Deploys the application. Blocks.
     *
     * @throws ServletException if it can't be; nothing is left of it then, and it may be tried again
     * @throws IllegalStateException if it is deployed, or was undeployed
     */
    public void deploy() throws ServletException {
        turn.lock();
        try {
            requireNotOver();
            if (current != null) {
                throw new IllegalStateException("the " + wanted + " is deployed already: use redeploy");
            }
            current = next(wanted);
        } finally {
            turn.unlock();
        }
    }

    /**
     * Reads the same files again, deploys what they are now, and undeploys what they were. Blocks until that has ended.
     *
     * @param grace how long requests of the old one may take
     * @return false if some of them were still in flight after that
     * @throws ServletException if the new one can't be deployed; the old one goes on
     */
    public boolean redeploy(Duration grace) throws ServletException {
        turn.lock();
        try {
            return redeploy(wanted, grace);
        } finally {
            turn.unlock();
        }
    }

    /**
     * Deploys another application in the place of the one that serves.
     *
     * @param grace how long requests of the old one may take
     * @return false if some of them were still in flight after that
     * @throws ServletException if the new one can't be deployed; the old one goes on
     * @throws IllegalArgumentException if its context path is another one
     */
    public boolean redeploy(WebApplication other, Duration grace) throws ServletException {
        turn.lock();
        try {
            requireNotOver();
            if (!contextPath.equals(other.contextPath)) {
                throw new IllegalArgumentException("the " + other + " can't take the place of the one at " + contextPath
                        + "/: set the same context path");
            }
            Generation old = current;
            current = next(other);
            wanted = other;
            afterwards.forEach(Runnable::run);
            if (old == null) {
                return true;
            }
            boolean quiet = end(old, grace);
            afterwards.forEach(Runnable::run);
            return quiet;
        } finally {
            turn.unlock();
        }
    }

    /**
     * Ends the application: requests that come are refused with 503, those in flight are waited for. Blocks. Once; later calls
     * do nothing.
     *
     * @return false if some requests were still in flight after the grace
     */
    public boolean undeploy(Duration grace) {
        turn.lock();
        try {
            over = true;
            Generation old = current;
            current = null;
            return old == null || end(old, grace);
        } finally {
            turn.unlock();
        }
    }

    /**
     * How many applications that have ended here are still in memory. They may wait for the garbage collector; more and more of
     * them say that something holds on to one: a thread, a thread-local value or a cache of the server's.
     */
    public int survivors() {
        turn.lock();
        try {
            ended.removeIf(each -> each.get() == null);
            return ended.size();
        } finally {
            turn.unlock();
        }
    }

    /** Answers one request, on a worker. */
    @Override
    public void handle(Request request, Response response, Completion done) throws Exception {
        while (true) {
            Generation now = current;
            if (now == null) {
                response.field("Retry-After", "5");
                throw new HttpFailure(503, "the application is not in service");
            }
            // Who has ended between these two lines has a successor already, or none.
            if (now.door.enter()) {
                try {
                    now.application.handle(request, response, done);
                    return;
                } finally {
                    now.door.leave();
                }
            }
        }
    }

    /** For a person. */
    @Override
    public String toString() {
        return "the web application at " + contextPath + "/";
    }

    private void requireNotOver() {
        if (over) {
            throw new IllegalStateException("the application at " + contextPath + "/ was undeployed: make another one");
        }
    }

    private Generation next(WebApplication from) throws ServletException {
        ServletApplication application = from.build();
        attributes.forEach(application::attribute);
        application.deploy();
        return new Generation(application, new WeakReference<>(application.context().getClassLoader()));
    }

    private boolean end(Generation old, Duration grace) {
        ended.removeIf(each -> each.get() == null);
        ended.add(old.loader);
        return old.end(grace);
    }

    /** One application in service, and the door through which requests come to it. */
    private static final class Generation {
        private final ServletApplication application;
        private final WeakReference<ClassLoader> loader;
        private final Door door = new Door();

        Generation(ServletApplication application, WeakReference<ClassLoader> loader) {
            this.application = application;
            this.loader = loader;
        }

        boolean end(Duration grace) {
            long begin = System.nanoTime();
            boolean empty = door.close(grace);
            Duration left = grace.minusNanos(System.nanoTime() - begin);
            return application.undeploy(left.isNegative() ? Duration.ZERO : left) && empty;
        }
    }
}
