/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A loader whose resources don't stay in the JDK's cache of open jars: who reads one through its URL opens the jar for the
 * time of reading, so that the file can be removed when the loader is closed.
 */
abstract sealed class UncachedLoader extends URLClassLoader permits ApplicationLoader {

    static {
        registerAsParallelCapable();
    }

    UncachedLoader(String name, URL[] places, ClassLoader parent) {
        super(name, places, parent);
    }

    @Override
    public @Nullable URL findResource(String name) {
        URL found = super.findResource(name);
        return found == null ? null : uncached(found);
    }

    @Override
    public Enumeration<URL> findResources(String name) throws IOException {
        List<URL> found = new ArrayList<>();
        for (URL each : Collections.list(super.findResources(name))) {
            found.add(uncached(each));
        }
        return Collections.enumeration(found);
    }

    /** The address of an entry, which is opened for the time of reading. */
    static URL inJar(URL jar, String entry) throws MalformedURLException {
        try {
            // The multi-argument form encodes what an address can't hold.
            String path = new URI("file", null, "/" + entry, null).getRawPath();
            return new URL(null, "jar:" + jar + "!" + path, Uncached.HANDLER);
        } catch (URISyntaxException e) {
            throw new MalformedURLException(entry);
        }
    }

    private static URL uncached(URL url) {
        if (!url.getProtocol().equals("jar")) {
            return url;
        }
        try {
            return new URL(null, url.toExternalForm(), Uncached.HANDLER);
        } catch (MalformedURLException e) {
            return url;
        }
    }

    /** Opens jars without the cache. */
    private static final class Uncached extends URLStreamHandler {
        private static final Uncached HANDLER = new Uncached();

        @Override
        protected URLConnection openConnection(URL url) throws IOException {
            URLConnection connection = new URL(url.toExternalForm()).openConnection();
            connection.setUseCaches(false);
            return connection;
        }

        /** As the JDK reads what is relative to an address, but the result stays with this handler. */
        @Override
        protected void parseURL(URL url, String text, int start, int limit) {
            try {
                boolean whole = url.getFile() == null || url.getFile().isEmpty();
                URL parsed = whole ? new URL(text) : new URL(new URL("jar:" + url.getFile()), text);
                setURL(url, "jar", "", -1, "", null, parsed.getFile(), null, parsed.getRef());
            } catch (MalformedURLException e) {
                throw new IllegalArgumentException(e);
            }
        }
    }
}
