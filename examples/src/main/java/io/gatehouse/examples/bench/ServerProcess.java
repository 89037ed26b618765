/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A contender in a JVM of its own, bound to one processor. Used by one thread. */
final class ServerProcess implements AutoCloseable {

    /** Clock ticks a second in /proc: USER_HZ, which is 100 on every Linux that Java runs on. */
    private static final long TICKS_PER_SECOND = 100;

    /** The benchmark's own logging is its servers' too. */
    private static final String LOGGING = "java.util.logging.config.file";
    private static final String DEFAULT_LOGGING =
            Path.of(System.getProperty("java.home"), "conf", "logging.properties").toString();

    private final Process process;
    private final BufferedReader output;
    private final BufferedWriter input;
    private final int port;

    private ServerProcess(Process process) throws IOException {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.US_ASCII);
        this.input = process.outputWriter(StandardCharsets.US_ASCII);
        this.port = (int) answer("ready");
    }

    /**
     * Starts a contender and waits until it serves. All have the same heap and the same collector.
     *
     * @param processor the number of the processor it may use
     */
    static ServerProcess start(Contender contender, Path files, int processor) throws IOException {
        List<String> command = List.of(
                "taskset", "-c", Integer.toString(processor),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms256m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:+AlwaysPreTouch",
                "-D" + LOGGING + "=" + System.getProperty(LOGGING, DEFAULT_LOGGING),
                "-cp", System.getProperty("java.class.path", "." + File.pathSeparator),
                Peer.class.getName(), contender.name(), files.toString());
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            return new ServerProcess(process);
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw new IOException(contender.title() + " did not start: see its message above", e);
        }
    }

    /** Where it listens on 127.0.0.1. */
    int port() {
        return port;
    }

    /** What it has used up so far. */
    Usage usage() throws IOException {
        input.write("allocated\n");
        input.flush();
        long allocated = answer("allocated");
        // Fields 14 and 15 of proc_pid_stat(5); the second is a name in brackets, which may hold anything.
        String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long microsPerTick = 1_000_000 / TICKS_PER_SECOND;
        return new Usage(
                Long.parseLong(fields[11]) * microsPerTick, Long.parseLong(fields[12]) * microsPerTick, allocated);
    }

    private long answer(String word) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(word + ' ')) {
                return Long.parseLong(line.substring(word.length() + 1));
            }
        }
        throw new IOException("the server's JVM ended before it said '" + word + "'");
    }

    /** Lets it end, then makes it end. */
    @Override
    public void close() throws IOException {
        input.close();
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
     * @param allocated bytes on the heap
     */
    record Usage(long user, long system, long allocated) {
        Usage since(Usage before) {
            return new Usage(user - before.user, system - before.system, allocated - before.allocated);
        }
    }
}
