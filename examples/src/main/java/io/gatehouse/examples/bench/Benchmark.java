/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Compares Gatehouse on both transports with plain Jetty: a file of 1 KiB from memory, and a trivial servlet.
 *
 * <p>Each server has a JVM of its own on processor 0, {@code wrk} has processor 1, and only one pair of them works at a
 * time. Every round measures every server, so that what disturbs the machine for a while disturbs all of them; medians
 * over the rounds are printed. The figure to compare is processor time per request: it does not depend on who else is
 * busy, as requests a second do.
 *
 * <p>System properties: {@code bench.rounds} (5), {@code bench.seconds} for each measurement (4), {@code bench.warm-up}
 * in seconds for each server and scenario (6). The defaults take under three minutes. Needs Linux, {@code taskset},
 * {@code wrk} and two processors.
 */
public final class Benchmark {

    private static final int SERVER_PROCESSOR = 0;
    private static final int LOAD_PROCESSOR = 1;

    private enum Scenario {
        FILE("1 KiB file from memory", "/1k.txt", 1024),
        SERVLET("trivial servlet", "/servlet", 5);

        private final String title;
        private final String path;
        private final int length;

        Scenario(String title, String path, int length) {
            this.title = title;
            this.path = path;
            this.length = length;
        }
    }

    private final Map<Contender, ServerProcess> servers = new EnumMap<>(Contender.class);
    private final int rounds = Integer.getInteger("bench.rounds", 5);
    private final int seconds = Integer.getInteger("bench.seconds", 4);
    private final int warmUp = Integer.getInteger("bench.warm-up", 6);

    private Benchmark() {}

    /** Runs it once and prints the tables. */
    public static void main(String[] arguments) throws Exception {
        Path files = Files.createTempDirectory("gatehouse-benchmark");
        try {
            Files.writeString(files.resolve("1k.txt"), "0123456789abcdef".repeat(64));
            new Benchmark().run(files);
        } finally {
            Files.deleteIfExists(files.resolve("1k.txt"));
            Files.deleteIfExists(files);
        }
    }

    private void run(Path files) throws IOException, InterruptedException {
        try {
            for (Contender contender : Contender.values()) {
                servers.put(contender, ServerProcess.start(contender, files, SERVER_PROCESSOR));
            }
            print("Java %s, %d rounds of %d s, wrk -t1 -c64%n", Runtime.version(), rounds, seconds);
            for (Scenario scenario : Scenario.values()) {
                measure(scenario);
            }
        } finally {
            for (ServerProcess server : servers.values()) {
                server.close();
            }
        }
    }

    private void measure(Scenario scenario) throws IOException, InterruptedException {
        Map<Contender, List<Sample>> samples = new EnumMap<>(Contender.class);
        for (Contender contender : servers.keySet()) {
            check(contender, scenario);
            Wrk.run(url(contender, scenario), warmUp, LOAD_PROCESSOR);
        }
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<Contender, ServerProcess> server : servers.entrySet()) {
                ServerProcess.Usage before = server.getValue().usage();
                Wrk.Load load = Wrk.run(url(server.getKey(), scenario), seconds, LOAD_PROCESSOR);
                ServerProcess.Usage used = server.getValue().usage().since(before);
                samples.computeIfAbsent(server.getKey(), key -> new ArrayList<>())
                        .add(Sample.of(load, used));
            }
        }
        report(scenario, samples);
    }

    /** A server that answers wrongly may be as fast as it likes. */
    private void check(Contender contender, Scenario scenario) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url(contender, scenario))).build();
        HttpResponse<byte[]> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200 || response.body().length != scenario.length) {
            throw new IOException(contender.title() + " answers " + scenario.path + " with " + response.statusCode()
                    + " and " + response.body().length + " bytes, not with 200 and " + scenario.length);
        }
    }

    private String url(Contender contender, Scenario scenario) {
        ServerProcess server = servers.get(contender);
        if (server == null) {
            throw new IllegalStateException(contender + " was not started");
        }
        return "http://127.0.0.1:" + server.port() + scenario.path;
    }

    private static void report(Scenario scenario, Map<Contender, List<Sample>> samples) {
        print("%n%-22s %10s %9s %9s %9s %9s %9s%n", scenario.title, "requests/s", "CPU us", "user us", "kernel us",
                "bytes", "per CPU s");
        Map<Contender, Sample> medians = new EnumMap<>(Contender.class);
        samples.forEach((contender, rows) -> medians.put(contender, Sample.median(rows)));
        Sample plain = medians.getOrDefault(Contender.PLAIN_JETTY, new Sample(0, 0, 0, 0));
        medians.forEach((contender, sample) -> print("%-22s %10.0f %9.2f %9.2f %9.2f %9.0f %8.2fx%n",
                contender.title(), sample.rate(), sample.processor(), sample.user(), sample.system(),
                sample.allocated(), sample.ratioTo(plain)));
    }

    @SuppressWarnings("SystemOut") // printing is what this program is for
    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format, values);
        System.out.flush();
    }
}
