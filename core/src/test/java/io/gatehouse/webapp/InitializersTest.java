/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Initialisers: found, ordered, left out, and given the classes that they handle (Servlet 6.1 sections 8.2.2 and 8.2.4). */
@Section("8.2.4")
@DisplayNameGeneration(SectionNames.class)
class InitializersTest {

    private static final String RETAINED = "@java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME) ";

    @TempDir
    Path place;

    /** An initialiser that appends its name and its classes to an attribute. */
    private static String initializer(String name, String annotation) {
        return "package init; " + annotation + " public class " + name + " implements ServletContainerInitializer {"
                + " public void onStartup(Set<Class<?>> c, ServletContext x) { String s = \"" + name + "\"; if (c != null) {"
                + " TreeSet<String> n = new TreeSet<>(); for (Class<?> k : c) n.add(k.getSimpleName()); s += n; }"
                + " Object o = x.getAttribute(\"ran\"); x.setAttribute(\"ran\", o == null ? s : o + \" \" + s); } }";
    }

    private static Archive jar(String name, String fragment) {
        return new Archive().fragment(fragment).sources(initializer(name, "")).service("init." + name);
    }

    private static Archive jar(String name) {
        return new Archive().sources(initializer(name, "")).service("init." + name);
    }

    private String ran(Archive archive) throws Exception {
        return ran(WebApplication.of(archive.war(place.resolve("app.war"))));
    }

    private static String ran(WebApplication wanted) throws ServletException {
        try (Served served = Served.of(wanted)) {
            return String.valueOf(served.context().getAttribute("ran"));
        }
    }

    @Test
    void theyRunInTheOrderOfTheirJars() throws Exception {
        Archive archive = new Archive().lib("c.jar", jar("C")).lib("a.jar", jar("A")).lib("b.jar", jar("B"));
        assertEquals("A B C", ran(archive));
        assertEquals("C A B", ran(new Archive().lib("c.jar", jar("C", "<name>c</name><ordering><before><others/></before></ordering>"))
                .lib("a.jar", jar("A")).lib("b.jar", jar("B"))));
    }

    @Test
    void anAbsoluteOrderLeavesOut() throws Exception {
        Archive archive = new Archive().webXml("<absolute-ordering><name>c</name><name>a</name></absolute-ordering>")
                .lib("a.jar", jar("A", "<name>a</name>")).lib("b.jar", jar("B", "<name>b</name>"))
                .lib("c.jar", jar("C", "<name>c</name>")).lib("d.jar", jar("D"));
        assertEquals("C A", ran(archive));
    }

    /** Even a descriptor that is complete does not keep them from running. */
    @Test
    void completeMetadataDoesNotMatter() throws Exception {
        assertEquals("A[Handled, Z] B", ran(complete("")));
    }

    /** Section 8.2.2: what is excluded is, irrespective of metadata-complete; a fragment's own order is not read then. */
    @ParameterizedTest
    @CsvSource({
        "<absolute-ordering/>, null",
        "<absolute-ordering><name>b</name></absolute-ordering>, B",
        "<absolute-ordering><name>a</name></absolute-ordering>, A[Handled]",
        "<absolute-ordering><name>b</name><others/></absolute-ordering>, 'B A[Handled, Z]'"})
    void anAbsoluteOrderLeavesOutWhereMetadataAreCompleteToo(String order, String expected) throws Exception {
        assertEquals(expected, ran(complete(order)));
    }

    private static Archive complete(String elements) {
        String handled = "package %s; public class %s implements Runnable { public void run() { } }";
        return new Archive().file("WEB-INF/web.xml", "<web-app xmlns='" + Documents.JAKARTA
                        + "' version='6.1' metadata-complete='true'>" + elements + "</web-app>")
                .classes(handled.formatted("app", "Handled"))
                .lib("a.jar", new Archive().fragment("<name>a</name><ordering><after><others/></after></ordering>")
                        .sources(initializer("A", "@HandlesTypes(Runnable.class)")).service("init.A"))
                .lib("b.jar", jar("B", "<name>b</name>"))
                .lib("z.jar", new Archive().sources(handled.formatted("lib", "Z")));
    }

