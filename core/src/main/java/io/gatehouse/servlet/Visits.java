/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * In which application a request is, and its session in each: a session is never shared between applications (Servlet 6.1
 * section 7.3). Belongs, with its request, to one thread at a time.
 */
final class Visits {

    private final RequestRun run;
    private final AppRequest request;
    private final Map<Context, RequestSession> sessions = new HashMap<>(2);
    private Context context;
    private RequestSession session;

    Visits(RequestRun run, AppRequest request) {
        this.run = run;
        this.request = request;
        this.context = run.context();
        this.session = new RequestSession(run, request, context);
        sessions.put(context, session);
    }

    /** Where it is. */
    Context context() {
        return context;
    }

    /** The session there. */
    RequestSession session() {
        return session;
    }

    /** Does something with the sessions of all applications in which it was. */
    void eachSession(Consumer<RequestSession> work) {
        sessions.values().forEach(work);
    }

    private void go(Context to) {
        context = to;
        session = sessions.computeIfAbsent(to, other -> new RequestSession(run, request, other));
    }

    /**
     * Enters an application for the time of a call.
     *
     * @return the way back
     * @throws IllegalStateException if that application is out of reach
     * @throws RefusedRequest if that application is not in service
     */
    Runnable enter(Context to) {
        Context from = context;
        if (to == from) {
            return () -> {};
        }
        requireReach(to);
        to.admitVisit();
        go(to);
        Runnable left;
        boolean inside = false;
        try {
            left = scope(to);
            inside = true;
        } finally {
            if (!inside) {
                back(from);
            }
        }
        return () -> {
            try {
                left.run();
            } finally {
                back(from);
            }
        };
    }

    /**
     * Enters an application for good, which is until the request ends or moves on (section 9.7).
     *
     * @return what is to be done when the call there has returned
     * @throws IllegalStateException if that application is out of reach
     * @throws RefusedRequest if that application is not in service
     */
    Runnable move(Context to) {
        if (to != context) {
            requireReach(to);
            if (to != run.context()) {
                to.admitVisit();
            }
            endVisit();
            go(to);
        }
        return scope(to);
    }

    /** Also for a dispatcher that the application has from elsewhere than from its own context. */
    private void requireReach(Context to) {
        if (!context.reaches(to)) {
            throw new IllegalStateException("the application at " + to.getContextPath()
                    + "/ is out of reach: set crossContext of both");
        }
    }

    /** The request is over. */
    void end() {
        eachSession(RequestSession::leave);
        endVisit();
    }

    private void endVisit() {
        if (context != run.context()) {
            context.endVisit();
        }
    }

    private void back(Context from) {
        Context left = context;
        go(from);
        left.endVisit();
    }

    /** Another application's class loader is around a call, and its listeners hear of the request. */
    private Runnable scope(Context in) {
        ClassLoader before = in.enter();
        if (in == run.context()) {
            return () -> in.leave(before);
        }
        boolean heard = false;
        try {
            in.listeners().requestInitialized(in, request);
            heard = true;
        } finally {
            if (!heard) {
                in.leave(before);
            }
        }
        return () -> {
            try {
                in.listeners().requestDestroyed(in, request);
            } finally {
                in.leave(before);
            }
        };
    }
}
