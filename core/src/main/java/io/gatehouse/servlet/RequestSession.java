/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.Cookie;
import org.jspecify.annotations.Nullable;

/** The session of one request in one application: which id the peer sent, which session that is, and how its id goes back. */
final class RequestSession {

    private enum Source { NONE, COOKIE, URL }

    private final RequestRun run;
    private final AppRequest request;
    private final Context context;
    private boolean looked;
    private Source source = Source.NONE;
    private @Nullable String requested;
    private @Nullable Session session;
    private @Nullable String cookieValue;

    RequestSession(RequestRun run, AppRequest request, Context context) {
        this.run = run;
        this.request = request;
        this.context = context;
    }

    /** The request arrives: that is an access of its session, whether the application asks for it or not (7.6). */
    void arrive() {
        if (!sessions().none()) {
            look();
        }
    }

    @Nullable String requestedId() {
        look();
        return requested;
    }

    boolean requestedIdValid() {
        look();
        String id = requested;
        if (id == null) {
            return false;
        }
        Session current = session;
        return current != null && current.living() && current.getId().equals(id);
    }

    boolean fromCookie() {
        look();
        return source == Source.COOKIE;
    }

    boolean fromUrl() {
        look();
        return source == Source.URL;
    }

    /** The session; null if there is none and none is to be made. */
    @Nullable Session find(boolean create) {
        look();
        Session current = session;
        if (current != null && current.living()) {
            return current;
        }
        if (!create) {
            return null;
        }
        if (run.response().isCommitted()) {
            throw new IllegalStateException(
                    "the response is committed, so a new session's id can't be sent: ask for the session before");
        }
        leave();
        current = sessions().create();
        current.enter(false);
        session = current;
        sendCookie(current);
        return current;
    }

    String changeId() {
        Session current = find(false);
        if (current == null) {
            throw new IllegalStateException("there is no session: create one before its id is changed");
        }
        sessions().changeId(current);
        if (!run.response().isCommitted()) {
            sendCookie(current);
        }
        return current.getId();
    }

    /** Adds the session's cookie again, after the response was reset. */
    void repeatCookie() {
        String value = cookieValue;
        if (value != null) {
            run.response().addSessionCookie(value);
        }
    }

    /** The URL with the session's id, if it must be in there (Servlet 6.1 section 7.1.3). */
    String encode(String url) {
        look();
        Session current = session;
        if (current == null || !current.living() || source == Source.COOKIE
                || !sessions().tracks(SessionTrackingMode.URL)) {
            return url;
        }
        int end = url.length();
        for (int i = end - 1; i >= 0; i--) {
            if (url.charAt(i) == '?' || url.charAt(i) == '#') {
                end = i;
            }
        }
        if (!leadsHere(url.substring(0, end)) || end == 0 && url.startsWith("#")) {
            return url;
        }
        String marker = ";" + sessions().cookie().parameter() + "=";
        int old = url.indexOf(marker);
        String path = url.substring(0, old >= 0 && old < end ? old : end);
        return path + marker + current.getId() + url.substring(end);
    }

    /** The request is over. */
    void leave() {
        Session current = session;
        if (current != null) {
            session = null;
            current.leave();
        }
    }

    private boolean leadsHere(String url) {
        String origin = Locations.origin(request);
        String root = context.getContextPath();
        if (url.startsWith(origin)) {
            return (url.substring(origin.length()) + "/").startsWith(root + "/");
        }
        return !url.startsWith("//") && !url.matches("[A-Za-z][A-Za-z0-9+.-]*:.*")
                && (!url.startsWith("/") || (url + "/").startsWith(root + "/"));
    }

    private void sendCookie(Session current) {
        if (sessions().tracks(SessionTrackingMode.COOKIE)) {
            Cookie cookie = sessions().cookie().cookie(current.getId(), request.isSecure());
            cookieValue = CookieHeader.format(cookie, context.clock());
            run.response().addSessionCookie(cookieValue);
        }
    }

    /** Finds what the peer sent: of several cookies the first that leads to a living session. */
    private void look() {
        if (looked) {
            return;
        }
        looked = true;
        if (sessions().tracks(SessionTrackingMode.COOKIE)) {
            String name = sessions().cookie().getName();
            for (Cookie cookie : request.cookies()) {
                if (cookie.getName().equals(name)) {
                    join(cookie.getValue(), Source.COOKIE);
                    if (session != null) {
                        return;
                    }
                }
            }
        }
        if (source == Source.NONE && sessions().tracks(SessionTrackingMode.URL)) {
            String id = inUrl();
            if (id != null) {
                join(id, Source.URL);
            }
        }
    }

    private void join(String id, Source from) {
        requested = id;
        source = from;
        Session found = sessions().find(id);
        if (found != null && found.enter(true)) {
            session = found;
        }
    }

    private @Nullable String inUrl() {
        String uri = run.uri();
        String marker = ";" + sessions().cookie().parameter() + "=";
        int at = uri.indexOf(marker);
        if (at < 0) {
            return null;
        }
        int from = at + marker.length();
        int end = from;
        while (end < uri.length() && uri.charAt(end) != ';' && uri.charAt(end) != '/') {
            end++;
        }
        return uri.substring(from, end);
    }

    private Sessions sessions() {
        return context.sessions();
    }
}
