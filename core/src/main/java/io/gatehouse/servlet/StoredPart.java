/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.Fields;
import jakarta.servlet.http.Part;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * One part of a multipart body: in memory up to the threshold, in a temporary file past it (Servlet 6.1 section 3.2).
 */
final class StoredPart extends OutputStream implements Part {

    private final Fields fields;
    private final String name;
    private final @Nullable String fileName;
    private final Path directory;
    private final int threshold;
    private final long maxSize;
    private @Nullable ByteArrayOutputStream memory = new ByteArrayOutputStream(256);
    private @Nullable OutputStream writing;
    private @Nullable Path file;
    private boolean kept;
    private long size;

    /**
     * @param directory for the temporary file
     * @param threshold the largest size in bytes that stays in memory
     * @param maxSize in bytes, or -1
     */
    StoredPart(
            Fields fields, String name, @Nullable String fileName, Path directory, int threshold, long maxSize) {
        this.fields = fields;
        this.name = name;
        this.fileName = fileName;
        this.directory = directory;
        this.threshold = threshold;
        this.maxSize = maxSize;
    }

    /** The content as text, for a part that is a form field. */
    String text(Charset charset) throws IOException {
        String type = getContentType();
        String own = type == null ? null : ParsedType.parse(type).charset();
        try (InputStream in = getInputStream()) {
            return new String(in.readAllBytes(), own == null ? charset : ResponseType.charsetOf(own));
        }
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        size += length;
        if (maxSize >= 0 && size > maxSize) {
            throw new RefusedRequest(413, "a part exceeds the size of " + maxSize
                    + " bytes: send less, or raise maxFileSize of the multipart settings");
        }
        ByteArrayOutputStream held = memory;
        if (held != null && size <= threshold) {
            held.write(bytes, offset, length);
            return;
        }
        try {
            file(held).write(bytes, offset, length);
        } catch (IOException e) { // the disk's, and not the peer's
            throw new UncheckedIOException("an upload can't be kept in " + directory, e);
        }
    }

    /** The temporary file, begun with what was held in memory. */
    private OutputStream file(@Nullable ByteArrayOutputStream held) throws IOException {
        OutputStream out = writing;
        if (out == null) {
            Path path = Files.createTempFile(directory, "part", ".tmp");
            file = path;
            out = Files.newOutputStream(path);
            writing = out;
            if (held != null) {
                held.writeTo(out);
                memory = null;
            }
        }
        return out;
    }

    /** The content is whole. */
    @Override
    public void close() throws IOException {
        OutputStream out = writing;
        if (out != null) {
            writing = null;
            out.close();
        }
    }

    @Override
    public InputStream getInputStream() throws IOException {
        ByteArrayOutputStream held = memory;
        if (held != null) {
            return new ByteArrayInputStream(held.toByteArray());
        }
        Path path = file;
        if (path == null) {
            throw new IOException("the part was deleted");
        }
        return Files.newInputStream(path);
    }

    @Override
    public @Nullable String getContentType() {
        return getHeader("Content-Type");
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public @Nullable String getSubmittedFileName() {
        return fileName;
    }

    @Override
    public long getSize() {
        return size;
    }

    /**
     * Keeps the content under a name, which is relative to the location of the multipart settings if it is not
     * absolute.
     */
    @Override
    public void write(String target) throws IOException {
        Path to = directory.resolve(target);
        ByteArrayOutputStream held = memory;
        if (held != null) {
            Files.write(to, held.toByteArray());
            return;
        }
        Path from = file;
        if (from == null) {
            throw new IOException("the part was deleted");
        }
        if (kept) {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
            return;
        }
        Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        file = to;
        kept = true;
    }

    @Override
    public void delete() throws IOException {
        close();
        memory = null;
        Path path = file;
        file = null;
        if (path != null) {
            Files.deleteIfExists(path);
        }
    }

    /** Lets go of the temporary file at the end of the request; what the application kept stays. */
    void release() throws IOException {
        if (kept) {
            close();
        } else {
            delete();
        }
    }

    @Override
    public @Nullable String getHeader(String field) {
        String value = fields.first(field);
        return value == null ? null : PartText.fromField(value);
    }

    @Override
    public Collection<String> getHeaders(String field) {
        return fields.all(field).stream().map(PartText::fromField).toList();
    }

    @Override
    public Collection<String> getHeaderNames() {
        return ResponseText.names(fields);
    }
}
