/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpSession;
import java.util.Collections;
import java.util.Enumeration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One session (Servlet 6.1 section 7). Used by any number of threads at once.
 *
 * <pre>
 *   LIVING ──end: by invalidate, by time, or with the application──► ENDING (listeners hear, values are still there)
 *          ──► ENDED: every method but a few throws
 * </pre>
 */
final class Session implements HttpSession {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    private enum State { LIVING, ENDING, ENDED }

    /** A request that waits, and what to do when it does not any more. */
    private record Waiting(SavedRequest request, Runnable forgotten) {}

    private final Sessions sessions;
    private final long created;
    private final Attributes attributes;
    private final AtomicReference<State> state = new AtomicReference<>(State.LIVING);
    private final AtomicReference<@Nullable Waiting> waiting = new AtomicReference<>();
    private volatile @Nullable Login login;
    private volatile @Nullable Integer afterLogin;
    private final AtomicReference<@Nullable Runnable> place = new AtomicReference<>();
    private volatile String id;
    private volatile int timeoutSeconds;
    private volatile long lastAccess;
    private volatile boolean fresh = true;

    /** What says whether it is idle, and since when: guarded by this. */
    private int users;
    private boolean expiring;
    private long thisAccess;
    private long idleSince;

    Session(Sessions sessions, String id, long now, int timeoutSeconds) {
        this.sessions = sessions;
        this.id = id;
        this.created = now;
        this.lastAccess = now;
        this.thisAccess = now;
        this.idleSince = now;
        this.timeoutSeconds = timeoutSeconds;
        this.attributes = new Attributes(
                new ConcurrentHashMap<>(), sessions.context().listeners().sessionChanges(this));
    }

    /** Who has logged in; null for nobody. */
    @Nullable Login login() {
        return login;
    }

    void login(@Nullable Login made) {
        login = made;
        Integer seconds = afterLogin;
        if (made != null && seconds != null) {
            timeoutSeconds = seconds;
            afterLogin = null;
        }
        if (made != null) {
            leavePlace();
        }
    }

    /**
     * It was made for a login: until that it lives shorter, so that those who never log in cost little.
     *
     * @param free gives back the place that it has among those who wait
     */
    void waitForLogin(int seconds, Runnable free) {
        place.set(free);
        if (!living()) {
            leavePlace();
        }
        if (timeoutSeconds <= 0 || timeoutSeconds > seconds) {
            afterLogin = timeoutSeconds;
            timeoutSeconds = seconds;
        }
    }

    private void leavePlace() {
        Runnable free = place.getAndSet(null);
        if (free != null) {
            free.run();
        }
    }

    /** The request that waits for a login; null if none does. */
    @Nullable SavedRequest saved() {
        Waiting current = waiting.get();
        return current == null ? null : current.request();
    }

    /** Keeps a request, in place of one that was kept before. */
    void save(SavedRequest request, Runnable forgotten) {
        replace(waiting.getAndSet(new Waiting(request, forgotten)));
        if (!living()) {
            replace(waiting.getAndSet(null));
        }
    }

    /** Forgets the request that was kept; false if another one is, or none. */
    boolean forget(SavedRequest request) {
        Waiting current = waiting.get();
        boolean mine = current != null && current.request() == request && waiting.compareAndSet(current, null);
        if (mine) {
            replace(current);
        }
        return mine;
    }

    private static void replace(@Nullable Waiting old) {
        if (old != null) {
            old.forgotten().run();
        }
    }

    void id(String changed) {
        id = changed;
    }

    boolean living() {
        return state.get() == State.LIVING;
    }

    /**
     * A request begins to use it; false if its time was over.
     *
     * @param joined whether the peer sent its id, so that it is not new any more (section 7.2)
     */
    boolean enter(boolean joined) {
        long now = sessions.context().clock().millis();
        synchronized (this) {
            if (expiring) {
                return false;
            }
            users++;
            lastAccess = thisAccess;
            thisAccess = now;
        }
        if (joined) {
            fresh = false;
        }
        return true;
    }

    /** That request ends; the time of idleness begins. */
    void leave() {
        long now = sessions.context().clock().millis();
        synchronized (this) {
            users--;
            idleSince = now;
        }
    }

    /** Ends it if its time is over, which is never while a request uses it; whether it was. */
    boolean expire() {
        long now = sessions.context().clock().millis();
        int seconds = timeoutSeconds;
        synchronized (this) {
            if (expiring || seconds <= 0 || users > 0 || now - idleSince < 1000L * seconds) {
                return expiring;
            }
            expiring = true;
        }
        end();
        return true;
    }

    /** Ends it, once: session listeners hear of it, then the values that are unbound. What they throw is logged. */
    void end() {
        if (state.compareAndSet(State.LIVING, State.ENDING)) {
            end(false);
        }
    }

    /** Ends it to the end, whatever is thrown; gives that back, if the application has asked for it (section 11.6). */
    private @Nullable Throwable end(boolean asked) {
        Throwable failure = null;
        try {
            sessions.context().listeners().sessionDestroyed(this, asked);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        for (String name : attributes.names()) {
            try {
                attributes.remove(name);
            } catch (RuntimeException | Error e) {
                if (asked && failure == null) {
                    failure = e;
                } else {
                    LOG.log(System.Logger.Level.WARNING, "a value or listener failed when its session ended", e);
                }
            }
        }
        state.set(State.ENDED);
        login = null;
        leavePlace();
        replace(waiting.getAndSet(null));
        sessions.remove(this);
        return failure;
    }

    private void requireValid() {
        if (state.get() == State.ENDED) {
            throw new IllegalStateException("the session is over: ask the request for another one");
        }
    }

    @Override
    public long getCreationTime() {
        requireValid();
        return created;
    }

    @Override
    public String getId() {
        return id;
    }

    @Override
    public long getLastAccessedTime() {
        requireValid();
        return lastAccess;
    }

    @Override
    public ServletContext getServletContext() {
        return sessions.context();
    }

    @Override
    public void setMaxInactiveInterval(int seconds) {
        timeoutSeconds = seconds;
    }

    /** 0 or less: never. */
    @Override
    public int getMaxInactiveInterval() {
        return timeoutSeconds;
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        requireValid();
        return attributes.get(name);
    }

    @Override
    public Enumeration<String> getAttributeNames() {
        requireValid();
        return Collections.enumeration(attributes.names());
    }

    @Override
    public void setAttribute(@Nullable String name, @Nullable Object value) {
        requireValid();
        if (name == null) {
            throw new IllegalArgumentException("the name of a session attribute is null: give one");
        }
        attributes.set(name, value);
    }

    @Override
    public void removeAttribute(String name) {
        requireValid();
        attributes.remove(name);
    }

    @Override
    public void invalidate() {
        if (!state.compareAndSet(State.LIVING, State.ENDING)) {
            throw new IllegalStateException("the session is over already");
        }
        Throwable failure = end(true);
        if (failure instanceof RuntimeException wrong) {
            throw wrong;
        }
        if (failure instanceof Error wrong) {
            throw wrong;
        }
    }

    @Override
    public boolean isNew() {
        requireValid();
        return fresh;
    }

    /** A way to the session after the request is over: it counts as an access, as a request does, and lasts as its id. */
    @Override
    public Accessor getAccessor() {
        requireValid();
        String idNow = id;
        return use -> {
            if (!living() || !id.equals(idNow) || !enter(false)) {
                throw new IllegalStateException(
                        "the session is over, or has another id: ask for an accessor after changeSessionId");
            }
            try {
                use.accept(this);
            } finally {
                leave();
            }
        };
    }
}
