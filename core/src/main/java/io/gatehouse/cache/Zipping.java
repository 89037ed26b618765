/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.AcceptEncoding;
import io.gatehouse.http.EntityTag;
import io.gatehouse.http.Fields;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Texts in gzip beside what is kept of them: which are worth it, and how one is made (RFC 9110 section 8.4.1.3). It is
 * another representation, with a tag of its own, and both say that they vary by Accept-Encoding. For the cache's own answers,
 * and for what others lay on a {@link Shelf}. Any thread.
 */
public final class Zipping {

    /** A shorter body is not worth it, in bytes. */
    public static final int SHORTEST = 512;

    private static final List<String> CODINGS = List.of("gzip");
    private static final List<String> WORDS = List.of("json", "xml", "javascript", "ecmascript", "wasm", "manifest", "font-ttf");
    private static final String[] OF_THE_BYTES = {
        "Content-Length", "Content-MD5", "Digest", "Content-Digest", "Repr-Digest", "Accept-Ranges"
    };

    private Zipping() {}

    /** Whether an answer is one that may be sent in gzip: a whole text, without a coding, that nobody forbids to change. */
    static boolean suits(CachePolicy policy, int status, Fields fields, CacheControl directives) {
        return policy.gzip() && status == 200 && !directives.noTransform() && isText(fields);
    }

    /**
     * Whether what these fields describe may be sent in gzip: a text, without a coding, that no {@code no-transform} in
     * Cache-Control forbids to change (RFC 9111 section 5.2.2.6).
     */
    public static boolean suits(Fields fields) {
        return isText(fields) && !CacheControl.ofResponse(fields).noTransform();
    }

    private static boolean isText(Fields fields) {
        if (fields.contains("Content-Encoding")) {
            return false;
        }
        String type = fields.first("Content-Type");
        if (type == null) {
            return false;
        }
        String lower = type.toLowerCase(Locale.ROOT);
        int end = lower.indexOf(';');
        String bare = (end < 0 ? lower : lower.substring(0, end)).strip();
        if (bare.equals("text/event-stream")) {
            return false;
        }
        return bare.startsWith("text/") || bare.equals("image/svg+xml")
                || bare.startsWith("application/") && WORDS.stream().anyMatch(bare::contains);
    }

    /** Whether a client wants gzip rather than nothing. Makes no garbage. */
    static boolean isWanted(Fields request) {
        String accepted = request.joined("Accept-Encoding");
        return accepted != null && AcceptEncoding.choose(accepted, CODINGS) == 0;
    }

    /**
     * A body in gzip; null if that saves less than a tenth. May take a while: some milliseconds for each 100 KiB.
     *
     * @param body from 0 to its limit, which is read and not moved
     * @return read-only, from 0 to its limit
     * @throws IOException never, but that the JDK's streams say so
     */
    public static @Nullable ByteBuffer zip(ByteBuffer body) throws IOException {
        byte[] plain = new byte[body.limit()];
        body.get(0, plain);
        ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 3 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out, 8192)) {
            gzip.write(plain);
        }
        return out.size() > plain.length / 10 * 9 ? null : ByteBuffer.wrap(out.toByteArray()).asReadOnlyBuffer();
    }

    /**
     * The fields of the representation in gzip: Content-Encoding is there, the tag ends in {@code -gzip}, and what was said of
     * the bytes is gone.
     */
    public static Fields fields(Fields plain) {
        Fields.Builder fields = plain.toBuilder();
        for (String name : OF_THE_BYTES) {
            fields.remove(name);
        }
        fields.set("Content-Encoding", "gzip");
        String tag = plain.first("ETag");
        EntityTag own = tag == null ? null : EntityTag.parse(tag);
        if (own != null) {
            fields.set("ETag", new EntityTag(own.opaque() + "-gzip", own.weak()).toString());
        } else {
            fields.remove("ETag");
        }
        return fields.build();
    }

    /** Takes out the digests that are of a message's content (RFC 9530 section 2), and not of what it is a part of. */
    static Fields.Builder withoutContentDigests(Fields.Builder fields) {
        return fields.remove("Content-Digest").remove("Content-MD5");
    }

    /** Says that the answer varies by Accept-Encoding, unless it does. */
    public static Fields.Builder vary(Fields.Builder fields) {
        Fields now = fields.build();
        return now.lists("Vary", "Accept-Encoding") || now.lists("Vary", "*") ? fields : fields.add("Vary", "Accept-Encoding");
    }
}
