/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.ServletContextAttributeEvent;
import jakarta.servlet.ServletContextAttributeListener;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestAttributeEvent;
import jakarta.servlet.ServletRequestAttributeListener;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EventListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The application's listeners by kind, in the order of their registration (Servlet 6.1 chapter 11). Changed while
 * deploying, read by all threads.
 */
final class Listeners {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    private static final List<Class<? extends EventListener>> KINDS = List.of(
            ServletContextListener.class, ServletContextAttributeListener.class, ServletRequestListener.class,
            ServletRequestAttributeListener.class, HttpSessionListener.class, HttpSessionAttributeListener.class,
            HttpSessionIdListener.class);

    private final List<ServletContextListener> contexts = new CopyOnWriteArrayList<>();
    private final List<ServletContextAttributeListener> contextAttributes = new CopyOnWriteArrayList<>();
    private final List<ServletRequestListener> requests = new CopyOnWriteArrayList<>();
    private final List<ServletRequestAttributeListener> requestAttributes = new CopyOnWriteArrayList<>();
    private final List<HttpSessionListener> sessions = new CopyOnWriteArrayList<>();
    private final List<HttpSessionAttributeListener> sessionAttributes = new CopyOnWriteArrayList<>();
    private final List<HttpSessionIdListener> sessionIds = new CopyOnWriteArrayList<>();

    /** Whether a class is one of the kinds that can be registered. */
    static boolean isListener(Class<?> type) {
        return KINDS.stream().anyMatch(kind -> kind.isAssignableFrom(type));
    }

    /** Adds a listener to every kind that it is of. */
    void add(EventListener listener) {
        if (listener instanceof ServletContextListener context) {
            contexts.add(context);
        }
        if (listener instanceof ServletContextAttributeListener attributes) {
            contextAttributes.add(attributes);
        }
        if (listener instanceof ServletRequestListener request) {
            requests.add(request);
        }
        if (listener instanceof ServletRequestAttributeListener attributes) {
            requestAttributes.add(attributes);
        }
        if (listener instanceof HttpSessionListener session) {
            sessions.add(session);
        }
        if (listener instanceof HttpSessionAttributeListener attributes) {
            sessionAttributes.add(attributes);
        }
        if (listener instanceof HttpSessionIdListener ids) {
            sessionIds.add(ids);
        }
    }

    /** Forgets all, when the application is undeployed. */
    void clear() {
        List.of(contexts, contextAttributes, requests, requestAttributes, sessions, sessionAttributes, sessionIds)
                .forEach(List::clear);
    }

    List<ServletContextListener> contexts() {
        return contexts;
    }

    /** Tells request listeners, in order, that a request enters; what one throws ends the request. */
    void requestInitialized(Context context, ServletRequest request) {
        if (!requests.isEmpty()) {
            ServletRequestEvent event = new ServletRequestEvent(context, request);
            requests.forEach(listener -> listener.requestInitialized(event));
        }
    }

    /** Tells request listeners, in reverse order, that a request leaves. */
    void requestDestroyed(Context context, ServletRequest request) {
        if (!requests.isEmpty()) {
            ServletRequestEvent event = new ServletRequestEvent(context, request);
            reversed(requests, listener -> listener.requestDestroyed(event));
        }
    }

    void sessionCreated(HttpSession session) {
        HttpSessionEvent event = new HttpSessionEvent(session);
        sessions.forEach(listener -> listener.sessionCreated(event));
    }

    /**
     * Tells session listeners, in reverse order, that a session ends (section 11.3.3).
     *
     * @param asked whether the application has asked for it: then it hears of what a listener throws, and no more of them are
     *     called; else that is logged (section 11.6)
     */
    void sessionDestroyed(HttpSession session, boolean asked) {
        HttpSessionEvent event = new HttpSessionEvent(session);
        if (!asked) {
            reversed(sessions, listener -> listener.sessionDestroyed(event));
            return;
        }
        List<HttpSessionListener> last = new ArrayList<>(sessions);
        Collections.reverse(last);
        last.forEach(listener -> listener.sessionDestroyed(event));
    }

    void sessionIdChanged(HttpSession session, String oldId) {
        HttpSessionEvent event = new HttpSessionEvent(session);
        sessionIds.forEach(listener -> listener.sessionIdChanged(event, oldId));
    }

    /** Where the changes of the context's attributes go. */
    Attributes.Changes contextChanges(Context context) {
        return new Attributes.Changes() {
            @Override
            public void added(String name, Object value) {
                contextAttributes.forEach(to -> to.attributeAdded(event(name, value)));
            }

            @Override
            public void replaced(String name, Object old, Object value) {
                contextAttributes.forEach(to -> to.attributeReplaced(event(name, old)));
            }

            @Override
            public void removed(String name, Object old) {
                contextAttributes.forEach(to -> to.attributeRemoved(event(name, old)));
            }

            private ServletContextAttributeEvent event(String name, Object value) {
                return new ServletContextAttributeEvent(context, name, value);
            }
        };
    }

    /** Where the changes of a request's attributes go. */
    Attributes.Changes requestChanges(Context context, ServletRequest request) {
        return new Attributes.Changes() {
            @Override
            public void added(String name, Object value) {
                requestAttributes.forEach(to -> to.attributeAdded(event(name, value)));
            }

            @Override
            public void replaced(String name, Object old, Object value) {
                requestAttributes.forEach(to -> to.attributeReplaced(event(name, old)));
            }

            @Override
            public void removed(String name, Object old) {
                requestAttributes.forEach(to -> to.attributeRemoved(event(name, old)));
            }

            private ServletRequestAttributeEvent event(String name, Object value) {
                return new ServletRequestAttributeEvent(context, request, name, value);
            }
        };
    }

    /** Where the changes of a session's attributes go: first to the values themselves, then to the listeners. */
    Attributes.Changes sessionChanges(HttpSession session) {
        return new Attributes.Changes() {
            /** Before the value can be got, as section 7.4 says. */
            @Override
            public void adding(String name, Object value) {
                if (value instanceof HttpSessionBindingListener binding) {
                    binding.valueBound(event(name, value));
                }
            }

            @Override
            public void added(String name, Object value) {
                sessionAttributes.forEach(to -> to.attributeAdded(event(name, value)));
            }

            @Override
            public void replaced(String name, Object old, Object value) {
                if (old != value) {
                    unbound(name, old);
                }
                sessionAttributes.forEach(to -> to.attributeReplaced(event(name, old)));
            }

            @Override
            public void removed(String name, Object old) {
                unbound(name, old);
                sessionAttributes.forEach(to -> to.attributeRemoved(event(name, old)));
            }

            private void unbound(String name, Object value) {
                if (value instanceof HttpSessionBindingListener binding) {
                    binding.valueUnbound(event(name, value));
                }
            }

            private HttpSessionBindingEvent event(String name, Object value) {
                return new HttpSessionBindingEvent(session, name, value);
            }
        };
    }

    /** Calls in reverse order; what one throws is logged, and the others are called all the same. */
    static <L extends EventListener> void reversed(List<L> listeners, Consumer<L> call) {
        List<L> copy = new ArrayList<>(listeners);
        Collections.reverse(copy);
        for (L listener : copy) {
            try {
                call.accept(listener);
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.WARNING, "listener " + listener.getClass().getName() + " failed", e);
            }
        }
    }
}
