/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tenant in Python, before a gatehouse that the test plays line by line. */
@Timeout(60)
final class PythonTenantTest {

    @TempDir
    private Path directory;

    private ServerSocketChannel gatehouse;
    private Program python;

    @BeforeEach
    void start() throws IOException {
        gatehouse = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(directory.resolve("g")));
        python = Program.python(directory.resolve("g"), "/orders/");
    }

    @AfterEach
    void end() throws IOException {
        python.close();
        gatehouse.close();
    }

    /** One control connection, greeted; and what its claim says. */
    private final class Control implements AutoCloseable {
        final SocketChannel channel;
        final BufferedReader lines;
        final String claim;

        Control() throws IOException {
            channel = gatehouse.accept();
            lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
            say("gatehouse claims=1 user=root ping=600000");
            claim = lines.readLine();
            assertTrue(claim.startsWith("claim prefix=/orders/ socket=/"), claim);
        }

        void say(String line) throws IOException {
            channel.write(ByteBuffer.wrap((line + '\n').getBytes(StandardCharsets.UTF_8)));
        }

        Path socket() {
            return Path.of(claim.split(" ")[2].substring("socket=".length()));
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @Test
    void whoIsAskedToEndDrainsAndIsGoneWhenThatIsDone() throws Exception {
        try (Control control = new Control()) {
            control.say("ok prefix=/orders/");
            python.says("claimed /orders/");
            python.terminate();
            assertEquals("drain", control.lines.readLine());
            control.say("ok");
            control.say("drained prefix=/orders/");
            assertNull(control.lines.readLine(), "it does not wait for anything else");
            assertEquals(0, python.exitCode());
            assertTrue(python.printed().stream().noneMatch(line -> line.contains("no gatehouse")), python.printed().toString());
        }
    }

    /** The claim may hold by then: a program that just went away would cost the requests that it has been given. */
    @Test
    void whoIsAskedToEndBeforeItsClaimIsAnsweredDrainsToo() throws Exception {
        try (Control control = new Control()) {
            python.terminate();
            control.say("ok prefix=/orders/");
            String said = control.lines.readLine();
            assertEquals("drain", said);
            control.say("ok");
            control.say("drained prefix=/orders/");
            assertEquals(0, python.exitCode());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit", "stopping", "conflict", "socket"})
    void whatMayPassIsTriedAgain(String code) throws Exception {
        try (Control first = new Control()) {
            first.say("error " + code + " come back later");
            try (Control second = new Control()) {
                second.say("ok prefix=/orders/");
                python.says("claimed /orders/");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"forbidden", "malformed"})
    void whatGetsNoBetterIsTheEnd(String code) throws Exception {
        try (Control control = new Control()) {
            control.say("error " + code + " not so");
            assertEquals(1, python.exitCode());
            assertTrue(python.printed().contains("error " + code + " not so"), python.printed().toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 36", "Transfer-Encoding: chunked"})
    void aBodyIsNotTakenForARequest(String framing) throws Exception {
        try (Control control = new Control(); Wire wire = Wire.unix(control.socket())) {
            wire.send("GET /orders/1 HTTP/1.1\r\nHost: a\r\n\r\n");
            assertEquals(200, wire.answer().status());
            wire.send("GET /orders/2 HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
            Answer answer = wire.answer();
            assertEquals(200, answer.status());
            assertEquals("close", answer.first("Connection"), "the connection ends with it");
        }
    }
}
