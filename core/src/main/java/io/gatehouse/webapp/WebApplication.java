/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import io.gatehouse.security.SecuritySettings;
import io.gatehouse.servlet.ComponentFactory;
import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.servlet.ServletApplicationBuilder;
import io.gatehouse.servlet.ServletLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A web application as a directory or a WAR file (Servlet 6.1 chapter 10), and what whoever deploys it wants to be different.
 * Used by one thread at a time; each {@link #build} reads the files anew.
 *
 * <pre>{@code
 * ServletApplication shop = WebApplication.of(Path.of("shop.war")).contextPath("/shop").build();
 * }</pre>
 */
public final class WebApplication {

    final Path source;
    @Nullable String contextPath;
    @Nullable ComponentFactory components;
    ServletLimits limits = ServletLimits.DEFAULT;
    boolean crossContext;
    boolean servletsRequired;
    ArchiveLimits archiveLimits = ArchiveLimits.DEFAULT;
    ClassLoader parent = defaultParent();
    @Nullable Path workDirectory;
    UnaryOperator<SecuritySettings> security = UnaryOperator.identity();
    Predicate<String> initializers = name -> true;
    final List<String> shared = new ArrayList<>();
    final List<String> hidden = new ArrayList<>();
    final List<Consumer<ServletApplicationBuilder>> settings = new ArrayList<>();

    private WebApplication(Path source) {
        this.source = source;
    }

    /** The application of a directory, with {@code WEB-INF} in it or not, or of a WAR file. Opens nothing yet. */
    public static WebApplication of(Path directoryOrWar) {
        return new WebApplication(directoryOrWar);
    }

    private static ClassLoader defaultParent() {
        ClassLoader current = Thread.currentThread().getContextClassLoader();
        ClassLoader own = WebApplication.class.getClassLoader();
        return current != null ? current : own != null ? own : ClassLoader.getSystemClassLoader();
    }

    /** Where the application comes from. */
    public Path source() {
        return source;
    }

    /**
     * Sets the context path: empty for the root, else {@code /shop}. Unless set it is the descriptor's {@code
     * default-context-path}, else the root.
     *
     * @throws IllegalArgumentException if it does not begin with a slash, or ends in one
     */
    public WebApplication contextPath(String path) {
        ServletApplication.builder().contextPath(path); // which knows what one is
        contextPath = path;
        return this;
    }

    /**
     * Sets who makes servlets, filters and listeners, with injection for example; it then calls their {@code @PostConstruct}
     * and {@code @PreDestroy} methods too. Unless set, public constructors are called, and those methods by the container.
     */
    public WebApplication components(ComponentFactory factory) {
        components = factory;
        return this;
    }

    /** Sets the limits on requests. */
    public WebApplication limits(ServletLimits bounds) {
        limits = bounds;
        return this;
    }

    /** Sets whether it and others that do so may dispatch into each other ({@code ServletContext.getContext}); not unless set. */
    public WebApplication crossContext(boolean on) {
        crossContext = on;
        return this;
    }

    /** Sets whether the deployment fails with a servlet that is loaded on start-up; unless set, the others are served. */
    public WebApplication requireServlets(boolean on) {
        servletsRequired = on;
        return this;
    }

    /**
     * Changes what the descriptor says of security, and adds what it can't say: who knows the callers, and where protected
     * connections are: {@code security(s -> s.withStore(accounts).withHttpsPort(443))}.
     */
    public WebApplication security(UnaryOperator<SecuritySettings> change) {
        UnaryOperator<SecuritySettings> before = security;
        security = settings -> change.apply(before.apply(settings));
        return this;
    }

    /** Sets what an archive may unpack to. */
    public WebApplication archiveLimits(ArchiveLimits bounds) {
        archiveLimits = bounds;
        return this;
    }

    /**
     * Sets the class loader of what the application shares with the server; the context class loader of the thread that called
     * {@link #of} unless set. It must see the container's Servlet API.
     */
    public WebApplication parentLoader(ClassLoader loader) {
        parent = loader;
        return this;
    }

    /**
     * Adds packages, with those below them, of which the server's classes come before the application's own.
     *
     * @param packages such as {@code org.slf4j}
     */
    public WebApplication share(String... packages) {
        shared.addAll(List.of(packages));
        return this;
    }

    /** Adds packages, with those below them, of which the application sees none of the server's classes. */
    public WebApplication hide(String... packages) {
        hidden.addAll(List.of(packages));
        return this;
    }

    /** Sets which {@code ServletContainerInitializer}s run, by their class names; all that are found unless set. */
    public WebApplication initializers(Predicate<String> wanted) {
        initializers = wanted;
        return this;
    }

    /**
     * Sets where archives are unpacked, each into a directory of its own that is removed when the application ends; in the
     * system's place for temporary files unless set.
     */
    public WebApplication workDirectory(Path directory) {
        workDirectory = directory;
        return this;
    }

    /** Adds settings that overrule the descriptor, or add to it: {@code settings(b -> b.sessionTimeout(5))}. */
    public WebApplication settings(Consumer<ServletApplicationBuilder> change) {
        settings.add(change);
        return this;
    }

    /**
     * Opens the archive, reads descriptors and annotations, and makes the class loader. No code of the application runs yet:
     * that is {@link ServletApplication#deploy}. Blocks for the disk.
     *
     * <p>What was opened is released by {@link ServletApplication#undeploy}, also when it was never deployed, and when
     * deploying fails.
     *
     * @throws DeploymentException if the archive, a descriptor or an annotation is wrong; nothing is left open then
     */
    public ServletApplication build() throws DeploymentException {
        return Assembly.of(this);
    }

    /** For a person. */
    @Override
    public String toString() {
        return "web application " + source + (contextPath == null ? "" : " at " + contextPath + "/");
    }
}
