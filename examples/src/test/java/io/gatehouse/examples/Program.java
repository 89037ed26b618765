/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that serves, in Java or in another language, with what it prints. Used by one thread. */
final class Program implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;
    private final List<String> printed = new ArrayList<>();

    private Program(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** {@link Orders} in a JVM of its own, at a prefix, with settings as on the command line. */
    static Program orders(String prefix, String... settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xshare:auto", "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC", "-Xmx128m"));
        for (String setting : settings) {
            command.add("-Dgatehouse." + setting);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Orders.class.getName(), prefix));
        return start(command);
    }

    /** The tenant in Python. */
    static Program python(Path control, String prefix) throws IOException {
        return start(List.of("python3", Path.of("src/main/python/orders.py").toAbsolutePath().toString(), control.toString(), prefix));
    }

    static Program start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // What the machine's owner likes is not what is tested.
        builder.environment().keySet().removeIf(name -> name.startsWith("GATEHOUSE_") || name.startsWith("JAVA_TOOL"));
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        return new Program(builder.start());
    }

    long pid() {
        return process.pid();
    }

    /** Waits until it prints a line with this in it. */
    Program says(String part) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            printed.add(line);
            if (line.contains(part)) {
                return this;
            }
        }
        throw new IOException("the program ended and said: " + printed);
    }

    /** Waits until it serves. */
    Program serves() throws IOException {
        return says(", up in ");
    }

    /** Ends it as nobody can refuse. */
    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        process.waitFor();
    }

    /** Stops it, or lets it go on. */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill failed");
        }
    }

    /** Asks it to end, as a service manager does. */
    void terminate() {
        process.toHandle().destroy(); // not Process.destroy, which closes the streams too
    }

    /** Waits for its end, and returns its exit code. */
    int exitCode() throws IOException, InterruptedException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            printed.add(line);
        }
        return process.waitFor();
    }

    /** What was read of what it printed. */
    List<String> printed() {
        return printed;
    }

    @Override
    public void close() throws IOException {
        process.toHandle().destroyForcibly();
        try {
            process.waitFor(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        output.close();
    }
}
