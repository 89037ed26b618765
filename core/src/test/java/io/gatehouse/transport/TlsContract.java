/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Refusal;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.tls.Certified;
import io.gatehouse.tls.ClientCertificate;
import io.gatehouse.tls.TlsSettings;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What TLS adds to the contract of a transport: the handshake, its end, and what is told of it. */
public interface TlsContract extends OverTls {

    /** A ClientHello of TLS 1.1 with one cipher suite of that time, in one record (RFC 4346 section 7.4.1.2). */
    String HELLO_OF_TLS_1_1 = "160301002d" + "01000029" + "0302" + "00".repeat(32) + "00" + "0002002f" + "0100";

    private static UnaryOperator<TransportConfig> tls(UnaryOperator<TlsSettings> change) {
        return config -> config.withTls(change.apply(config.tls()));
    }

    private static Client client(Site site, SSLContext context) throws IOException {
        return new Client(TlsPeer.over(SocketPeer.connect(site.bound()), TlsPeer.engine(context)), Variant.Cut.WHOLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    default void theSessionIsTold(String version) throws Exception {
        CompletableFuture<SSLSession> told = new CompletableFuture<>();
        try (Site site = Site.open(this, Variant.PLAIN, turn -> {
                    told.complete(turn.exchange().connection().tls());
                    turn.answer(200, turn.exchange().head().scheme());
                });
                Client client = new Client(
                        TlsPeer.over(SocketPeer.connect(site.bound()), TlsPeer.engine(Shown.CERTIFIED.trusting(), version)),
                        Variant.Cut.WHOLE)) {
            assertEquals("https", client.get("/").text());
            SSLSession here = ((TlsPeer) client.peer()).session();
            SSLSession there = told.get();
            assertEquals(version, there.getProtocol());
            assertEquals(here.getCipherSuite(), there.getCipherSuite());
            assertThrows(SSLPeerUnverifiedException.class, there::getPeerCertificates);
            assertEquals("localhost:443", here.getPeerHost() + ":" + here.getPeerPort());
        }
    }

    @Test
    default void aHandshakeMayTrickle() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(200, turn.path()));
                Client client = new Client(
                        TlsPeer.over(new Trickle(SocketPeer.connect(site.bound())), TlsPeer.engine(Shown.CERTIFIED.trusting())),
                        Variant.Cut.WHOLE)) {
            assertEquals("/a", client.get("/a").text());
            assertEquals("/b", client.get("/b").text());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"16030100050100000100", "160303ffffffffffffffff", "00000000000000000000", "17030300020000", "1503030002022a"})
    default void garbageEndsTheConnection(String bytes) throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(200, turn.path()));
                Client client = new Client(SocketPeer.connect(site.bound()), Variant.Cut.WHOLE)) {
            client.sendRefused(HexFormat.of().parseHex(bytes));
            client.endsCut();
            client.close();
            assertEquals(Refusal.TLS, site.awaitRefused());
            site.awaitClosed();
            assertEquals(0, site.handled());
            try (Client next = site.client()) {
                assertEquals("/", next.get("/").text());
            }
        }
    }

    @Test
    default void plainHttpIsToldWhatToDo() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(200, turn.path()));
                Client client = new Client(SocketPeer.connect(site.bound()), Variant.Cut.WHOLE)) {
            Answer answer = client.get("/");
            assertEquals(400, answer.status());
            assertTrue(answer.text().contains("https://"), answer.text());
            client.assertEnd();
            assertEquals(Refusal.PLAIN, site.awaitRefused());
            assertEquals(0, site.handled());
        }
    }

    @Test
    default void oldVersionsAreRefused() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(200, turn.path()));
                Client client = new Client(SocketPeer.connect(site.bound()), Variant.Cut.WHOLE)) {
            client.send(HexFormat.of().parseHex(HELLO_OF_TLS_1_1));
            String alert = HexFormat.of().formatHex(client.raw(7).getBytes(ISO_8859_1));
            assertTrue(alert.startsWith("15") && alert.endsWith("0246"), alert + " is no protocol_version alert");
            client.endsCut();
            client.close();
            assertEquals(Refusal.TLS, site.awaitRefused());
        }
    }

    /** The time for the first head begins with the connection, and the handshake is in it. */
    @Test
    default void aSlowHandshakeIsClosed() throws Exception {
        UnaryOperator<TransportConfig> soon = config -> config.withTimeouts(config.timeouts().withHead(Duration.ofMillis(300)));
        try (Site site = Site.open(this, Variant.PLAIN, soon, turn -> turn.answer(200, turn.path()));
                Client client = new Client(SocketPeer.connect(site.bound()), Variant.Cut.WHOLE)) {
            client.send(HexFormat.of().parseHex("1603010200"));
            client.endsCut();
            client.close();
            assertEquals(Refusal.HEAD_TIMEOUT, site.awaitRefused());
            site.awaitClosed();
        }
    }

    /** The end of the socket is not the end of what is said: the bytes between could have been taken away. */
    @Test
    default void aMessageWithoutItsEndIsAFailure() throws Exception {
        CompletableFuture<IOException> failed = new CompletableFuture<>();
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.readAll(
                        body -> failed.completeExceptionally(new AssertionError("a whole body")), e -> {
                            failed.complete(e);
                            turn.exchange().abort(e);
                        }));
                Client client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n12345");
            ((TlsPeer) client.peer()).wire().finish();
            assertInstanceOf(IOException.class, failed.get(Peer.HANG_SECONDS, TimeUnit.SECONDS));
        }
    }

    /** Raw bytes have no other end. */
    @Test
    default void rawBytesWithoutCloseNotifyAreCutOff() throws Exception {
        CompletableFuture<IOException> failed = new CompletableFuture<>();
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.exchange().commit(
                        ResponseHead.of(101, "Connection", "upgrade", "Upgrade", "x"), ByteBuffer.allocate(0), false,
                        turn.then(() -> turn.readAll(body -> failed.completeExceptionally(new AssertionError("an end")), e -> {
                            failed.complete(e);
                            turn.exchange().abort(e);
                        }))));
                Client client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
            assertEquals(101, client.answer().status());
            client.send("raw");
            ((TlsPeer) client.peer()).wire().finish();
            assertInstanceOf(IOException.class, failed.get(Peer.HANG_SECONDS, TimeUnit.SECONDS));
        }
    }

    /** TLS 1.3 lets each side end its own direction. */
    @Test
    default void aHalfClosedPeerGetsItsAnswer() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(200, turn.path()));
                Client client = site.client()) {
            client.send("GET /last HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
            client.peer().finish();
            assertEquals("/last", client.answer().text());
            assertFalse(client.endsCut(), "close_notify comes before the end");
        }
    }

    @Test
    default void largeBodiesGoBothWays() throws Exception {
        byte[] body = new byte[3_000_000];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (i % 251);
        }
        try (Site site = Site.open(this, Variant.PLAIN,
                        turn -> turn.echo(ResponseHead.of(200, "Content-Length", Integer.toString(body.length))));
                Client client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: " + body.length + "\r\n\r\n");
            CompletableFuture<Void> sent = new CompletableFuture<>();
            sent.completeAsync(() -> {
                client.sendRefused(body);
                return null;
            }, task -> new Thread(task, "client").start());
            Answer answer = client.answer();
            sent.get();
            CRC32 sum = new CRC32();
            sum.update(body);
            assertEquals(body.length, answer.length());
            assertEquals(sum.getValue(), answer.sum());
        }
    }

    @Test
    default void clientsAreAskedForCertificates(@TempDir Path directory) throws Exception {
        Certified authority = Certified.authority("authority");
        Certified carol = authority.issue("carol");
        Certified stranger = Certified.authority("authority").issue("stranger"); // of another who calls itself so
        Path trust = Files.writeString(directory.resolve("trust.pem"), authority.pem());
        Script tell = turn -> {
            try {
                X509Certificate first = (X509Certificate) turn.exchange().connection().tls().getPeerCertificates()[0];
                turn.answer(200, first.getSubjectX500Principal().getName());
            } catch (SSLPeerUnverifiedException e) {
                turn.answer(200, "nobody");
            }
        };
        for (ClientCertificate demand : ClientCertificate.values()) {
            boolean asked = demand != ClientCertificate.NONE;
            UnaryOperator<TlsSettings> settings = tls -> asked ? tls.withClient(demand).withTrust(trust) : tls;
            try (Site site = Site.open(this, Variant.PLAIN, tls(settings), tell)) {
                try (Client client = client(site, Shown.CERTIFIED.client(carol))) {
                    assertEquals(asked ? "CN=carol" : "nobody", client.get("/").text());
                }
                site.awaitClosed();
                if (demand == ClientCertificate.NEEDED) {
                    assertRefused(site, Shown.CERTIFIED.trusting());
                } else {
                    try (Client client = client(site, Shown.CERTIFIED.trusting())) {
                        assertEquals("nobody", client.get("/").text());
                    }
                    site.awaitClosed();
                }
                if (asked) {
                    assertRefused(site, Shown.CERTIFIED.client(stranger));
                }
            }
        }
    }

    private static void assertRefused(Site site, SSLContext context) throws Exception {
        assertThrows(IOException.class, () -> {
            try (Client client = client(site, context)) {
                client.get("/"); // a client of TLS 1.3 hears of a refusal only after its own last word
            }
        });
        assertEquals(Refusal.TLS, site.awaitRefused());
        site.awaitClosed();
    }

    /** Connects until the certificate is the new one: the files are looked at once a second. */
    @Test
    default void aRenewedCertificateIsShown(@TempDir Path directory) throws Exception {
        Certified authority = Certified.authority("authority");
        Certified old = authority.issue("localhost", "localhost");
        Certified renewed = authority.issue("localhost", "localhost");
        Path file = Files.writeString(directory.resolve("site.pem"), old.pem() + old.keyPem());
        try (Site site = Site.open(this, Variant.PLAIN, tls(tls -> tls.withCertificate(file)), turn -> turn.answer(200, turn.path()));
                Client kept = client(site, authority.trusting())) {
            assertEquals(old.certificate().getSerialNumber(), serial(kept));
            Path next = Files.writeString(directory.resolve("next"), renewed.pem() + renewed.keyPem());
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            BigInteger shown;
            do {
                try (Client client = client(site, authority.trusting())) {
                    shown = serial(client);
                }
            } while (shown.equals(old.certificate().getSerialNumber()));
            assertEquals(renewed.certificate().getSerialNumber(), shown);
            assertEquals("/kept", kept.get("/kept").text());
        }
    }

    private static BigInteger serial(Client client) throws IOException {
        return ((X509Certificate) ((TlsPeer) client.peer()).session().getPeerCertificates()[0]).getSerialNumber();
    }

    /** RFC 6066 section 3. */
    @Test
    default void theServersNameChoosesTheCertificate(@TempDir Path directory) throws Exception {
        Certified authority = Certified.authority("authority");
        for (String host : new String[] {"a.example", "b.example", "*.c.example"}) {
            Certified each = authority.issue(host, host);
            Files.writeString(directory.resolve(host.replace('*', 'x') + ".pem"), each.pem() + each.keyPem());
        }
        try (Site site = Site.open(this, Variant.PLAIN, tls(tls -> tls.withCertificate(directory)), turn -> turn.answer(200, "ok"))) {
            for (String[] pair : new String[][] {{"b.example", "b.example"}, {"www.c.example", "*.c.example"}, {"z.example", "a.example"}}) {
                SSLEngine engine = authority.trusting().createSSLEngine(pair[0], 443);
                engine.setUseClientMode(true);
                SSLParameters parameters = engine.getSSLParameters();
                parameters.setServerNames(List.of(new SNIHostName(pair[0])));
                engine.setSSLParameters(parameters);
                try (Client client = new Client(TlsPeer.over(SocketPeer.connect(site.bound()), engine), Variant.Cut.WHOLE)) {
                    X509Certificate shown = (X509Certificate) ((TlsPeer) client.peer()).session().getPeerCertificates()[0];
                    assertEquals("CN=" + pair[1], shown.getSubjectX500Principal().getName());
                    assertEquals("ok", client.get("/").text());
                }
            }
        }
    }

    @Test
    default void withoutACertificateItDoesNotStart() {
        IllegalArgumentException wrong = assertThrows(IllegalArgumentException.class,
                () -> provider().create(TransportConfig.of(new Endpoint.Tcp("https", "localhost", 0))));
        assertTrue(wrong.getMessage().contains("listen=https://localhost:0") && wrong.getMessage().contains("set tls.certificate"),
                wrong.getMessage());
    }

    /** Sends one byte at a time. */
    record Trickle(Peer peer) implements Peer {

        @Override
        public void send(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                peer.send(ByteBuffer.wrap(new byte[] {bytes.get()}));
            }
        }

        @Override
        public int offer(ByteBuffer bytes) throws IOException {
            return peer.offer(bytes);
        }

        @Override
        public int receive(ByteBuffer into) throws IOException {
            return peer.receive(into);
        }

        @Override
        public void finish() throws IOException {
            peer.finish();
        }

        @Override
        public void reset() throws IOException {
            peer.reset();
        }

        @Override
        public void close() throws IOException {
            peer.close();
        }
    }
}
