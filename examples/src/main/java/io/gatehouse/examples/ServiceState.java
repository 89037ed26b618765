/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Shows what a running gatehouse knows of its prefixes and who serves them, as {@code netsh http show servicestate} does: one
 * line for each prefix that is claimed, reserved or forwarded, one below it for each claimant or target. Anyone who may open the control socket may ask.
 */
public final class ServiceState {

    private ServiceState() {}

    /** Prints the state of the gatehouse whose control socket is named. */
    @SuppressWarnings("SystemOut") // whoever asks reads it there
    public static void main(String[] args) throws IOException {
        System.out.print(ask(Path.of(args.length > 0 ? args[0] : "/run/gatehouse.sock")));
    }

    static String ask(Path control) throws IOException {
        StringBuilder out = new StringBuilder();
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(control));
                BufferedReader lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            channel.write(ByteBuffer.wrap("status\n".getBytes(StandardCharsets.UTF_8)));
            lines.readLine(); // the greeting
            for (String line = lines.readLine(); line != null && !line.startsWith("ok "); line = lines.readLine()) {
                out.append(line.startsWith("claimant ") || line.startsWith("target ") ? "    " : "").append(line.substring(line.indexOf(' ') + 1)).append('\n');
            }
        }
        return out.toString();
    }
}
