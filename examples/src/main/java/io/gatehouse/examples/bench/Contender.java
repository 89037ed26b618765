/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.GatehouseBuilder;
import io.gatehouse.cache.CachePolicy;
import java.nio.file.Files;
import java.nio.file.Path;

/** The servers that are compared: see {@link Scenario} for what each of them serves. */
enum Contender {
    /** No server at all: what the sockets cost. */
    BARE_LOOP("bare selector loop"),
    /** Gatehouse on java.nio. */
    NIO("Gatehouse on NIO"),
    /** Gatehouse on Jetty as its wire. */
    JETTY("Gatehouse on Jetty"),
    /** Jetty by itself: its own ResourceHandler and its own ee11 servlet container. */
    PLAIN_JETTY("plain Jetty"),
    /** Tomcat by itself. */
    TOMCAT("plain Tomcat"),
    /** What those who forward have behind them: the bare loop again, on the load's processor. */
    ORIGIN("origin"),
    /** nginx, which copies files itself. */
    NGINX("nginx"),
    /** nginx, which has the kernel copy files. */
    NGINX_SENDFILE("nginx with sendfile");

    private final String title;

    Contender(String title) {
        this.title = title;
    }

    /** As it is printed. */
    String title() {
        return title;
    }

    /** Whether it runs in a JVM; the others are processes of another kind. */
    boolean isJava() {
        return this != NGINX && this != NGINX_SENDFILE;
    }

    /**
     * Starts the server in this JVM, on a free port of the loopback interface.
     *
     * @param files the directory to serve; {@link #ORIGIN} also listens at the Unix-domain socket {@code origin.sock} beside it
     * @param origin the TCP port of {@link #ORIGIN}; 0 if it does not run, and nothing is forwarded
     * @throws IllegalStateException if it does not run in a JVM
     */
    Running start(Path files, int origin) throws Exception {
        return switch (this) {
            case BARE_LOOP -> BareLoop.start(Files.readAllBytes(files.resolve("1k.txt")), null);
            case ORIGIN -> BareLoop.start(Files.readAllBytes(files.resolve("1k.txt")), originSocket(files));
            case NIO -> gatehouse("nio", files, origin);
            case JETTY -> gatehouse("jetty", files, origin);
            case PLAIN_JETTY -> PlainJetty.start(files);
            case TOMCAT -> PlainTomcat.start(files);
            default -> throw new IllegalStateException(title + " does not run in a JVM");
        };
    }

    /** Where {@link #ORIGIN} listens besides its TCP port. */
    static Path originSocket(Path files) {
        return files.resolveSibling("origin.sock");
    }

    private static Running gatehouse(String transport, Path files, int origin) throws Exception {
        GatehouseBuilder builder = Gatehouse.builder()
                .configuration(Configuration.DEFAULTS)
                .listen("http://127.0.0.1:0")
                .transport(transport)
                .files("/", files)
                .servlet("/servlet", new TrivialServlet())
                .handle("/page/", (request, response) -> response.send("0123456789abcdef".repeat(256)))
                .cache("/page/", CachePolicy.untilPurged())
                .handle("/made/", (request, response) -> response.send("0123456789abcdef".repeat(8)))
                .handle("/kept/", (request, response) -> response.send("0123456789abcdef".repeat(8)))
                .cache("/kept/", CachePolicy.untilPurged());
        if (origin != 0) {
            builder.forward("/tcp/", "http://127.0.0.1:" + origin).forward("/unix/", "unix:" + originSocket(files));
        }
        Gatehouse gatehouse = builder.start();
        return new Running(gatehouse.uri().getPort(), gatehouse);
    }

    /**
     * A server that runs.
     *
     * @param port where it listens on 127.0.0.1
     * @param server stops it
     */
    record Running(int port, AutoCloseable server) implements AutoCloseable {
        @Override
        public void close() {
            try {
                server.close();
            } catch (Exception e) {
                throw new IllegalStateException("the server did not stop", e);
            }
        }
    }
}
