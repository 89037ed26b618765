/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import io.gatehouse.servlet.ServletApplicationBuilder;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.EventListener;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Tells the servlet container what an effective descriptor says. Listeners and filters are loaded here, so that a class which
 * is missing fails with its line; servlets when they are needed.
 */
final class Installation {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.webapp");

    /** Servlets that are mapped without being declared: the container's own, and that for pages. */
    private static final Set<String> BUILT_IN = Set.of("default", "jsp");

    private final Descriptor descriptor;
    private final ClassLoader loader;

    Installation(Descriptor descriptor, ClassLoader loader) {
        this.descriptor = descriptor;
        this.loader = loader;
    }

    /** Describes the application but for its servlets. */
    void describe(ServletApplicationBuilder builder) throws DeploymentException {
        String name = descriptor.displayName;
        if (name != null) {
            builder.displayName(name);
        }
        descriptor.parameters.forEach((key, said) -> builder.initParameter(key, said.value()));
        descriptor.mimeTypes.forEach((extension, said) -> builder.mimeType(extension, said.value()));
        if (!descriptor.welcomeFiles.isEmpty()) {
            builder.welcomeFiles(descriptor.welcomeFiles.toArray(String[]::new));
        } else if (descriptor.servlets.containsKey("jsp")) {
            builder.welcomeFiles("index.html", "index.htm", "index.jsp");
        } else {
            builder.welcomeFiles("index.html", "index.htm");
        }
        describeEncodings(builder);
        describeErrorPages(builder);
        Said<String> timeout = descriptor.session.get("session-timeout");
        if (timeout != null) {
            builder.sessionTimeout(Integer.parseInt(timeout.value()));
        }
        if (!descriptor.trackingModes.isEmpty()) {
            builder.sessionTracking(
                    descriptor.trackingModes.stream().map(SessionTrackingMode::valueOf).toArray(SessionTrackingMode[]::new));
        }
        for (var each : descriptor.listeners.entrySet()) {
            builder.listener(load(each.getKey(), each.getValue(), "<listener-class>", EventListener.class));
        }
        describeFilters(builder);
        for (Said<String> each : descriptor.references) {
            LOG.log(System.Logger.Level.INFO, each.place() + ": " + each.value()
                    + " is not bound: there is no naming service; inject it, or make it in a listener");
        }
    }

    private void describeEncodings(ServletApplicationBuilder builder) throws DeploymentException {
        Said<Object> request = descriptor.settings.get("request-character-encoding");
        if (request != null) {
            builder.requestEncoding(charset((String) request.value(), request.place()));
        }
        Said<Object> response = descriptor.settings.get("response-character-encoding");
        if (response != null) {
            builder.responseEncoding(charset((String) response.value(), response.place()));
        }
        for (var each : descriptor.localeCharsets.entrySet()) {
            Locale locale = Locale.forLanguageTag(each.getKey().replace('_', '-'));
            if (locale.getLanguage().isEmpty()) {
                throw DeploymentException.at(each.getValue().place(),
                        "'" + each.getKey() + "' is no locale: write one like de or de_AT");
            }
            builder.localeCharset(locale, charset(each.getValue().value(), each.getValue().place()));
        }
    }

    private static Charset charset(String name, Place place) throws DeploymentException {
        try {
            return Charset.forName(name);
        } catch (IllegalArgumentException e) {
            throw DeploymentException.at(place,
                    "'" + name + "' is no character encoding that this Java knows: write one like UTF-8");
        }
    }

    /** The class of an exception may be missing: then nobody can throw it. */
    private void describeErrorPages(ServletApplicationBuilder builder) {
        descriptor.errorPages.forEach((key, said) -> {
            if (key.isEmpty()) {
                builder.errorPage(said.value());
            } else if (Character.isDigit(key.charAt(0))) {
                builder.errorPage(Integer.parseInt(key), said.value());
            } else {
                try {
                    builder.errorPage(Class.forName(key, false, loader).asSubclass(Throwable.class), said.value());
                } catch (ClassNotFoundException | ClassCastException | LinkageError e) {
                    LOG.log(System.Logger.Level.WARNING, said.place() + ": the exception " + key
                            + " can't be loaded: its error page will not be used", e);
                }
            }
        });
    }

    /** Mappings come in the order of the descriptor, across filters: they are made when the last filter is there. */
    private void describeFilters(ServletApplicationBuilder builder) throws DeploymentException {
        Map<String, FilterRegistration.Dynamic> registered = new HashMap<>();
        int left = descriptor.filters.size();
        for (FilterMapping each : descriptor.filterMappings) {
            if (!descriptor.filters.containsKey(each.filter())) {
                throw DeploymentException.at(each.place(),
                        "a <filter-mapping> of " + each.filter() + ", which is no filter: declare it, or correct the name");
            }
        }
        for (Declaration filter : descriptor.filters.values()) {
            String className = filter.className();
            boolean last = --left == 0;
            Consumer<FilterRegistration.Dynamic> settings = registration -> {
                registration.setAsyncSupported(filter.asyncSupported());
                filter.parameters().forEach((key, said) -> registration.setInitParameter(key, said.value()));
                registered.put(filter.name(), registration);
                if (last) {
                    mapFilters(registered);
                    registered.clear();
                }
            };
            if (className == null) {
                builder.filter(filter.name(), settings);
            } else {
                builder.filter(filter.name(), load(className, filter.place(), "<filter-class>", Filter.class), settings);
            }
        }
    }

