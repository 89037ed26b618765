/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A contender in a JVM of its own. All of them have the same heap and the same collector. */
final class JvmServer implements MeasuredServer {

    /** The benchmark's own logging is its servers' too. */
    private static final String LOGGING = "java.util.logging.config.file";
    private static final String DEFAULT_LOGGING =
            Path.of(System.getProperty("java.home"), "conf", "logging.properties").toString();

    private final Process process;
    private final BufferedReader output;
    private final BufferedWriter input;
    private final int port;

    private JvmServer(Process process) throws IOException {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.US_ASCII);
        this.input = process.outputWriter(StandardCharsets.US_ASCII);
        this.port = (int) answer("ready");
    }

    /**
     * Starts a contender and waits until it serves.
     *
     * @param origin the TCP port of {@link Contender#ORIGIN}, or 0
     * @param processor the number of the processor it may use
     */
    static JvmServer start(Contender contender, Path files, int origin, int processor) throws IOException {
        List<String> command = List.of(
                "taskset", "-c", Integer.toString(processor),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms256m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:+AlwaysPreTouch",
                "-D" + LOGGING + "=" + System.getProperty(LOGGING, DEFAULT_LOGGING),
                "-cp", System.getProperty("java.class.path", "." + File.pathSeparator),
                Peer.class.getName(), contender.name(), files.toString(), Integer.toString(origin));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            return new JvmServer(process);
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw new IOException(contender.title() + " did not start: see its message above", e);
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public Usage usage() throws IOException {
        input.write("allocated\n");
        input.flush();
        return Usage.of(process.pid(), answer("allocated"));
    }

    private long answer(String word) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(word + ' ')) {
                return Long.parseLong(line.substring(word.length() + 1));
            }
        }
        throw new IOException("the server's JVM ended before it said '" + word + "'");
    }

    @Override
    public void close() throws IOException {
        input.close();
        MeasuredServer.end(process);
    }
}
