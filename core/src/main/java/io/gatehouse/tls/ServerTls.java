/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.tls;

import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of TLS (RFC 8446, RFC 5246) for all connections of one transport: versions 1.3 and 1.2, in the server's order
 * of cipher suites.
 *
 * <pre>
 *   open ──► READ ──watch──► WATCHED ──files have changed, and are whole──► the next handshake shows what they hold
 *                               └──close──► CLOSED
 * </pre>
 *
 * <p>A renewed certificate reaches the connections that are made from then on. Files that can't be used any more change nothing:
 * the log says why, once. Any thread may call any method.
 */
public final class ServerTls implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.tls");
    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};
    private static final long LOOK_MILLIS = 1_000;

    private final TlsSettings settings;
    private final KeyFiles files;
    private final CurrentKeys keys = new CurrentKeys();
    private volatile SSLContext context;
    private String stamp;
    private @Nullable ScheduledThreadPoolExecutor timer;

    private ServerTls(TlsSettings settings, KeyFiles files) throws InvalidTlsException {
        this.settings = settings;
        this.files = files;
        this.stamp = files.stamp();
        show(files.credentials());
        this.context = made(keys, files.trust());
    }

    private static SSLContext made(CurrentKeys keys, @Nullable X509ExtendedTrustManager authorities) throws InvalidTlsException {
        try {
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(new KeyManager[] {keys}, authorities == null ? null : new TrustManager[] {authorities}, null);
            return made;
        } catch (GeneralSecurityException e) {
            throw new InvalidTlsException("this JDK has no TLS: " + e.getMessage(), e);
        }
    }

    /**
     * Reads the files.
     *
     * @throws IllegalArgumentException if no certificate is set, or a file can't be used; the message says what to do
     */
    public static ServerTls open(TlsSettings settings) {
        Path certificate = settings.certificate();
        if (certificate == null) {
            throw new IllegalArgumentException("TLS needs a certificate: set tls.certificate to a PEM file or a PKCS12 keystore, "
                    + "and tls.key to the PEM file of its private key");
        }
        if (settings.trust() != null && settings.client() == ClientCertificate.NONE) {
            throw new IllegalArgumentException("tls.trust=" + settings.trust()
                    + " is for certificates of clients, which are not asked for: set tls.client to wanted or needed too");
        }
        try {
            return new ServerTls(settings, new KeyFiles(settings, certificate));
        } catch (InvalidTlsException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** A context with the certificates; engines of it have to be set up by {@link #configure}. */
    public SSLContext context() {
        return context;
    }

    /** What is asked of clients. */
    public ClientCertificate client() {
        return settings.client();
    }

    /** The versions that are spoken. */
    public static String[] versions() {
        return VERSIONS.clone();
    }

    /** The server's engine for a new connection. */
    public SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine();
        configure(engine);
        return engine;
    }

    /** Makes an engine the server's: versions, order, and what is asked of the client. */
    public void configure(SSLEngine engine) {
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(versions());
        parameters.setUseCipherSuitesOrder(true);
        if (settings.client() == ClientCertificate.NEEDED) {
            parameters.setNeedClientAuth(true);
        } else if (settings.client() == ClientCertificate.WANTED) {
            parameters.setWantClientAuth(true);
        }
        engine.setSSLParameters(parameters);
    }

    /** Begins to look at the files, on a thread of its own. */
    public synchronized void watch() {
        if (timer != null) {
            return;
        }
        ScheduledThreadPoolExecutor started = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "gatehouse-tls");
            thread.setDaemon(true);
            return thread;
        });
        ScheduledFuture<?> unused = started.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        timer = started;
    }

    /** Looks whether the files have changed, and takes over what they hold. */
    synchronized void look() {
        try {
            String found = files.stamp();
            if (found.equals(stamp)) {
                return;
            }
            stamp = found; // also if they can't be used: the next change brings the next try, and the log is told once
            List<Credential> credentials = files.credentials();
            X509ExtendedTrustManager authorities = files.trust();
            show(credentials);
            if (authorities != null) {
                context = made(keys, authorities); // sessions of the old one can't be resumed: their clients are checked anew
            }
            LOG.log(Level.INFO, "tls.certificate=" + settings.certificate() + " has changed: new connections get the certificate of "
                    + credentials.get(0).certificate().getSubjectX500Principal().getName() + ", valid until "
                    + credentials.get(0).certificate().getNotAfter().toInstant());
        } catch (InvalidTlsException e) {
            LOG.log(Level.WARNING, "changed certificates can't be used, so the old ones stay: " + e.getMessage());
        } catch (RuntimeException e) { // the timer outlives it
            LOG.log(Level.WARNING, "changed certificates can't be used, so the old ones stay", e);
        }
    }

    /** Ends the watching. */
    @Override
    public synchronized void close() {
        ScheduledThreadPoolExecutor started = timer;
        if (started != null) {
            started.shutdownNow();
        }
    }

    private void show(List<Credential> credentials) {
        keys.exchange(credentials);
        for (Credential each : credentials) {
            X509Certificate certificate = each.certificate();
            try {
                certificate.checkValidity();
            } catch (CertificateExpiredException | CertificateNotYetValidException e) {
                LOG.log(Level.WARNING, "the certificate of " + certificate.getSubjectX500Principal().getName() + " is valid from "
                        + certificate.getNotBefore().toInstant() + " to " + certificate.getNotAfter().toInstant()
                        + ", and not now: renew tls.certificate=" + settings.certificate());
            }
        }
    }
}
