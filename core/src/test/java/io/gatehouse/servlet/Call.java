/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSession;

/** One request at an application, over memory: what is to be sent, and what came back. */
final class Call {

    private final ServletApplication application;
    private final String method;
    private final String target;
    private final Fields.Builder fields = Fields.builder();
    private byte[] body = {};
    private boolean chunked;
    private HttpVersion version = HttpVersion.HTTP_1_1;
    private String scheme = "http";
    private Fields trailers = Fields.EMPTY;
    private String path;
    private int chunk = Integer.MAX_VALUE;
    private SSLSession tls;
    private SocketAddress remote = new InetSocketAddress("192.0.2.1", 4711);
    private SocketAddress local = new InetSocketAddress("192.0.2.2", 8080);

    private Call(ServletApplication application, String method, String target) {
        this.application = application;
        this.method = method;
        this.target = target;
        fields.add("Host", "www.example.org");
    }

    static Call of(ServletApplication application, String method, String target) {
        return new Call(application, method, target);
    }

    static MemoryResponse get(ServletApplication application, String target) throws Exception {
        return of(application, "GET", target).send();
    }

    Call field(String name, String value) {
        fields.add(name, value);
        return this;
    }

    Call body(String text) {
        return body(text.getBytes(StandardCharsets.UTF_8));
    }

    Call body(byte[] bytes) {
        body = bytes;
        return this;
    }

    Call form(String text) {
        return field("Content-Type", "application/x-www-form-urlencoded").body(text);
    }

    Call chunked() {
        chunked = true;
        return this;
    }

    Call version(HttpVersion other) {
        version = other;
        return this;
    }

    Call host(String authority) {
        fields.set("Host", authority);
        return this;
    }

    Call scheme(String other) {
        scheme = other;
        return this;
    }

    Call trailers(String... pairs) {
        trailers = Fields.of(pairs);
        return this;
    }

    /** Over TLS, with this session. */
    Call tls(SSLSession session) {
        tls = session;
        return scheme("https");
    }

    /** Over a connection between these two. */
    Call between(SocketAddress peer, SocketAddress here) {
        remote = peer;
        local = here;
        return this;
    }

    /** What the server makes of the target's path, where that is not the same. */
    Call path(String normalised) {
        path = normalised;
        return this;
    }

    /** At most so many bytes are there at once. */
    Call pieces(int size) {
        chunk = size;
        return this;
    }

    /** Sends, and waits for the end. */
    MemoryResponse send() throws Exception {
        return start().await();
    }

    /** Sends, on this thread, and returns what is there when the handler returns. */
    MemoryResponse start() {
        return into(new MemoryResponse(method));
    }

    private MemoryRequest request(MemoryResponse response) {
        boolean hasBody = body.length > 0 || chunked;
        if (hasBody && !chunked) {
            fields.add("Content-Length", Integer.toString(body.length));
        }
        Fields sent = fields.build();
        RequestHead head = new RequestHead(
                method, scheme, Authority.parse(String.valueOf(sent.first("Host"))), target, version, sent);
        int mark = target.indexOf('?');
        String read = path != null ? path : PercentCoding.decodePath(mark < 0 ? target : target.substring(0, mark));
        Target parsed = new Target(target, read, mark < 0 ? null : target.substring(mark + 1));
        return new MemoryRequest(head, parsed, body, chunked, chunk, trailers, response,
                new Connection(7, remote, local, tls, version));
    }

    /** Sends, on this thread, with a response of the test's own. */
    MemoryResponse into(MemoryResponse response) {
        MemoryRequest request = request(response);
        response.request = request;
        try {
            application.handle(request, response, response.done());
        } catch (Throwable t) {
            response.done().failed(t);
        }
        return response;
    }
}
