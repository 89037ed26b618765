/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.frameworks;

import io.gatehouse.Gatehouse;
import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.transport.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.GracefulShutdownCallback;
import org.springframework.boot.web.server.GracefulShutdownResult;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.WebServerException;

/**
 * Gatehouse as Spring Boot sees it. The application is deployed all the while; the server around it comes and goes:
 *
 * <pre>
 *   DEPLOYED ──start──► OPEN ──stop──► DEPLOYED ──destroy──► UNDEPLOYED
 *                        └─shutDownGracefully─► DRAINING ──last answer sent, or stop──► DEPLOYED
 * </pre>
 *
 * <p>Any thread may call any method.
 */
final class GatehouseWebServer implements WebServer {

    /** Spring's own time limit, spring.lifecycle.timeout-per-shutdown-phase, calls stop long before. */
    private static final Duration LONG = Duration.ofDays(1);

    private final ServletApplication application;
    private final int askedPort;
    private final Function<ServletApplication, Gatehouse> servers;
    private final boolean graceful;
    private final ReentrantLock turn = new ReentrantLock();
    private @Nullable Gatehouse server; // guarded by turn
    private @Nullable Thread drain; // guarded by turn
    private volatile int port = -1;

    GatehouseWebServer(
            ServletApplication application, int askedPort, Function<ServletApplication, Gatehouse> servers, boolean graceful) {
        this.application = application;
        this.askedPort = askedPort;
        this.servers = servers;
        this.graceful = graceful;
    }

    @Override
    public void start() {
        turn.lock();
        try {
            if (server == null) {
                Gatehouse opened = servers.apply(application).open();
                server = opened;
                port = opened.endpoints().get(0) instanceof Endpoint.Tcp tcp ? tcp.port() : -1;
            }
        } catch (IOException e) {
            PortInUseException.throwIfPortBindingException(e, () -> askedPort);
            throw new WebServerException("the server can't open its port: " + e.getMessage(), e);
        } finally {
            turn.unlock();
        }
    }

    /** Where it listens; -1 while it does not. */
    @Override
    public int getPort() {
        return port;
    }

    @Override
    public void shutDownGracefully(GracefulShutdownCallback callback) {
        turn.lock();
        try {
            Gatehouse current = server;
            if (!graceful || current == null) {
                callback.shutdownComplete(GracefulShutdownResult.IMMEDIATE);
                return;
            }
            drain = new Thread(() -> callback.shutdownComplete(current.stop(LONG)
                    ? GracefulShutdownResult.IDLE : GracefulShutdownResult.REQUESTS_ACTIVE), "gatehouse-drain");
            drain.start();
        } finally {
            turn.unlock();
        }
    }

    /** Ends what is in flight. Blocks until that is done. */
    @Override
    public void stop() {
        turn.lock();
        try {
            Gatehouse current = server;
            server = null;
            port = -1;
            if (drain != null) {
                drain.interrupt(); // it has waited long enough
                drain = null;
            }
            if (current != null) {
                current.stop(Duration.ZERO);
            }
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void destroy() {
        stop();
        application.undeploy(Duration.ZERO);
    }
}
