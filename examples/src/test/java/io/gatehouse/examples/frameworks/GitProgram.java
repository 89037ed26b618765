/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.frameworks;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The git program of this machine, without anybody's settings. Used by one thread. */
final class GitProgram {

    private final Path home;

    /**
     * @param home a directory for it
     */
    GitProgram(Path home) {
        this.home = home;
    }

    /** Runs a command, and returns what it printed to either stream. */
    String run(Path directory, String... command) throws IOException, InterruptedException {
        return run(new byte[0], directory, command);
    }

    /**
     * Runs a command.
     *
     * @param input what it reads
     */
    String run(byte[] input, Path directory, String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("git", "-c", "init.defaultBranch=main", "-c", "core.compression=0", "-c", "gc.auto=0"));
        words.addAll(Arrays.asList(command));
        Path printed = Files.createTempFile(home, "git", ".txt");
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("GIT_") || name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
        environment.putAll(Map.of(
                "HOME", home.toString(),
                "LC_ALL", "C",
                "GIT_CONFIG_NOSYSTEM", "1",
                "GIT_CONFIG_GLOBAL", "/dev/null",
                "GIT_TERMINAL_PROMPT", "0"));
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input);
        } finally {
            if (!process.waitFor(90, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
        String text = Files.readString(printed, StandardCharsets.UTF_8);
        if (process.exitValue() != 0) {
            throw new IOException(words + " ended with " + process.exitValue() + ": " + text);
        }
        return text;
    }
}
