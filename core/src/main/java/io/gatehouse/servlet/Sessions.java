/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.TargetRules;
import jakarta.servlet.SessionTrackingMode;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one application, in memory (Servlet 6.1 chapter 7). Used by any thread. A session ends when it is
 * invalidated, when nobody asked for it for its time, which a periodic {@link #expire} finds, or with the application.
 */
final class Sessions {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    /** 18 bytes are 144 bits, more than anybody guesses, and 24 characters without padding. */
    private static final int ID_BYTES = 18;

    private final Context context;
    private final SecureRandom random;
    private final ConcurrentMap<String, Session> sessions = new ConcurrentHashMap<>();
    private final SessionCookie cookie;
    private @Nullable Set<SessionTrackingMode> chosen;
    private volatile int timeoutMinutes = 30;

    Sessions(Context context, SecureRandom random) {
        this.context = context;
        this.random = random;
        this.cookie = new SessionCookie(context);
    }

    Context context() {
        return context;
    }

    SessionCookie cookie() {
        return cookie;
    }

    /** How ids travel unless somebody chooses: not in URLs where the server would refuse those (section 7.1.3). */
    Set<SessionTrackingMode> usual() {
        return inUrls()
                ? EnumSet.of(SessionTrackingMode.COOKIE, SessionTrackingMode.URL)
                : EnumSet.of(SessionTrackingMode.COOKIE);
    }

    Set<SessionTrackingMode> tracking() {
        Set<SessionTrackingMode> modes = chosen;
        return modes == null ? usual() : modes;
    }

    boolean tracks(SessionTrackingMode mode) {
        Set<SessionTrackingMode> modes = chosen;
        return modes != null ? modes.contains(mode)
                : mode == SessionTrackingMode.COOKIE || mode == SessionTrackingMode.URL && inUrls();
    }

    /** Sets how ids travel (section 4.4.4). */
    void tracking(Set<SessionTrackingMode> modes) {
        if (modes.contains(SessionTrackingMode.SSL)) {
            throw new IllegalArgumentException(
                    "sessions are not tracked by TLS sessions, which no longer last: use COOKIE or URL");
        }
        chosen = modes.isEmpty() ? EnumSet.noneOf(SessionTrackingMode.class) : EnumSet.copyOf(modes);
    }

    private boolean inUrls() {
        TargetRules rules = context.rules();
        return rules != null && rules.pathParameters();
    }

    /** Tells the log if ids are to travel in URLs that the server refuses. */
    void check() {
        if (chosen != null && tracks(SessionTrackingMode.URL) && context.rules() != null && !inUrls()) {
            LOG.log(System.Logger.Level.WARNING, "sessions of the application at " + context.getContextPath()
                    + "/ are tracked by URL, and URLs with ids in them are refused: set target.path-parameters to true");
        }
    }

    int timeoutMinutes() {
        return timeoutMinutes;
    }

    void timeoutMinutes(int minutes) {
        timeoutMinutes = minutes;
    }

    boolean none() {
        return sessions.isEmpty();
    }

    int size() {
        return sessions.size();
    }

    /** The living session of an id; null if there is none. */
    @Nullable Session find(String id) {
        Session session = sessions.get(id);
        return session == null || session.expire() ? null : session;
    }

    /**
     * A new session, of which the listeners have heard.
     *
     * @throws RefusedRequest if there are too many
     */
    Session create() {
        if (sessions.size() >= context.limits().sessions()) {
            expire();
            if (sessions.size() >= context.limits().sessions()) {
                throw new RefusedRequest(503, "more than " + context.limits().sessions()
                        + " sessions: try later, or raise the servlet limit sessions");
            }
        }
        Session session = new Session(this, newId(), context.clock().millis(), 60 * timeoutMinutes);
        while (sessions.putIfAbsent(session.getId(), session) != null) {
            session = new Session(this, newId(), context.clock().millis(), 60 * timeoutMinutes);
        }
        try {
            context.listeners().sessionCreated(session);
        } catch (RuntimeException | Error e) {
            // Nobody will ever know its id.
            session.end();
            throw e;
        }
        return session;
    }

    /** Gives a session another id, of which the listeners hear (section 7.3, against fixation). */
    void changeId(Session session) {
        String old = session.getId();
        String id = newId();
        while (sessions.putIfAbsent(id, session) != null) {
            id = newId();
        }
        session.id(id);
        sessions.remove(old);
        context.listeners().sessionIdChanged(session, old);
    }

    void remove(Session session) {
        sessions.remove(session.getId(), session);
    }

    /** Ends the sessions whose time is over and that no request uses. */
    void expire() {
        for (Session session : sessions.values()) {
            try {
                session.expire();
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.WARNING, "the end of a session failed", e);
            }
        }
    }

    /** Ends all. */
    void clear() {
        for (Session session : sessions.values()) {
            try {
                session.end();
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.WARNING, "the end of a session failed", e);
            }
        }
        sessions.clear();
    }

    private String newId() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
