/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import io.gatehouse.route.Prefix;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** A program that was started for a prefix: no shell, and what it prints goes to the log. */
final class StartedProcess implements DemandStart.Running {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.claim.start");
    private static final int MAX_LINE = 1_000;

    private final Process process;

    private StartedProcess(Process process) {
        this.process = process;
    }

    /**
     * How programs are started for a prefix. They inherit the environment but for {@code GATEHOUSE_...}, which would be the
     * gatehouse's own settings; in their place they are told where to claim what, by the variables that make a Gatehouse program a tenant.
     */
    static DemandStart.Launch launch(Prefix prefix, Path control) {
        return command -> {
            ProcessBuilder builder = new ProcessBuilder(command);
            Map<String, String> environment = builder.environment();
            environment.keySet().removeIf(name -> name.startsWith("GATEHOUSE_"));
            environment.put("GATEHOUSE_LISTEN", "gatehouse:" + control.toAbsolutePath());
            environment.put("GATEHOUSE_TENANT_CLAIMS", prefix.toString());
            builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null"))).redirectErrorStream(true);
            return begin(builder, prefix.toString());
        };
    }

    /** Starts it, with a thread that reads what it prints until its end. */
    static StartedProcess begin(ProcessBuilder builder, String name) throws IOException {
        Process process = builder.start();
        Thread reader = new Thread(() -> log(process, name), "gatehouse-start-" + process.pid());
        reader.setDaemon(true);
        reader.start();
        return new StartedProcess(process);
    }

    @Override
    public CompletionStage<Integer> exit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    @Override
    public void end() {
        process.toHandle().destroy(); // not Process.destroy, which closes the stream that tells why
    }

    @Override
    public void kill() {
        process.toHandle().destroyForcibly();
    }

    private static void log(Process process, String name) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            StringBuilder line = new StringBuilder();
            for (int c = output.read(); c >= 0; c = output.read()) {
                if (c != '\n' && line.length() < MAX_LINE) {
                    line.append((char) c);
                } else if (c == '\n') {
                    LOG.log(Level.INFO, name + ": " + Line.printable(line.toString()));
                    line.setLength(0);
                }
            }
            if (line.length() > 0) {
                LOG.log(Level.INFO, name + ": " + Line.printable(line.toString()));
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, name + ": reading its output failed: " + e);
        }
    }
}
