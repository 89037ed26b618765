/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.forward.ActiveHealth;
import io.gatehouse.forward.Balance;
import io.gatehouse.forward.Forward;
import io.gatehouse.forward.ForwardBuilder;
import io.gatehouse.forward.ForwardedFields;
import io.gatehouse.forward.PassiveHealth;
import io.gatehouse.forward.TargetOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the two lines of a forward: {@code forward.<prefix>}, its targets, separated by commas, each with options behind it as in {@code
 * http://a:9000 weight=2}; and {@code forwarding.<prefix>}, what holds for all of them, as in {@code balance=round-robin, health=/health}.
 */
final class ForwardReader {

    private static final Map<String, BiFunction<TargetOptions, String, TargetOptions>> TARGET_OPTIONS = Map.of(
            "weight", (options, text) -> options.withWeight(Quantities.count(text)),
            "rank", (options, text) -> options.withRank(Quantities.count(text)),
            "slow-start", (options, text) -> options.withSlowStart(Quantities.duration(text)),
            "peer", TargetOptions::withPeer);

    private final ForwardBuilder builder = Forward.to();
    private final Map<String, String> given = new HashMap<>();

    private ForwardReader() {}

    /**
     * What both lines say.
     *
     * @param options empty if there is no second line
     * @throws IllegalArgumentException if a line is wrong; the message begins with what is
     */
    static ForwardBuilder read(String targets, String options) {
        ForwardReader reader = new ForwardReader();
        for (String target : targets.split(",", -1)) {
            reader.target(target.strip());
        }
        if (!options.isEmpty()) {
            reader.options(options);
        }
        return reader.builder;
    }

    private void target(String text) {
        String[] words = text.split("\\s+", -1);
        TargetOptions options = TargetOptions.DEFAULTS;
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            BiFunction<TargetOptions, String, TargetOptions> option =
                    TARGET_OPTIONS.get(equals < 0 ? words[i] : words[i].substring(0, equals));
            if (option == null || equals == words[i].length() - 1 || equals < 0) {
                throw new IllegalArgumentException("'" + words[i] + "' is no option of a target: write weight=2, rank=1, slow-start=30s or "
                        + "peer=user");
            }
            String value = words[i].substring(equals + 1);
            TargetOptions before = options;
            options = quoted(words[i], () -> option.apply(before, value));
        }
        builder.target(words[0], options);
    }

    private void options(String text) {
        for (String option : text.split(",", -1)) {
            String stripped = option.strip();
            int equals = stripped.indexOf('=');
            String name = equals < 0 ? stripped : stripped.substring(0, equals).strip();
            String value = equals < 0 ? "" : stripped.substring(equals + 1).strip();
            if (value.isEmpty() || given.put(name, value) != null) {
                throw new IllegalArgumentException("'" + stripped + "' is no option of a forward, or is given twice: write name=value");
            }
        }
        balance(take("balance", Function.identity(), "least"));
        health();
        fields(given.remove("fields"));
        host(given.remove("host"));
        rewrite(take("rewrite", Function.identity(), "false"));
        upgrades(given.remove("upgrades"));
        limitsAndTimeouts();
        Duration hold = take("hold", Quantities::duration, Duration.ZERO);
        int held = take("held", Quantities::count, 1_000);
        if (!hold.isZero()) {
            builder.hold(hold, held);
        }
        String peer = given.remove("peer");
        if (peer != null) {
            builder.peer(peer);
        }
        if (!given.isEmpty()) {
            throw new IllegalArgumentException("'" + given.keySet().iterator().next() + "' is no option of a forward: write some of balance, "
                    + "health, health-every, failures, pause, fields, host, rewrite, upgrades, connections, queue, attempts, connect, answer, "
                    + "progress, total, tunnel, hold, held and peer");
        }
    }

    private void balance(String text) {
        if (text.startsWith("field:")) {
            builder.balance(Balance.hashOfField(text.substring(6)));
            return;
        }
        builder.balance(switch (text) {
            case "least" -> Balance.leastOutstanding();
            case "round-robin" -> Balance.roundRobin();
            case "address" -> Balance.hashOfAddress();
            case "path" -> Balance.hashOfPath();
            default -> throw new IllegalArgumentException(
                    "'balance=" + text + "' is no rule: write least, round-robin, address, path or field:X-Name");
        });
    }

    private void health() {
        if (given.containsKey("failures") || given.containsKey("pause")) {
            PassiveHealth base = PassiveHealth.DEFAULTS;
            builder.health(base.withFailures(take("failures", Quantities::count, base.failures()))
                    .withPause(take("pause", Quantities::duration, base.pause())));
        }
        String path = given.remove("health");
        if (path != null) {
            ActiveHealth base = ActiveHealth.of(path);
            builder.health(base.withEvery(take("health-every", Quantities::duration, base.every())));
        } else if (given.containsKey("health-every")) {
            throw new IllegalArgumentException("'health-every' has no path to ask for: write health=/path too");
        }
    }

    private void fields(@Nullable String text) {
        if (text != null) {
            builder.forwarded(switch (text) {
                case "none" -> ForwardedFields.NONE;
                case "forwarded" -> ForwardedFields.FORWARDED;
                case "x-forwarded" -> ForwardedFields.X_FORWARDED;
                case "both" -> ForwardedFields.BOTH;
                default -> throw new IllegalArgumentException(
                        "'fields=" + text + "' are none: write none, forwarded, x-forwarded or both");
            });
        }
    }

    private void host(@Nullable String text) {
        if (text != null && text.equals("preserve")) {
            builder.preserveHost();
        } else if (text != null) {
            builder.host(text);
        }
    }

    private void rewrite(String text) {
        if (text.equals("true")) {
            builder.rewriteAnswers();
        } else if (!text.equals("false")) {
            throw new IllegalArgumentException("'rewrite=" + text + "' is neither true nor false: write one of them");
        }
    }

    private void upgrades(@Nullable String text) {
        if (text != null) {
            builder.upgrades(text.equals("none") ? new String[0] : text.toLowerCase(Locale.ROOT).split("\\s+", -1));
        }
    }

    private void limitsAndTimeouts() {
        builder.limits(base -> base
                .withConnections(take("connections", Quantities::count, base.connections()))
                .withQueue(take("queue", Quantities::count, base.queue()))
                .withAttempts(take("attempts", Quantities::count, base.attempts())));
        builder.timeouts(base -> base
                .withConnect(take("connect", Quantities::duration, base.connect()))
                .withAnswer(take("answer", Quantities::duration, base.answer()))
                .withProgress(take("progress", Quantities::duration, base.progress()))
                .withTunnel(take("tunnel", Quantities::duration, base.tunnel()))
                .withTotal(take("total", Quantities::duration, base.total())));
    }

    /** The value of an option, which is done with. */
    private <T> T take(String name, Function<String, T> parser, T fallback) {
        String text = given.remove(name);
        return text == null ? fallback : quoted(name + "=" + text, () -> parser.apply(text));
    }

    /** With the option in front of what is wrong with its value. */
    private static <T> T quoted(String option, Supplier<T> parsing) {
        try {
            return parsing.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + option + "' " + e.getMessage(), e);
        }
    }
}
