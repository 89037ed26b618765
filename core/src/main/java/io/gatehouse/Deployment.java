/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.cache.CachePolicy;
import io.gatehouse.cache.OutputCache;
import io.gatehouse.files.StaticFiles;
import io.gatehouse.files.StaticFilesBuilder;
import io.gatehouse.forward.ForwardStatus;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.http.TargetRules;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Registration;
import io.gatehouse.route.Route;
import io.gatehouse.route.Routes;
import io.gatehouse.security.IdentityStore;
import io.gatehouse.security.PropertiesIdentityStore;
import io.gatehouse.servlet.Neighbours;
import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.servlet.ServletApplicationBuilder;
import io.gatehouse.servlet.ServletLimits;
import io.gatehouse.webapp.LiveApplication;
import io.gatehouse.webapp.WebApplication;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.annotation.MultipartConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Everything that was mounted, deployed and in the prefix table; undone as a whole, in reverse order. One thread at a time.
 *
 * <p>Servlets that were mounted one by one share one application for each root. It is registered under the prefixes that its
 * patterns need, and not under {@code /} unless one of them does, so that files can have the rest.
 */
final class Deployment {

    private final Configuration configuration;
    private final Components components;
    private final Routes routes;
    private final OutputCache cache;
    private final Neighbours neighbours = new Neighbours();
    private final List<Registration> registrations = new ArrayList<>();
    private final List<ServletApplication> applications = new ArrayList<>();
    private final List<LiveApplication> live = new ArrayList<>();
    private final Runnable renewWorkers;
    private final List<Object> created = new ArrayList<>();
    private final List<AsyncHandler> cachedHandlers = new ArrayList<>();
    private final List<StaticFiles> hotFiles = new ArrayList<>();
    private final Map<Path, IdentityStore> stores = new HashMap<>();
    private final List<Mount.Forwarded> forwards = new CopyOnWriteArrayList<>(); // any thread may ask how they stand

    /**
     * @param renewWorkers lets the workers' threads end, with what an application has hung on them
     */
    Deployment(
            Configuration configuration, Components components, Routes routes, OutputCache cache, Runnable renewWorkers) {
        this.configuration = configuration;
        this.components = components;
        this.routes = routes;
        this.cache = cache;
        this.renewWorkers = renewWorkers;
    }

    /**
     * Deploys and registers all of it.
     *
     * @throws IllegalArgumentException if something that is named is not there or not usable
     * @throws IllegalStateException if prefixes conflict, or an application fails to deploy
     */
    void deploy(List<Mount> mounts) {
        Map<Prefix, List<Mount.RootServlet>> servlets = new LinkedHashMap<>();
        for (Mount mount : mounts) {
            if (mount instanceof Mount.Routed routed) {
                register(routed.route());
            } else if (mount instanceof Mount.Files files) {
                StaticFilesBuilder builder = StaticFiles.of(files.location()).freshness(configuration.fileFreshness())
                        .gzip(configuration.fileGzip());
                register(Route.of(files.prefix(), (files.spa() ? builder.spa("index.html") : builder).build()));
            } else if (mount instanceof Mount.Created handler) {
                Class<?> type = handler.type() instanceof Class<?> given ? given : load((String) handler.type(), handler.origin());
                register(route(handler.prefix(), create(type, handler.origin())));
            } else if (mount instanceof Mount.Forwarded forwarded) {
                forwards.add(forwarded);
                register(Route.of(forwarded.prefix(), forwarded.forward()));
            } else if (mount instanceof Mount.Application application) {
                deploy(application.application(), Set.of(application.prefix()));
            } else if (mount instanceof Mount.Web web) {
                deploy(live(web), web.prefix());
            } else if (mount instanceof Mount.Live given) {
                deploy(given.application(), given.prefix());
            } else if (mount instanceof Mount.RootServlet servlet) {
                servlets.computeIfAbsent(servlet.root(), root -> new ArrayList<>()).add(servlet);
            }
        }
        servlets.forEach(this::deployRoot);
    }

    /**
     * Holds the settings for single prefixes against the table.
     *
     * @throws IllegalArgumentException if one is for a prefix that nobody has
     */
    void check() {
        for (Prefix prefix : configuration.bodyLimits().keySet()) {
            if (routes.table().at(prefix) == null) {
                throw new IllegalArgumentException("limits.body." + prefix
                        + " is set, and nothing is registered for exactly that prefix: write the route's own, or remove the line");
            }
        }
        for (Prefix prefix : configuration.caches().keySet()) {
            if (routes.table().at(prefix) == null) {
                throw new IllegalArgumentException("cache." + prefix
                        + " is set, and nothing is registered for exactly that prefix: write the route's own, or remove the line");
            }
        }
    }

