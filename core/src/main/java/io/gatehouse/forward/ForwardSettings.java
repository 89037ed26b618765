/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.Request;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ForwardBuilder} has gathered.
 *
 * @param passive null for the default, which spares a target that stands alone
 * @param patience how long a request is held while no target is in service; zero for not at all
 * @param heldMost how many are held
 * @param whenWanted run when the first one is held
 * @param confirmBodies whether a body is sent only when the target has asked for it
 * @param peer who must listen on Unix-domain sockets; null for whoever
 * @param tls what TLS trusts; null for what the JDK does
 * @param names who knows the addresses of targets
 */
record ForwardSettings(
        OutwardRules rules,
        UpgradeRules upgrades,
        HomewardRules homeward,
        boolean foreignCodings,
        ForwardLimits limits,
        ForwardTimeouts timeouts,
        Balance balance,
        @Nullable PassiveHealth passive,
        @Nullable ActiveHealth active,
        Duration patience,
        int heldMost,
        @Nullable Runnable whenWanted,
        boolean confirmBodies,
        @Nullable String peer,
        @Nullable SSLContext tls,
        NameLookup.Source names) {

    /** What the client gets of the fields of a target's answer. */
    Fields homeward(ResponseHead head, Request request, Origin origin) {
        return homeward.fields(head, request, origin, rules.authority(request.head(), origin));
    }

    /** What TLS trusts, and shows of itself. */
    SSLContext tlsContext() {
        try {
            return tls == null ? SSLContext.getDefault() : tls;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JDK's own TLS settings can't be used: give the forward an SSLContext", e);
        }
    }
}
