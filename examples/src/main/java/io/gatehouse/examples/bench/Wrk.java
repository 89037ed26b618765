/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Runs the load generator {@code wrk} and reads what it prints. */
final class Wrk {

    private static final Pattern TOTAL = Pattern.compile("(\\d+) requests in ([\\d.]+)(ms|s|m),");
    private static final Pattern LATENCY = Pattern.compile("(?m)^ *99% +([\\d.]+)(us|ms|s|m) *$");
    private static final Pattern ERRORS = Pattern.compile("(?m)^ *(Socket errors:.*|Non-2xx or 3xx responses:.*)$");

    private Wrk() {}

    /**
     * Drives a server with one thread and connections that are kept.
     *
     * @param script makes the requests; see {@link #script}
     * @param processor the number of the processor that wrk may use
     * @throws IOException if it can't be run, or if an answer was not a success: a rate of errors is worth nothing
     */
    static Load run(String url, int connections, @Nullable Path script, int seconds, int processor)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", Integer.toString(processor), "wrk", "-t1",
                "--latency", "-c" + connections, "-d" + seconds + "s"));
        if (script != null) {
            command.addAll(List.of("-s", script.toString()));
        }
        command.add(url);
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IOException("taskset and wrk are needed: install Debian's packages util-linux and wrk", e);
        }
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("wrk failed; is it installed? It said:\n" + printed);
        }
        return parse(printed);
    }

    /** The text of a script that makes a scenario's requests; null if wrk needs none. */
    static @Nullable String script(Scenario scenario) {
        return switch (scenario.script()) {
            case NONE -> null;
            case PIPELINE -> """
                    init = function(arguments)
                      local requests = {}
                      for i = 1, 16 do requests[i] = wrk.format() end
                      all = table.concat(requests)
                    end
                    request = function() return all end
                    """;
            case POST -> """
                    wrk.method = "POST"
                    wrk.body = string.rep("0123456789abcdef", %d)
                    """.formatted(scenario.length() / 16);
        };
    }

    /** Reads wrk's report. */
    static Load parse(String printed) throws IOException {
        Matcher errors = ERRORS.matcher(printed);
        if (errors.find()) {
            throw new IOException("wrk saw failures, so its rate means nothing: " + errors.group(1));
        }
        Matcher total = TOTAL.matcher(printed);
        Matcher latency = LATENCY.matcher(printed);
        if (!total.find() || !latency.find()) {
            throw new IOException("wrk's report has no total or no latencies:\n" + printed);
        }
        return new Load(Long.parseLong(total.group(1)), micros(total.group(2), total.group(3)) / 1_000_000,
                micros(latency.group(1), latency.group(2)));
    }

    private static double micros(String number, String unit) {
        return Double.parseDouble(number) * switch (unit) {
            case "us" -> 1;
            case "ms" -> 1_000;
            case "m" -> 60_000_000;
            default -> 1_000_000;
        };
    }

    /**
     * What was answered.
     *
     * @param requests how many
     * @param seconds in which time
     * @param latency microseconds in which 99 of 100 were answered
     */
    record Load(long requests, double seconds, double latency) {}
}
