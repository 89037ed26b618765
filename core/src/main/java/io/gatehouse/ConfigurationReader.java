/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.SettingSources.Entry;
import io.gatehouse.cache.CacheMemory;
import io.gatehouse.cache.CachePolicy;
import io.gatehouse.cache.Lifetime;
import io.gatehouse.http.ProxyFields;
import io.gatehouse.http.ProxyRules;
import io.gatehouse.http.TargetRules;
import io.gatehouse.route.Prefix;
import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes a {@link Configuration} of the text in its sources, over the values that the program gives. */
final class ConfigurationReader {

    private final SettingSources sources;

    private ConfigurationReader(SettingSources sources) {
        this.sources = sources;
    }

    static Configuration read(
            Configuration program, Properties file, String fileName, Map<String, String> environment, Properties system) {
        SettingSources sources = new SettingSources(program.transport(), file, fileName, environment, system);
        return new ConfigurationReader(sources).read(program);
    }

    private Configuration read(Configuration program) {
        List<RouteSpec> routes = new ArrayList<>(program.routes());
        routes.addAll(routes());
        Map<Prefix, Long> bodyLimits = bodyLimits(program.bodyLimits());
        Map<Prefix, CachePolicy> caches = caches(program.caches());
        Entry transport = sources.get("transport");
        ClaimReader claims = new ClaimReader(sources);
        return checked(() -> new Configuration(
                transport == null ? program.transport() : transport.value(),
                value("listen", this::endpoints, program.endpoints()),
                value("io-threads", Quantities::count, program.ioThreads()),
                value("workers", ConfigurationReader::workers, program.workers()),
                value("stop.grace", Quantities::duration, program.stopGrace()),
                limits(program.limits()),
                timeouts(program.timeouts()),
                target(program.target()),
                proxies(program.proxies()),
                options(program.options()),
                routes,
                bodyLimits,
                value("cache-size", Quantities::size, program.cacheSize()),
                value("cache-memory", ConfigurationReader::memory, program.cacheMemory()),
                value("file-freshness", Quantities::duration, program.fileFreshness()),
                flag("file-gzip", program.fileGzip()),
                caches,
                flag("listen.reuse-port", program.reusePort()),
                claims.claims(program.claims()),
                claims.tenant(program.tenant()),
                new TlsReader(sources).tls(program.tls())));
    }

    private Limits limits(Limits base) {
        return new Limits(
                bytes("limits.line", base.line()),
                bytes("limits.head", base.head()),
                value("limits.fields", Quantities::count, base.fields()),
                value("limits.body", Quantities::size, base.body()),
                value("limits.drain", Quantities::size, base.drain()),
                value("limits.rate", Quantities::size, base.rate()),
                value("limits.connections", Quantities::count, base.connections()),
                value("limits.in-flight", Quantities::count, base.inFlight()),
                value("limits.queue", Quantities::count, base.queue()));
    }

    private Timeouts timeouts(Timeouts base) {
        return new Timeouts(
                time("timeouts.head", base.head()),
                time("timeouts.idle", base.idle()),
                time("timeouts.body", base.body()),
                time("timeouts.write", base.write()),
                time("timeouts.queue", base.queue()));
    }

    private TargetRules target(TargetRules base) {
        return new TargetRules(
                flag("target.encoded-slash", base.encodedSlash()),
                flag("target.encoded-dots", base.encodedDots()),
                flag("target.path-parameters", base.pathParameters()),
                flag("target.empty-segments", base.emptySegments()),
                flag("target.backslash", base.backslash()),
                flag("target.non-ascii", base.nonAscii()));
    }

    private ProxyRules proxies(ProxyRules base) {
        ProxyRules rules = value("proxy.trusted", text -> trusted(text, base), base);
        return rules.withFields(value("proxy.fields", ConfigurationReader::proxyFields, base.fields()))
                .withHost(flag("proxy.host", base.host()));
    }

