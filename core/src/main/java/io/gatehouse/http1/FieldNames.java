/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.FieldSyntax;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The field names that requests bring again and again, found by their bytes, so that none of them is made a String
 * twice.
 *
 * <p>Names keep the case they came in: the table has each as the RFCs write it and in lower case, side by side, because
 * the hash ignores case. Immutable after class initialisation.
 */
final class FieldNames {

    static final int OTHER = 0;
    static final int HOST = 1;
    static final int CONTENT_LENGTH = 2;
    static final int TRANSFER_ENCODING = 3;
    static final int CONNECTION = 4;
    static final int EXPECT = 5;
    static final int UPGRADE = 6;

    private static final int SIZE = 512;

    private static final String[] COMMON = {
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Expect", "Accept", "Accept-Charset",
        "Accept-Encoding", "Accept-Language", "Accept-Ranges", "Age", "Allow", "Authorization", "Cache-Control",
        "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Location", "Content-Range",
        "Content-Type", "Cookie", "Date", "DNT", "ETag", "Expires", "Forwarded", "From", "If-Match",
        "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Keep-Alive", "Last-Event-ID",
        "Last-Modified", "Link", "Location", "Max-Forwards", "Origin", "Pragma", "Priority", "Proxy-Authorization",
        "Proxy-Connection", "Range", "Referer", "Retry-After", "Sec-CH-UA", "Sec-CH-UA-Mobile", "Sec-CH-UA-Platform",
        "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-User", "Sec-GPC", "Sec-WebSocket-Extensions",
        "Sec-WebSocket-Key", "Sec-WebSocket-Protocol", "Sec-WebSocket-Version", "Server", "Set-Cookie", "TE",
        "Trailer", "Upgrade", "Upgrade-Insecure-Requests", "User-Agent", "Vary", "Via", "WWW-Authenticate",
        "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Real-IP", "X-Request-ID",
        "X-Requested-With",
    };

    private static final @Nullable Known[] TABLE = new @Nullable Known[SIZE];

    static {
        for (String name : COMMON) {
            add(name);
            add(name.toLowerCase(Locale.ROOT));
        }
    }

    private FieldNames() {}

    /** A name in one spelling. */
    static final class Known {
        private final String name;
        private final byte[] bytes;
        private final int hash;
        private final int kind;

        private Known(String name, byte[] bytes, int hash) {
            this.name = name;
            this.bytes = bytes;
            this.hash = hash;
            this.kind = FieldNames.kind(name);
        }

        String name() {
            return name;
        }

        int kind() {
            return kind;
        }
    }

    /** The hash of a name that is not begun yet; {@link #hash(int, byte)} takes in byte after byte. */
    static int hash(int hash, byte next) {
        return 31 * hash + (next | 0x20);
    }

    /** The name in this very spelling, or null. */
    static @Nullable Known find(byte[] bytes, int from, int to, int hash) {
        for (int slot = slot(hash); ; slot = slot + 1 & SIZE - 1) {
            Known known = TABLE[slot];
            if (known == null) {
                return null;
            }
            if (known.hash == hash && known.bytes.length == to - from && same(known.bytes, bytes, from)) {
                return known;
            }
        }
    }

    /** What the parser must do with a field of that name, whatever its case. */
    static int kind(String name) {
        return switch (name.length()) {
            case 4 -> name.equalsIgnoreCase("Host") ? HOST : OTHER;
            case 6 -> name.equalsIgnoreCase("Expect") ? EXPECT : OTHER;
            case 7 -> name.equalsIgnoreCase("Upgrade") ? UPGRADE : OTHER;
            case 10 -> name.equalsIgnoreCase("Connection") ? CONNECTION : OTHER;
            case 14 -> name.equalsIgnoreCase("Content-Length") ? CONTENT_LENGTH : OTHER;
            case 17 -> name.equalsIgnoreCase("Transfer-Encoding") ? TRANSFER_ENCODING : OTHER;
            default -> OTHER;
        };
    }

    private static void add(String name) {
        byte[] bytes = FieldSyntax.requireName(name).getBytes(StandardCharsets.ISO_8859_1);
        int hash = 0;
        for (byte b : bytes) {
            hash = hash(hash, b);
        }
        int slot = slot(hash);
        while (TABLE[slot] != null) {
            slot = slot + 1 & SIZE - 1;
        }
        TABLE[slot] = new Known(name, bytes, hash);
    }

    private static int slot(int hash) {
        return (hash ^ hash >>> 9 ^ hash >>> 18) & SIZE - 1;
    }

    // Short names: a loop costs less than Arrays.equals with its checks of ranges.
    private static boolean same(byte[] known, byte[] bytes, int from) {
        for (int i = 0; i < known.length; i++) {
            if (known[i] != bytes[from + i]) {
                return false;
            }
        }
        return true;
    }
}
