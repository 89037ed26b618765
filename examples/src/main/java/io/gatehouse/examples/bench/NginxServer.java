/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** nginx with one worker, which keeps files open, writes no log and never closes a connection. */
final class NginxServer implements MeasuredServer {

    private final Process process;
    private final int port;

    private NginxServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts it and waits until it serves.
     *
     * @param sendfile whether it has the kernel copy, which is cheaper for large files and dearer for small ones
     * @param files the directory to serve
     * @param pages the port of a server on 127.0.0.1 whose pages it keeps
     * @param origin the TCP port of {@link Contender#ORIGIN}
     * @param state a directory of its own
     * @param processor the number of the processor it may use
     */
    static NginxServer start(boolean sendfile, Path files, int pages, int origin, Path state, int processor)
            throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path configuration = state.resolve("nginx.conf");
        Files.writeString(configuration, """
                daemon off;
                master_process off;
                pid %1$s/nginx.pid;
                error_log stderr crit;
                events { worker_connections 4096; }
                http {
                  access_log off;
                  sendfile %2$s;
                  tcp_nopush %2$s;
                  keepalive_requests 1000000000;
                  open_file_cache max=100 inactive=1h;
                  open_file_cache_valid 1h;
                  types { text/plain txt; }
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                  proxy_cache_path %1$s/cache keys_zone=pages:1m;
                  upstream tcp { server 127.0.0.1:%6$d; keepalive 64; keepalive_requests 1000000000; }
                  upstream unix { server unix:%7$s; keepalive 64; keepalive_requests 1000000000; }
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  server {
                    listen 127.0.0.1:%3$d backlog=2048;
                    root %4$s;
                    location /page/ {
                      proxy_pass http://127.0.0.1:%5$d;
                      proxy_cache pages;
                      proxy_cache_valid 200 1h;
                    }
                    location /tcp/ { proxy_pass http://tcp; }
                    location /unix/ { proxy_pass http://unix; }
                  }
                }
                """.formatted(state, sendfile ? "on" : "off", port, files, pages, origin, Contender.originSocket(files)),
                StandardCharsets.UTF_8);
        Process process;
        try {
            process = new ProcessBuilder("taskset", "-c", Integer.toString(processor), "nginx", "-c", configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new IOException("taskset and nginx are needed: install Debian's packages util-linux and nginx-light", e);
        }
        NginxServer server = new NginxServer(process, port);
        while (!server.answers()) {
            if (!process.isAlive()) {
                throw new IOException("nginx did not start: see its message above");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return server;
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public Usage usage() throws IOException {
        return Usage.of(process.pid(), 0);
    }

    @Override
    public void close() {
        process.destroy();
        MeasuredServer.end(process);
    }
}