    private static ProxyRules trusted(String text, ProxyRules base) {
        try {
            return base.withTrusted(parts(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is wrong: " + e.getMessage(), e);
        }
    }

    private static ProxyFields proxyFields(String text) {
        return switch (text) {
            case "x-forwarded" -> ProxyFields.X_FORWARDED;
            case "forwarded" -> ProxyFields.FORWARDED;
            default -> throw new IllegalArgumentException("is no kind of field: write x-forwarded or forwarded");
        };
    }

    private Map<String, Map<String, String>> options(Map<String, Map<String, String>> base) {
        Map<String, Map<String, String>> options = new HashMap<>();
        base.forEach((transport, own) -> options.put(transport, new LinkedHashMap<>(own)));
        sources.forEach((key, entry) -> {
            if (sources.isOption(key)) {
                int dot = key.indexOf('.');
                options.computeIfAbsent(key.substring(0, dot), name -> new LinkedHashMap<>())
                        .put(key.substring(dot + 1), entry.value());
            }
        });
        options.replaceAll((transport, own) -> Map.copyOf(own));
        return options;
    }

    private List<RouteSpec> routes() {
        sources.forEach((key, entry) -> {
            if (key.startsWith("forwarding.") && sources.get("forward." + key.substring("forwarding.".length())) == null) {
                throw entry.wrong("is for a prefix that is not forwarded: write forward. and the same prefix with its targets too");
            }
        });
        WebReader.requireApplications(sources);
        List<RouteSpec> routes = new ArrayList<>();
        Map<Prefix, Entry> holders = new HashMap<>();
        sources.forEach((key, entry) -> {
            RouteSpec route = key.startsWith("forward.") ? forward(key, entry) : route(key, entry);
            if (route == null) {
                return;
            }
            Entry holder = route instanceof RouteSpec.ServletRoute ? null : holders.put(route.prefix(), entry);
            if (holder != null) {
                throw entry.wrong("takes the same prefix as " + holder.quoted() + ": remove one of them, or change its prefix");
            }
            routes.add(route);
        });
        return routes;
    }

    private @Nullable RouteSpec route(String key, Entry entry) {
        int dot = key.indexOf('.');
        String kind = dot < 0 ? key : key.substring(0, dot);
        String rest = key.substring(dot + 1);
        return switch (kind) {
            case "files" -> new RouteSpec.FilesRoute(Prefix.parse(rest), entry.value(), entry.quoted());
            case "spa" -> new RouteSpec.SpaRoute(Prefix.parse(rest), entry.value(), entry.quoted());
            case "webapp" -> WebReader.read(sources, rest, entry);
            case "handle" -> new RouteSpec.HandlerRoute(Prefix.parse(rest), className(entry), entry.quoted());
            case "servlet" -> servlet(rest, entry);
            default -> null;
        };
    }

    /** A pattern, or scheme, host and port with a pattern behind them. */
    private static RouteSpec servlet(String text, Entry entry) {
        int slashes = text.startsWith("*.") || text.startsWith("/") && !text.startsWith("//") ? -1 : text.indexOf("//");
        int end = slashes < 0 ? 0 : text.indexOf('/', slashes + 2);
        end = end < 0 ? text.length() : end;
        String pattern = end == text.length() ? "/" : text.substring(end);
        if (slashes >= 0 && pattern.startsWith("/*.")) {
            pattern = pattern.substring(1); // http://host/*.do
        }
        boolean extension = pattern.startsWith("*.") && pattern.indexOf('/') < 0 && pattern.length() > 2;
        int star = pattern.indexOf('*');
        boolean path = pattern.startsWith("/") && (star < 0 || star == pattern.length() - 1 && pattern.endsWith("/*"));
        if (!extension && !path) {
            throw entry.wrong("has a pattern that no servlet can have: write one like /api/*, /exact, *.do or /");
        }
        try {
            Prefix root = Prefix.parse(end == 0 ? "/" : text.substring(0, end) + "/");
            return new RouteSpec.ServletRoute(root, pattern, className(entry), entry.quoted());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(entry.quoted() + " is for no host: " + e.getMessage(), e);
        }
    }

    /** The targets of a prefix, and how they share its requests. */
    private RouteSpec forward(String key, Entry entry) {
        String prefix = key.substring("forward.".length());
        Entry options = sources.get("forwarding." + prefix);
        String how = options == null ? "" : options.value();
        checkForward(entry, entry.value(), "");
        if (options != null) {
            checkForward(options, entry.value(), how);
        }
        return new RouteSpec.ForwardRoute(Prefix.parse(prefix), entry.value(), how, entry.quoted());
    }

    private static void checkForward(Entry entry, String targets, String options) {
        try {
            ForwardReader.read(targets, options).build();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(entry.quoted() + " is wrong: " + e.getMessage(), e);
        }
    }

    private static String className(Entry entry) {
        String name = entry.value();
        boolean fine = Character.isJavaIdentifierStart(name.charAt(0)) && !name.endsWith(".") && !name.contains("..");
        if (!fine || !name.chars().allMatch(c -> c == '.' || Character.isJavaIdentifierPart(c))) {
            throw entry.wrong("is not the name of a class: write one like com.example.MyServlet");
        }
        return name;
    }

    private Map<Prefix, Long> bodyLimits(Map<Prefix, Long> base) {
        Map<Prefix, Long> limits = new HashMap<>(base);
        sources.forEach((key, entry) -> {
            if (key.startsWith("limits.body.")) {
                Prefix prefix = Prefix.parse(key.substring("limits.body.".length()));
                limits.put(prefix, parsed(entry, Quantities::size));
            }
        });
        return limits;
    }

    /** What the program says of a route stays but for the lifetime. */
    private Map<Prefix, CachePolicy> caches(Map<Prefix, CachePolicy> base) {
        Map<Prefix, CachePolicy> caches = new HashMap<>(base);
        sources.forEach((key, entry) -> {
            if (key.startsWith("cache.")) {
                Prefix prefix = Prefix.parse(key.substring("cache.".length()));
                CachePolicy policy = caches.getOrDefault(prefix, CachePolicy.never());
                caches.put(prefix, policy.withLifetime(parsed(entry, ConfigurationReader::lifetime)));
            }
        });
        return caches;
    }

    private static Lifetime lifetime(String text) {
        return switch (text) {
            case "never" -> new Lifetime.Never();
            case "headers" -> new Lifetime.AsHeadersSay();
            case "until-purged" -> new Lifetime.UntilPurged();
            default -> {
                if (text.isEmpty() || text.charAt(0) < '0' || text.charAt(0) > '9') {
                    throw new IllegalArgumentException(
                            "says not how long: write headers, until-purged, never, or a duration like 10s");
                }
                yield new Lifetime.For(Quantities.duration(text));
            }
        };
    }

    private List<Endpoint> endpoints(String text) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (String part : parts(text)) {
            Endpoint endpoint;
            try {
                endpoint = Endpoint.parse(part);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("is wrong: " + e.getMessage(), e);
            }
            if (endpoints.contains(endpoint)) {
                throw new IllegalArgumentException("names " + endpoint + " twice: name it once");
            }
            endpoints.add(endpoint);
        }
        return endpoints;
    }

    private static String[] parts(String list) {
        String[] parts = list.split(",", -1);
        for (int i = 0; i < parts.length; i++) {
            parts[i] = parts[i].strip();
            if (parts[i].isEmpty()) {
                throw new IllegalArgumentException("has an empty place in its list: remove a comma");
            }
        }
        return parts;
    }

    private static WorkerKind workers(String text) {
        return switch (text) {
            case "auto" -> WorkerKind.AUTO;
            case "pool" -> WorkerKind.POOL;
            case "virtual" -> WorkerKind.VIRTUAL;
            default -> throw new IllegalArgumentException("is not a kind of worker: write auto, pool or virtual");
        };
    }

    private static CacheMemory memory(String text) {
        return switch (text) {
            case "heap" -> CacheMemory.HEAP;
            case "direct" -> CacheMemory.DIRECT;
            default -> throw new IllegalArgumentException("is no kind of memory: write heap or direct");
        };
    }

    private boolean flag(String key, boolean fallback) {
        return value(key, text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("is neither true nor false: write one of them");
        }, fallback);
    }

    private int bytes(String key, int fallback) {
        return value(key, text -> {
            long size = Quantities.size(text);
            if (size > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("is too large: write less than 2GiB");
            }
            return (int) size;
        }, fallback);
    }

    private Duration time(String key, Duration fallback) {
        return value(key, Quantities::duration, fallback);
    }

    private <T> T value(String key, Function<String, T> parser, T fallback) {
        Entry entry = sources.get(key);
        return entry == null ? fallback : parsed(entry, parser);
    }

    static <T> T parsed(Entry entry, Function<String, T> parser) {
        try {
            return parser.apply(entry.value());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(entry.quoted() + " " + e.getMessage(), e);
        }
    }

    /** The records check their values and name the key, but do not know where it stands. */
    private <T> T checked(Supplier<T> maker) {
        try {
            return maker.get();
        } catch (IllegalArgumentException e) {
            String message = e.getMessage() == null ? "" : e.getMessage();
            sources.forEach((key, entry) -> {
                if (message.contains(key + "=") && !message.contains(entry.quoted())) {
                    throw new IllegalArgumentException(entry.quoted() + " is wrong: " + message, e);
                }
            });
            throw e;
        }
    }
}
