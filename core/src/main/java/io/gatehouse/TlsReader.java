/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.SettingSources.Entry;
import io.gatehouse.tls.ClientCertificate;
import io.gatehouse.tls.TlsSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads what of the configuration is about TLS; the files themselves are read when a transport is made. */
final class TlsReader {

    private final SettingSources sources;

    TlsReader(SettingSources sources) {
        this.sources = sources;
    }

    /** What endpoints with https show and ask for, over what the program says. */
    TlsSettings tls(TlsSettings base) {
        Entry password = sources.get("tls.password");
        Entry client = sources.get("tls.client");
        return new TlsSettings(
                path("tls.certificate", base.certificate()),
                path("tls.key", base.key()),
                password == null ? base.password() : password.value(),
                client == null ? base.client() : ConfigurationReader.parsed(client, TlsReader::client),
                path("tls.trust", base.trust()));
    }

    private @Nullable Path path(String key, @Nullable Path fallback) {
        Entry entry = sources.get(key);
        return entry == null ? fallback : Path.of(entry.value());
    }

    private static ClientCertificate client(String text) {
        return switch (text) {
            case "none" -> ClientCertificate.NONE;
            case "wanted" -> ClientCertificate.WANTED;
            case "needed" -> ClientCertificate.NEEDED;
            default -> throw new IllegalArgumentException("says not what is asked of clients: write none, wanted or needed");
        };
    }
}
