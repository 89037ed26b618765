/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A certificate with its key, made for a test without a process or a file: the DER of RFC 5280 written by hand, as far as a
 * handshake needs it.
 */
public record Certified(KeyPair keys, X509Certificate certificate, String name) {

    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int BITS = 0x03;
    private static final int OCTETS = 0x04;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final AtomicLong SERIAL = new AtomicLong(System.nanoTime());
    private static final char[] SECRET = "secret".toCharArray();

    /** An authority. */
    public static Certified authority(String name) {
        return make("EC", name, null, true);
    }

    /** A self-signed one with an EC key for some server names. */
    public static Certified of(String name, String... hosts) {
        return make("EC", name, null, false, hosts);
    }

    /** The same with an RSA key. */
    public static Certified rsa(String name, String... hosts) {
        return make("RSA", name, null, false, hosts);
    }

    /** One that this authority has signed. */
    public Certified issue(String other, String... hosts) {
        return make("EC", other, this, false, hosts);
    }

    /** The certificate as text. */
    public String pem() {
        try {
            return text("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** The key as text. */
    public String keyPem() {
        return text("PRIVATE KEY", keys.getPrivate().getEncoded());
    }

    /** Certificate and key as a keystore with the password {@code secret}. */
    public byte[] keystore() {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            store().store(out, SECRET);
            return out.toByteArray();
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A client that trusts this certificate, or this authority, and shows nothing. */
    public SSLContext trusting() {
        return client(null);
    }

    /** A client that trusts this certificate, or this authority, and shows another. */
    public SSLContext client(@Nullable Certified shown) {
        try {
            KeyStore trusted = empty();
            trusted.setCertificateEntry("a", certificate);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            KeyManager[] own = null;
            if (shown != null) {
                KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(shown.store(), SECRET);
                own = factory.getKeyManagers();
            }
            TrustManager[] managers = trust.getTrustManagers();
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own, managers, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    static String text(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + label + "-----\n";
    }

    private KeyStore store() throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        store.setKeyEntry("a", keys.getPrivate(), SECRET, new X509Certificate[] {certificate});
        return store;
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Certified make(
            String algorithm, String name, @Nullable Certified issuer, boolean authority, String... hosts) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("EC")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            } else {
                generator.initialize(2048);
            }
            KeyPair keys = generator.generateKeyPair();
            KeyPair signer = issuer == null ? keys : issuer.keys;
            boolean ec = signer.getPrivate().getAlgorithm().equals("EC");
            byte[] signing = ec ? sequence(oid("1.2.840.10045.4.3.2")) : sequence(oid("1.2.840.113549.1.1.11"), der(0x05));
            Instant now = Instant.now();
            byte[] body = sequence(
                    der(0xA0, der(0x02, new byte[] {2})),
                    der(0x02, BigInteger.valueOf(SERIAL.incrementAndGet()).toByteArray()),
                    signing,
                    distinguished(issuer == null ? name : issuer.name),
                    sequence(time(now.minusSeconds(3600)), time(now.plusSeconds(86_400))),
                    distinguished(name),
                    keys.getPublic().getEncoded(),
                    der(0xA3, sequence(authority ? constraint() : names(hosts))));
            Signature signature = Signature.getInstance(ec ? "SHA256withECDSA" : "SHA256withRSA");
            signature.initSign(signer.getPrivate());
            signature.update(body);
            byte[] whole = sequence(body, signing, der(BITS, new byte[] {0}, signature.sign()));
            X509Certificate certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
            return new Certified(keys, certificate, name);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] distinguished(String name) {
        return sequence(der(SET, sequence(oid("2.5.4.3"), der(0x0C, name.getBytes(StandardCharsets.UTF_8)))));
    }

    private static byte[] time(Instant instant) {
        return der(0x18, TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    /** That it is an authority. */
    private static byte[] constraint() {
        return sequence(oid("2.5.29.19"), der(0x01, new byte[] {-1}), der(OCTETS, sequence(der(0x01, new byte[] {-1}))));
    }

    private static byte[] names(String... hosts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String host : hosts.length == 0 ? new String[] {"localhost"} : hosts) {
            all.writeBytes(der(0x82, host.getBytes(StandardCharsets.US_ASCII)));
        }
        return sequence(oid("2.5.29.17"), der(OCTETS, sequence(all.toByteArray())));
    }

    private static byte[] oid(String dotted) {
        String[] parts = dotted.split("\\.");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(Integer.parseInt(parts[0]) * 40 + Integer.parseInt(parts[1]));
        for (int i = 2; i < parts.length; i++) {
            int value = Integer.parseInt(parts[i]);
            for (int shift = 28; shift > 0; shift -= 7) {
                if (value >> shift != 0) {
                    out.write(value >> shift & 0x7F | 0x80);
                }
            }
            out.write(value & 0x7F);
        }
        return der(0x06, out.toByteArray());
    }

    private static byte[] sequence(byte[]... parts) {
        return der(SEQUENCE, parts);
    }

    /** Tag, length, content (X.690 section 8.1). */
    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        int size = content.size();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (size >= 128) {
            byte[] length = BigInteger.valueOf(size).toByteArray();
            int from = length[0] == 0 ? 1 : 0;
            out.write(0x80 | length.length - from);
            out.write(length, from, length.length - from);
        } else {
            out.write(size);
        }
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }
}
