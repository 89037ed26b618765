/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import java.nio.file.Path;

/** The servers that are compared. Each serves a directory of files at {@code /} and a servlet at {@code /servlet}. */
enum Contender {
    /** Gatehouse on java.nio. */
    NIO("Gatehouse on NIO"),
    /** Gatehouse on Jetty as its wire. */
    JETTY("Gatehouse on Jetty"),
    /**
     * Jetty by itself: its own ResourceHandler and its own ee11 servlet container. The others are measured against it.
     */
    PLAIN_JETTY("plain Jetty");

    private final String title;

    Contender(String title) {
        this.title = title;
    }

    /** As it is printed. */
    String title() {
        return title;
    }

    /**
     * Starts the server in this JVM, on a free port of the loopback interface.
     *
     * @param files the directory to serve
     */
    Running start(Path files) throws Exception {
        if (this == PLAIN_JETTY) {
            return PlainJetty.start(files);
        }
        Gatehouse gatehouse = Gatehouse.builder()
                .configuration(Configuration.DEFAULTS)
                .listen("http://127.0.0.1:0")
                .transport(this == NIO ? "nio" : "jetty")
                .files("/", files)
                .servlet("/servlet", new TrivialServlet())
                .start();
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
