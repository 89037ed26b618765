/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.handler;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A request made by hand, for tests of handlers: no engine, no transport. Each {@code with} method gives another one.
 */
public final class FakeRequest implements Request {

    private final RequestHead head;
    private final Target target;
    private final int prefixLength;
    private final @Nullable Object context;
    private final byte[] content;
    private final ByteArrayInputStream body;
    private @Nullable Runnable gone;

    private FakeRequest(
            RequestHead head, Target target, int prefixLength, @Nullable Object context, byte[] content) {
        this.head = head;
        this.target = target;
        this.prefixLength = prefixLength;
        this.context = context;
        this.content = content;
        this.body = new ByteArrayInputStream(content);
    }

    /** A GET of a target in origin-form that is normal already, below the prefix {@code /}; fields in pairs. */
    public static FakeRequest get(String target, String... fields) {
        return of("GET", target, fields);
    }

    /** A request for a target in origin-form, taken as it is but percent-decoded. */
    public static FakeRequest of(String method, String target, String... fields) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        String query = mark < 0 ? null : target.substring(mark + 1);
        return of(method, new Target(target, decoded(path), query), fields);
    }

    /** A request for a target whose parts are given one by one. */
    public static FakeRequest of(String method, Target target, String... fields) {
        RequestHead head = new RequestHead(
                method, "http", new Authority("localhost", 8080), target.raw(), HttpVersion.HTTP_1_1,
                        Fields.of(fields));
        return new FakeRequest(head, target, 1, null, new byte[0]);
    }

    /** The same below a prefix of that many characters, its last slash included. */
    public FakeRequest prefix(int length) {
        return new FakeRequest(head, target, length, context, content);
    }

    /** The same with a context value. */
    public FakeRequest context(@Nullable Object value) {
        return new FakeRequest(head, target, prefixLength, value, content);
    }

    /** The same with a body. */
    public FakeRequest body(String text) {
        return new FakeRequest(head, target, prefixLength, context, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Plays a peer that goes away. */
    public void disconnect() {
        if (gone != null) {
            gone.run();
        }
    }

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public Target target() {
        return target;
    }

    @Override
    public int prefixLength() {
        return prefixLength;
    }

    @Override
    public @Nullable Object context() {
        return context;
    }

    @Override
    public Connection connection() {
        return new Connection(1, new InetSocketAddress("127.0.0.1", 50000), new InetSocketAddress("127.0.0.1", 8080),
                null, HttpVersion.HTTP_1_1);
    }

    @Override
    public long contentLength() {
        return content.length;
    }

    @Override
    public InputStream body() {
        return body;
    }

    @Override
    public int read(ByteBuffer into) {
        byte[] part = new byte[Math.min(into.remaining(), body.available())];
        if (part.length == 0) {
            return into.hasRemaining() ? -1 : 0;
        }
        int read = body.read(part, 0, part.length);
        into.put(part, 0, read);
        return read;
    }

    @Override
    public void demand(Runnable readable) {
        readable.run();
    }

    @Override
    public Fields trailers() {
        return Fields.EMPTY;
    }

    @Override
    public void onDisconnect(Runnable gone) {
        this.gone = gone;
    }

    private static String decoded(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        byte[] out = new byte[path.length()];
        int length = 0;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            out[length++] = (byte) (c == '%' ? Integer.parseInt(path.substring(i + 1, i + 3), 16) : c);
            i += c == '%' ? 2 : 0;
        }
        return new String(out, 0, length, StandardCharsets.UTF_8);
    }
}
