/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Media types by file extension: the application's own before these. */
final class MimeTypes {

    private static final Map<String, String> KNOWN = new HashMap<>();

    static {
        String[] pairs = {
            "html", "text/html", "htm", "text/html", "xhtml", "application/xhtml+xml", "css", "text/css",
            "js", "text/javascript", "mjs", "text/javascript", "json", "application/json",
            "map", "application/json", "webmanifest", "application/manifest+json", "xml", "application/xml",
            "txt", "text/plain", "md", "text/markdown", "csv", "text/csv", "ics", "text/calendar",
            "svg", "image/svg+xml", "png", "image/png", "jpg", "image/jpeg", "jpeg", "image/jpeg",
            "gif", "image/gif", "webp", "image/webp", "avif", "image/avif", "ico", "image/x-icon",
            "bmp", "image/bmp", "tif", "image/tiff", "tiff", "image/tiff",
            "woff", "font/woff", "woff2", "font/woff2", "ttf", "font/ttf", "otf", "font/otf",
            "wasm", "application/wasm", "pdf", "application/pdf", "zip", "application/zip",
            "gz", "application/gzip", "tar", "application/x-tar", "jar", "application/java-archive",
            "mp3", "audio/mpeg", "ogg", "audio/ogg", "wav", "audio/wav", "flac", "audio/flac",
            "mp4", "video/mp4", "webm", "video/webm", "mpeg", "video/mpeg",
            "doc", "application/msword", "xls", "application/vnd.ms-excel", "rtf", "application/rtf",
            "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        };
        for (int i = 0; i < pairs.length; i += 2) {
            KNOWN.put(pairs[i], pairs[i + 1]);
        }
    }

    private final Map<String, String> own;

    MimeTypes(Map<String, String> own) {
        this.own = Map.copyOf(own);
    }

    /** The type for a file's name; null if the extension is not known. */
    @Nullable String find(String file) {
        int dot = file.lastIndexOf('.');
        if (dot < 0 || dot < file.lastIndexOf('/')) {
            return null;
        }
        String extension = file.substring(dot + 1).toLowerCase(Locale.ROOT);
        String type = own.get(extension);
        return type != null ? type : KNOWN.get(extension);
    }

    /** Whether a type is text, so that a charset belongs to it. */
    static boolean isText(String type) {
        return type.startsWith("text/") || type.equals("application/json") || type.equals("image/svg+xml")
                || type.equals("application/manifest+json") || type.equals("application/xml")
                || type.equals("application/xhtml+xml");
    }
}
