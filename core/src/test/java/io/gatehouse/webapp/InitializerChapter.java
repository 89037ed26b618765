/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static io.gatehouse.webapp.Parts.absolute;
import static io.gatehouse.webapp.Parts.jar;
import static io.gatehouse.webapp.Parts.name;
import static io.gatehouse.webapp.Parts.ordering;
import static io.gatehouse.webapp.Parts.servlet;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatehouse.servlet.conformance.Section;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sections 8.2.4, 8.4 and 10.5: initialisers of the application and of shared libraries, and what jars bring along. */
interface InitializerChapter extends WebChapter {

    /** An initialiser that leaves its name and the names of its classes. */
    private static Archive initializer(String name, String annotation, Archive jar) {
        return jar.service("init." + name).sources("package init; " + annotation + " public class " + name
                + " implements ServletContainerInitializer { public void onStartup(Set<Class<?>> c, ServletContext x) {"
                + " StringBuilder s = new StringBuilder(\" " + name + "\"); if (c != null) { TreeSet<String> n = new TreeSet<>();"
                + " for (Class<?> k : c) n.add(k.getSimpleName()); s.append(n); }"
                + " Object h = x.getAttribute(\"heard\"); x.setAttribute(\"heard\", (h == null ? \"\" : h) + s.toString()); } }");
    }

    private static Archive app(String... handled) {
        String[] sources = new String[handled.length + 1];
        sources[0] = Parts.TELLS;
        for (int i = 0; i < handled.length; i++) {
            sources[i + 1] = "package app; public class " + handled[i] + " implements Runnable { public void run() { } }";
        }
        return new Archive().classes(sources);
    }

    @Test
    @Section("8.2.4")
    default void oneRunsWithTheClassesThatItHandles() throws Exception {
        Archive archive = app("H", "K").webXml(servlet("t"))
                .lib("1.jar", initializer("One", "@HandlesTypes(Runnable.class)", new Archive()))
                .lib("2.jar", initializer("Two", "@HandlesTypes(java.util.concurrent.Callable.class)", new Archive()))
                .lib("3.jar", initializer("Three", "", new Archive()));
        try (WebSite site = site(archive)) {
            assertEquals("t after One[H, K] Two Three", site.get("/t"));
        }
    }

    @Test
    @Section("8.2.4")
    default void classesAreFoundByAnnotationsOfTypesFieldsAndMethods() throws Exception {
        String retained = "@java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME) ";
        Archive archive = new Archive().webXml(servlet("t")).classes(Parts.TELLS)
                .lib("1.jar", new Archive().service("init.One").sources(
                        "package init; " + retained + "public @interface Mark { }",
                        "package init; @Mark public class Type { }",
                        "package init; public class Method { @Mark void m() { } }",
                        "package init; public class Field { @Mark int f; }",
                        "package init; public class Below extends Type { }",
                        "package init; @HandlesTypes(Mark.class) public class One implements ServletContainerInitializer {"
                                + " public void onStartup(Set<Class<?>> c, ServletContext x) { TreeSet<String> n = new TreeSet<>();"
                                + " for (Class<?> k : c) n.add(k.getSimpleName()); x.setAttribute(\"heard\", \" \" + n); } }"));
        try (WebSite site = site(archive)) {
            assertEquals("t after [Field, Method, Type]", site.get("/t"));
        }
    }

