/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import io.gatehouse.http.EntityTag;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A file that comes out of a jar. Its tag is a hash of its bytes: the time of an entry says nothing in jars that are
 * built reproducibly. For the same reason it counts as modified when the jar was.
 */
final class JarSource implements Root.Source {

    private static final int CHUNK = 64 * 1024;

    private final URL url;
    private final Spool spool;
    private final Stamp stamp;

    private JarSource(URL url, Spool spool, Stamp stamp) {
        this.url = url;
        this.spool = spool;
        this.stamp = stamp;
    }

    /** Reads it once, for its stamp. */
    static JarSource read(URL url, Spool spool) throws IOException {
        MessageDigest digest = sha256();
        long size = 0;
        URLConnection connection = connect(url);
        try (InputStream in = connection.getInputStream()) {
            byte[] chunk = new byte[CHUNK];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                digest.update(chunk, 0, read);
                size += read;
            }
        }
        String opaque = HexFormat.of().formatHex(Arrays.copyOf(digest.digest(), 16));
        return new JarSource(url, spool, new Stamp(size, modified(connection), EntityTag.strong(opaque)));
    }

    @Override
    public Stamp stamp() {
        return stamp;
    }

    @Override
    public Content open(int inMemory) throws IOException {
        if (stamp.size() > inMemory) {
            return new Content.Open(stamp, spool.open(url.toString(), this::stream, stamp.size()), true);
        }
        try (InputStream in = stream()) {
            byte[] bytes = in.readNBytes((int) stamp.size());
            if (bytes.length != stamp.size()) {
                throw new IOException(
                        url + " is shorter than before: the jar was replaced under its class loader; restart");
            }
            return new Content.InMemory(stamp, ByteBuffer.wrap(bytes).asReadOnlyBuffer());
        }
    }

    private InputStream stream() throws IOException {
        return connect(url).getInputStream();
    }

    /**
     * Without the JDK's cache of open jars, which would keep this one open for ever; the class loader has it open
     * anyway.
     */
    private static URLConnection connect(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        return connection;
    }

    private static @Nullable Instant modified(URLConnection connection) throws IOException {
        if (!(connection instanceof JarURLConnection jar)) {
            long time = connection.getLastModified();
            return time > 0 ? Instant.ofEpochMilli(time) : null;
        }
        try {
            URL file = jar.getJarFileURL();
            return file.getProtocol().equals("file")
                    ? Files.getLastModifiedTime(Path.of(file.toURI())).toInstant()
                    : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256: use a complete JDK", e);
        }
    }
}
