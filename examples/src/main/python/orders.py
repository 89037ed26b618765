#!/usr/bin/env python3
# Gatehouse. SPDX-License-Identifier: Apache-2.0
"""A tenant of a gatehouse in another language, with nothing but the standard library.

    python3 orders.py /run/gatehouse.sock http://+:80/orders/

Serves HTTP/1.1 at a Unix-domain socket of its own and keeps a prefix claimed for it, whatever becomes of the gatehouse. The
protocol stands in the documentation of the package io.gatehouse.claim. SIGTERM drains and ends it.
"""
import http.server
import os
import shutil
import signal
import socket
import socketserver
import sys
import tempfile
import threading
import time


class Orders(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections, and answers Expect: 100-continue

    def do_GET(self):
        body = f"python {os.getpid()} {self.path} for {self.headers.get('Forwarded', 'nobody')}\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if "Transfer-Encoding" in self.headers or self.headers.get("Content-Length", "0") != "0":
            self.send_header("Connection", "close")  # a body that is not read must not be taken for the next request
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass  # a Unix-domain peer has no address to print


class Tenant:
    def __init__(self, control, prefix, path):
        self.control, self.prefix, self.path = control, prefix, path
        self.connection, self.claimed, self.leaving = None, False, False

    def keep(self):
        wait = 0.1
        while not self.leaving:
            try:
                self.claim_until_lost()
            except OSError as failure:
                print(f"no gatehouse at {self.control}: {failure}", file=sys.stderr, flush=True)
            wait = 0.1 if self.claimed else min(2 * wait, 5)
            self.connection, self.claimed = None, False
            if not self.leaving:
                time.sleep(wait)

    def claim_until_lost(self):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self.control)
            lines = connection.makefile("r", encoding="utf-8", newline="\n")
            for line in lines:
                verb, *words = line.split()
                if verb == "gatehouse":
                    ping = dict(word.split("=", 1) for word in words)["ping"]
                    connection.settimeout(3 * int(ping) / 1000)  # a gatehouse that hangs is left, too
                    self.connection = connection
                    connection.sendall(f"claim prefix={self.prefix} socket={self.path} pid={os.getpid()} name=python\n".encode())
                elif verb == "ping":
                    connection.sendall(f"pong {words[0]}\n".encode())
                elif verb == "ok" and not self.claimed:
                    self.claimed = True
                    print(f"claimed {self.prefix}", flush=True)
                    if self.leaving:  # SIGTERM came before the answer
                        self.drain()
                elif verb == "error" and words[0] in ("forbidden", "malformed"):
                    sys.exit(line.strip())  # it gets no better by trying again
                elif verb == "error":
                    raise OSError(line.strip())
                elif verb in ("drained", "bye"):
                    break

    def drain(self, *_):
        self.leaving = True
        if self.claimed:
            self.connection.sendall(b"drain\n")
        elif self.connection is None:  # else the answer to the claim is on its way
            sys.exit()


def main():
    directory = tempfile.mkdtemp(prefix="orders-")  # of mode 700
    try:
        server = socketserver.ThreadingUnixStreamServer(os.path.join(directory, "s"), Orders)
        server.daemon_threads, server.request_queue_size = True, 128
        server.socket.listen(128)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        tenant = Tenant(sys.argv[1], sys.argv[2], server.server_address)
        signal.signal(signal.SIGTERM, tenant.drain)
        tenant.keep()
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
