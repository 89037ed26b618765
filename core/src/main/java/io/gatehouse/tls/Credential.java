/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * A certificate, those that lead to its authority, and its key, which fit together.
 *
 * @param key the private key
 * @param chain the certificate first
 * @param names of servers that the certificate is for, in lower case, {@code *.example.com} among them
 */
record Credential(PrivateKey key, List<X509Certificate> chain, Set<String> names) {

    private static final int DNS = 2;

    /**
     * Puts the two together.
     *
     * @param where the setting and the file, for messages
     */
    static Credential of(PrivateKey key, List<X509Certificate> chain, String where) throws InvalidTlsException {
        X509Certificate first = chain.get(0);
        if (!fits(key, first.getPublicKey())) {
            throw new InvalidTlsException(where + " is not the key of the certificate of " + first.getSubjectX500Principal().getName()
                    + ": name the key that the certificate was made for, or put the server's certificate before its authorities'", null);
        }
        return new Credential(key, List.copyOf(chain), names(first));
    }

    /** The certificate. */
    X509Certificate certificate() {
        return chain.get(0);
    }

    /** Whether the certificate is for a server of that name, in lower case (RFC 9525 section 6.3). */
    boolean isFor(String name) {
        int dot = name.indexOf('.');
        return names.contains(name) || dot > 0 && names.contains("*" + name.substring(dot));
    }

    private static boolean fits(PrivateKey key, PublicKey certified) {
        String algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> "";
        };
        if (algorithm.isEmpty()) {
            return key.getAlgorithm().equals(certified.getAlgorithm());
        }
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(new byte[] {1});
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(new byte[] {1});
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // of another kind, or another curve
        }
    }

    private static Set<String> names(X509Certificate certificate) {
        Set<String> names = new TreeSet<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            if (all != null) {
                for (List<?> name : all) {
                    if (name.get(0) instanceof Integer kind && kind == DNS) {
                        names.add(String.valueOf(name.get(1)).toLowerCase(Locale.ROOT));
                    }
                }
            }
        } catch (CertificateParsingException e) {
            return Set.of(); // it is still shown to whoever asks for no other
        }
        return names;
    }
}
