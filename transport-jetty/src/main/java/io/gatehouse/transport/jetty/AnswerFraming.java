/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;

/**
 * How one answer's body is framed (RFC 9112 section 6.3): puts the head into Jetty's response at the commit, then counts the
 * body's bytes against it. Used by the exchange's owner.
 */
final class AnswerFraming {
    private long left = -1;
    private boolean silent;
    private boolean untilClose;
    private boolean unsized;

    /**
     * Puts the head into Jetty's response.
     *
     * @param size how many bytes come with the head
     * @param last whether they are all
     * @param close whether the connection must close
     * @return whether the framing can carry trailers
     */
    boolean begin(RequestHead request, ResponseHead answer, int size, boolean last, boolean close, Response response) {
        int status = answer.status();
        HttpFields.Mutable fields = response.getHeaders();
        response.setStatus(status);
        JettyFields.copy(answer.fields(), fields);
        boolean never = status == 204 || status == 304;
        boolean old = request.version() == HttpVersion.HTTP_1_0;
        silent = never || request.isHead();
        String given = status == 204 ? null : answer.fields().first("Content-Length");
        long length = given != null ? Long.parseLong(given) : last && !never ? size : -1;
        if (length >= 0) {
            fields.put(HttpHeader.CONTENT_LENGTH, length);
        }
        left = silent ? -1 : length;
        untilClose = length < 0 && old && !never;
        boolean http1 = request.version() != HttpVersion.HTTP_2;
        if (http1) {
            OwnReason.mend(response.getRequest(), status);
        }
        if (http1 && (untilClose || close || answer.fields().lists("Connection", "close"))) {
            fields.put(HttpFields.CONNECTION_CLOSE);
        }
        String upgrade = status == 426 && http1 ? answer.fields().first("Upgrade") : null;
        if (upgrade != null) {
            fields.put(HttpHeader.UPGRADE, upgrade); // what to switch to: RFC 9110 section 15.5.22
            fields.add(HttpHeader.CONNECTION, "Upgrade");
        }
        unsized = status == 304 && length < 0;
        return length < 0 && !silent && !old;
    }

    /** Puts the head of a 101 into Jetty's response. */
    void upgrade(ResponseHead answer, Response response) {
        HttpFields.Mutable fields = response.getHeaders();
        response.setStatus(101);
        JettyFields.copy(answer.fields(), fields);
        fields.put(HttpHeader.CONNECTION, "Upgrade");
        String upgrade = answer.fields().first("Upgrade");
        if (upgrade != null) {
            fields.put(HttpHeader.UPGRADE, upgrade);
        }
    }

    /** Counts bytes of the body; false, and nothing counted, if they are more than the Content-Length has left. */
    boolean take(int size) {
        if (left >= 0 && size > left) {
            return false;
        }
        left -= left < 0 ? 0 : size;
        return true;
    }

    /** How many bytes of the Content-Length are still to come; negative if it is not counted. */
    long left() {
        return left;
    }

    /** Whether no byte of the body leaves. */
    boolean isSilent() {
        return silent;
    }

    /** Whether the body ends with the connection. */
    boolean isUntilClose() {
        return untilClose;
    }

    /** Whether the head must leave before Jetty is told of the end, which it would add a length for. */
    boolean isUnsized() {
        return unsized;
    }
}
