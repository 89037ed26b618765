/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.transport.TlsPeer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From files to what a client sees, without a socket. */
final class ServerTlsTest {

    private static final Certified EC = Certified.of("ec", "localhost");
    private static final Certified RSA = Certified.rsa("rsa", "localhost");

    @TempDir
    private Path directory;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static TlsSettings of(Path certificate) {
        return TlsSettings.NONE.withCertificate(certificate);
    }

    /** Shakes hands in memory; returns the certificate that the client was shown. */
    private static X509Certificate shown(ServerTls tls, Certified trusted, String... versions) throws SSLException {
        SSLEngine server = tls.engine();
        SSLEngine client = TlsPeer.engine(trusted.trusting(), versions);
        server.beginHandshake();
        client.beginHandshake();
        ByteBuffer toServer = ByteBuffer.allocate(64 * 1024).limit(0);
        ByteBuffer toClient = ByteBuffer.allocate(64 * 1024).limit(0);
        boolean moved = true;
        while (moved) {
            moved = step(client, toClient, toServer) | step(server, toServer, toClient);
        }
        return (X509Certificate) client.getSession().getPeerCertificates()[0];
    }

    private static boolean step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> engine.getDelegatedTask().run();
            case NEED_WRAP -> {
                out.compact();
                engine.wrap(ByteBuffer.allocate(0), out);
                out.flip();
            }
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                return engine.unwrap(in, ByteBuffer.allocate(32 * 1024)).bytesConsumed() > 0;
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static String wrong(TlsSettings settings, String... words) {
        String message = assertThrows(IllegalArgumentException.class, () -> ServerTls.open(settings).close()).getMessage();
        for (String word : words) {
            assertTrue(message.contains(word), message + " without " + word);
        }
        return message;
    }

    @Test
    void certificateAndKeyMayLieInOneFileOrInTwo() throws Exception {
        for (Certified each : List.of(EC, RSA)) {
            Path both = file(each.name() + "-both.pem", each.keyPem() + "a comment\n" + each.pem());
            Path chain = file(each.name() + ".pem", each.pem());
            Path key = file(each.name() + ".key", each.keyPem());
            for (TlsSettings settings : List.of(of(both), of(chain).withKey(key))) {
                try (ServerTls tls = ServerTls.open(settings)) {
                    assertEquals(each.certificate(), shown(tls, each));
                    assertEquals(each.certificate(), shown(tls, each, "TLSv1.2"));
                }
            }
        }
    }

    @Test
    void aKeystoreHoldsBoth() throws Exception {
        Path store = Files.write(directory.resolve("store.p12"), RSA.keystore());
        try (ServerTls tls = ServerTls.open(of(store).withPassword("secret"))) {
            assertEquals(RSA.certificate(), shown(tls, RSA));
        }
        wrong(of(store).withPassword("other"), "store.p12", "check tls.password");
        wrong(of(store), "store.p12", "set tls.password");
    }

    @Test
    void aKeyMayBeEncrypted() throws Exception {
        Path chain = file("ec.pem", EC.pem());
        Path key = file("ec.key", encrypted(EC, "secret"));
        try (ServerTls tls = ServerTls.open(of(chain).withKey(key).withPassword("secret"))) {
            assertEquals(EC.certificate(), shown(tls, EC));
        }
        wrong(of(chain).withKey(key), "tls.key=" + key, "set tls.password");
        String message = wrong(of(chain).withKey(key).withPassword("hunter2"), "tls.key=" + key, "tls.password");
        assertFalse(message.contains("hunter2"));
        assertFalse(of(chain).withPassword("hunter2").toString().contains("hunter2"));
    }

    private static String encrypted(Certified certified, String password) throws GeneralSecurityException, IOException {
        String algorithm = "PBEWithHmacSHA256AndAES_256";
        SecretKey secret = SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray()));
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(Cipher.ENCRYPT_MODE, secret);
        byte[] sealed = cipher.doFinal(certified.keys().getPrivate().getEncoded());
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("PBES2");
        parameters.init(cipher.getParameters().getEncoded());
        return Certified.text("ENCRYPTED PRIVATE KEY", new EncryptedPrivateKeyInfo(parameters, sealed).getEncoded());
    }

    @Test
    void everyFailureNamesTheFileAndTheNextStep() throws Exception {
        Path chain = file("chain.pem", EC.pem());
        Path missing = directory.resolve("missing");
        wrong(TlsSettings.NONE, "set tls.certificate");
        wrong(of(missing), "tls.certificate=" + missing, "does not exist");
        wrong(of(chain), "tls.certificate=" + chain, "set tls.key");
        wrong(of(chain).withKey(missing), "tls.key=" + missing, "does not exist");
        wrong(of(chain).withKey(directory), "tls.key=" + directory, "name a file");
        wrong(of(chain).withKey(chain), "tls.key=" + chain, "BEGIN PRIVATE KEY");
        wrong(of(chain).withKey(file("other.key", RSA.keyPem())), "is not the key of the certificate of CN=ec");
        wrong(of(chain).withKey(file("twin.key", Certified.of("twin").keyPem())), "is not the key of the certificate of CN=ec");
        wrong(of(chain).withKey(file("old.key", Certified.text("EC PRIVATE KEY", new byte[9]))), "openssl pkcs8 -topk8");
        wrong(of(file("empty.pem", "")), "empty.pem", "BEGIN CERTIFICATE");
        wrong(of(file("bad.pem", Certified.text("CERTIFICATE", new byte[] {1, 2, 3}))), "bad.pem", "can't be read");
        wrong(of(file("torn.pem", "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n")), "torn.pem", "Base64");
        Path key = file("chain.key", EC.keyPem());
        wrong(of(chain).withKey(key).withTrust(chain), "set tls.client");
        wrong(of(chain).withKey(key).withClient(ClientCertificate.NEEDED).withTrust(key), "tls.trust=" + key, "no certificate");
        wrong(of(Files.createDirectory(directory.resolve("none"))), "without a .pem file");
    }

    /** The log is told once, and the old pair stays. */
    @Test
    void filesThatCanNotBeUsedChangeNothing() throws Exception {
        Path both = file("site.pem", EC.pem() + EC.keyPem());
        List<String> told = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                told.add(record.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("io.gatehouse.tls");
        logger.addHandler(handler);
        try (ServerTls tls = ServerTls.open(of(both))) {
            tls.look();
            assertEquals(List.of(), told);
            Files.writeString(both, EC.pem());
            tls.look();
            tls.look();
            assertEquals(1, told.size(), "" + told);
            assertTrue(told.get(0).contains("site.pem") && told.get(0).contains("the old ones stay"), told.get(0));
            assertEquals(EC.certificate(), shown(tls, EC));
            Files.writeString(both, RSA.pem() + RSA.keyPem());
            Files.setLastModifiedTime(both, FileTime.fromMillis(1));
            tls.look();
            assertEquals(RSA.certificate(), shown(tls, RSA));
        } finally {
            logger.removeHandler(handler);
        }
    }
}
