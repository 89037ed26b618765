/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ComponentsTest {

    @Test
    void plainComponentsComeFromTheirConstructor() throws Exception {
        assertInstanceOf(Made.class, Components.PLAIN.create(Made.class));
        assertThrows(NoSuchMethodException.class, () -> Components.PLAIN.create(WithParameter.class));
        assertThrows(InvocationTargetException.class, () -> Components.PLAIN.create(Failing.class));
        assertNull(Components.PLAIN.transport("nio"));
        Components.PLAIN.destroy(new Object());
        Components.PLAIN.close();
    }

    /** The same class path without HK2 and the injection API: everything loads, and constructors are called. */
    @Test
    void withoutHk2TheStandardIsPlain() throws Exception {
        try (URLClassLoader without = classPathWithout(Pattern.compile("hk2|inject|javassist|aopalliance|osgi-resource"))) {
            assertThrows(ClassNotFoundException.class, () -> without.loadClass("org.glassfish.hk2.api.ServiceLocator"));
            assertThrows(ClassNotFoundException.class, () -> without.loadClass("jakarta.inject.Inject"));
            Class<?> type = without.loadClass(Components.class.getName());
            assertNotEquals(Components.class, type);
            Object standard = type.getMethod("standard").invoke(null);
            assertSame(type.getField("PLAIN").get(null), standard);
            Class<?> made = without.loadClass(Made.class.getName());
            assertSame(made, type.getMethod("create", Class.class).invoke(standard, made).getClass());
            Object defaults = without.loadClass(Configuration.class.getName()).getField("DEFAULTS").get(null);
            assertTrue(defaults.toString().startsWith("Configuration["));
        }
    }

    /** With HK2's API but nothing behind it the standard is plain too. */
    @Test
    void halfOfHk2IsNoHk2() throws Exception {
        try (URLClassLoader without = classPathWithout(Pattern.compile("hk2-locator"))) {
            assertEquals("ServiceLocator", without.loadClass("org.glassfish.hk2.api.ServiceLocator").getSimpleName());
            Class<?> type = without.loadClass(Components.class.getName());
            assertSame(type.getField("PLAIN").get(null), type.getMethod("standard").invoke(null));
        }
    }

    private static URLClassLoader classPathWithout(Pattern hidden) {
        List<URL> urls = new ArrayList<>();
        // Surefire may hand its class path over in a manifest; the property has the whole of it.
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String entry : path.split(File.pathSeparator)) {
            if (!hidden.matcher(Path.of(entry).getFileName().toString()).find()) {
                try {
                    urls.add(Path.of(entry).toUri().toURL());
                } catch (MalformedURLException e) {
                    throw new IllegalArgumentException(entry, e);
                }
            }
        }
        assertTrue(urls.size() > 1, path);
        return new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
    }

    public static final class Made {}

    public static final class WithParameter {
        public WithParameter(String unused) {
            assertEquals("", unused);
        }
    }

    public static final class Failing {
        public Failing() throws IOException {
            throw new IOException("no luck");
        }
    }
}
