/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * Where things lie in an application (Servlet 6.1 section 10.5).
 *
 * @param root of the content
 * @param jars of {@code WEB-INF/lib}, sorted by name, so that every machine finds them in one order
 */
record Layout(Path root, List<Path> jars) {

    static final String SERVICES = "META-INF/services/jakarta.servlet.ServletContainerInitializer";
    static final String RESOURCES = "META-INF/resources/";

    private static final String FRAGMENT = "META-INF/web-fragment.xml";

    static Layout of(Path root) throws DeploymentException {
        Path library = root.resolve("WEB-INF/lib");
        List<Path> jars = new ArrayList<>();
        if (Files.isDirectory(library)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(library, "*.jar")) {
                files.forEach(jars::add);
            } catch (IOException e) {
                throw new DeploymentException(library + " can't be read: give the server's user the right to", e);
            }
        }
        jars.sort((one, other) -> name(one).compareTo(name(other)));
        return new Layout(root, List.copyOf(jars));
    }

    static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    Path classes() {
        return root.resolve("WEB-INF/classes");
    }

    /** The application's own descriptor; one that says nothing if there is none. */
    Descriptor webXml() throws DeploymentException {
        Path file = root.resolve("WEB-INF/web.xml");
        if (!Files.exists(file)) {
            return new Descriptor("WEB-INF/web.xml");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return DescriptorReader.webXml("WEB-INF/web.xml", in);
        } catch (IOException e) {
            throw new DeploymentException(file + " can't be read: give the server's user the right to", e);
        }
    }

    /**
     * The jars as fragments, in the order of their names. Of those that {@code web.xml} leaves out, or all if it is complete,
     * nothing is read but the name that an absolute ordering needs, so that what is wrong with them does no harm.
     */
    List<Fragment> fragments(Descriptor webXml) throws DeploymentException {
        List<Fragment> fragments = new ArrayList<>();
        for (Path jar : jars) {
            fragments.add(new Fragment(name(jar), descriptor(jar, webXml)));
        }
        return fragments;
    }

    private static Descriptor descriptor(Path jar, Descriptor webXml) throws DeploymentException {
        List<String> order = webXml.absoluteOrdering;
        Descriptor silent = new Descriptor(name(jar));
        if (order == null ? webXml.metadataComplete : order.isEmpty()) {
            return silent;
        }
        String document = name(jar) + "!/" + FRAGMENT;
        try (JarFile file = open(jar)) {
            ZipEntry entry = file.getEntry(FRAGMENT);
            if (entry == null) {
                return silent;
            }
            if (order != null) {
                String name;
                try (InputStream in = file.getInputStream(entry)) {
                    name = DescriptorXml.peek(document, in, "name");
                }
                silent.name = name;
                boolean takesPart = name != null && order.contains(name) || order.contains(Descriptor.OTHERS);
                if (!takesPart || webXml.metadataComplete) {
                    return silent;
                }
            }
            try (InputStream in = file.getInputStream(entry)) {
                return DescriptorReader.fragment(document, in);
            }
        } catch (IOException e) {
            throw unreadable(jar, e);
        }
    }

    /** The path of a jar by its name. */
    Path jar(String name) {
        return root.resolve("WEB-INF/lib").resolve(name);
    }

    /** A jar as the class loader sees it: a multi-release one for this Java. */
    static JarFile open(Path jar) throws IOException {
        return new JarFile(jar.toFile(), false, JarFile.OPEN_READ, JarFile.runtimeVersion());
    }

    static DeploymentException unreadable(Path jar, IOException cause) {
        return new DeploymentException("WEB-INF/lib/" + name(jar) + " can't be read as a jar: " + cause.getMessage()
                + "; put in a whole one, or remove it", cause);
    }
}
