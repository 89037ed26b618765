/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import io.gatehouse.servlet.ComponentFactory;
import io.gatehouse.servlet.Packaging;
import io.gatehouse.servlet.Resources;
import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.servlet.ServletApplicationBuilder;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts an application together: files, class loader, effective descriptor (Servlet 6.1 section 8.2.3), and what the
 * container is told of them. One thread, once.
 */
final class Assembly {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.webapp");

    private final WebApplication wanted;
    private final Layout layout;
    private final ApplicationLoader loader;

    /** The jars that take part, in their order. */
    private List<Fragment> fragments = List.of();
    private boolean ordered;
    private @Nullable ClassIndex index;

    private Assembly(WebApplication wanted, Layout layout, ApplicationLoader loader) {
        this.wanted = wanted;
        this.layout = layout;
        this.loader = loader;
    }

    static ServletApplication of(WebApplication wanted) throws DeploymentException {
        Unpacked files = Unpacked.open(wanted.source, wanted.workDirectory, wanted.archiveLimits);
        Release release = new Release(files);
        try {
            Layout layout = Layout.of(files.root());
            ApplicationLoader loader = ApplicationLoader.of(
                    String.valueOf(wanted.source.getFileName()), layout, wanted.parent,
                    new Visibility(wanted.shared, wanted.hidden));
            release.add(loader);
            release.add(new Farewell(loader, layout.jars()));
            return new Assembly(wanted, layout, loader).application(release);
        } catch (DeploymentException | RuntimeException | Error e) {
            release.run();
            throw e;
        }
    }

    private ServletApplication application(Release release) throws DeploymentException {
        Descriptor descriptor = effective();
        Pages.add(descriptor, loader);
        ServletApplicationBuilder builder = ServletApplication.builder()
                .classLoader(loader).limits(wanted.limits).components(components(descriptor)).resources(resources(release))
                .crossContext(wanted.crossContext).requireServlets(wanted.servletsRequired);
        ComponentFactory factory = wanted.components;
        if (factory != null) {
            release.add(() -> factory.forget(loader));
        }
        String path = wanted.contextPath;
        if (path == null) {
            path = defaultPath(descriptor);
        }
        builder.contextPath(path);
        Installation installation = new Installation(descriptor, loader);
        installation.describe(builder);
        builder.security(wanted.security.apply(SecurityBinding.settings(descriptor)));
        Initializers initializers = Initializers.find(layout, jars(), wanted.parent, loader, wanted.initializers);
        builder.initializer((classes, context) -> {
            prepare(context);
            installation.register(context);
            initializers.run(this::index, context);
            index = null; // it has served its purpose
        });
        builder.packaging(new Packaging(
                descriptor.version.major(), descriptor.version.minor(), descriptor.jsp(), release));
        wanted.settings.forEach(each -> each.accept(builder));
        ServletApplication application = builder.build();
        if (ordered) {
            application.attribute(ServletContext.ORDERED_LIBS, jars());
        }
        return application;
    }

    private void prepare(ServletContext context) {
        Pages.prepare(context, loader);
    }

    /** The descriptor of the whole: {@code web.xml}, the annotations of its classes, the fragments with theirs. */
    private Descriptor effective() throws DeploymentException {
        Descriptor webXml = layout.webXml();
        List<Fragment> all = layout.fragments(webXml);
        fragments = FragmentOrder.sort(webXml, all);
        ordered = FragmentOrder.isStated(webXml, all);
        if (webXml.metadataComplete) {
            return Merge.of(webXml, List.of());
        }
        Descriptor main = Merge.of(webXml, List.of(AnnotationReader.read(index(), ClassIndex.CLASSES)));
        List<Descriptor> others = new ArrayList<>();
        for (Fragment each : fragments) {
            Descriptor own = each.descriptor();
            others.add(own.metadataComplete ? own : Merge.of(own, List.of(AnnotationReader.read(index(), each.jar()))));
        }
        Descriptor joined = Merge.of(main, others);
        for (Declaration each : joined.servlets.values()) {
            addAnnotations(each);
        }
        warn(joined);
        return joined;
    }

    private void addAnnotations(Declaration servlet) throws DeploymentException {
        String name = servlet.className();
        ScannedClass type = name == null ? null : index().find(name);
        if (type != null && !isComplete(type.source())) {
            ComponentAnnotations.add(index(), type, servlet);
        }
    }

    private boolean isComplete(String jar) {
        return fragments.stream().anyMatch(each -> each.jar().equals(jar) && each.descriptor().metadataComplete);
    }

    /** What is annotated for a naming service stays null, which somebody should know before it is used. */
    private void warn(Descriptor joined) throws DeploymentException {
        List<String> components = new ArrayList<>(joined.listeners.keySet());
        joined.servlets.values().forEach(each -> components.add(String.valueOf(each.className())));
        joined.filters.values().forEach(each -> components.add(String.valueOf(each.className())));
        for (String name : components) {
            ScannedClass type = index().find(name);
            if (type != null && !ComponentAnnotations.unserved(type).isEmpty()) {
                LOG.log(System.Logger.Level.WARNING, type.place() + " is annotated with "
                        + ComponentAnnotations.unserved(type) + ", and there is no naming service: what it marks stays as it is;"
                        + " let HK2 inject it, or look it up in init");
            }
        }
    }

    private ClassIndex index() throws DeploymentException {
        ClassIndex current = index;
        if (current == null) {
            current = ClassIndex.scan(layout, jars(), loader);
            index = current;
        }
        return current;
    }

    private List<String> jars() {
        return fragments.stream().map(Fragment::jar).toList();
    }

    private ComponentFactory components(Descriptor descriptor) {
        ComponentFactory given = wanted.components;
        return new LifecycleCallbacks(
                given == null ? ComponentFactory.CONSTRUCTOR : given, given == null,
                descriptor.postConstruct, descriptor.preDestroy);
    }

    private static String defaultPath(Descriptor descriptor) throws DeploymentException {
        Said<Object> said = descriptor.settings.get("default-context-path");
        if (said == null) {
            return "";
        }
        String path = (String) said.value();
        boolean fine = path.equals("/") || path.startsWith("/") && !path.endsWith("/") && !path.contains("//");
        if (!fine) {
            throw DeploymentException.at(said.place(), "<default-context-path> is '" + path
                    + "': begin it with a slash, and don't end it with one");
        }
        return path.equals("/") ? "" : path;
    }

    /** The directory, then {@code META-INF/resources} of the jars, those that take part first (section 4.6). */
    private Resources resources(Release release) throws DeploymentException {
        List<Path> jars = new ArrayList<>();
        jars().forEach(each -> jars.add(layout.jar(each)));
        layout.jars().stream().filter(each -> !jars.contains(each)).forEach(jars::add);
        List<Resources> layers = new ArrayList<>(List.of(Resources.directory(layout.root())));
        for (Path jar : jars) {
            try {
                JarContent content = JarContent.open(jar);
                if (content != null) {
                    release.add(content);
                    layers.add(content);
                }
            } catch (IOException e) {
                throw Layout.unreadable(jar, e);
            }
        }
        return Resources.layered(layers.toArray(Resources[]::new));
    }
}
