/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Request;
import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits in a session until its caller has logged in (Servlet 6.1 section 13.6.3.1). Immutable.
 *
 * @param method of it
 * @param location its path and query, as received
 * @param fields of it that come back
 * @param body whole
 */
@SuppressWarnings("ArrayRecordComponent") // its own, and never handed out to be changed
record SavedRequest(String method, String location, Fields fields, byte[] body) {

    /** What belongs to the later request, which comes over another connection perhaps, with the cookie of the login. */
    private static final Set<String> LATER = Set.of(
            "cookie", "authorization", "host", "connection", "transfer-encoding", "content-length", "expect", "te", "trailer",
            "upgrade", "keep-alive", "http2-settings", "proxy-authorization");

    /** Conditions are about what a cache had before the login. */
    private static final Set<String> CONDITIONS =
            Set.of("if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "range");

    static SavedRequest of(Request request, String uri, byte[] body) {
        Fields.Builder kept = Fields.builder();
        request.fields().forEach(field -> {
            String name = field.name().toLowerCase(Locale.ROOT);
            if (!LATER.contains(name) && !CONDITIONS.contains(name)) {
                kept.add(field.name(), field.value());
            }
        });
        String method = request.method().equals("HEAD") ? "GET" : request.method();
        return new SavedRequest(method, location(uri, request.query()), kept.build(), body);
    }

    /** Whether a later request asks for the same; where a session's id was in the path, it has changed. */
    boolean isAt(String uri, @Nullable String query) {
        int mark = location.indexOf('?');
        return DispatchPath.withoutParameters(mark < 0 ? location : location.substring(0, mark))
                .equals(DispatchPath.withoutParameters(uri))
                && (mark < 0 ? query == null : location.substring(mark + 1).equals(query));
    }

    static String location(String uri, @Nullable String query) {
        return query == null ? uri : uri + "?" + query;
    }

    /**
     * What a page of the login is asked with in place of a request: by GET or HEAD, without a body or conditions.
     * Those are about what was asked for, and a page that answered them by 304 would show a browser what it kept from
     * before a logout.
     */
    static Request forPage(Request request) {
        Fields.Builder kept = Fields.builder();
        request.fields().forEach(field -> {
            String name = field.name().toLowerCase(Locale.ROOT);
            boolean body = name.startsWith("content-") || name.equals("transfer-encoding") || name.equals("trailer");
            if (!body && !CONDITIONS.contains(name)) {
                kept.add(field.name(), field.value());
            }
        });
        RequestHead head = request.head();
        RequestHead asked = new RequestHead(head.isHead() ? "HEAD" : "GET", head.scheme(), head.authority(), head.target(),
                head.version(), kept.build());
        return new RestoredRequest(request, asked, new byte[0]);
    }

    /** How much memory it takes, in bytes, about. */
    long size() {
        long size = location.length() + (long) body.length;
        for (int i = 0; i < fields.size(); i++) {
            size += fields.name(i).length() + fields.value(i).length();
        }
        return size;
    }

    /** This request in place of a later one, which is a GET for the same location. */
    Request inPlaceOf(Request later) {
        Fields.Builder all = Fields.builder();
        later.fields().forEach(field -> {
            if (LATER.contains(field.name().toLowerCase(Locale.ROOT))) {
                all.add(field.name(), field.value());
            }
        });
        all.addAll(fields);
        if (body.length > 0 || method.equals("POST")) {
            all.set("Content-Length", Integer.toString(body.length));
        }
        RequestHead head = later.head();
        return new RestoredRequest(later, new RequestHead(
                method, head.scheme(), head.authority(), head.target(), head.version(), all.build()), body);
    }
}
