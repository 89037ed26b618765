/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.claim.ClaimSettings;
import io.gatehouse.claim.Grant;
import io.gatehouse.route.Prefix;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One gatehouse takes the place of another at the same port. */
@Timeout(120)
final class HandOverTest {

    /** Holds a listening socket, as systemd does, and starts the same program with it whenever it is told to. */
    private static final String SUPERVISOR = """
            import signal, socket, subprocess, sys
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no process that has ended is waited for
            listener = socket.socket()
            listener.bind(("127.0.0.1", 0))
            listener.listen(512)
            print(listener.getsockname()[1], flush=True)
            for line in sys.stdin:
                subprocess.Popen(sys.argv[1:], stdin=listener)
            """;

    @TempDir
    private Path directory;

    /** The supervisor's own processes inherit its output, on which each says that it is up and who it is. */
    @Test
    void anInheritedSocketOutlivesWhoeverServesIt() throws Exception {
        List<String> command = new ArrayList<>(List.of("python3", "-c", SUPERVISOR,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xshare:auto", "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC", "-Xmx128m", "-Dgatehouse.listen=inherited:http", "-Dgatehouse.transport=nio",
                "-cp", System.getProperty("java.class.path"), Orders.class.getName(), "/orders/"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("GATEHOUSE_") || name.startsWith("JAVA_TOOL"));
        Process supervisor = builder.start();
        List<ProcessHandle> started = new ArrayList<>();
        AtomicInteger answered = new AtomicInteger();
        AtomicReference<Exception> failed = new AtomicReference<>();
        AtomicInteger over = new AtomicInteger();
        try (BufferedReader output = supervisor.inputReader(StandardCharsets.UTF_8);
                PrintWriter input = new PrintWriter(supervisor.outputWriter(StandardCharsets.UTF_8), true)) {
            URI uri = URI.create("http://127.0.0.1:" + output.readLine());
            Thread client = new Thread(() -> {
                try {
                    while (over.get() == 0) { // a new connection for each, which the kernel keeps while nobody accepts it
                        try (Wire wire = Wire.tcp(uri)) {
                            Answer answer = wire.get("/orders/", "Connection: close").answer();
                            assertEquals(200, answer.status());
                            answered.incrementAndGet();
                        }
                    }
                } catch (IOException | RuntimeException | AssertionError e) {
                    failed.set(new IllegalStateException("after " + answered + " answers", e));
                }
            });
            client.start();
            for (int round = 0; round < 3; round++) {
                input.println("start");
                for (String line = output.readLine(); !line.contains(", up in "); line = output.readLine()) {
                    assertTrue(supervisor.isAlive(), line);
                }
                ProcessHandle next = supervisor.toHandle().children().filter(child -> !started.contains(child)).findFirst().orElseThrow();
                started.add(next);
                int before = answered.get();
                if (round > 0) {
                    started.get(round - 1).destroy();
                    started.get(round - 1).onExit().join();
                }
                while (answered.get() < before + 50 && failed.get() == null && !Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
            }
            over.set(1);
            client.join();
            if (failed.get() != null) {
                throw failed.get();
            }
            System.out.println("handed over twice: " + answered + " connections, none refused");
        } finally {
            started.forEach(ProcessHandle::destroyForcibly);
            supervisor.destroyForcibly();
        }
    }

    @Test
    void withoutASocketItSaysWhatToDo() throws Exception {
        try (Program program = Program.orders("/orders/", "listen=inherited:http", "transport=nio")) {
            assertEquals(1, program.exitCode());
            String said = String.join("\n", program.printed());
            assertTrue(said.contains("the standard input of this process is no socket"), said);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void twoMayOpenOnePortIfBothSaySo(String transport) throws Exception {
        try (Gatehouse first = TestSite.builder(transport).configuration(
                        Configuration.DEFAULTS.withReusePort(true)).transport(transport).listen("http://127.0.0.1:0")
                .handle("/", (request, response) -> response.send("first")).start()) {
            String listen = "http://127.0.0.1:" + first.uri().getPort();
            IOException taken = assertThrows(IOException.class, () -> TestSite.builder(transport).listen(listen).start());
            assertTrue(taken.getMessage().contains("in use"), taken.getMessage());
            try (Gatehouse second = TestSite.builder(transport).configuration(
                            Configuration.DEFAULTS.withReusePort(true)).transport(transport).listen(listen)
                    .handle("/", (request, response) -> response.send("second")).start()) {
                first.close();
                for (int i = 0; i < 20; i++) {
                    try (Wire wire = Wire.tcp(second.uri())) {
                        assertEquals("second", wire.get("/").answer().text());
                    }
                }
            }
        }
    }

    /** The second gatehouse relieves the first at both sockets; requests wait there until the claimants have come over. */
    @Test
    void claimantsComeOverToTheNextGatehouse() throws Exception {
        Path control = directory.resolve("g");
        ClaimSettings settings = ClaimSettings.NONE.withSocket(control).withHold(Duration.ofSeconds(60), 100)
                .withReservations(Map.of(Prefix.parse("/orders/"), Grant.parse("everyone")));
        Configuration shared = Configuration.DEFAULTS.withReusePort(true).withClaims(settings);
        try (Gatehouse first = Gatehouse.builder().configuration(shared).transport("nio").listen("http://127.0.0.1:0").start();
                Program orders = Program.orders("/orders/", "listen=gatehouse:" + control, "transport=nio").serves();
                Wire kept = Wire.tcp(first.uri())) {
            assertEquals(200, kept.get("/orders/").answer().status());
            try (Gatehouse second = Gatehouse.builder().configuration(shared).transport("nio")
                    .listen("http://127.0.0.1:" + first.uri().getPort()).start()) {
                first.close();
                try (Wire wire = Wire.tcp(second.uri())) {
                    assertTrue(wire.get("/orders/").answer().text().startsWith("java " + orders.pid() + ' '));
                }
                assertTrue(Files.exists(control), "the second one's");
            }
            assertTrue(!Files.exists(control));
        }
    }
}