    private void mapFilters(Map<String, FilterRegistration.Dynamic> registered) {
        for (FilterMapping each : descriptor.filterMappings) {
            FilterRegistration.Dynamic filter = registered.get(each.filter());
            if (filter == null) {
                continue;
            }
            EnumSet<DispatcherType> types = each.dispatchers().isEmpty() ? null : EnumSet.copyOf(each.dispatchers());
            if (!each.patterns().isEmpty()) {
                filter.addMappingForUrlPatterns(types, true, each.patterns().toArray(String[]::new));
            }
            if (!each.servlets().isEmpty()) {
                filter.addMappingForServletNames(types, true, each.servlets().toArray(String[]::new));
            }
        }
    }

    private <T> Class<? extends T> load(String name, Place place, String what, Class<T> contract) throws DeploymentException {
        try {
            return Class.forName(name, false, loader).asSubclass(contract);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new DeploymentException(place + ": the " + what + " " + name
                    + " can't be loaded: put it into WEB-INF/classes or a jar in WEB-INF/lib", e);
        } catch (ClassCastException e) {
            throw new DeploymentException(place + ": the " + what + " " + name + " is no " + contract.getSimpleName()
                    + " of this container's API: implement jakarta.servlet's, and leave its jar out of WEB-INF/lib", e);
        }
    }

    /** Registers what only a context can be told; before every initialiser and listener. */
    void register(ServletContext context) throws ServletException {
        cookies(context.getSessionCookieConfig());
        if (!descriptor.roles.isEmpty()) {
            context.declareRoles(descriptor.roles.toArray(String[]::new));
        }
        List<String> disabled = new ArrayList<>();
        for (Declaration servlet : descriptor.servlets.values()) {
            if (servlet.enabled()) {
                add(context, servlet);
            } else {
                disabled.add(servlet.name());
            }
        }
        Map<String, ServletMapping> owners = new HashMap<>();
        for (ServletMapping each : descriptor.servletMappings) {
            if (!disabled.contains(each.servlet())) {
                map(context, each, owners);
            }
        }
    }

    private static void add(ServletContext context, Declaration servlet) throws DeploymentException {
        String page = servlet.jspFile();
        String className = servlet.className();
        ServletRegistration.Dynamic added;
        if (page != null) {
            if (context.getServletRegistration("jsp") == null) {
                LOG.log(System.Logger.Level.WARNING, servlet.place() + ": the servlet " + servlet.name() + " is the page " + page
                        + ", and there is no servlet for pages: it answers 500; put Jasper on the class path, or declare a servlet"
                        + " named jsp before");
            }
            added = context.addJspFile(servlet.name(), page);
        } else {
            added = context.addServlet(servlet.name(), className);
        }
        if (added == null) {
            throw DeploymentException.at(servlet.place(),
                    "a servlet " + servlet.name() + " was added by the program already: give one of them another name");
        }
        added.setAsyncSupported(servlet.asyncSupported());
        servlet.parameters().forEach((key, said) -> added.setInitParameter(key, said.value()));
        Integer load = servlet.loadOnStartup();
        if (load != null) {
            added.setLoadOnStartup(load);
        }
        String role = servlet.runAs();
        if (role != null) {
            added.setRunAsRole(role);
        }
        MultipartSettings multipart = servlet.multipart();
        if (multipart != null) {
            added.setMultipartConfig(multipart.element());
        }
        if (servlet.security() != null) {
            added.setServletSecurity(servlet.security());
        }
    }

    private void map(ServletContext context, ServletMapping mapping, Map<String, ServletMapping> owners)
            throws DeploymentException {
        ServletRegistration servlet = context.getServletRegistration(mapping.servlet());
        if (servlet == null) {
            throw DeploymentException.at(mapping.place(), "a <servlet-mapping> of " + mapping.servlet()
                    + ", which is no servlet: declare it, or correct the name"
                    + (BUILT_IN.contains(mapping.servlet()) ? ", or put what it needs on the class path" : ""));
        }
        Set<String> taken = servlet.addMapping(mapping.patterns().toArray(String[]::new));
        for (String each : mapping.patterns()) {
            ServletMapping owner = owners.putIfAbsent(each, mapping);
            if (taken.contains(each)) {
                throw DeploymentException.at(mapping.place(), "the pattern " + each + " leads to "
                        + (owner == null ? "a servlet that was added by the program"
                                : owner.servlet() + " already, by " + owner.place())
                        + ": map each pattern once");
            }
        }
    }

    private void cookies(SessionCookieConfig cookie) {
        descriptor.session.forEach((key, said) -> {
            String value = said.value();
            switch (key) {
                case "cookie/name" -> cookie.setName(value);
                case "cookie/domain" -> cookie.setDomain(value);
                case "cookie/path" -> cookie.setPath(value);
                case "cookie/http-only" -> cookie.setHttpOnly(Boolean.parseBoolean(value));
                case "cookie/secure" -> cookie.setSecure(Boolean.parseBoolean(value));
                case "cookie/max-age" -> cookie.setMaxAge(Integer.parseInt(value));
                default -> {
                    if (key.startsWith("cookie:")) {
                        cookie.setAttribute(key.substring("cookie:".length()), value);
                    }
                }
            }
        });
    }
}
