/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.annotation.MultipartConfig;
import java.util.Enumeration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one instance of a registered servlet and its life (Servlet 6.1 section 2.3).
 *
 * <pre>
 *   NEW ──init──► READY ──UnavailableException──► PAUSED ──time is over──► READY
 *    ▲  │           └──for good──► GONE, and destroyed once no request is in it any more (section 2.3.4)
 *    └──┘ init failed
 *   any ──the application ends──► ENDED, destroyed
 * </pre>
 *
 * <p>Made and initialised once, on the deploying thread or by its first request, others waiting for it.
 */
final class ServletInstance implements ServletConfig {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    private final Context context;
    private final ServletDefinition definition;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Servlet ready;
    private final AtomicInteger inService = new AtomicInteger();
    private volatile @Nullable MultipartConfigElement annotated;
    private volatile boolean annotationRead;
    private volatile boolean ended;

    /** Until when it is unavailable, in the clock's milliseconds: 0 for not at all, MAX_VALUE for good. */
    private volatile long unavailableUntil;

    ServletInstance(Context context, ServletDefinition definition) {
        this.context = context;
        this.definition = definition;
    }

    String name() {
        return definition.getName();
    }

    boolean asyncSupported() {
        return definition.asyncSupported();
    }

    /** The multipart settings: those of the registration, else those of the annotation; null if there are none. */
    @Nullable MultipartConfigElement multipart() {
        MultipartConfigElement set = definition.multipart();
        if (set == null && !annotationRead) {
            // Filters read parameters before the servlet is made.
            readAnnotation();
        }
        return set != null ? set : annotated;
    }

    /**
     * The servlet, initialised; {@link #release} follows when it has served.
     *
     * @throws UnavailableException if it is out of service
     * @throws ServletException if it can't be made or initialised; the next request tries again
     */
    Servlet acquire() throws ServletException {
        inService.incrementAndGet();
        boolean fine = false;
        try {
            Servlet servlet = available();
            fine = true;
            return servlet;
        } finally {
            if (!fine) {
                release();
            }
        }
    }

    /** A request leaves the servlet. */
    void release() {
        if (inService.decrementAndGet() == 0 && unavailableUntil == Long.MAX_VALUE) {
            end();
        }
    }

    private Servlet available() throws ServletException {
        Servlet servlet = ready;
        if (servlet != null && unavailableUntil == 0) {
            return servlet;
        }
        lock.lock();
        try {
            requireAvailable();
            servlet = ready;
            if (servlet == null) {
                servlet = initialise();
                ready = servlet;
            }
            return servlet;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the servlet out of service, as its exception says (section 2.3.3.2). */
    void unavailable(UnavailableException failure) {
        long seconds = failure.isPermanent() ? 0 : Math.max(1, failure.getUnavailableSeconds());
        unavailableUntil = failure.isPermanent() ? Long.MAX_VALUE : context.clock().millis() + 1000 * seconds;
        LOG.log(System.Logger.Level.WARNING, "servlet " + name() + " is unavailable"
                + (failure.isPermanent() ? " for good" : " for " + seconds + " s") + ": " + failure.getMessage());
    }

    /** The application ends: the servlet's life, if it began, is over, and does not begin again. */
    void destroy() {
        ended = true;
        end();
    }

    private void end() {
        lock.lock();
        try {
            Servlet servlet = ready;
            ready = null;
            if (servlet != null) {
                try {
                    servlet.destroy();
                } catch (RuntimeException | Error e) {
                    LOG.log(System.Logger.Level.WARNING, "destroy of servlet " + name() + " failed", e);
                }
                context.components().destroy(servlet);
            }
        } finally {
            lock.unlock();
        }
    }

    private void requireAvailable() throws UnavailableException {
        if (ended) {
            throw new UnavailableException("servlet " + name() + " has ended with its application", 1);
        }
        long until = unavailableUntil;
        if (until == Long.MAX_VALUE) {
            throw new UnavailableException("servlet " + name() + " is gone");
        }
        long left = until - context.clock().millis();
        if (until != 0 && left > 0) {
            throw new UnavailableException("servlet " + name() + " is paused", (int) Math.min(86_400, left / 1000 + 1));
        }
        unavailableUntil = 0;
    }

    /** Its class; null if there is none of that name. */
    @Nullable Class<? extends Servlet> type() {
        try {
            return definition.component().load(context.components().loader(), Servlet.class);
        } catch (ServletException e) {
            LOG.log(System.Logger.Level.DEBUG, "the class of servlet " + name() + " can't be read", e);
            return null;
        }
    }

    private void readAnnotation() {
        Class<? extends Servlet> type = type();
        if (type != null) {
            MultipartConfig annotation = type.getAnnotation(MultipartConfig.class);
            annotated = annotation == null ? null : new MultipartConfigElement(annotation);
            annotationRead = true;
        }
    }

    private Servlet initialise() throws ServletException {
        Component<Servlet> component = definition.component();
        Servlet servlet = context.components().instance(component, Servlet.class);
        try {
            servlet.init(this);
            return servlet;
        } catch (UnavailableException e) {
            context.components().destroy(servlet);
            unavailable(e);
            throw e;
        } catch (ServletException | RuntimeException | Error e) {
            // Not destroyed by its own method: it was never in service (section 2.3.2.1).
            context.components().destroy(servlet);
            throw e;
        }
    }

    @Override
    public String getServletName() {
        return name();
    }

    @Override
    public ServletContext getServletContext() {
        return context;
    }

    @Override
    public @Nullable String getInitParameter(String name) {
        return definition.getInitParameter(name);
    }

    @Override
    public Enumeration<String> getInitParameterNames() {
        return definition.parameters.names();
    }
}
