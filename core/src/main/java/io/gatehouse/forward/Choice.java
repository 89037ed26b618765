/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link Balance} at work, with what it remembers from one choice to the next. On the loop's thread. */
interface Choice {

    /**
     * One of the candidates.
     *
     * @param candidates in service and with room, two or more
     * @param key of the request, if the balance is by one
     */
    Target of(List<Target> candidates, @Nullable String key, long now);

    /** The rule at work. */
    static Choice by(Balance balance) {
        if (balance instanceof Balance.ConsistentHash hash) {
            return new Rendezvous(hash.bound());
        }
        return balance instanceof Balance.RoundRobin ? new Turns() : new FewestRequests();
    }

    /** The fewest requests for each unit of weight; the search begins one farther each time, so that equals take turns. */
    final class FewestRequests implements Choice {
        private int turn;

        @Override
        public Target of(List<Target> candidates, @Nullable String key, long now) {
            int count = candidates.size();
            turn = turn + 1 >= count ? 0 : turn + 1;
            Target best = candidates.get(turn);
            double least = load(best, now);
            for (int i = 1; i < count; i++) {
                Target candidate = candidates.get((turn + i) % count);
                double load = load(candidate, now);
                if (load < least) {
                    least = load;
                    best = candidate;
                }
            }
            return best;
        }

        /** With the request that it would get: so the heavier of two idle ones comes first. */
        private static double load(Target target, long now) {
            return (target.outstanding() + 1) / target.health().weight(now);
        }
    }

    /** Each gains its weight in every round, and the one that has most is taken and pays the weights of all. */
    final class Turns implements Choice {
        @Override
        public Target of(List<Target> candidates, @Nullable String key, long now) {
            double total = 0;
            Target best = candidates.get(0);
            for (Target candidate : candidates) {
                double weight = candidate.health().weight(now);
                total += weight;
                candidate.credit(weight);
                if (candidate.credit() > best.credit()) {
                    best = candidate;
                }
            }
            best.credit(-total);
            return best;
        }
    }

    /**
     * The highest score of key and target together wins, so that the others' scores, and all keys that they have won, stay as they are
     * when one comes or goes. One that has more than its share already is passed over.
     */
    final class Rendezvous implements Choice {
        private final double bound;
        private final Choice keyless = new FewestRequests();

        Rendezvous(double bound) {
            this.bound = bound;
        }

        @Override
        public Target of(List<Target> candidates, @Nullable String key, long now) {
            if (key == null) {
                return keyless.of(candidates, null, now);
            }
            long requests = 1;
            double weights = 0;
            for (Target candidate : candidates) {
                requests += candidate.outstanding();
                weights += candidate.health().weight(now);
            }
            long hash = hash(key);
            Target best = candidates.get(0);
            double highest = -1;
            for (Target candidate : candidates) {
                double weight = candidate.health().weight(now);
                double score = weight / -Math.log(fraction(mix(hash ^ candidate.seed())));
                if (score > highest && candidate.outstanding() < Math.ceil(bound * requests * weight / weights)) {
                    highest = score;
                    best = candidate;
                }
            }
            return best;
        }

        /** A text's hash, the same in every process. */
        static long hash(String text) {
            long hash = 0xcbf29ce484222325L;
            for (int i = 0; i < text.length(); i++) {
                hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
            }
            return mix(hash);
        }

        private static long mix(long value) {
            long mixed = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
            mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
            return mixed ^ mixed >>> 31;
        }

        /** More than 0 and less than 1. */
        private static double fraction(long bits) {
            return ((bits >>> 11) + 0.5) * 0x1.0p-53;
        }
    }
}
