/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import io.gatehouse.route.Prefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a process claims at the gatehouses that it listens at.
 *
 * @param claims the prefixes, {@code tenant.claims}; empty for those of its routes
 * @param priority {@code tenant.priority}: of several claimants of one prefix those with the highest serve
 * @param group who may connect to the socket besides this user, {@code tenant.group}; null for nobody, which does for a
 *     gatehouse that runs as root or as the same user
 */
public record TenantSettings(List<Prefix> claims, int priority, @Nullable String group) {

    /** The prefixes of the routes, with priority 0. */
    public static final TenantSettings DEFAULTS = new TenantSettings(List.of(), 0, null);

    /** Takes a copy, and checks. */
    public TenantSettings {
        claims = List.copyOf(claims);
        if (priority < -ClaimTable.MAX_PRIORITY || priority > ClaimTable.MAX_PRIORITY) {
            throw new IllegalArgumentException("tenant.priority=" + priority + ": set it to -1000 up to 1000");
        }
    }

    /** The same with other prefixes. */
    public TenantSettings withClaims(List<Prefix> value) {
        return new TenantSettings(value, priority, group);
    }

    /** The same with another priority. */
    public TenantSettings withPriority(int value) {
        return new TenantSettings(claims, value, group);
    }

    /** The same with another group. */
    public TenantSettings withGroup(@Nullable String value) {
        return new TenantSettings(claims, priority, value);
    }
}
