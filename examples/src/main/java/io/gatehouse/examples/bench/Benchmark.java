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
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares Gatehouse on both transports with its peers and with a loop that does nothing: see {@link Scenario}.
 *
 * <p>Each server has a process of its own on processor 0, {@code wrk} has processor 1, which it shares with the origin of
 * those who forward, and only one pair of them works at a time. Every round measures every server, so that what disturbs the machine for a while disturbs all of them; medians
 * over the rounds are printed. The figure to compare is processor time per request: it does not depend on who else is
 * busy, as requests a second do.
 *
 * <p>Before it is measured, a server in a JVM is driven until its time per request no longer falls: what the compiler
 * takes while it is at work is not the server's. System calls are counted in a run of their own, for {@code strace} slows
 * what it looks at.
 *
 * <p>System properties: {@code bench.rounds} (5), {@code bench.seconds} for each measurement (3), {@code bench.warm-up},
 * the most seconds of it for each server and scenario (60), {@code bench.scenarios}, names with commas between them (all).
 * The defaults take about half an hour. Needs Linux, {@code taskset}, {@code wrk}, {@code nginx} and two processors; a
 * column stays empty without {@code strace}.
 */
public final class Benchmark {

    private static final int SERVER_PROCESSOR = 0;
    private static final int LOAD_PROCESSOR = 1;

    /** Warm is a server whose user time falls by less than this part from one measurement to the next. */
    private static final double WARM = 0.04;

    private final Path work;
    private final Path files;
    private final Map<Contender, MeasuredServer> servers = new EnumMap<>(Contender.class);
    private final int rounds = Integer.getInteger("bench.rounds", 5);
    private final int seconds = Integer.getInteger("bench.seconds", 3);
    private final int warmUp = Integer.getInteger("bench.warm-up", 60);

    private Benchmark(Path work) throws IOException {
        this.work = work;
        this.files = Files.createDirectory(work.resolve("files"));
    }

