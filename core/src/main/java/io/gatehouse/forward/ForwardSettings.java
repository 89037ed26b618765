/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.time.Duration;
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
 */
record ForwardSettings(
        OutwardRules rules,
        UpgradeRules upgrades,
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
        @Nullable String peer) {}
