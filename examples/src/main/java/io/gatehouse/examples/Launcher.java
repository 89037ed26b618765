/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import io.gatehouse.Gatehouse;
import java.io.IOException;

/**
 * Runs what {@code gatehouse.properties} says: the file of that name in the working directory or on the class path,
 * environment and system properties over it.
 *
 * <p>A signal to terminate stops it in order: what is in flight is answered first, while {@code stop.grace} lasts. If
 * it can't start, one line says why and what to do, and the exit code is 1.
 */
public final class Launcher {

    private Launcher() {}

    /** Starts, and serves until the process is asked to end. */
    @SuppressWarnings("SystemOut") // whoever starts it reads why it ended
    public static void main(String[] args) throws InterruptedException {
        try (Gatehouse gatehouse = Gatehouse.builder().stopOnExit().start()) {
            gatehouse.join();
        } catch (IOException | RuntimeException e) {
            System.err.println("gatehouse: " + e.getMessage());
            System.exit(1);
        }
    }
}
