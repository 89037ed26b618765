/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import static io.gatehouse.examples.bench.Contender.BARE_LOOP;
import static io.gatehouse.examples.bench.Contender.JETTY;
import static io.gatehouse.examples.bench.Contender.NGINX;
import static io.gatehouse.examples.bench.Contender.NGINX_SENDFILE;
import static io.gatehouse.examples.bench.Contender.NIO;
import static io.gatehouse.examples.bench.Contender.PLAIN_JETTY;
import static io.gatehouse.examples.bench.Contender.TOMCAT;

import java.util.List;

/** What is asked for, how, and of whom. Nginx takes part in the cheaper of its settings for the size. */
enum Scenario {
    /** A small file that lies in memory. */
    FILE("1 KiB file from memory", "/1k.txt", 1024, 64, Script.NONE, BARE_LOOP, NIO, JETTY, PLAIN_JETTY, NGINX),
    /** An application's answer that the server keeps; nginx has it from Gatehouse, once. */
    PAGE("4 KiB page from the output cache", "/page/", 4096, 64, Script.NONE, NGINX, NIO, JETTY),
    /** The same, asked for sixteen times in one write. */
    PIPELINED("4 KiB page, pipelined 16 deep", "/page/", 4096, 64, Script.PIPELINE, NGINX, NIO),
    /** A small file, by many. */
    CROWD("1 KiB file, 1,000 connections", "/1k.txt", 1024, 1_000, Script.NONE, NGINX_SENDFILE, NIO),
    /** A file of a usual size. */
    MEDIUM("64 KiB file", "/64k.txt", 64 * 1024, 64, Script.NONE, NGINX, NIO),
    /** A file that is not kept in memory. */
    LARGE("1 MiB file", "/1m.txt", 1024 * 1024, 64, Script.NONE, NGINX_SENDFILE, NIO),
    /** The least a servlet can do. */
    SERVLET("trivial servlet, 128 bytes", "/servlet", 128, 64, Script.NONE, PLAIN_JETTY, TOMCAT, NIO, JETTY),
    /** A servlet that reads and writes. */
    ECHO("servlet echoing a POST of 16 KiB", "/servlet", 16 * 1024, 64, Script.POST, PLAIN_JETTY, TOMCAT, NIO, JETTY),
    /** A handler that sends 128 bytes, from the output cache: on the I/O thread. Its difference to the next is the hand-off. */
    INLINE("128 bytes, kept from a handler", "/kept/", 128, 64, Script.NONE, NIO, JETTY),
    /** The same handler without a cache: on a worker. */
    HAND_OFF("128 bytes, from a handler each time", "/made/", 128, 64, Script.NONE, NIO, JETTY),
    /** An answer of another process, over TCP connections that are kept. */
    FORWARD("1 KiB, forwarded over TCP", "/tcp/", 1024, 64, Script.NONE, NGINX, NIO, JETTY),
    /** The same over Unix-domain sockets. */
    FORWARD_UNIX("1 KiB, forwarded over a Unix-domain socket", "/unix/", 1024, 64, Script.NONE, NGINX, NIO, JETTY);

    /** How the load is made. */
    enum Script {
        /** One GET after the other on each connection. */
        NONE,
        /** Sixteen GETs in one write. */
        PIPELINE,
        /** POSTs of as many bytes as the answer has. */
        POST
    }

    private final String title;
    private final String path;
    private final int length;
    private final int connections;
    private final Script script;
    @SuppressWarnings("ImmutableEnumChecker") // List.of makes one that nobody changes
    private final List<Contender> contenders;

    Scenario(String title, String path, int length, int connections, Script script, Contender... contenders) {
        this.title = title;
        this.path = path;
        this.length = length;
        this.connections = connections;
        this.script = script;
        this.contenders = List.of(contenders);
    }

    /** As it is printed. */
    String title() {
        return title;
    }

    /** What is asked for. */
    String path() {
        return path;
    }

    /** The length of the right answer, in bytes. */
    int length() {
        return length;
    }

    /** How many connections ask at once. */
    int connections() {
        return connections;
    }

    /** How the load is made. */
    Script script() {
        return script;
    }

    /** Who takes part; the first is the one that the others are held against. */
    List<Contender> contenders() {
        return contenders;
    }
}