    @Test
    @Section("8.2.4")
    default void completeMetadataDoNotKeepThemFromRunning() throws Exception {
        Archive archive = app("H").lib("1.jar", initializer("One", "@HandlesTypes(Runnable.class)", new Archive()));
        try (WebSite site = site(Parts.complete(archive, servlet("t")))) {
            assertEquals("t after One[H]", site.get("/t"));
        }
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    @Section("8.2.2 (1.4)")
    default void oneOfAnExcludedJarDoesNotRun(boolean complete) throws Exception {
        Archive archive = app("H").lib("1.jar", initializer("One", "@HandlesTypes(Runnable.class)", jar(name("one"))))
                .lib("2.jar", initializer("Two", "", jar(name("two")))
                        .sources("package lib; public class K implements Runnable { public void run() { } }"));
        String elements = servlet("t") + absolute(name("one"));
        try (WebSite site = site(complete ? Parts.complete(archive, elements) : archive.webXml(elements))) {
            assertEquals("t after One[H]", site.get("/t"));
        }
    }

    @Test
    @Section("8.2.4")
    default void theyRunInTheOrderOfTheFragments() throws Exception {
        Archive archive = app().webXml(servlet("t"))
                .lib("1.jar", initializer("One", "", jar(name("one") + ordering("<after><name>two</name></after>"))))
                .lib("2.jar", initializer("Two", "", jar(name("two"))));
        try (WebSite site = site(archive)) {
            assertEquals("t after Two One", site.get("/t"));
        }
    }

    @Test
    @Section("8.2.4")
    default void oneOfASharedLibraryRunsForEveryApplication() throws Exception {
        Path shared = initializer("Shared", "@HandlesTypes(Runnable.class)", new Archive()).war(place().resolve("shared.jar"));
        try (URLClassLoader parent = new URLClassLoader(new URL[] {shared.toUri().toURL()}, WebApplication.class.getClassLoader());
                WebSite site = new WebSite(transport(),
                        WebApplication.of(app("H").webXml(servlet("t")).war(place().resolve("one.war"))).contextPath("/app")
                                .parentLoader(parent),
                        WebApplication.of(app("K").webXml(servlet("t")).war(place().resolve("two.war"))).contextPath("/two")
                                .parentLoader(parent))) {
            assertEquals("t after Shared[H]", site.get("/t"));
            assertEquals("t after Shared[K]", site.ask("GET /two/t").text());
        }
    }

    @Test
    @Section("4.4")
    default void oneMayAddServletsFiltersAndListeners() throws Exception {
        Archive archive = new Archive().file("WEB-INF/classes/" + Layout.SERVICES, "init.Adds\n")
                .classes(Parts.TELLS, Parts.PASSES, "package init; public class Adds implements ServletContainerInitializer,"
                        + " ServletContextListener { public void onStartup(Set<Class<?>> c, ServletContext x) {"
                        + " var s = x.addServlet(\"added\", \"app.Tells\"); s.addMapping(\"/added\"); s.setInitParameter(\"x\", \"1\");"
                        + " x.addFilter(\"f\", app.Passes.class).addMappingForServletNames(null, false, \"added\");"
                        + " x.addListener(this); } public void contextInitialized(ServletContextEvent e) {"
                        + " e.getServletContext().setAttribute(\"heard\", \" start\"); } }");
        try (WebSite site = site(archive)) {
            assertEquals("added x=1 via f after start", site.get("/added"));
        }
    }

    @Test
    @Section("8.2.4")
    default void aClassThatIsMissingSomethingIsPassedOver() throws Exception {
        Archive archive = app("H").webXml(servlet("t"))
                .lib("1.jar", initializer("One", "@HandlesTypes(Runnable.class)", new Archive()))
                .lib("2.jar", broken());
        try (WebSite site = site(archive)) {
            assertEquals("t after One[H]", site.get("/t"));
        }
    }

    /** A class whose superclass is in no jar. */
    private static Archive broken() {
        Archive jar = new Archive().sources("package lib; public class Gone { }",
                "package lib; public class Broken extends Gone implements Runnable { public void run() { } }");
        jar.files().remove("lib/Gone.class");
        return jar;
    }

    @Test
    @Section("4.6")
    default void jarsBringContentBehindThatOfTheApplication() throws Exception {
        Archive archive = app().webXml(servlet("t") + absolute("")).file("both.txt", "root")
                .lib("1.jar", new Archive().file("META-INF/resources/both.txt", "jar").file("META-INF/resources/jar.txt", "in the jar")
                        .file("META-INF/resources/docs/index.html", "index of the jar")
                        .file("META-INF/resources/WEB-INF/hidden.txt", "hidden"));
        try (WebSite site = site(archive)) {
            assertEquals("root", site.get("/both.txt"));
            assertEquals("in the jar", site.get("/jar.txt"));
            assertEquals("index of the jar", site.get("/docs/"));
            assertEquals("404", site.get("/WEB-INF/hidden.txt"));
            assertEquals("404", site.get("/META-INF/resources/jar.txt"));
        }
    }

    @Test
    @Section("10.5")
    default void whatIsInsideIsNotServed() throws Exception {
        Archive archive = app().webXml(servlet("t")).file("META-INF/MANIFEST.MF", "x").file("WEB-INF/a.txt", "a")
                .lib("1.jar", jar(""));
        try (WebSite site = site(archive)) {
            for (String path : new String[] {
                "/WEB-INF", "/WEB-INF/", "/WEB-INF/a.txt", "/WEB-INF/web.xml", "/WEB-INF/lib/1.jar", "/META-INF/MANIFEST.MF",
                "/WEB-INF/classes/app/Tells.class", "/web-inf/a.txt"}) {
                assertEquals("404", site.get(path), path);
            }
        }
    }

    @Test
    @Section("10.5")
    default void classesComeBeforeJars() throws Exception {
        String mark = "package lib; public class Mark { public String toString() { return \"%s\"; } }";
        Archive archive = new Archive()
                .classes(mark.formatted("classes"), SourceCode.servlet("M", "@WebServlet(\"/m\")", "new lib.Mark()"))
                .lib("1.jar", new Archive().sources(mark.formatted("jar")));
        try (WebSite site = site(archive)) {
            assertEquals("classes", site.get("/m"));
        }
    }

    @Test
    @Section("10.7.1")
    default void theContextClassLoaderIsTheApplications() throws Exception {
        Archive archive = new Archive().classes(SourceCode.servlet("L", "@WebServlet(\"/l\")",
                "Thread.currentThread().getContextClassLoader() == L.class.getClassLoader()"));
        try (WebSite site = site(archive)) {
            assertEquals("true", site.get("/l"));
        }
    }
}
