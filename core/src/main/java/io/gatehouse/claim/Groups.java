/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The groups that a user is in. May block for a moment. */
@FunctionalInterface
interface Groups {

    /** By name; empty if they can't be found. */
    Set<String> of(String user);

    /**
     * As the system's {@code id} says, which asks every directory that the system knows, while the peer credentials of a socket
     * name one group only.
     */
    Groups SYSTEM = user -> ask("id", "-Gn", "--", user);

    /** The words that a program prints; none if it can't be run, fails, or takes longer than five seconds. */
    static Set<String> ask(String... command) {
        System.Logger log = System.getLogger(Groups.class.getName());
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                    .start();
            try {
                if (process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0) {
                    String printed = new String(process.getInputStream().readNBytes(64 * 1024), StandardCharsets.UTF_8);
                    return Set.copyOf(java.util.Arrays.asList(printed.strip().split("\\s+")).stream().distinct().toList());
                }
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            log.log(Level.DEBUG, () -> String.join(" ", command) + " can't be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        log.log(Level.DEBUG, () -> String.join(" ", command) + " found no groups");
        return Set.of();
    }
}