    /**
     * Takes all of it out of the table and down again, in reverse order.
     *
     * @param grace for what is still in flight
     * @return false if something was in flight after that
     */
    boolean undeploy(Duration grace) {
        boolean quiet = true;
        for (int i = registrations.size() - 1; i >= 0; i--) {
            registrations.get(i).close();
        }
        for (int i = live.size() - 1; i >= 0; i--) {
            LiveApplication application = live.get(i);
            quiet &= Gatehouse.step(application.toString(), () -> application.undeploy(grace));
        }
        for (int i = applications.size() - 1; i >= 0; i--) {
            ServletApplication application = applications.get(i);
            quiet &= Gatehouse.step("the application at " + application.contextPath() + "/", () -> application.undeploy(grace));
        }
        for (int i = created.size() - 1; i >= 0; i--) {
            Object component = created.get(i);
            quiet &= Gatehouse.step(component.getClass().getName(), () -> {
                components.destroy(component);
                return true;
            });
        }
        for (Mount.Forwarded forwarded : forwards) {
            quiet &= Gatehouse.step(forwarded.forward().toString(), () -> {
                forwarded.forward().close();
                return true;
            });
        }
        hotFiles.forEach(StaticFiles::close);
        hotFiles.clear();
        cachedHandlers.forEach(cache::release);
        cachedHandlers.clear();
        registrations.clear();
        applications.clear();
        live.clear();
        created.clear();
        forwards.clear();
        return quiet;
    }

    private void deployRoot(Prefix root, List<Mount.RootServlet> mounts) {
        Set<Prefix> prefixes = new LinkedHashSet<>();
        Map<Object, List<String>> patterns = new LinkedHashMap<>(); // of each servlet or class, which may have several
        for (Mount.RootServlet mount : mounts) {
            prefixes.add(prefixFor(root, mount.pattern()));
            Object servlet = mount.servlet() instanceof String name ? load(name, mount.origin()) : mount.servlet();
            if (servlet instanceof Class<?> type && !Servlet.class.isAssignableFrom(type)) {
                throw new IllegalArgumentException(mount.origin() + ": " + type.getName() + " is no servlet: extend HttpServlet");
            }
            patterns.computeIfAbsent(servlet, key -> new ArrayList<>()).add(mount.pattern());
        }
        ServletApplicationBuilder builder = ServletApplication.builder().components(components);
        Set<String> names = new HashSet<>();
        patterns.forEach((servlet, its) -> add(builder, servlet, its.toArray(String[]::new), names));
        deploy(builder.build(), prefixes.contains(root) ? Set.of(root) : prefixes);
    }

    /** Adds a servlet with what its class says of itself, as a descriptor would; it may be asynchronous if it likes. */
    private static void add(ServletApplicationBuilder builder, Object servlet, String[] patterns, Set<String> names) {
        Class<?> type = servlet instanceof Class<?> given ? given : servlet.getClass();
        String name = type.getName();
        for (int i = 2; !names.add(name); i++) {
            name = type.getName() + '-' + i;
        }
        MultipartConfig multipart = type.getAnnotation(MultipartConfig.class);
        Consumer<ServletRegistration.Dynamic> settings = registration -> {
            registration.setAsyncSupported(true);
            if (multipart != null) {
                registration.setMultipartConfig(new MultipartConfigElement(multipart));
            }
        };
        if (servlet instanceof Servlet instance) {
            builder.servlet(name, instance, settings, patterns);
        } else {
            builder.servlet(name, type.asSubclass(Servlet.class), settings, patterns);
        }
    }

    private void deploy(ServletApplication application, Set<Prefix> prefixes) {
        try {
            application.attribute(OutputCache.class.getName(), cache);
            application.attribute(TargetRules.class.getName(), configuration.target());
            application.attribute(Neighbours.class.getName(), neighbours);
            application.deploy();
        } catch (ServletException e) {
            throw new IllegalStateException("the application at " + prefixes.iterator().next() + " can't be deployed: "
                    + e.getMessage() + "; mend what the cause says", e);
        }
        applications.add(application);
        for (Prefix prefix : prefixes) {
            register(Route.of(prefix, application));
        }
    }

    /** How it stands with what is forwarded. Any thread. */
    Map<Prefix, ForwardStatus> forwards() {
        Map<Prefix, ForwardStatus> all = new LinkedHashMap<>();
        forwards.forEach(forwarded -> all.put(forwarded.prefix(), forwarded.forward().status()));
        return all;
    }

    /** Whether something that is mounted keeps anything in the output cache's memory. */
    boolean usesCache() {
        return !cachedHandlers.isEmpty() || !hotFiles.isEmpty();
    }

