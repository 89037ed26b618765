/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** The files that settings name: what is in them, and whether they have changed. Blocks for the disk. */
final class KeyFiles {

    private static final String SETTING = "tls.certificate";

    private final TlsSettings settings;
    private final Path certificate;

    KeyFiles(TlsSettings settings, Path certificate) {
        this.settings = settings;
        this.certificate = certificate;
    }

    /** All certificates with their keys; the first is for who asks for no other. */
    List<Credential> credentials() throws InvalidTlsException {
        if (!Files.isDirectory(certificate)) {
            return List.of(isText(Pem.bytes(certificate, SETTING)) ? fromPem(certificate) : fromKeystore());
        }
        List<Credential> all = new ArrayList<>();
        for (Path file : texts()) {
            all.add(fromPem(file));
        }
        if (all.isEmpty()) {
            throw new InvalidTlsException(SETTING + "=" + certificate
                    + " is a directory without a .pem file: put one there for each server name, with its certificate and its key", null);
        }
        return all;
    }

    /** Who decides about clients' certificates; null for the JDK's own. */
    @Nullable X509ExtendedTrustManager trust() throws InvalidTlsException {
        Path file = settings.trust();
        if (file == null) {
            return null;
        }
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (X509Certificate authority : Pem.read(file, "tls.trust").certificates()) {
                store.setCertificateEntry("authority-" + number++, authority);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager found) {
                    return found;
                }
            }
        } catch (GeneralSecurityException | IOException e) {
            throw new InvalidTlsException("tls.trust=" + file + " can't be used: " + e.getMessage(), e);
        }
        throw new InvalidTlsException("tls.trust=" + file + " can't be used: this JDK checks no X.509 certificates", null);
    }

    /** A value that differs once a file has been changed, replaced, added or removed. */
    String stamp() {
        StringBuilder all = new StringBuilder();
        stamp(certificate, all);
        if (Files.isDirectory(certificate)) {
            try {
                texts().forEach(file -> stamp(file, all));
            } catch (InvalidTlsException e) {
                all.append(e.getMessage());
            }
        }
        Path key = settings.key();
        Path trust = settings.trust();
        if (key != null) {
            stamp(key, all);
        }
        if (trust != null) {
            stamp(trust, all);
        }
        return all.toString();
    }

    private static void stamp(Path file, StringBuilder out) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            out.append(now.lastModifiedTime()).append(' ').append(now.size()).append(' ').append(now.fileKey()).append('\n');
        } catch (IOException e) {
            out.append("none\n");
        }
    }

    private List<Path> texts() throws InvalidTlsException {
        try (Stream<Path> files = Files.list(certificate)) {
            List<Path> texts = new ArrayList<>(files.filter(file -> file.toString().endsWith(".pem")).toList());
            Collections.sort(texts);
            return texts;
        } catch (IOException e) {
            throw new InvalidTlsException(SETTING + "=" + certificate + " can't be listed: " + e.getMessage(), e);
        }
    }

    private static boolean isText(byte[] bytes) {
        return bytes.length == 0 || bytes[0] != 0x30; // a keystore begins with an ASN.1 sequence
    }

    private Credential fromPem(Path file) throws InvalidTlsException {
        Pem pem = Pem.read(file, SETTING);
        List<X509Certificate> chain = pem.certificates();
        Path key = settings.key();
        if (key != null && !Files.isDirectory(certificate)) {
            return Credential.of(Pem.read(key, "tls.key").key(settings.password()), chain, "tls.key=" + key);
        }
        if (!pem.hasKey()) {
            throw new InvalidTlsException(Files.isDirectory(certificate)
                    ? SETTING + "=" + certificate + " has a file " + file.getFileName() + " without a private key: add the key to it"
                    : SETTING + "=" + file + " holds no private key: set tls.key to the PEM file that does", null);
        }
        return Credential.of(pem.key(settings.password()), chain, SETTING + "=" + file);
    }

    private Credential fromKeystore() throws InvalidTlsException {
        String where = SETTING + "=" + certificate;
        String password = settings.password();
        char[] secret = password == null ? new char[0] : password.toCharArray();
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(Pem.bytes(certificate, SETTING)), secret);
            for (String alias : Collections.list(store.aliases())) {
                Certificate[] chain = store.getCertificateChain(alias);
                if (store.isKeyEntry(alias) && chain != null && store.getKey(alias, secret) instanceof PrivateKey key) {
                    List<X509Certificate> certificates = new ArrayList<>();
                    for (Certificate each : chain) {
                        certificates.add((X509Certificate) each);
                    }
                    return Credential.of(key, certificates, where);
                }
            }
        } catch (GeneralSecurityException | IOException e) {
            throw new InvalidTlsException(where + " is no keystore that can be opened (" + e.getMessage() + "): "
                    + (password == null ? "set tls.password" : "check tls.password") + ", or name a PEM file", e);
        }
        throw new InvalidTlsException(where + " is a keystore without a private key: import one with its certificate", null);
    }
}
