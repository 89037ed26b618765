/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.Logged;
import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.transport.Limits;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Asynchronous and non-blocking requests under faults: none is lost, none ends twice, each listener hears what it should. */
interface FaultChapter extends Chapter {

    /** How many runs there are over this transport. */
    default int faultRuns() {
        return 2_000;
    }

    @Section("2.3.3.3 faults")
    @Test
    @Timeout(600)
    default void nothingIsLostWhateverRaces() throws Exception {
        Map<String, FaultRun> runs = new ConcurrentHashMap<>();
        List<String> wrong = new CopyOnWriteArrayList<>();
        ExecutorService racers = Executors.newCachedThreadPool();
        ExecutorService clients = Executors.newFixedThreadPool(8);
        Case faulty = (request, response) -> runs.get(request.getHeader("X-Run")).serve(request, response);
        ServletApplication application = app("/faults")
                .servlet("main", Case.servlet(faulty), r -> r.setAsyncSupported(true), "/*").build();
        try (Logged log = new Logged("io.gatehouse.servlet"); Gatehouse gatehouse = Gatehouse.builder().configuration(Configuration.DEFAULTS
                        .withEndpoints(transport().endpoints())
                        .withLimits(Limits.DEFAULTS.withInFlight(64))
                        .withOptions(Map.of(transport().provider().name(), transport().options())))
                .transport(transport().provider()).application(application).start()) {
            AtomicInteger next = new AtomicInteger();
            List<Future<?>> all = IntStream.range(0, 8).<Future<?>>mapToObj(thread -> clients.submit(() -> {
                for (int seed = next.getAndIncrement(); seed < faultRuns(); seed = next.getAndIncrement()) {
                    FaultRun run = new FaultRun(seed, racers);
                    String number = Integer.toString(seed);
                    runs.put(number, run);
                    try (Wire wire = new Wire(transport().connect(gatehouse.endpoints().get(0)))) {
                        talk(wire, number, run);
                    } catch (IOException e) {
                        run.wrong("the client: " + e);
                    }
                    String outcome = run.outcome();
                    if (!outcome.isEmpty()) {
                        wrong.add(run + " - " + outcome);
                    }
                    runs.remove(number);
                }
                return null;
            })).toList();
            for (Future<?> each : all) {
                each.get();
            }
            assertEquals(List.of(), wrong);
            assertTrue(application.undeploy(Duration.ofSeconds(20)), "a request has not ended");
            assertEquals(List.of(), log.from(Level.SEVERE).stream().filter(line -> line.contains("ended twice")).toList());
        } finally {
            clients.shutdownNow();
            racers.shutdownNow();
        }
    }

    /** The client's part of a run. */
    private static void talk(Wire wire, String number, FaultRun run) throws IOException {
        String whole = run.reads ? Wire.message("POST /faults/", "X-Run: " + number, "", "0123456789")
                : Wire.message("GET /faults/", "X-Run: " + number);
        boolean partial = run.client == FaultRun.Client.PARTIAL || run.client == FaultRun.Client.PARTIAL_RESET;
        try {
            wire.send(partial ? whole.substring(0, whole.length() - 5) : whole);
            run.arrived();
            switch (run.client) {
                case RESET, PARTIAL_RESET -> {
                    run.spin(0);
                    wire.peer().reset();
                    return;
                }
                case HALF -> wire.peer().finish();
                case PARTIAL -> {
                    run.spin(1);
                    wire.send(whole.substring(whole.length() - 5));
                }
                case READ -> { }
            }
            run.answered(wire.reply(false));
        } catch (SocketTimeoutException e) {
            run.wrong("the client waits for an answer, or for its end");
        } catch (IOException e) {
            run.cut(e);
        }
    }
}
