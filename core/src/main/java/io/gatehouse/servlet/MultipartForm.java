/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.Fields;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The parts of one request's body, within the limits, and their removal at its end (Servlet 6.1 section 3.2). */
final class MultipartForm {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    private final Context context;
    private final MultipartConfigElement config;
    private final RequestCharset charset;
    private final List<StoredPart> parts = new ArrayList<>();

    MultipartForm(Context context, MultipartConfigElement config, RequestCharset charset) {
        this.context = context;
        this.config = config;
        this.charset = charset;
    }

    /**
     * Reads all parts.
     *
     * @param length as declared, or -1
     * @param fields takes those without a file name, as parameters
     */
    List<Part> read(InputStream in, String contentType, long length, Parameters fields)
            throws IOException, ServletException {
        long max = config.getMaxRequestSize();
        if (max >= 0 && length > max) {
            throw tooLarge(max);
        }
        String boundary = ParsedType.parameter(contentType, "boundary");
        if (boundary == null) {
            throw new ServletException("multipart/form-data without a boundary: send one");
        }
        try {
            read(new MultipartReader(new Bounded(in, max), boundary, context.limits().partHeaderBytes()), fields);
            return List.copyOf(parts);
        } catch (IOException | RuntimeException e) {
            delete();
            throw e;
        }
    }

    private void read(MultipartReader reader, Parameters fields) throws IOException {
        Path directory = directory();
        for (boolean more = reader.first(); more; more = reader.more()) {
            if (parts.size() == context.limits().parts()) {
                throw new RefusedRequest(413, "more than " + context.limits().parts()
                        + " parts: send fewer, or raise the servlet limit parts");
            }
            Fields header = reader.header();
            String sent = header.first("Content-Disposition");
            String disposition = sent == null ? "" : PartText.fromField(sent);
            String name = ParsedType.parameter(disposition, "name");
            if (name == null || !disposition.regionMatches(true, 0, "form-data", 0, 9)) {
                throw new IOException("a part is not form-data with a name: send Content-Disposition");
            }
            String fileName = ParsedType.parameter(disposition, "filename");
            StoredPart part = new StoredPart(
                    header, name, fileName, directory, config.getFileSizeThreshold(), config.getMaxFileSize());
            parts.add(part);
            reader.copyTo(part);
            part.close();
            if (fileName == null) {
                fields.addField(name, part.text(charset.forForm()));
            }
        }
    }

    /** Removes the temporary files. */
    void delete() {
        for (StoredPart part : parts) {
            try {
                part.release();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "can't remove the temporary file of a part", e);
            }
        }
    }

    /** It is the application's fault, not the request's, if there is none. */
    private Path directory() {
        String location = config.getLocation();
        Path base = context.temporaryDirectory();
        Path directory = location == null || location.isEmpty() ? base : base.resolve(location);
        if (!Files.isDirectory(directory)) {
            throw new IllegalStateException("the multipart location " + directory + " is no directory: create it");
        }
        return directory;
    }

    /** Frameworks know the refusal by the words "exceed" and "size", as other containers say them. */
    private static RefusedRequest tooLarge(long max) {
        return new RefusedRequest(413, "the multipart body exceeds the size of " + max
                + " bytes: send less, or raise maxRequestSize of the multipart settings");
    }

    /** Counts a chunked body, whose length nobody declared. */
    private static final class Bounded extends InputStream {

        private final InputStream in;
        private final long max;
        private long read;

        Bounded(InputStream in, long max) {
            this.in = in;
            this.max = max;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int n = read(one, 0, 1);
            return n < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int n = in.read(into, offset, length);
            read += Math.max(0, n);
            if (max >= 0 && read > max) {
                throw tooLarge(max);
            }
            return n;
        }
    }
}
