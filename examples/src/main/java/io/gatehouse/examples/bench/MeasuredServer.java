/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A contender in a process of its own, bound to one processor. Used by one thread. */
interface MeasuredServer extends AutoCloseable {

    /** Where it listens on 127.0.0.1. */
    int port();

    /** The number of its process. */
    long pid();

    /** What it has used up so far. */
    Usage usage() throws IOException;

    /** Lets it end, then makes it end. */
    @Override
    void close() throws IOException;

    /** Waits for a process that was asked to end, then makes it end. */
    static void end(Process process) {
        try {
            if (process.waitFor(10, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }

    /**
     * Counters of a process, which only grow.
     *
     * @param user microseconds of processor time outside the kernel
     * @param system microseconds of processor time inside the kernel
     * @param allocated bytes on the heap; 0 if it has none that is collected
     * @param switches how often a thread gave the processor up, or lost it
     */
    record Usage(long user, long system, long allocated, long switches) {

        /** Clock ticks a second in /proc: USER_HZ, which is 100 on every Linux that Java runs on. */
        private static final long TICKS_PER_SECOND = 100;

        /** What /proc says of a process and all its threads. */
        static Usage of(long pid, long allocated) throws IOException {
            // Fields 14 and 15 of proc_pid_stat(5); the second is a name in brackets, which may hold anything.
            Path process = Path.of("/proc", Long.toString(pid));
            String stat = Files.readString(process.resolve("stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long microsPerTick = 1_000_000 / TICKS_PER_SECOND;
            return new Usage(
                    Long.parseLong(fields[11]) * microsPerTick, Long.parseLong(fields[12]) * microsPerTick, allocated,
                            switches(process.resolve("task")));
        }

        Usage since(Usage before) {
            return new Usage(
                    user - before.user, system - before.system, allocated - before.allocated, switches - before.switches);
        }

        private static long switches(Path tasks) throws IOException {
            long sum = 0;
            try (var threads = Files.newDirectoryStream(tasks)) {
                for (Path thread : threads) {
                    for (String line : Files.readAllLines(thread.resolve("status"))) {
                        if (line.contains("ctxt_switches:")) {
                            sum += Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
                        }
                    }
                }
            }
            return sum;
        }
    }
}
