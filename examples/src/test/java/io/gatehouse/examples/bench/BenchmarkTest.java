/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The benchmark's parts; it is not run here, for a build measures nothing. */
@Timeout(60)
final class BenchmarkTest {

    @TempDir
    private Path work;
    private Path files;

    @BeforeEach
    void makeFiles() throws IOException {
        files = Files.createDirectory(work.resolve("files"));
        Files.writeString(files.resolve("1k.txt"), "0123456789abcdef".repeat(64));
    }

    /** Those in other processes need programs that a build does without. */
    static List<Arguments> javaContenders() {
        return Arrays.stream(Scenario.values())
                .flatMap(scenario -> scenario.contenders().stream()
                        .filter(Contender::isJava)
                        .map(contender -> Arguments.of(scenario, contender)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("javaContenders")
    void allContendersServeTheSame(Scenario scenario, Contender contender) throws Exception {
        String content = "0123456789abcdef".repeat(scenario.length() / 16);
        if (scenario.path().endsWith(".txt")) {
            Files.writeString(files.resolve(scenario.path().substring(1)), content);
        }
        try (Contender.Running origin = Contender.ORIGIN.start(files, 0);
                Contender.Running running = contender.start(files, origin.port())) {
            for (int i = 0; i < 2; i++) {
                assertEquals(content, ask(running.port(), scenario, content));
            }
        }
    }

    @Test
    void theBareLoopAnswersAllThatIsPipelined() throws Exception {
        Files.writeString(files.resolve("1k.txt"), "body");
        try (Contender.Running running = Contender.BARE_LOOP.start(files, 0);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), running.port())) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".repeat(16).getBytes(StandardCharsets.US_ASCII));
            String answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\n\r\nbody";
            byte[] answers = socket.getInputStream().readNBytes(16 * answer.length());
            assertEquals(answer.repeat(16), new String(answers, StandardCharsets.US_ASCII));
        }
    }

    @Test
    void scriptsMakeWhatAScenarioAsksFor() {
        assertNull(Wrk.script(Scenario.FILE));
        assertTrue(String.valueOf(Wrk.script(Scenario.PIPELINED)).contains("for i = 1, 16 do"));
        assertTrue(String.valueOf(Wrk.script(Scenario.ECHO)).contains("string.rep(\"0123456789abcdef\", 1024)"));
    }

    @Test
    void systemCallsAreReadFromTheLastLine() {
        String table = """
                strace: Process 4711 attached with 3 threads
                % time     seconds  usecs/call     calls    errors syscall
                ------ ----------- ----------- --------- --------- ----------------
                 52.29    0.004014           2      1771           write
                 33.32    0.002558           1      1790        19 read
                ------ ----------- ----------- --------- --------- ----------------
                100.00    0.007677           2      3624        19 total
                """;
        assertEquals(OptionalLong.of(3624), SystemCalls.parse(table));
        assertEquals(OptionalLong.of(3624), SystemCalls.parse(table.replace("        19 total", "           total")));
        assertEquals(OptionalLong.empty(), SystemCalls.parse("strace: attach: ptrace(PTRACE_SEIZE, 1): Operation not permitted"));
    }

    @Test
    void aProcessHasUsedTimeAndSwitched() throws Exception {
        MeasuredServer.Usage usage = MeasuredServer.Usage.of(ProcessHandle.current().pid(), 5);
        assertTrue(usage.user() + usage.system() > 0);
        assertTrue(usage.switches() > 0);
        assertEquals(5, usage.allocated());
    }

    private static String ask(int port, Scenario scenario, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + scenario.path()));
        if (scenario.script() == Scenario.Script.POST) {
            request.POST(HttpRequest.BodyPublishers.ofString(body));
        }
        HttpResponse<String> response =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(200, response.statusCode());
        return response.body();
    }

    @Test
    void aReportIsRead() throws IOException {
        String printed = """
                Running 4s test @ http://127.0.0.1:8080/1k.txt
                  1 threads and 64 connections
                  Thread Stats   Avg      Stdev     Max   +/- Stdev
                    Latency     1.61ms    1.04ms  31.32ms   96.01%
                    Req/Sec    41.30k     3.11k   45.20k    87.50%
                  Latency Distribution
                     50%    1.40ms
                     99%    4.25ms\s
                  164303 requests in 4.01s, 197.14MB read
                Requests/sec:  40966.06
                Transfer/sec:     49.15MB
                """;
        assertEquals(new Wrk.Load(164303, 4.01, 4250), Wrk.parse(printed));
        assertEquals(new Wrk.Load(9, 60, 900), Wrk.parse("  99%  900.00us\n  9 requests in 1.00m, 1KB read\n"));
    }

    @Test
    void failuresAreNotCounted() {
        assertThrows(IOException.class, () -> Wrk.parse("""
                  100 requests in 1.00s, 19.14KB read
                  Non-2xx or 3xx responses: 7
                """));
        assertThrows(IOException.class, () -> Wrk.parse("""
                  100 requests in 1.00s, 19.14KB read
                  Socket errors: connect 0, read 3, write 0, timeout 0
                """));
        assertThrows(IOException.class, () -> Wrk.parse("unable to connect\n"));
    }

    @Test
    void mediansAreTakenColumnByColumn() {
        Sample median = Sample.median(List.of(
                new Sample(10, 7, 1, 9, 100, 0.5), new Sample(30, 9, 2, 7, 300, 0.1), new Sample(20, 8, 3, 8, 200, 0.3)));
        assertEquals(new Sample(20, 8, 2, 8, 200, 0.3), median);
        assertEquals(new Sample(15, 6, 1.5, 8, 150, 1), Sample.median(List.of(
                new Sample(10, 5, 1, 9, 100, 1), new Sample(20, 7, 2, 7, 200, 1))));
        assertEquals(0.5, new Sample(0, 0, 4, 1, 0, 0).costAgainst(new Sample(0, 0, 5, 5, 0, 0)));
        assertEquals(0.8, new Sample(0, 0, 4, 1, 0, 0).userShare());
    }

    @Test
    void usageIsADifference() {
        assertEquals(
                new MeasuredServer.Usage(5, 6, 7, 8),
                new MeasuredServer.Usage(15, 26, 37, 48).since(new MeasuredServer.Usage(10, 20, 30, 40)));
    }
}
