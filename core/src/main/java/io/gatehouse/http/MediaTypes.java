/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The media type of a file by the end of its name (RFC 9110 section 8.3). Immutable; any thread.
 *
 * <p>Types of text carry {@code charset=utf-8}: without it browsers guess by the reader's country. JSON, XML and SVG
 * say by themselves how they are encoded (RFC 8259 section 8.1, RFC 7303 section 3).
 */
public final class MediaTypes {

    /** What a file of unknown kind is. */
    public static final String UNKNOWN = "application/octet-stream";

    private static final String TABLE = """
            text/html html htm
            text/css css
            text/javascript js mjs cjs
            text/plain txt text log conf ini properties java c h cc cpp hpp py rb rs go kt sh
            text/csv csv
            text/tab-separated-values tsv
            text/markdown md markdown
            text/calendar ics
            text/vcard vcf
            text/vtt vtt
            text/cache-manifest appcache
            application/json json map jsonc
            application/ld+json jsonld
            application/geo+json geojson
            application/manifest+json webmanifest
            application/x-ndjson ndjson
            application/schema+json jschema
            application/xml xml xsd xsl dtd
            application/xslt+xml xslt
            application/xhtml+xml xhtml xht
            application/atom+xml atom
            application/rss+xml rss
            application/wsdl+xml wsdl
            application/mathml+xml mathml
            application/gpx+xml gpx
            application/vnd.google-earth.kml+xml kml
            application/yaml yaml yml
            application/toml toml
            application/sql sql
            application/wasm wasm
            application/pdf pdf
            application/rtf rtf
            application/postscript ps eps ai
            application/epub+zip epub
            application/zip zip
            application/gzip gz tgz
            application/zstd zst
            application/x-bzip2 bz2
            application/x-xz xz
            application/x-tar tar
            application/x-7z-compressed 7z
            application/vnd.rar rar
            application/java-archive jar war ear
            application/java-vm class
            application/vnd.android.package-archive apk
            application/vnd.debian.binary-package deb
            application/x-rpm rpm
            application/x-sh bash
            application/pgp-signature sig asc
            application/msword doc
            application/vnd.ms-excel xls
            application/vnd.ms-powerpoint ppt
            application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
            application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
            application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
            application/vnd.oasis.opendocument.text odt
            application/vnd.oasis.opendocument.spreadsheet ods
            application/vnd.oasis.opendocument.presentation odp
            application/vnd.ms-fontobject eot
            application/vnd.apple.mpegurl m3u8
            application/dash+xml mpd
            application/protobuf proto
            application/sqlite3 sqlite db
            font/woff woff
            font/woff2 woff2
            font/ttf ttf
            font/otf otf
            font/collection ttc
            image/png png
            image/apng apng
            image/jpeg jpg jpeg jpe jfif
            image/gif gif
            image/webp webp
            image/avif avif
            image/heic heic
            image/heif heif
            image/jxl jxl
            image/svg+xml svg
            image/x-icon ico cur
            image/bmp bmp
            image/tiff tif tiff
            audio/mpeg mp3
            audio/mp4 m4a
            audio/aac aac
            audio/ogg oga ogg opus
            audio/flac flac
            audio/wav wav
            audio/webm weba
            audio/midi mid midi
            video/mp4 mp4 m4v
            video/mpeg mpeg mpg
            video/ogg ogv
            video/webm webm
            video/quicktime mov
            video/x-msvideo avi
            video/x-matroska mkv
            video/mp2t ts
            video/3gpp 3gp
            model/gltf+json gltf
            model/gltf-binary glb
            model/obj obj
            model/stl stl
            """;

    private static final MediaTypes STANDARD = new MediaTypes(read());

    private final Map<String, String> types;

    private MediaTypes(Map<String, String> types) {
        this.types = types;
    }

    /** The types that the web knows. */
    public static MediaTypes standard() {
        return STANDARD;
    }

    /**
     * These types with one more, or with another for that ending.
     *
     * @param extension without dot; case does not count
     * @param type with its parameters; to one of text without a charset, utf-8 is added
     * @throws IllegalArgumentException if the type is not {@code type/subtype}, or the extension has a dot or a slash
     */
    public MediaTypes with(String extension, String type) {
        String ending = extension.toLowerCase(Locale.ROOT);
        if (ending.isEmpty() || ending.indexOf('.') >= 0 || ending.indexOf('/') >= 0) {
            throw new IllegalArgumentException("'" + extension
                    + "' is no extension: write it without dots, as in html");
        }
        int semicolon = type.indexOf(';');
        String bare = FieldSyntax.trim(semicolon < 0 ? type : type.substring(0, semicolon));
        int slash = bare.indexOf('/');
        if (slash < 0 || !FieldSyntax.isToken(bare.substring(0, slash))
                || !FieldSyntax.isToken(bare.substring(slash + 1))) {
            throw new IllegalArgumentException("'" + type + "' is no media type: write type/subtype, as in text/html");
        }
        Map<String, String> more = new HashMap<>(types);
        more.put(ending, complete(FieldSyntax.requireValue("Content-Type", type)));
        return new MediaTypes(Map.copyOf(more));
    }

    /**
     * The type of a file.
     *
     * @param name of the file, or a path to it; what follows the last dot of the last segment counts
     * @return {@link #UNKNOWN} if it has no known ending
     */
    public String of(String name) {
        int dot = name.lastIndexOf('.');
        if (dot < 0 || dot < name.lastIndexOf('/')) {
            return UNKNOWN;
        }
        return types.getOrDefault(name.substring(dot + 1).toLowerCase(Locale.ROOT), UNKNOWN);
    }

    private static String complete(String type) {
        boolean bareText = type.regionMatches(true, 0, "text/", 0, 5)
                && !type.toLowerCase(Locale.ROOT).contains("charset=");
        return bareText ? type + "; charset=utf-8" : type;
    }

    private static Map<String, String> read() {
        Map<String, String> types = new HashMap<>();
        TABLE.lines().forEach(line -> {
            String[] words = line.split(" ", -1);
            for (int i = 1; i < words.length; i++) {
                types.put(words[i], complete(words[0]));
            }
        });
        return Map.copyOf(types);
    }
}
