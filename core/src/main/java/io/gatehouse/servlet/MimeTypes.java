/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.MediaTypes;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Media types by file extension: the application's own before these. */
final class MimeTypes {

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
        if (type != null) {
            return type;
        }
        String known = MediaTypes.standard().of(file);
        int semicolon = known.indexOf(';');
        return known.equals(MediaTypes.UNKNOWN) ? null : semicolon < 0 ? known : known.substring(0, semicolon);
    }

    /** Whether a type is text, so that a charset belongs to it. */
    static boolean isText(String type) {
        return type.startsWith("text/") || type.equals("application/json") || type.equals("image/svg+xml")
                || type.equals("application/manifest+json") || type.equals("application/xml")
                || type.equals("application/xhtml+xml");
    }
}
