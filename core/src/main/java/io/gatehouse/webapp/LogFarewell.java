/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Filter;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes handlers and filters of an application off the JDK's loggers, which outlive it. Levels and resource bundles of an
 * application are held weakly there. Loaded only where there is {@code java.logging}.
 */
final class LogFarewell {

    private LogFarewell() {}

    /** The names of the loggers that were changed. */
    static List<String> run(ClassLoader loader) {
        List<String> changed = new ArrayList<>();
        for (String name : Collections.list(LogManager.getLogManager().getLoggerNames())) {
            Logger logger = LogManager.getLogManager().getLogger(name);
            if (logger == null) {
                continue;
            }
            boolean hit = false;
            for (Handler each : logger.getHandlers()) {
                if (isOf(each, loader) || isOf(each.getFormatter(), loader) || isOf(each.getFilter(), loader)) {
                    logger.removeHandler(each);
                    hit = true;
                }
            }
            Filter filter = logger.getFilter();
            if (isOf(filter, loader)) {
                logger.setFilter(null);
                hit = true;
            }
            if (hit) {
                changed.add(name.isEmpty() ? "the root logger" : name);
            }
        }
        return changed;
    }

    private static boolean isOf(@Nullable Object thing, ClassLoader loader) {
        return thing != null && thing.getClass().getClassLoader() == loader;
    }
}
