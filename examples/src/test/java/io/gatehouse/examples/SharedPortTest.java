/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Gatehouse;
import io.gatehouse.GatehouseBuilder;
import io.gatehouse.claim.ClaimSettings;
import io.gatehouse.claim.Grant;
import io.gatehouse.claim.PrefixStatus;
import io.gatehouse.route.Prefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several programs, in processes of their own, behind one port: who gets what, and what becomes of it when one of them goes. */
@Timeout(120)
final class SharedPortTest {

    @TempDir
    private Path directory;

    private Gatehouse gatehouse;

    private GatehouseBuilder builder(String transport, UnaryOperator<ClaimSettings> claims) {
        return TestSite.builder(transport).claims(c -> claims.apply(c.withSocket(control())));
    }

    @AfterEach
    void close() {
        if (gatehouse != null) {
            gatehouse.close();
        }
    }

    private Path control() {
        return directory.resolve("g");
    }

    private String listen() {
        return "listen=gatehouse:" + control();
    }

    private Answer get(String target) throws IOException {
        try (Wire wire = Wire.tcp(gatehouse.uri())) {
            return wire.get(target).answer();
        }
    }

    private String text(String target) throws IOException {
        Answer answer = get(target);
        assertEquals(200, answer.status(), target);
        return answer.text().strip();
    }

    /** Asks again and again until the answer has this status; the test's time limit ends it. */
    private Answer until(int status, String target) throws IOException {
        Answer answer = get(target);
        while (answer.status() != status) {
            Thread.onSpinWait();
            answer = get(target);
        }
        return answer;
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void threeJvmsAndAPythonProgramShareOnePort(String transport) throws Exception {
        String other = transport.equals("nio") ? "jetty" : "nio";
        gatehouse = builder(transport, c -> c).handle("/own/", (request, response) -> response.send("own")).start();
        try (Program one = Program.orders("/one/", listen(), "transport=nio");
                Program two = Program.orders("/two/", listen(), "transport=jetty");
                Program three = Program.orders("/three/", listen(), "transport=" + other, "tenant.claims=//+/three/");
                Program python = Program.python(control(), "/python/")) {
            one.serves();
            two.serves();
            three.serves();
            python.says("claimed /python/");
            int port = gatehouse.uri().getPort();
            for (int round = 0; round < 3; round++) {
                assertEquals("own", text("/own/"));
                String one1 = text("/one/a%20b?c=d");
                assertTrue(one1.matches("java " + one.pid() + " http://localhost/one/a b for .*127\\.0\\.0\\.1:\\d+"), one1);
                assertTrue(text("/two/x").startsWith("java " + two.pid() + " http://localhost/two/x for "));
                assertTrue(text("/three/").startsWith("java " + three.pid() + " http://localhost/three/ for "));
                String python1 = text("/python/x?y=z");
                assertTrue(python1.startsWith("python " + python.pid() + " /python/x?y=z for "), python1);
                assertEquals(404, get("/four/").status());
            }
            try (Wire wire = Wire.tcp(gatehouse.uri())) {
                String answer = wire.send("GET /one/ HTTP/1.1\r\nHost: example.com:" + port + "\r\nForwarded: for=6.6.6.6\r\n"
                        + "X-Forwarded-For: 6.6.6.6\r\n\r\n").answer().text();
                assertTrue(answer.contains(" http://example.com:" + port + "/one/ for ") && answer.contains("127.0.0.1"), answer);
                assertFalse(answer.contains("6.6.6.6"), "what a client says of itself is hearsay");
            }
            List<PrefixStatus> status = gatehouse.claims();
            assertEquals(4, status.size());
            for (PrefixStatus prefix : status) {
                PrefixStatus.Claimant claimant = prefix.claimants().get(0);
                assertTrue(claimant.pidIsUsers() && claimant.requests() >= 3 && claimant.failures() == 0, prefix.toString());
            }
            String state = ServiceState.ask(control());
            assertTrue(state.contains("name=/one/ reserved=no") && state.contains("user=") && state.contains("pid=" + python.pid()), state);

            two.terminate();
            assertEquals(143, two.exitCode(), () -> two.printed().toString());
            assertEquals(404, get("/two/").status(), "a program that ends in order has released its prefix");
            python.terminate();
            assertEquals(0, python.exitCode(), () -> python.printed().toString());
            assertEquals(404, get("/python/").status());
            assertTrue(text("/one/").startsWith("java " + one.pid()));
        }
    }

    @Test
    void whoMayNotIsToldSo() throws Exception {
        // As another user where that can be done, else as one whom the reservation does not name.
        boolean root = Files.getOwner(Path.of("/proc/self")).getName().equals("root");
        Prefix prefix = Prefix.parse("/orders/");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path script = Files.copy(Path.of("src/main/python/orders.py"), directory.resolve("orders.py"));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rw-r--r--"));
        String interpreter = Files.isExecutable(Path.of("/usr/bin/python3")) ? "/usr/bin/python3" : "python3";
        List<String> program = List.of(interpreter, script.toString(), control().toString(), "/orders/");
        List<String> asNobody = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
        ClaimSettings open = ClaimSettings.NONE;
        gatehouse = TestSite.builder("nio").claims(c -> new ClaimSettings(control(), "666", null, open.connections(), open.claims(),
                open.ping(), open.linger(), open.hold(), open.queue(), open.answer(), Map.of(prefix, Grant.parse("user:somebody-else")), Map.of(),
                Map.of())).start();
        try (Program refused = Program.start(root ? List.of(asNobody, program).stream().flatMap(List::stream).toList() : program)) {
            assertEquals(1, refused.exitCode());
            String said = String.join("\n", refused.printed());
            assertTrue(said.contains("error forbidden user " + (root ? "nobody" : System.getProperty("user.name"))
                    + " may not claim /orders/: it is reserved by /orders/ for others"), said);
            assertEquals(503, get("/orders/").status(), "reserved, and nobody there");
        }
        try (Program refused = Program.orders("/orders/", listen())) {
            assertEquals(1, refused.exitCode());
        }
    }
}
