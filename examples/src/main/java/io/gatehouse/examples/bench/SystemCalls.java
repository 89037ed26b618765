/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts the system calls of a process and of all its threads with {@code strace}, which slows it down a lot: for a run
 * of its own, not for one whose time is measured.
 */
final class SystemCalls implements AutoCloseable {

    /** The last line of its table: percent, seconds, microseconds a call, calls, errors if any, {@code total}. */
    private static final Pattern TOTAL = Pattern.compile("(?m)^ *[\\d.]+ +[\\d.]+ +\\d+ +(\\d+)(?: +\\d+)? +total$");

    private final Process process;

    private SystemCalls(Process process) {
        this.process = process;
    }

    /**
     * Begins to count.
     *
     * @throws IOException if there is no strace
     */
    static SystemCalls of(long pid) throws IOException {
        return new SystemCalls(
                new ProcessBuilder(List.of("strace", "-f", "-c", "-p", Long.toString(pid))).redirectErrorStream(true).start());
    }

    /** Ends the counting; how many there were, or nothing if strace was not let. */
    OptionalLong total() throws IOException {
        process.toHandle().destroy(); // a SIGTERM, on which it lets go of the process and prints
        return parse(new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
    }

    /** Reads strace's table. */
    static OptionalLong parse(String printed) {
        Matcher total = TOTAL.matcher(printed);
        return total.find() ? OptionalLong.of(Long.parseLong(total.group(1))) : OptionalLong.empty();
    }

    @Override
    public void close() {
        process.destroy();
        MeasuredServer.end(process);
    }
}
