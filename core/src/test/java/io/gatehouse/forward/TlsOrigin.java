/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** An origin that speaks TLS, and says what the test says on each connection in turn. */
final class TlsOrigin implements AutoCloseable {

    /** What is said on one connection; both sockets are closed when it returns. */
    @FunctionalInterface
    interface Script {
        void run(Line line) throws Exception;
    }

    /** A certificate with its key, and who trusts it. */
    record Certificate(SSLContext server, SSLContext client) {

        /** A self-signed one for some names, as {@code dns:localhost,ip:127.0.0.1}, made by the JDK's own tool. */
        static Certificate of(Path directory, String names) throws Exception {
            Path file = directory.resolve(names.replaceAll("[^a-z0-9]", "-") + ".p12");
            if (!Files.exists(file)) {
                Process tool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair",
                        "-alias", "a", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=test", "-ext", "san=" + names, "-validity",
                        "2", "-storetype", "PKCS12", "-storepass", "secret", "-keystore", file.toString())
                        .redirectErrorStream(true).redirectOutput(directory.resolve("keytool.txt").toFile()).start();
                if (!tool.waitFor(60, TimeUnit.SECONDS) || tool.exitValue() != 0) {
                    throw new IOException("keytool failed: " + Files.readString(directory.resolve("keytool.txt")));
                }
            }
            KeyStore store = KeyStore.getInstance(file.toFile(), "secret".toCharArray());
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, "secret".toCharArray());
            SSLContext server = SSLContext.getInstance("TLS");
            server.init(keys.getKeyManagers(), null, null);
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("a", store.getCertificate("a"));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext client = SSLContext.getInstance("TLS");
            client.init(null, trust.getTrustManagers(), null);
            return new Certificate(server, client);
        }
    }

    private final ServerSocket server;
    private final SSLContext context;
    private final String version;
    private final List<String> protocols;
    private final List<Script> scripts;
    private final AtomicInteger accepted = new AtomicInteger();
    private final List<String> names = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    /**
     * Begins to listen.
     *
     * @param version of TLS, the only one
     * @param protocols of ALPN, none to know nothing of it
     */
    TlsOrigin(Certificate certificate, String version, List<String> protocols, Script... scripts) throws IOException {
        this.context = certificate.server();
        this.version = version;
        this.protocols = protocols;
        this.scripts = List.of(scripts);
        this.server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        begin(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    int connections() {
        return accepted.get();
    }

    /** The names that clients said (SNI), in turn. */
    List<String> names() {
        return names;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        for (Thread thread : threads) {
            try {
                thread.join(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (!failures.isEmpty()) {
            throw new AssertionError("a script of the origin failed", failures.get(0));
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket raw = server.accept();
                sockets.add(raw);
                Script script = scripts.get(Math.min(accepted.getAndIncrement(), scripts.size() - 1));
                begin(() -> run(raw, script));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void run(Socket raw, Script script) {
        try (raw; SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(raw, null, raw.getPort(), false)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(new String[] {version});
            parameters.setApplicationProtocols(protocols.toArray(String[]::new));
            socket.setSSLParameters(parameters);
            socket.setUseClientMode(false);
            socket.startHandshake();
            names.add(((ExtendedSSLSession) socket.getSession()).getRequestedServerNames().toString());
            script.run(new Line(raw, socket));
        } catch (IOException e) {
            // The other side went away or trusts nobody, which the test sees there.
        } catch (Throwable t) {
            failures.add(t);
        }
    }

    private void begin(Runnable task) {
        Thread thread = new Thread(task, "tls-origin");
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    /** One connection as its script sees it. */
    static final class Line {
        private final Socket raw;
        private final SSLSocket socket;
        private final InputStream in;
        private final OutputStream out;

        Line(Socket raw, SSLSocket socket) throws IOException {
            this.raw = raw;
            this.socket = socket;
            this.in = socket.getInputStream();
            this.out = socket.getOutputStream();
        }

        SSLSocket socket() {
            return socket;
        }

        /** The next head, with its empty line; null if the other side has closed. */
        String head() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    if (head.length() == 0) {
                        return null;
                    }
                    throw new EOFException();
                }
                head.append((char) next);
            }
            return head.toString();
        }

        byte[] bytes(int count) throws IOException {
            return in.readNBytes(count);
        }

        /** All bytes up to a close_notify; the socket's end without it is an IOException. */
        byte[] rest() throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            in.transferTo(all);
            return all.toByteArray();
        }

        void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void send(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        /** Ends the connection without a word of TLS. */
        void cut() throws IOException {
            raw.close();
        }

        /** Renews the keys, which TLS 1.3 may do at any time. */
        void rekey() throws IOException {
            socket.startHandshake();
        }

    }
}
