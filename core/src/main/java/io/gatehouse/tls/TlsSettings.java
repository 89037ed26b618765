/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What endpoints that speak TLS show and ask for, with the names in the configuration ({@code tls.certificate=site.pem}). The
 * files are read by {@link ServerTls#open}, which checks them.
 *
 * @param certificate a PEM file with the certificate and those that lead to its authority, a PKCS12 keystore, or a directory of
 *     PEM files with certificates and keys, of which the one is shown whose certificate names the server that a client asks
 *     for; null if there is none
 * @param key a PEM file with the private key in PKCS#8, RSA or EC; null if it is in the file of the certificate
 * @param password of the keystore, or of an encrypted key; null for none
 * @param client whether clients are asked for a certificate
 * @param trust a PEM file of the authorities whose client certificates are trusted; null for those of the JDK
 */
public record TlsSettings(
        @Nullable Path certificate, @Nullable Path key, @Nullable String password, ClientCertificate client, @Nullable Path trust) {

    /** No certificate: TLS can't be spoken. */
    public static final TlsSettings NONE = new TlsSettings(null, null, null, ClientCertificate.NONE, null);

    /** The same with another certificate. */
    public TlsSettings withCertificate(Path value) {
        return new TlsSettings(value, key, password, client, trust);
    }

    /** The same with another private key. */
    public TlsSettings withKey(Path value) {
        return new TlsSettings(certificate, value, password, client, trust);
    }

    /** The same with another password. */
    public TlsSettings withPassword(String value) {
        return new TlsSettings(certificate, key, value, client, trust);
    }

    /** The same with another demand on clients. */
    public TlsSettings withClient(ClientCertificate value) {
        return new TlsSettings(certificate, key, password, value, trust);
    }

    /** The same with other authorities for clients. */
    public TlsSettings withTrust(Path value) {
        return new TlsSettings(certificate, key, password, client, value);
    }

    /** All but the password. */
    @Override
    public String toString() {
        return "TlsSettings[certificate=" + certificate + ", key=" + key + ", password=" + (password == null ? "none" : "hidden")
                + ", client=" + client + ", trust=" + trust + ']';
    }
}
