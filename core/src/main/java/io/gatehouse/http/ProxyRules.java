/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Whom to believe what is said of a request's client, and how much of it. Nobody, unless set: anyone can send these fields.
 *
 * @param trusted {@code proxy.trusted}: addresses of proxies that say the truth, and that set or extend the fields in every request
 * @param unix whether {@code unix:} is among them: peers on Unix-domain sockets, whom the file system let in
 * @param fields {@code proxy.fields}: where they say it
 * @param host {@code proxy.host}: whether the host and port that they tell take the place of those in the request
 */
public record ProxyRules(List<AddressRange> trusted, boolean unix, ProxyFields fields, boolean host) {

    /** Nobody is trusted: the default. */
    public static final ProxyRules NONE = new ProxyRules(List.of(), false, ProxyFields.X_FORWARDED, false);

    /** Takes a copy. */
    public ProxyRules {
        trusted = List.copyOf(trusted);
    }

    /**
     * These rules with other proxies.
     *
     * @param peers ranges as {@link AddressRange#parse} reads them, and {@code unix:}
     * @throws IllegalArgumentException if one is neither; the message shows what one looks like
     */
    public ProxyRules withTrusted(String... peers) {
        List<AddressRange> ranges = new ArrayList<>();
        boolean sockets = false;
        for (String peer : peers) {
            if (peer.equals("unix:")) {
                sockets = true;
                continue;
            }
            try {
                ranges.add(AddressRange.parse(peer));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "proxy.trusted=" + FieldSyntax.printable(peer) + ' ' + e.getMessage() + ", or unix: for Unix-domain peers", e);
            }
        }
        return new ProxyRules(ranges, sockets, fields, host);
    }

    /** These rules with other fields. */
    public ProxyRules withFields(ProxyFields value) {
        return new ProxyRules(trusted, unix, value, host);
    }

    /** These rules with the proxies' host believed or not. */
    public ProxyRules withHost(boolean value) {
        return new ProxyRules(trusted, unix, fields, value);
    }

    /** Whether nobody is trusted. */
    public boolean none() {
        return trusted.isEmpty() && !unix;
    }

    /** Whether who is at that end of a connection is trusted. */
    public boolean trusts(SocketAddress peer) {
        if (peer instanceof InetSocketAddress inet) {
            InetAddress address = inet.getAddress();
            for (int i = 0; i < trusted.size() && address != null; i++) {
                if (trusted.get(i).contains(address)) {
                    return true;
                }
            }
            return false;
        }
        return unix && peer instanceof UnixDomainSocketAddress;
    }
}
