/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import io.gatehouse.claim.ClaimFailure.Code;
import io.gatehouse.route.Category;
import io.gatehouse.route.Prefix;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may claim what (HTTP.sys' URL reservations). Immutable.
 *
 * <p>A reservation covers every prefix below its own: a longer path, a host where it says {@code +}, a scheme or port where it
 * names none. Of several the one with the longest path decides, then the one that names the host, then the closer in scheme and
 * port. A reservation for {@code *} does not cover a host's name: whoever is let in to what is left over must not take from
 * somebody's host. A claim that leaves out the host, scheme or port that a reservation names would come before it by its longer
 * path, so whoever claims it must be let in by that reservation too.
 */
final class Reservations {

    private final Map<Prefix, List<Grant>> all;
    private final String owner;

    /**
     * Of one gatehouse.
     *
     * @param owner its own user, the only one who may claim what is not reserved
     */
    Reservations(Map<Prefix, List<Grant>> all, String owner) {
        this.all = Map.copyOf(all);
        this.owner = owner;
    }

    /** Who may claim exactly this prefix, as it was written; null if it is not reserved by itself. */
    @Nullable List<Grant> at(Prefix prefix) {
        return all.get(prefix);
    }

    /** The reservation that decides on a claim; null if there is none. */
    @Nullable Prefix deciding(Prefix claim) {
        return all.keySet().stream()
                .filter(reservation -> covers(reservation, claim))
                .max(Comparator.comparingInt((Prefix p) -> p.path().length())
                        .thenComparing(p -> p.category() != Category.STRONG)
                        .thenComparingInt(Prefix::closeness))
                .orElse(null);
    }

    /**
     * Lets a claim pass.
     *
     * @throws ClaimFailure that says who may, and which line would let this user
     */
    void check(Prefix claim, PeerUser peer, Groups groups) throws ClaimFailure {
        Prefix reservation = deciding(claim);
        if (reservation == null) {
            if (!peer.user().equals(owner)) {
                throw new ClaimFailure(Code.FORBIDDEN, "user " + peer.user() + " may not claim " + claim
                        + ": nothing reserves it, so only the gatehouse's own user " + owner + " may; have its configuration say reservation."
                        + claim + "=user:" + peer.user());
            }
            return;
        }
        Supplier<Set<String>> others = new Supplier<>() {
            private @Nullable Set<String> known;

            @Override
            public Set<String> get() {
                Set<String> found = known;
                if (found == null) {
                    found = groups.of(peer.user());
                    known = found;
                }
                return found;
            }
        };
        admit(reservation, claim, peer, others);
        for (Prefix other : all.keySet()) {
            if (!other.equals(reservation) && takesFrom(claim, other, reservation)) {
                admit(other, claim, peer, others);
            }
        }
    }

    private void admit(Prefix reservation, Prefix claim, PeerUser peer, Supplier<Set<String>> others) throws ClaimFailure {
        for (Grant grant : Objects.requireNonNull(all.get(reservation))) {
            if (grant.holds(peer.user(), peer.group(), others)) {
                return;
            }
        }
        throw new ClaimFailure(Code.FORBIDDEN, "user " + peer.user() + " may not claim " + claim + ": "
                + (covers(reservation, claim) ? "it is reserved by " : "it would take requests that are reserved by ")
                + reservation + " for others; have the gatehouse's configuration add user:" + peer.user() + " to reservation." + reservation);
    }

    /**
     * Whether a claim would get requests that belong to a reservation which is more particular than the one that decides, and does not
     * cover the claim. Among equal hosts it would by its longer path, or where the paths are equal by its scheme and port. Every host
     * comes before a single one: who has every host has each, unless somebody's reservation has a longer path.
     */
    private static boolean takesFrom(Prefix claim, Prefix reservation, Prefix deciding) {
        int longer = reservation.path().length() - deciding.path().length();
        boolean closer = longer == 0 && reservation.closeness() > deciding.closeness();
        boolean meets = claim.path().startsWith(reservation.path())
                && (reservation.scheme() == null || claim.scheme() == null || reservation.scheme().equals(claim.scheme()))
                && (reservation.port() < 0 || claim.port() < 0 || reservation.port() == claim.port());
        if (!meets || longer <= 0 && !closer || covers(reservation, claim)) {
            return false;
        }
        if (reservation.category() != claim.category()) {
            return claim.category() == Category.STRONG && longer > 0;
        }
        return reservation.host().equals(claim.host())
                && (claim.path().length() > reservation.path().length() || claim.closeness() > reservation.closeness());
    }

    /** Whether all that a claim could match lies in what is reserved. */
    static boolean covers(Prefix reservation, Prefix claim) {
        return claim.path().startsWith(reservation.path())
                && (reservation.category() == Category.STRONG || reservation.host().equals(claim.host()))
                && (reservation.scheme() == null || reservation.scheme().equals(claim.scheme()))
                && (reservation.port() < 0 || reservation.port() == claim.port());
    }
}
