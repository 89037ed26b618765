/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What a logger is told while this is open. */
public final class Logged implements AutoCloseable {

    private final Logger logger; // held, because the JDK holds loggers weakly
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            records.add(entry);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    public Logged(String name) {
        logger = Logger.getLogger(name);
        logger.addHandler(handler);
    }

    /** The messages of that level and above, in order. */
    public List<String> from(Level level) {
        return records.stream()
                .filter(entry -> entry.getLevel().intValue() >= level.intValue())
                .map(LogRecord::getMessage)
                .toList();
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
    }
}
