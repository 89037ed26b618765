/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The main of a measured JVM. Its arguments are a {@link Contender}, the directory to serve, and the port of the origin.
 *
 * <p>It speaks one line at a time with the benchmark: {@code ready PORT} when it serves, {@code allocated BYTES} in
 * answer to each line on its input, and it ends when that input does, which it also does when the benchmark dies.
 */
final class Peer {

    private Peer() {}

    /** Serves until the standard input ends. */
    @SuppressWarnings("SystemOut") // the answers to the benchmark
    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        try (Contender.Running running = Contender.valueOf(arguments[0]).start(Path.of(arguments[1]), Integer.parseInt(arguments[2]))) {
            System.out.println("ready " + running.port());
            while (input.readLine() != null) {
                System.out.println("allocated " + allocated());
            }
        }
        System.exit(0);
    }

    /** Bytes that all threads have allocated on the heap since the JVM began; before Java 21, all living threads. */
    private static long allocated() throws ReflectiveOperationException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        if (Runtime.version().feature() >= 21) {
            // Newer than the release this is compiled for.
            return (Long) ThreadMXBean.class.getMethod("getTotalThreadAllocatedBytes").invoke(threads);
        }
        return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }
}
