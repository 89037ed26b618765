/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.cache.CachePolicy.QueryKey;
import io.gatehouse.http.Authority;
import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the text that one route's answers are found by, from the request alone; scheme and authority are kept beside it.
 *
 * <pre>
 *   a plain target          /shop?page=2                     the request's own string: nothing is made
 *   one in disguise         NUL /shop%2F1?page=2             unreserved characters decoded, the rest as received
 *   fields of the request   … NUL accept-language=de         behind it, one by one
 * </pre>
 *
 * <p>Two targets share a text only if no handler can tell them apart by more than percent-encoded unreserved characters and
 * dot segments (RFC 3986 section 6.2.2): the normalised path alone is not enough, because a handler sees the raw one too.
 */
final class CacheKey {

    /** Whom a request is for that named nobody. */
    static final Authority NOBODY = new Authority("", -1);

    private final QueryKey query;
    private final List<String> keyFields;

    CacheKey(CachePolicy policy) {
        this.query = policy.query();
        this.keyFields = policy.keyFields();
    }

    /** The text for a request. Makes no garbage for a plain target under a policy without key fields. */
    String text(RequestHead head, Target target) {
        String text = location(target);
        return keyFields.isEmpty() ? text : withFields(text, head.fields());
    }

    /** Where the resource lies for whoever purges: the normalised path, and what counts of the query. */
    String url(Target target) {
        String raw = target.raw();
        String path = target.path();
        String counted = counted(target.query());
        if (counted == null) {
            return path;
        }
        return isPlain(target) && raw.length() == path.length() + 1 + counted.length() ? raw : path + '?' + counted;
    }

    /** The authority as a key: its port only where it is not the scheme's own. */
    static Authority authority(String scheme, @Nullable Authority authority) {
        if (authority == null) {
            return NOBODY;
        }
        boolean usual = authority.port() == (scheme.equals("https") ? 443 : 80);
        return usual ? new Authority(authority.host(), -1) : authority;
    }

    private String location(Target target) {
        String own = target.query();
        boolean whole = own == null || query.rule() == QueryKey.Rule.WHOLE;
        if (isPlain(target)) {
            String path = target.path();
            if (own == null) {
                return path;
            }
            if (whole) {
                return target.raw();
            }
            String counted = counted(own);
            return counted == null ? path : path + '?' + counted;
        }
        String path = target.rawPath();
        path = isNormal(path) ? target.path() : disguised(path);
        String counted = counted(own);
        return counted == null ? path : path + '?' + counted;
    }

    /** Whether the path is what was received, which is nothing but path and query. */
    private static boolean isPlain(Target target) {
        String raw = target.raw();
        String path = target.path();
        int end = path.length();
        int length = raw.length();
        return raw.startsWith(path) && (end == length || raw.charAt(end) == '?') && path.indexOf('%') < 0;
    }

    /** Whether a raw path holds nothing that readers might read differently, but dot segments. */
    private static boolean isNormal(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%' || c == ';' || c == '\\' || c >= 127 || c == '/' && i > 0 && path.charAt(i - 1) == '/') {
                return false;
            }
        }
        return true;
    }

    /** A path with its unreserved characters decoded, marked unless it is plain then. */
    private static String disguised(String path) {
        StringBuilder out = new StringBuilder(path.length() + 1).append('\0');
        boolean dots = path.contains("/.");
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '%' || i + 2 >= path.length()) {
                out.append(c);
                continue;
            }
            int value = Character.digit(path.charAt(i + 1), 16) << 4 | Character.digit(path.charAt(i + 2), 16);
            boolean letter = value >= 'a' && value <= 'z' || value >= 'A' && value <= 'Z' || value >= '0' && value <= '9';
            if (letter || value == '-' || value == '_' || value == '~') {
                out.append((char) value);
            } else {
                out.append(path.substring(i, i + 3).toUpperCase(Locale.ROOT));
            }
            i += 2;
        }
        String made = out.substring(1);
        return !dots && isNormal(made) ? made : out.toString();
    }

    private @Nullable String counted(@Nullable String own) {
        if (own == null || query.rule() == QueryKey.Rule.WHOLE) {
            return own;
        }
        boolean keep = query.rule() == QueryKey.Rule.KEEP;
        StringBuilder out = new StringBuilder(own.length());
        int from = 0;
        while (from <= own.length()) {
            int and = own.indexOf('&', from);
            int to = and < 0 ? own.length() : and;
            int equals = own.indexOf('=', from);
            String name = own.substring(from, equals < 0 || equals > to ? to : equals);
            if (!name.isEmpty() && isNamed(query.names(), name) == keep) {
                out.append(out.isEmpty() ? "" : "&").append(own, from, to);
            }
            from = to + 1;
        }
        return out.isEmpty() ? null : out.toString();
    }

    private static boolean isNamed(Set<String> names, String name) {
        if (names.contains(name)) {
            return true;
        }
        for (String each : names) {
            if (each.endsWith("*") && name.startsWith(each.substring(0, each.length() - 1))) {
                return true;
            }
        }
        return false;
    }

    /** No value of a field can hold a NUL, so that values can't be shifted from one field to the next. */
    private String withFields(String text, Fields fields) {
        StringBuilder out = new StringBuilder(text);
        for (String name : keyFields) {
            String value = fields.joined(name);
            out.append('\0').append(name).append(value == null ? "" : "=" + value);
        }
        return out.toString();
    }
}
