/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Limits, timeouts and the configuration that carries them. */
final class ConfigurationTest {
    private static final Limits LIMITS = Limits.DEFAULTS;
    private static final Timeouts TIMEOUTS = Timeouts.DEFAULTS;
    private static final Endpoint.Tcp HERE = new Endpoint.Tcp("http", "localhost", 8080);

    @Test
    void theDefaultsAreThoseOfTheManual() {
        assertEquals(new Limits(8_192, 16_384, 100, 10_485_760, 262_144, 240, 10_000, 200, 1_000), LIMITS);
        assertEquals(
                new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(20), Duration.ofSeconds(30),
                        Duration.ofSeconds(30)),
                TIMEOUTS);
    }

    @Test
    void eachLimitIsChangedAlone() {
        assertEquals(new Limits(1, 16_384, 100, 10_485_760, 262_144, 240, 10_000, 200, 1_000), LIMITS.withLine(1));
        assertEquals(new Limits(8_192, 9_000, 100, 10_485_760, 262_144, 240, 10_000, 200, 1_000), LIMITS.withHead(9_000));
        assertEquals(new Limits(8_192, 16_384, 1, 10_485_760, 262_144, 240, 10_000, 200, 1_000), LIMITS.withFields(1));
        assertEquals(new Limits(8_192, 16_384, 100, 0, 262_144, 240, 10_000, 200, 1_000), LIMITS.withBody(0));
        assertEquals(new Limits(8_192, 16_384, 100, 10_485_760, 0, 240, 10_000, 200, 1_000), LIMITS.withDrain(0));
        assertEquals(new Limits(8_192, 16_384, 100, 10_485_760, 262_144, 0, 10_000, 200, 1_000), LIMITS.withRate(0));
        assertEquals(new Limits(8_192, 16_384, 100, 10_485_760, 262_144, 240, 1, 200, 1_000), LIMITS.withConnections(1));
        assertEquals(new Limits(8_192, 16_384, 100, 10_485_760, 262_144, 240, 10_000, 1, 1_000), LIMITS.withInFlight(1));
        assertEquals(new Limits(8_192, 16_384, 100, 10_485_760, 262_144, 240, 10_000, 200, 0), LIMITS.withQueue(0));
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                wrong("limits.line=0", () -> LIMITS.withLine(0)),
                wrong("limits.line=-1", () -> LIMITS.withLine(-1)),
                wrong("limits.head=0", () -> LIMITS.withLine(1).withHead(0)),
                wrong("limits.fields=0", () -> LIMITS.withFields(0)),
                wrong("limits.body=-1", () -> LIMITS.withBody(-1)),
                wrong("limits.drain=-1", () -> LIMITS.withDrain(-1)),
                wrong("limits.rate=-1", () -> LIMITS.withRate(-1)),
                wrong("limits.connections=0", () -> LIMITS.withConnections(0)),
                wrong("limits.in-flight=0", () -> LIMITS.withInFlight(0)),
                wrong("limits.queue=-1", () -> LIMITS.withQueue(-1)),
                wrong("limits.line=16385", () -> LIMITS.withLine(16_385)),
                wrong("raise limits.head", () -> LIMITS.withHead(8_191)),
                wrong("timeouts.head=PT0S", () -> TIMEOUTS.withHead(Duration.ZERO)),
                wrong("timeouts.idle=PT-1S", () -> TIMEOUTS.withIdle(Duration.ofSeconds(-1))),
                wrong("timeouts.body=PT0S", () -> TIMEOUTS.withBody(Duration.ZERO)),
                wrong("timeouts.write=PT0S", () -> TIMEOUTS.withWrite(Duration.ZERO)),
                wrong("timeouts.queue=PT0S", () -> TIMEOUTS.withQueue(Duration.ZERO)),
                wrong("set listen", () -> TransportConfig.of()),
                wrong("io-threads=-1", () -> TransportConfig.of(HERE).withIoThreads(-1)));
    }

    private static Arguments wrong(String message, Supplier<Object> call) {
        return Arguments.of(message, call);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void whatIsWrongIsNamed(String message, Supplier<Object> call) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, call::get);
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
        assertTrue(refused.getMessage().contains("set ") || refused.getMessage().contains("raise "), refused.getMessage());
    }

    @Test
    void aLineMayFillTheHead() {
        assertEquals(16_384, LIMITS.withLine(16_384).line());
    }

    @Test
    void eachTimeoutIsChangedAlone() {
        Duration one = Duration.ofNanos(1);
        Timeouts base = TIMEOUTS;
        assertEquals(new Timeouts(one, base.idle(), base.body(), base.write(), base.queue()), base.withHead(one));
        assertEquals(new Timeouts(base.head(), one, base.body(), base.write(), base.queue()), base.withIdle(one));
        assertEquals(new Timeouts(base.head(), base.idle(), one, base.write(), base.queue()), base.withBody(one));
        assertEquals(new Timeouts(base.head(), base.idle(), base.body(), one, base.queue()), base.withWrite(one));
        assertEquals(new Timeouts(base.head(), base.idle(), base.body(), base.write(), one), base.withQueue(one));
    }

    @Test
    void aConfigurationHasEveryDefault() {
        TransportConfig config = TransportConfig.of(HERE);
        assertEquals(
                new TransportConfig(List.of(HERE), LIMITS, TIMEOUTS, 0, TransportListener.NONE, Map.of()), config);
        TransportListener listener = new TransportListener() {};
        assertEquals(1, config.withIoThreads(1).ioThreads());
        assertSame(listener, config.withListener(listener).listener());
        assertEquals(Map.of("a", "b"), config.withOptions(Map.of("a", "b")).options());
        assertEquals(1, config.withLimits(LIMITS.withFields(1)).limits().fields());
        assertEquals(Duration.ofDays(1), config.withTimeouts(TIMEOUTS.withIdle(Duration.ofDays(1))).timeouts().idle());
        assertEquals(config, config.withIoThreads(3).withIoThreads(0), "nothing else was changed");
    }

    @Test
    void aConfigurationKeepsCopies() {
        List<Endpoint> endpoints = new ArrayList<>(List.of(HERE));
        Map<String, String> options = new HashMap<>(Map.of("a", "b"));
        TransportConfig config = new TransportConfig(endpoints, LIMITS, TIMEOUTS, 0, TransportListener.NONE, options);
        endpoints.clear();
        options.clear();
        assertEquals(List.of(HERE), config.endpoints());
        assertEquals(Map.of("a", "b"), config.options());
        assertThrows(UnsupportedOperationException.class, () -> config.endpoints().add(HERE));
        assertThrows(UnsupportedOperationException.class, () -> config.options().put("c", "d"));
    }
}
