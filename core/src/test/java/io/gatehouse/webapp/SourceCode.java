/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import jakarta.servlet.Servlet;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles the classes of test applications, which must lie on no class path but their own. */
final class SourceCode {

    private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");
    private static final Pattern TYPE = Pattern.compile("(?:class|interface|enum|record|@interface) (\\w+)");
    private static final Map<List<String>, Map<String, byte[]>> COMPILED = new ConcurrentHashMap<>();

    /** What every servlet needs is imported. */
    private static final String IMPORTS = "import jakarta.servlet.*; import jakarta.servlet.http.*;"
            + " import jakarta.servlet.annotation.*; import java.io.*; import java.util.*; ";

    private SourceCode() {}

    /** The class files of some sources, by their entry in a jar. Each source has one type at its top, and may leave out imports. */
    static Map<String, byte[]> compile(String... sources) {
        return COMPILED.computeIfAbsent(List.of(sources), any -> compileNow(sources));
    }

    private static Map<String, byte[]> compileNow(String... sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Map<String, ByteArrayOutputStream> outputs = new LinkedHashMap<>();
        JavaFileManager files = new ForwardingJavaFileManager<>(compiler.getStandardFileManager(null, null, null)) {
            @Override
            public JavaFileObject getJavaFileForOutput(
                    Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
                return new SimpleJavaFileObject(URI.create("mem:///" + className.replace('.', '/') + ".class"), kind) {
                    @Override
                    public OutputStream openOutputStream() {
                        ByteArrayOutputStream out = new ByteArrayOutputStream();
                        outputs.put(className.replace('.', '/') + ".class", out);
                        return out;
                    }
                };
            }
        };
        List<JavaFileObject> units = new ArrayList<>();
        for (String source : sources) {
            units.add(unit(source));
        }
        StringBuilder messages = new StringBuilder();
        boolean fine = compiler.getTask(null, files, each -> messages.append(each).append('\n'),
                List.of("-classpath", classPath(), "-proc:none", "-nowarn", "--release", "17", "-g:none"), null, units).call();
        if (!fine) {
            throw new AssertionError(messages + String.join("\n", sources));
        }
        Map<String, byte[]> classes = new LinkedHashMap<>();
        outputs.forEach((name, out) -> classes.put(name, out.toByteArray()));
        return classes;
    }

    private static JavaFileObject unit(String source) {
        Matcher inPackage = PACKAGE.matcher(source);
        Matcher type = TYPE.matcher(source);
        String packageName = inPackage.find() ? inPackage.group(1) : "";
        int body = packageName.isEmpty() ? 0 : inPackage.end();
        if (!type.find(body)) {
            throw new AssertionError("no type in " + source);
        }
        String path = packageName.replace('.', '/') + "/" + type.group(1) + ".java";
        String whole = source.substring(0, body) + IMPORTS + source.substring(body);
        return new SimpleJavaFileObject(URI.create("mem:///" + path), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return whole;
            }
        };
    }

    /** The jars of the APIs; not the class path of the tests, which may be a module path. */
    private static String classPath() {
        return Stream.concat(Stream.of(Servlet.class, WebApplication.class), annotations()).map(SourceCode::place)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Transports are tested without HK2, and so without the jar of these. */
    private static Stream<Class<?>> annotations() {
        try {
            return Stream.of(Class.forName("jakarta.annotation.PostConstruct"));
        } catch (ClassNotFoundException e) {
            return Stream.empty();
        }
    }

    private static String place(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** Class files of several compilations together. */
    @SafeVarargs
    static Map<String, byte[]> together(Map<String, byte[]>... parts) {
        Map<String, byte[]> all = new LinkedHashMap<>();
        for (Map<String, byte[]> part : parts) {
            all.putAll(part);
        }
        return all;
    }

    /** A servlet that answers with the value of an expression, in which {@code request} is the request. */
    static String servlet(String name, String annotations, String expression) {
        return "package app; " + annotations + " public class " + name + " extends HttpServlet {"
                + " protected void doGet(HttpServletRequest request, HttpServletResponse response)"
                + " throws IOException, ServletException { response.getWriter().print(" + expression + "); } }";
    }
}