    private LiveApplication live(Mount.Web mount) {
        String path = mount.prefix().path();
        WebApplication application = WebApplication.of(mount.location()).contextPath(path.substring(0, path.length() - 1))
                .limits(ServletLimits.DEFAULT.withIsolation(mount.isolation()));
        Path users = mount.users();
        if (users != null) {
            IdentityStore store = store(users, mount.prefix());
            application.security(settings -> settings.withStore(store));
        }
        if (components != Components.PLAIN) {
            application.components(components);
        }
        return LiveApplication.of(application);
    }

    /** One store for each file, so that what it remembers of passwords is remembered for all who use it. */
    private IdentityStore store(Path users, Prefix prefix) {
        Path file = users.toAbsolutePath().normalize();
        try {
            IdentityStore known = stores.get(file);
            IdentityStore store = known != null ? known : new PropertiesIdentityStore(file);
            stores.put(file, store);
            return store;
        } catch (IOException e) {
            throw new IllegalArgumentException("users." + prefix + ": the file " + file
                    + " can't be read: name one that is there, and give the server's user the right to", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("users." + prefix + ": the file " + file + " is wrong: " + e.getMessage(), e);
        }
    }

    private void deploy(LiveApplication application, Prefix prefix) {
        try {
            application.attribute(OutputCache.class.getName(), cache);
            application.attribute(TargetRules.class.getName(), configuration.target());
            application.attribute(Neighbours.class.getName(), neighbours);
            application.afterExchange(() -> {
                cache.purgePrefix(prefix.path());
                renewWorkers.run();
            });
            application.deploy();
        } catch (ServletException e) {
            throw new IllegalStateException("the web application at " + prefix + " can't be deployed: " + e.getMessage(), e);
        }
        live.add(application);
        register(Route.of(prefix, application));
    }

    private void register(Route given) {
        registrations.add(routes.register(cached(sharing(limited(given)))));
    }

    /** Registers a route that other processes have claimed, with the settings of its prefix; closed by whoever asks. Any thread. */
    Registration claimed(Route given) {
        Route route = limited(given);
        CachePolicy policy = configuration.caches().get(route.prefix());
        return policy == null ? routes.register(route) : ClaimedRoute.register(routes, cache, route, policy);
    }

    private Route limited(Route route) {
        long bodyLimit = configuration.bodyLimit(route.prefix());
        return bodyLimit < 0 ? route : route.withSettings(route.settings().withBodyLimit(bodyLimit));
    }

    /** The route; with hot files in the memory of the output cache if it serves files that have no memory of their own. */
    private Route sharing(Route route) {
        if (!(route.handler() instanceof StaticFiles files)) {
            return route;
        }
        StaticFiles shared = files.within(cache, route.prefix().toString());
        if (shared == files) {
            return route;
        }
        hotFiles.add(shared);
        Shortcut shortcut = route.shortcut() == route.handler() ? shared : route.shortcut();
        return new Route(route.prefix(), shared, shortcut, route.context(), route.settings());
    }

    /** The route behind the output cache, if that is asked for; it is still held by whom it was. */
    private Route cached(Route route) {
        CachePolicy policy = configuration.caches().get(route.prefix());
        if (policy == null) {
            return route;
        }
        AsyncHandler cached = cache.around(route.prefix().toString(), route.handler(), route.shortcut(), policy);
        cachedHandlers.add(cached);
        return new Route(
                route.prefix(), cached, (Shortcut) cached, route.context(), route.settings().withLabel(route.holder()));
    }

    /** The least subtree in which all paths of a pattern lie: {@code /api/} for {@code /api/*}, {@code /} for {@code *.do}. */
    private static Prefix prefixFor(Prefix root, String pattern) {
        String path = pattern.endsWith("/*") ? pattern.substring(0, pattern.length() - 1)
                : !pattern.startsWith("/") || pattern.equals("/") ? "/" : pattern.endsWith("/") ? pattern : pattern + '/';
        return new Prefix(root.scheme(), root.host(), root.port(), path);
    }

    private static Route route(Prefix prefix, Object handler) {
        if (handler instanceof Handler blocking) {
            return Route.of(prefix, blocking);
        }
        if (handler instanceof AsyncHandler async) {
            return Route.of(prefix, async);
        }
        throw new IllegalArgumentException(handler.getClass().getName() + ", mounted at " + prefix
                + ", is no handler: implement io.gatehouse.handler.Handler or AsyncHandler");
    }

    private Object create(Class<?> type, String origin) {
        try {
            Object component = components.create(type);
            created.add(component);
            return component;
        } catch (Exception e) {
            throw new IllegalArgumentException(origin + ": a " + type.getName() + " can't be made by " + components
                    + ": give it a public constructor without parameters, or what it wants injected", e);
        }
    }

    private static Class<?> load(String className, String origin) {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        try {
            return Class.forName(className, true, context != null ? context : ClassLoader.getSystemClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            throw new IllegalArgumentException(
                    origin + ": the class " + className + " can't be loaded: write its full name, and put it on the class path", e);
        }
    }
}
