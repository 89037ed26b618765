/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import io.gatehouse.tls.Certified;
import io.gatehouse.tls.TlsSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A transport whose endpoint speaks TLS, and clients that speak it too: the contract must not see a difference. */
public interface OverTls extends TransportUnderTest {

    /** The server's certificate and key, in one file for all tests of the process. */
    final class Shown {
        static final Certified CERTIFIED = Certified.of("localhost");
        static final Path FILE = file();

        private Shown() {}

        private static Path file() {
            try {
                Path file = Files.createTempFile("gatehouse", ".pem");
                file.toFile().deleteOnExit();
                return Files.writeString(file, CERTIFIED.pem() + CERTIFIED.keyPem());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    default List<Endpoint> endpoints() {
        return List.of(new Endpoint.Tcp("https", "localhost", 0));
    }

    @Override
    default TlsSettings tls() {
        return TlsSettings.NONE.withCertificate(Shown.FILE);
    }

    @Override
    default Peer connect(Endpoint bound) throws IOException {
        return TlsPeer.over(SocketPeer.connect(bound), TlsPeer.engine(Shown.CERTIFIED.trusting()));
    }
}
