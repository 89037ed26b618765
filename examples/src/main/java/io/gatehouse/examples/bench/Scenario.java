/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import static io.gatehouse.examples.bench.Contender.BARE_LOOP;
import static io.gatehouse.examples.bench.Contender.JETTY;
import static io.gatehouse.examples.bench.Contender.NGINX;
import static io.gatehouse.examples.bench.Contender.NGINX_SENDFILE;
import static io.gatehouse.examples.bench.Contender.NIO;
import static io.gatehouse.examples.bench.Contender.PLAIN_JETTY;

import java.util.List;

/** What is asked for, how, and of whom. Nginx takes part in the cheaper of its settings for the size. */
enum Scenario {
    /** A small file that lies in memory. */
    FILE("1 KiB file from memory", "/1k.txt", 1024, 64, 1, BARE_LOOP, NIO, JETTY, PLAIN_JETTY, NGINX),
    /** An application's answer that the server keeps; nginx has it from Gatehouse, once. */
    PAGE("4 KiB page from the output cache", "/page/", 4096, 64, 1, NGINX, NIO, JETTY),
    /** The same, asked for sixteen times in one write. */
    PIPELINED("4 KiB page, pipelined 16 deep", "/page/", 4096, 64, 16, NGINX, NIO),
    /** A small file, by many. */
    CROWD("1 KiB file, 1,000 connections", "/1k.txt", 1024, 1_000, 1, NGINX_SENDFILE, NIO),
    /** A file of a usual size. */
    MEDIUM("64 KiB file", "/64k.txt", 64 * 1024, 64, 1, NGINX, NIO),
    /** A file that is not kept in memory. */
    LARGE("1 MiB file", "/1m.txt", 1024 * 1024, 64, 1, NGINX_SENDFILE, NIO),
    /** The least a servlet can do. */
    SERVLET("trivial servlet", "/servlet", 5, 64, 1, PLAIN_JETTY, NIO, JETTY);

    private final String title;
    private final String path;
    private final int length;
    private final int connections;
    private final int depth;
    @SuppressWarnings("ImmutableEnumChecker") // List.of makes one that nobody changes
    private final List<Contender> contenders;

    Scenario(String title, String path, int length, int connections, int depth, Contender... contenders) {
        this.title = title;
        this.path = path;
        this.length = length;
        this.connections = connections;
        this.depth = depth;
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

    /** How many requests are sent in one write. */
    int depth() {
        return depth;
    }

    /** Who takes part; the first is the one that the others are held against. */
    List<Contender> contenders() {
        return contenders;
    }
}
