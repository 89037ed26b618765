/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The launcher in a JVM of its own, with what it prints. Used by one thread. */
final class LauncherProcess implements AutoCloseable {

    private static final Pattern ADDRESS = Pattern.compile("http://[\\w.]+:\\d+");

    private final Process process;
    private final BufferedReader output;
    private final List<String> printed = new ArrayList<>();

    private LauncherProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /**
     * Starts it as {@code exec:exec} does; {@link #uri} waits until it serves.
     *
     * @param settings as on the command line: {@code gatehouse.transport=jetty}
     */
    static LauncherProcess start(String... settings) throws IOException {
        return start(Path.of(""), Path.of("target/launcher"), settings);
    }

    /**
     * Starts it somewhere else.
     *
     * @param directory the working directory
     * @param configuration the directory of the class path that has {@code gatehouse.properties}
     */
    static LauncherProcess start(Path directory, Path configuration, String... settings) throws IOException {
        String classPath = configuration.toAbsolutePath() + File.pathSeparator + System.getProperty("java.class.path");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String setting : settings) {
            command.add("-D" + setting);
        }
        Path logging = Path.of("target/launcher/logging.properties");
        command.add("-Djava.util.logging.config.file=" + logging.toAbsolutePath());
        command.addAll(List.of("-cp", classPath, Launcher.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toAbsolutePath().toFile());
        // What the machine's owner likes is not what is tested.
        builder.environment().keySet().removeIf(name -> name.startsWith("GATEHOUSE_") || name.startsWith("JAVA_TOOL"));
        return new LauncherProcess(builder.redirectErrorStream(true).start());
    }

    /** Where it serves, as its start-up line says. */
    URI uri() throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            printed.add(line);
            Matcher address = ADDRESS.matcher(line);
            if (address.find()) {
                return URI.create(address.group());
            }
        }
        throw new IOException("the launcher ended and said: " + printed);
    }

    /** Asks it to stop, as a service manager does. */
    void terminate() {
        // Not Process.destroy, which closes the streams too.
        process.toHandle().destroy();
    }

    /** Waits for its end, and returns its exit code. */
    int exitCode() throws IOException, InterruptedException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            printed.add(line);
        }
        return process.waitFor();
    }

    /** The lines it has printed so far, of what was read of them. */
    List<String> printed() {
        return printed;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (process.waitFor(30, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
