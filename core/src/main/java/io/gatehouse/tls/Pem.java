/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/** A file of certificates and keys in text (RFC 7468), read by the JDK's own means. Every failure names the file. */
final class Pem {

    private record Block(String label, String text) {
        byte[] content() {
            return Base64.getMimeDecoder().decode(text);
        }
    }

    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "RSASSA-PSS");
    private static final String PBES2 = "1.2.840.113549.1.5.13";

    private final Path file;
    private final String setting;
    private final List<Block> blocks = new ArrayList<>();

    private Pem(Path file, String setting, String text) throws InvalidTlsException {
        this.file = file;
        this.setting = setting;
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            try {
                Block block = new Block(matcher.group(1), matcher.group(2));
                if (block.content().length > 0) {
                    blocks.add(block);
                }
            } catch (IllegalArgumentException e) {
                throw wrong("has a " + matcher.group(1) + " that is not in Base64: copy the file again", e);
            }
        }
    }

    /** Reads a file that a setting names. */
    static Pem read(Path file, String setting) throws InvalidTlsException {
        return new Pem(file, setting, new String(bytes(file, setting), StandardCharsets.ISO_8859_1));
    }

    /** The bytes of a file that a setting names. */
    static byte[] bytes(Path file, String setting) throws InvalidTlsException {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            String why = !Files.exists(file) ? "does not exist: name one that does"
                    : Files.isDirectory(file) ? "is a directory: name a file"
                            : !Files.isReadable(file) ? "may not be read by this user: change its owner or its mode"
                                    : "can't be read: " + e.getMessage();
            throw new InvalidTlsException(setting + "=" + file + " " + why, e);
        }
    }

    /** Whether there is a key in it, of whatever kind. */
    boolean hasKey() {
        return blocks.stream().anyMatch(block -> block.label.endsWith("PRIVATE KEY"));
    }

    /** All certificates, in their order; at least one. */
    List<X509Certificate> certificates() throws InvalidTlsException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks) {
            if (block.label.equals("CERTIFICATE")) {
                try {
                    certificates.add((X509Certificate) CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(block.content())));
                } catch (CertificateException e) {
                    throw wrong("has a certificate that can't be read (" + e.getMessage() + "): copy the file again", e);
                }
            }
        }
        if (certificates.isEmpty()) {
            throw wrong("holds no certificate: name a file with -----BEGIN CERTIFICATE----- in it", null);
        }
        return certificates;
    }

    /** The one private key. */
    PrivateKey key(@Nullable String password) throws InvalidTlsException {
        for (Block block : blocks) {
            if (block.label.equals("PRIVATE KEY")) {
                return key(new PKCS8EncodedKeySpec(block.content()));
            }
            if (block.label.equals("ENCRYPTED PRIVATE KEY")) {
                return key(decrypted(block, password));
            }
            if (block.label.endsWith("PRIVATE KEY")) {
                throw wrong("holds a key in the old form " + block.label + ": turn it into PKCS#8 with openssl pkcs8 -topk8 "
                        + "-nodes -in " + file + " -out key.pem, and name that file", null);
            }
        }
        throw wrong("holds no private key: name a file with -----BEGIN PRIVATE KEY----- in it", null);
    }

    private PKCS8EncodedKeySpec decrypted(Block block, @Nullable String password) throws InvalidTlsException {
        if (password == null) {
            throw wrong("is encrypted: set tls.password", null);
        }
        try {
            EncryptedPrivateKeyInfo sealed = new EncryptedPrivateKeyInfo(block.content());
            String algorithm = sealed.getAlgName();
            if (algorithm.equals("PBES2") || algorithm.equals(PBES2)) {
                algorithm = sealed.getAlgParameters().toString(); // names the hash and the cipher
            }
            Cipher cipher = Cipher.getInstance(algorithm); // by its own name: Java 17 knows no cipher called PBES2
            cipher.init(Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray())),
                    sealed.getAlgParameters());
            return sealed.getKeySpec(cipher);
        } catch (GeneralSecurityException | IOException e) {
            throw wrong("can't be decrypted: set tls.password to the password of this key", e);
        }
    }

    private PrivateKey key(PKCS8EncodedKeySpec encoded) throws InvalidTlsException {
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException e) {
                // it is of another kind
            } catch (GeneralSecurityException e) {
                throw wrong("can't be read: this JDK knows no " + algorithm, e);
            }
        }
        throw wrong("holds a private key that is neither RSA nor EC: use one of these", null);
    }

    private InvalidTlsException wrong(String why, @Nullable Throwable cause) {
        return new InvalidTlsException(setting + "=" + file + " " + why, cause);
    }
}
