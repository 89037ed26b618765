/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of a server, which can be exchanged while handshakes run. An alias means the same pair for as long as a
 * handshake that has chosen it can take: what was exchanged stays known until the next exchange. Any thread.
 */
final class CurrentKeys extends X509ExtendedKeyManager {

    /** The first of the list is for who asks for no other. */
    private record Generation(List<String> aliases, Map<String, Credential> byAlias, Map<String, Credential> before) {}

    private static final int ANYONE = 0;
    private static final int WILDCARD = 1;
    private static final int EXACT = 2;

    private volatile Generation now = new Generation(List.of(), Map.of(), Map.of());
    private int number;

    /** Exchanges them. One thread at a time. */
    void exchange(List<Credential> credentials) {
        number++;
        Map<String, Credential> byAlias = new HashMap<>();
        List<String> aliases = new ArrayList<>();
        for (Credential each : credentials) {
            String alias = number + "." + aliases.size();
            aliases.add(alias);
            byAlias.put(alias, each);
        }
        now = new Generation(List.copyOf(aliases), Map.copyOf(byAlias), now.byAlias);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        return choose(keyType, engine.getHandshakeSession() instanceof ExtendedSSLSession session ? name(session) : null);
    }

    /**
     * Whose certificate it shall be is decided among the keys of all types: a client is asked by one type after the other, and must not
     * get another site's certificate because that has the type that it likes best.
     */
    @Nullable String choose(String keyType, @Nullable String name) {
        Generation current = now;
        int best = current.aliases.stream().mapToInt(alias -> fit(current, alias, name)).max().orElse(0);
        for (String alias : current.aliases) {
            if (fit(current, alias, name) < best) {
                continue;
            }
            String type = Objects.requireNonNull(current.byAlias.get(alias)).key().getAlgorithm();
            if (type.equals(keyType)) {
                return alias;
            }
            if (best == ANYONE) {
                return null; // the first is for everyone else, whatever its type
            }
        }
        return null;
    }

    private static int fit(Generation generation, String alias, @Nullable String name) {
        Credential each = Objects.requireNonNull(generation.byAlias.get(alias));
        return name == null || !each.isFor(name) ? ANYONE : each.names().contains(name) ? EXACT : WILDCARD;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Credential found = credential(now, alias);
        return found == null ? null : found.chain().toArray(new X509Certificate[0]);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Credential found = credential(now, alias);
        return found == null ? null : found.key();
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return now.aliases.toArray(new String[0]);
    }

    /** Transports use engines, never sockets. */
    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyType, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }

    private static @Nullable Credential credential(Generation generation, String alias) {
        Credential found = generation.byAlias.get(alias);
        return found == null ? generation.before.get(alias) : found;
    }

    /** The name of the server that the client asks for (RFC 6066 section 3). */
    private static @Nullable String name(ExtendedSSLSession session) {
        for (SNIServerName each : session.getRequestedServerNames()) {
            if (each instanceof SNIHostName host) {
                return host.getAsciiName().toLowerCase(Locale.ROOT);
            }
        }
        return null;
    }
}