    @Test
    void theParentsRunFirstAndTheClassesNext() throws Exception {
        Path jar = jar("P").war(place.resolve("parent.jar"));
        try (URLClassLoader parent = new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader())) {
            Archive archive = new Archive().classes(initializer("W", "")).file("WEB-INF/classes/" + Layout.SERVICES, "init.W")
                    .lib("a.jar", jar("A"));
            Path war = archive.war(place.resolve("app.war"));
            assertEquals("P W A", ran(WebApplication.of(war).parentLoader(parent)));
            assertEquals("W A", ran(WebApplication.of(war).parentLoader(parent).initializers(name -> !name.equals("init.P"))));
        }
    }

    @Test
    void oneThatIsNamedTwiceRunsOnce() throws Exception {
        Path jar = jar("A").war(place.resolve("parent.jar"));
        try (URLClassLoader parent = new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader())) {
            Path war = new Archive().lib("a.jar", jar("A")).lib("b.jar", jar("A")).war(place.resolve("app.war"));
            assertEquals("A", ran(WebApplication.of(war).parentLoader(parent)));
        }
    }

    @Test
    void aListMayHaveCommentsAndBlankLines() throws Exception {
        assertEquals("A B", ran(new Archive().lib("a.jar", new Archive().sources(initializer("A", ""), initializer("B", ""))
                .service("# first\n\n  init.A  # one\ninit.B\n#init.C"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "init.Gone       | a.jar!/META-INF/services/jakarta.servlet.ServletContainerInitializer names init.Gone, which can't be made",
        "java.lang.String | names java.lang.String, which is no ServletContainerInitializer",
        "init.Hidden     | names init.Hidden, which can't be made: give it a public constructor"})
    void whatCanNotRunIsNamed(String name, String message) {
        String hidden = "package init; public class Hidden implements ServletContainerInitializer { public Hidden(int x) { }"
                + " public void onStartup(Set<Class<?>> c, ServletContext x) { } }";
        ServletException refused = assertThrows(ServletException.class,
                () -> ran(new Archive().lib("a.jar", new Archive().sources(hidden).service(name))));
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
    }

    @Test
    void whatOneThrowsEndsTheDeployment() {
        String failing = "package init; public class F implements ServletContainerInitializer { public void onStartup("
                + "Set<Class<?>> c, ServletContext x) throws ServletException { throw new ServletException(\"no database\"); } }";
        ServletException refused = assertThrows(ServletException.class,
                () -> ran(new Archive().lib("a.jar", new Archive().sources(failing).service("init.F"))));
        assertEquals("no database", refused.getMessage());
    }

    /** The handled types stand in a jar, the initialiser in another one, the classes in WEB-INF/classes and a third one. */
    private String handled(String types, String... classes) throws Exception {
        String[] api = {
            "package api; public interface Plugin { }",
            "package api; public abstract class Start { }",
            "package api; " + RETAINED + "public @interface Mark { }",
            "package api; " + RETAINED + "@java.lang.annotation.Inherited public @interface Handed { }",
            initializer("I", "@HandlesTypes({" + types + "})")};
        String[] all = new String[api.length + classes.length];
        System.arraycopy(api, 0, all, 0, api.length);
        System.arraycopy(classes, 0, all, api.length, classes.length);
        Archive archive = new Archive();
        Archive jar = new Archive().service("init.I");
        SourceCode.compile(all).forEach((path, bytes) -> {
            if (path.startsWith("app/")) {
                archive.file("WEB-INF/classes/" + path, bytes);
            } else {
                jar.file(path, bytes);
            }
        });
        return ran(archive.lib("api.jar", jar));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "api.Plugin.class | public class A { }                                                | I",
        "api.Plugin.class | public class A implements api.Plugin { }                          | I[A]",
        "api.Plugin.class | public interface A extends api.Plugin { }                         | I[A]",
        "api.Plugin.class | public enum A implements api.Plugin { X }                         | I[A]",
        "api.Plugin.class | public record A(int x) implements api.Plugin { }                  | I[A]",
        "api.Plugin.class | public class A { static class B implements api.Plugin { } }       | I[B]",
        "api.Plugin.class | public class A { Object o = new api.Plugin() { }; }               | I[]",
        "api.Start.class  | public class A extends api.Start { }                              | I[A]",
        "api.Start.class  | public class A implements api.Plugin { }                          | I",
        "api.Mark.class   | @api.Mark public class A { }                                      | I[A]",
        "api.Mark.class   | public class A { @api.Mark int field; }                           | I[A]",
        "api.Mark.class   | public class A { @api.Mark void method() { } }                    | I[A]",
        "api.Mark.class   | public class A { @api.Mark A() { } }                              | I[A]",
        "api.Mark.class   | public class A { void method(@api.Mark int x) { } }               | I",
        "api.Handed.class | @api.Handed public class A { static class B extends A { } }       | I[A, B]",
        "api.Mark.class   | @api.Mark public class A { static class B extends A { } }         | I[A]",
        "'api.Plugin.class, api.Mark.class' | public class A implements api.Plugin { @api.Mark static class B { } } | I[A, B]",
        "'api.Plugin.class, api.Mark.class' | @api.Mark public class A { static class B implements api.Plugin { } } | I[A, B]",
        "HttpServlet.class | public class A extends HttpServlet { static class B extends A { } } | I[A, B]",
        "Runnable.class   | public class A extends Thread { }                                 | I[A]",
        "''               | public class A { }                                                | I"})
    void classesAreFoundByTheirTypesAndMarks(String types, String source, String expected) throws Exception {
        assertEquals(expected, handled(types, "package app; " + source));
    }

    @Test
    void theHandledTypeItselfIsNotHandled() throws Exception {
        assertEquals("I[A]", handled("api.Start.class", "package app; public class A extends api.Start { }"));
    }

    @Test
    void hierarchiesGoAcrossJars() throws Exception {
        assertEquals("I[Low]", handled("api.Plugin.class", "package mid; public interface Mid extends api.Plugin { }",
                "package app; public class Low implements mid.Mid { }").replace(", Mid", ""));
    }

    @Test
    void jarsThatAreLeftOutAreNotScanned() throws Exception {
        String handled = "package %s; public class %s implements Runnable { public void run() { } }";
        Archive archive = new Archive().webXml("<absolute-ordering><name>in</name></absolute-ordering>")
                .lib("in.jar", new Archive().fragment("<name>in</name>").service("init.I")
                        .sources(initializer("I", "@HandlesTypes(Runnable.class)"), String.format(handled, "in", "In")))
                .lib("out.jar", new Archive().fragment("<name>out</name>").sources(String.format(handled, "out", "Out")));
        assertEquals("I[In]", ran(archive));
    }

    /** An optional jar is missing: the class that needs it is left out, and the deployment goes on. */
    @Test
    void aClassThatCanNotBeLoadedIsLeftOut() throws Exception {
        var classes = SourceCode.compile("package gone; public class Gone { }",
                "package app; public class Bad extends gone.Gone implements Runnable { public void run() { } }",
                "package app; public class Good implements Runnable { public void run() { } }");
        Archive archive = new Archive().file("WEB-INF/classes/app/Bad.class", classes.get("app/Bad.class"))
                .file("WEB-INF/classes/app/Good.class", classes.get("app/Good.class"))
                .lib("i.jar", new Archive().sources(initializer("I", "@HandlesTypes(Runnable.class)")).service("init.I"));
        assertEquals("I[Good]", ran(archive));
    }

    @Test
    void aHandledTypeThatIsMissingGivesNoClasses() throws Exception {
        var classes = SourceCode.compile("package gone; public interface Gone { }",
                initializer("I", "@HandlesTypes(gone.Gone.class)"));
        Archive jar = new Archive().file("init/I.class", classes.get("init/I.class")).service("init.I");
        assertEquals("I", ran(new Archive().lib("i.jar", jar)));
    }

    /** Classes are handed over loaded, and not initialised. */
    @Test
    void handledClassesAreNotInitialised() throws Exception {
        assertEquals("I[A]", handled("api.Plugin.class",
                "package app; public class A implements api.Plugin { static { if (true) throw new IllegalStateException(); } }"));
    }

    @Test
    void theOrderIsAnAttribute() throws Exception {
        Archive archive = new Archive().lib("b.jar", new Archive().fragment("<name>b</name>"))
                .lib("a.jar", new Archive().fragment("<name>a</name><ordering><after><name>b</name></after></ordering>"))
                .lib("plain.jar", new Archive().file("x", "x"));
        assertEquals(List.of("b.jar", "a.jar", "plain.jar"), libs(archive));
        assertNull(libs(new Archive().lib("b.jar", new Archive().fragment("<name>b</name>"))));
        assertEquals(List.of("b.jar"), libs(new Archive().webXml("<absolute-ordering><name>b</name></absolute-ordering>")
                .lib("b.jar", new Archive().fragment("<name>b</name>")).lib("a.jar", new Archive().fragment("<name>a</name>"))));
    }

    private Object libs(Archive archive) throws IOException, ServletException {
        try (Served served = Served.of(WebApplication.of(archive.war(place.resolve("app.war"))))) {
            return served.context().getAttribute(ServletContext.ORDERED_LIBS);
        }
    }
}
