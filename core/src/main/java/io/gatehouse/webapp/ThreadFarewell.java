/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Ends what threads an application has left behind, as far as the JDK lets anyone: they are interrupted and lose the
 * application's class loader; a timer is stopped too where the JDK's inside is open. Who does not end is named in the log.
 */
final class ThreadFarewell {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.webapp");

    /** How many frames of a thread's stack the log shows. */
    private static final int FRAMES = 12;

    private final ClassLoader loader;
    private final Duration patience;

    /**
     * @param patience for all threads together to end after their interrupt
     */
    ThreadFarewell(ClassLoader loader, Duration patience) {
        this.loader = loader;
        this.patience = patience;
    }

    /** The names of the threads that live on. */
    List<String> run() {
        List<Thread> left = new ArrayList<>();
        Thread.getAllStackTraces().keySet().forEach(each -> {
            if (each != Thread.currentThread() && each.isAlive() && isOurs(each)) {
                left.add(each);
            }
        });
        for (Thread each : left) {
            stopTimer(each);
            each.interrupt();
            if (isBelow(each.getContextClassLoader())) {
                each.setContextClassLoader(loader.getParent());
            }
        }
        List<String> names = new ArrayList<>();
        long end = System.nanoTime() + patience.toNanos();
        for (Thread each : left) {
            if (!joined(each, end)) {
                names.add(each.getName());
                LOG.log(System.Logger.Level.WARNING, "the thread " + each.getName() + " of " + loader
                        + " does not end and keeps its classes in memory: end it in contextDestroyed"
                        + remedy(each) + stack(each));
            }
        }
        return names;
    }

    private boolean isOurs(Thread thread) {
        return isBelow(thread.getContextClassLoader()) || isBelow(thread.getClass().getClassLoader());
    }

    /** Whether it is the application's class loader, or one that was made by the application. */
    private boolean isBelow(@Nullable ClassLoader other) {
        for (ClassLoader each = other; each != null; each = each.getParent()) {
            if (each == loader) {
                return true;
            }
        }
        return false;
    }

    private static boolean joined(Thread thread, long end) {
        try {
            long millis = Math.max(1, (end - System.nanoTime()) / 1_000_000);
            thread.join(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /** A timer's thread waits on through interrupts; its queue is the JDK's own matter unless that is opened. */
    private static void stopTimer(Thread thread) {
        if (!isTimer(thread)) {
            return;
        }
        try {
            Field more = thread.getClass().getDeclaredField("newTasksMayBeScheduled");
            Field waiting = thread.getClass().getDeclaredField("queue");
            more.setAccessible(true);
            waiting.setAccessible(true);
            Object queue = waiting.get(thread);
            Method clear = queue.getClass().getDeclaredMethod("clear");
            clear.setAccessible(true);
            synchronized (queue) {
                more.setBoolean(thread, false);
                clear.invoke(queue);
                queue.notifyAll();
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "a timer can't be stopped from outside", e);
        }
    }

    private static boolean isTimer(Thread thread) {
        return thread.getClass().getName().equals("java.util.TimerThread");
    }

    private static String remedy(Thread thread) {
        return isTimer(thread) ? ", by the timer's cancel, or start Java with --add-opens java.base/java.util=ALL-UNNAMED" : "";
    }

    private static String stack(Thread thread) {
        StringBuilder text = new StringBuilder();
        int shown = 0;
        for (StackTraceElement each : thread.getStackTrace()) {
            if (shown++ < FRAMES) {
                text.append("\n    at ").append(each);
            }
        }
        return text.toString();
    }

    /** Takes back hooks for the JVM's exit, where the JDK's inside is open; the names of those that were. */
    List<String> removeHooks() {
        List<String> names = new ArrayList<>();
        try {
            Field hooks = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
            hooks.setAccessible(true);
            if (hooks.get(null) instanceof Map<?, ?> all) {
                for (Object each : List.copyOf(all.keySet())) {
                    if (each instanceof Thread thread && isOurs(thread) && Runtime.getRuntime().removeShutdownHook(thread)) {
                        names.add(thread.getName());
                    }
                }
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "hooks for the exit can't be seen from outside", e);
        }
        return names;
    }
}
