/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.Request;
import io.gatehouse.http.Authority;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import io.gatehouse.http.TargetRules;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A GET that comes from no client: the question of a health check. */
final class CheckRequest implements Request {

    private static final Connection NO_CONNECTION = noConnection();

    private final RequestHead head;

    CheckRequest(String path, Authority authority) {
        this.head = new RequestHead("GET", "http", authority, path, HttpVersion.HTTP_1_1, Fields.EMPTY);
    }

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public Target target() {
        return (Target) Target.normalise("/", TargetRules.STRICT);
    }

    @Override
    public int prefixLength() {
        return 1;
    }

    @Override
    public @Nullable Object context() {
        return null;
    }

    @Override
    public Connection connection() {
        return NO_CONNECTION;
    }

    @Override
    public long contentLength() {
        return 0;
    }

    @Override
    public InputStream body() {
        return InputStream.nullInputStream();
    }

    @Override
    public int read(ByteBuffer into) {
        return -1;
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
    public void onDisconnect(Runnable gone) {}

    private static Connection noConnection() {
        InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return new Connection(0, here, here, null, HttpVersion.HTTP_1_1);
    }
}