    /** Runs it once and prints the tables. */
    public static void main(String[] arguments) throws Exception {
        Path work = Files.createTempDirectory("gatehouse-benchmark");
        try {
            new Benchmark(work).run(scenarios(System.getProperty("bench.scenarios", "")));
        } finally {
            try (Stream<Path> all = Files.walk(work)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    private static List<Scenario> scenarios(String names) {
        return names.isEmpty() ? List.of(Scenario.values())
                : Arrays.stream(names.split(",", -1)).map(name -> Scenario.valueOf(name.toUpperCase(Locale.ROOT))).toList();
    }

    private void run(List<Scenario> scenarios) throws IOException, InterruptedException {
        for (Scenario scenario : Scenario.values()) {
            if (scenario.path().endsWith(".txt")) {
                Files.writeString(files.resolve(scenario.path().substring(1)), "0123456789abcdef".repeat(scenario.length() / 16));
            }
        }
        try {
            print("Java %s, medians of %d rounds of %d s, wrk -t1%n", Runtime.version(), rounds, seconds);
            for (Scenario scenario : scenarios) {
                measure(scenario);
            }
        } finally {
            for (MeasuredServer server : servers.values()) {
                server.close();
            }
        }
    }

    private void measure(Scenario scenario) throws IOException, InterruptedException {
        String text = Wrk.script(scenario);
        Path script = text == null ? null : Files.writeString(work.resolve("wrk.lua"), text);
        Map<Contender, List<Sample>> samples = new EnumMap<>(Contender.class);
        for (Contender contender : scenario.contenders()) {
            check(contender, scenario);
            warmUp(contender, scenario, script);
        }
        for (int round = 0; round < rounds; round++) {
            for (Contender contender : scenario.contenders()) {
                samples.computeIfAbsent(contender, key -> new ArrayList<>()).add(sample(contender, scenario, script));
            }
        }
        Map<Contender, String> calls = new EnumMap<>(Contender.class);
        for (Contender contender : scenario.contenders()) {
            calls.put(contender, calls(contender, scenario, script));
        }
        report(scenario, samples, calls);
    }

    private void warmUp(Contender contender, Scenario scenario, @Nullable Path script)
            throws IOException, InterruptedException {
        double before = Double.MAX_VALUE;
        for (int spent = 0; spent < warmUp; spent += seconds) {
            double now = sample(contender, scenario, script).user();
            if (!contender.isJava() || now < before && now > before * (1 - WARM)) {
                return;
            }
            before = now;
        }
    }

    private Sample sample(Contender contender, Scenario scenario, @Nullable Path script)
            throws IOException, InterruptedException {
        MeasuredServer server = server(contender);
        MeasuredServer.Usage before = server.usage();
        Wrk.Load load = Wrk.run(url(contender, scenario), scenario.connections(), script, seconds, LOAD_PROCESSOR);
        return Sample.of(load, server.usage().since(before));
    }

    /** System calls per request, or a dash. */
    private String calls(Contender contender, Scenario scenario, @Nullable Path script)
            throws IOException, InterruptedException {
        try (SystemCalls counting = SystemCalls.of(server(contender).pid())) {
            Wrk.Load load = Wrk.run(url(contender, scenario), scenario.connections(), script, 2, LOAD_PROCESSOR);
            OptionalLong total = counting.total();
            return total.isEmpty() ? "-" : String.format(Locale.ROOT, "%.2f", total.getAsLong() / (double) load.requests());
        } catch (IOException e) {
            return "-"; // there is no strace, or it made the server so slow that requests failed
        }
    }

    /** A server that answers wrongly may be as fast as it likes. */
    private void check(Contender contender, Scenario scenario) throws IOException, InterruptedException {
        HttpRequest.Builder building = HttpRequest.newBuilder(URI.create(url(contender, scenario)));
        if (scenario.script() == Scenario.Script.POST) {
            building.POST(HttpRequest.BodyPublishers.ofByteArray(new byte[scenario.length()]));
        }
        HttpRequest request = building.build();
        HttpResponse<byte[]> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200 || response.body().length != scenario.length()) {
            throw new IOException(contender.title() + " answers " + scenario.path() + " with " + response.statusCode()
                    + " and " + response.body().length + " bytes, not with 200 and " + scenario.length());
        }
    }

    private String url(Contender contender, Scenario scenario) throws IOException, InterruptedException {
        return "http://127.0.0.1:" + server(contender).port() + scenario.path();
    }

    private MeasuredServer server(Contender contender) throws IOException, InterruptedException {
        MeasuredServer server = servers.get(contender);
        if (server == null) {
            Path state = Files.createDirectory(work.resolve(contender.name()));
            if (contender == Contender.ORIGIN) {
                server = JvmServer.start(contender, files, 0, LOAD_PROCESSOR);
            } else if (contender.isJava()) {
                server = JvmServer.start(contender, files, server(Contender.ORIGIN).port(), SERVER_PROCESSOR);
            } else {
                server = NginxServer.start(contender == Contender.NGINX_SENDFILE, files, server(Contender.NIO).port(),
                        server(Contender.ORIGIN).port(), state, SERVER_PROCESSOR);
            }
            servers.put(contender, server);
        }
        return server;
    }

    private static void report(Scenario scenario, Map<Contender, List<Sample>> samples, Map<Contender, String> calls) {
        print("%n%-42s %10s %7s %8s %8s %8s %9s %8s %6s %7s%n", scenario.title(), "requests/s", "p99 ms", "CPU us", "user us", "user",
                "bytes", "switches", "calls", "cost");
        Sample reference = Sample.median(samples.getOrDefault(scenario.contenders().get(0), List.of()));
        for (Contender contender : scenario.contenders()) {
            Sample sample = Sample.median(samples.getOrDefault(contender, List.of()));
            print("%-42s %10.0f %7.2f %8.2f %8.2f %7.0f%% %9s %8.3f %6s %6.2fx%n", contender.title(), sample.rate(), sample.latency() / 1_000,
                    sample.processor(), sample.user(), 100 * sample.userShare(),
                    contender.isJava() ? String.format(Locale.ROOT, "%.0f", sample.allocated()) : "-", sample.switches(),
                    calls.getOrDefault(contender, "-"), sample.costAgainst(reference));
        }
    }

    @SuppressWarnings("SystemOut") // printing is what this program is for
    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format, values);
        System.out.flush();
    }
}
