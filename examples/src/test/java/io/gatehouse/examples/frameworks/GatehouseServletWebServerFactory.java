/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.frameworks;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.GatehouseBuilder;
import io.gatehouse.servlet.Resources;
import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.servlet.ServletApplicationBuilder;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.SessionCookieConfig;
import java.io.File;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.springframework.boot.web.error.ErrorPage;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.Compression;
import org.springframework.boot.web.server.Cookie.SameSite;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.WebServerException;
import org.springframework.boot.web.server.servlet.ConfigurableServletWebServerFactory;
import org.springframework.boot.web.server.servlet.ServletContextInitializers;
import org.springframework.boot.web.server.servlet.ServletWebServerSettings;
import org.springframework.boot.web.servlet.ServletContextInitializer;

/**
 * Spring Boot's web server is Gatehouse: a bean of this type, and {@code @Import(ServletWebServerConfiguration.class)} beside
 * it so that {@code server.*} properties and error pages reach it.
 *
 * <p>{@link #getWebServer} deploys the application, which runs all of Spring's initialisers, and leaves the ports closed;
 * {@link WebServer#start} opens them when every bean is ready.
 */
public final class GatehouseServletWebServerFactory extends AbstractConfigurableWebServerFactory
        implements ConfigurableServletWebServerFactory {

    private final ServletWebServerSettings settings = new ServletWebServerSettings();
    private final List<UnaryOperator<GatehouseBuilder>> customizers = new ArrayList<>();

    /** Adds something to say about the server: its transport, limits, timeouts. Called before each start. */
    public void customize(UnaryOperator<GatehouseBuilder> customizer) {
        customizers.add(customizer);
    }

    @Override
    public ServletWebServerSettings getSettings() {
        return settings;
    }

    @Override
    public WebServer getWebServer(ServletContextInitializer... initializers) {
        refuseWhatIsNotThere();
        ServletApplicationBuilder builder = ServletApplication.builder()
                .contextPath(settings.getContextPath().toString())
                .classLoader(loader())
                .resources(resources());
        String name = settings.getDisplayName();
        if (name != null) {
            builder.displayName(name);
        }
        Duration timeout = settings.getSession().getTimeout();
        builder.sessionTimeout(timeout == null || timeout.isNegative() ? 0 : minutes(timeout));
        settings.getMimeMappings().forEach(mapping -> builder.mimeType(mapping.getExtension(), mapping.getMimeType()));
        settings.getLocaleCharsetMappings().forEach(builder::localeCharset);
        getErrorPages().forEach(page -> add(builder, page));
        builder.initializer((classes, context) -> initialize(context, initializers));
        String server = getServerHeader();
        if (server != null || !settings.getCookieSameSiteSuppliers().isEmpty()) {
            builder.filter("responseFields", new ResponseFields(server, settings.getCookieSameSiteSuppliers()), filter -> {
                filter.setAsyncSupported(true);
                filter.addMappingForUrlPatterns(null, false, "/*");
            });
        }
        ServletApplication application = builder.build();
        try {
            application.deploy();
        } catch (ServletException e) {
            throw new WebServerException("the application can't be deployed: " + e.getMessage() + "; mend what the cause says", e);
        }
        return new GatehouseWebServer(application, getPort(), this::server, getShutdown() == Shutdown.GRACEFUL);
    }

    /** The server that serves an application, built anew for each start. */
    private Gatehouse server(ServletApplication application) {
        InetAddress address = getAddress();
        String host = address == null ? "*"
                : address.getAddress().length == 16 ? '[' + address.getHostAddress() + ']' : address.getHostAddress();
        GatehouseBuilder builder = Gatehouse.builder()
                .configuration(Configuration.DEFAULTS)
                .listen("http://" + host + ':' + getPort());
        for (UnaryOperator<GatehouseBuilder> customizer : customizers) {
            builder = customizer.apply(builder);
        }
        return builder.handle(application.contextPath() + '/', application).deploy();
    }

    private void initialize(ServletContext context, ServletContextInitializer... initializers) throws ServletException {
        SessionCookieConfig cookie = context.getSessionCookieConfig();
        SameSite sameSite = settings.getSession().getCookie().getSameSite();
        if (sameSite != null && sameSite.attributeValue() != null) {
            cookie.setAttribute("SameSite", sameSite.attributeValue());
        }
        for (String listener : settings.getWebListenerClassNames()) {
            context.addListener(listener);
        }
        for (ServletContextInitializer initializer : ServletContextInitializers.from(settings, initializers)) {
            initializer.onStartup(context);
        }
    }

    /** The document root, if there is one, and what jars have under {@code META-INF/resources}. */
    private Resources resources() {
        File root = settings.getDocumentRoot();
        Resources jars = Resources.classPath(loader());
        return root == null ? jars : Resources.layered(Resources.directory(root.toPath()), jars);
    }

    private static void add(ServletApplicationBuilder builder, ErrorPage page) {
        Class<? extends Throwable> exception = page.getException();
        if (page.getStatusCode() != 0) {
            builder.errorPage(page.getStatusCode(), page.getPath());
        } else if (exception != null) {
            builder.errorPage(exception, page.getPath());
        } else {
            builder.errorPage(page.getPath());
        }
    }

    /** Better no start than one without what was asked for. */
    private void refuseWhatIsNotThere() {
        if (Ssl.isEnabled(getSsl())) {
            throw new WebServerException("server.ssl is set: remove it, and listen behind a proxy that ends TLS", null);
        }
        Compression compression = getCompression();
        if (compression != null && compression.getEnabled()) {
            throw new WebServerException("server.compression is set: remove it, and give the route a cache with compression", null);
        }
    }

    /** Whole minutes, as the servlet API counts: never fewer than one, which would be for ever. */
    private static int minutes(Duration timeout) {
        return timeout.isZero() ? 0 : (int) Math.max(1, timeout.toMinutes());
    }

    private static ClassLoader loader() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context != null ? context : ClassLoader.getSystemClassLoader();
    }
}
