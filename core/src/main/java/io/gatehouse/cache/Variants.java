/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Fields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The answers that lie under one key, told apart by the request fields that Vary names (RFC 9111 section 4.1), the newest
 * first. Immutable.
 */
final class Variants implements Held {

    /** How many one key may have; past that the oldest goes. */
    static final int MOST = 64;

    /** Nothing but a key, which may be marked. */
    static final Variants NONE = new Variants(List.of(), 0, 0);

    private static final Comparator<StoredAnswer> NEWEST =
            Comparator.comparingLong((StoredAnswer answer) -> answer.terms().date()).reversed();

    private final List<StoredAnswer> answers;
    private final long passUntil;
    private final int keyWeight;
    private final int weight;
    private final Set<String> tags;

    private Variants(List<StoredAnswer> answers, long passUntil, int keyWeight) {
        this.answers = answers;
        this.passUntil = passUntil;
        this.keyWeight = keyWeight;
        long sum = keyWeight;
        Set<String> all = Set.of();
        for (StoredAnswer answer : answers) {
            sum += answer.weight();
            if (all.isEmpty()) {
                all = answer.tags();
            } else if (!all.containsAll(answer.tags())) {
                all = new LinkedHashSet<>(all);
                all.addAll(answer.tags());
            }
        }
        this.weight = (int) Math.min(Integer.MAX_VALUE, sum);
        this.tags = all;
    }

    /** The answers, the newest first. */
    List<StoredAnswer> answers() {
        return answers;
    }

    /**
     * The newest answer that a request with these fields may get, or null. One that says what it varies by comes before one
     * that does not: that may be a default which lacks Vary by mistake (RFC 9111 section 4.1). Without garbage where no answer
     * varies.
     */
    @Nullable StoredAnswer select(Fields request) {
        StoredAnswer plain = null;
        for (int i = 0; i < answers.size(); i++) {
            StoredAnswer answer = answers.get(i);
            if (answer.vary() == VaryKey.NONE) {
                plain = answer; // the only one: another would have taken its place
            } else if (answer.vary().matches(request)) {
                return answer;
            }
        }
        return plain;
    }

    /** Whether requests for this key run side by side: its last answer was for one client only. */
    boolean passes(long nowMillis) {
        return nowMillis < passUntil;
    }

    /**
     * With an answer, in the place of those that the same requests select.
     *
     * @param known goes too; null if none does
     */
    Variants plus(StoredAnswer answer, @Nullable StoredAnswer known, Resource key) {
        List<StoredAnswer> kept = new ArrayList<>(answers.size() + 1);
        kept.add(answer);
        for (StoredAnswer old : answers) {
            if (old != known && !old.vary().equals(answer.vary())) {
                kept.add(old);
            }
        }
        kept.sort(NEWEST);
        List<StoredAnswer> few = kept.size() > MOST ? kept.subList(0, MOST) : kept;
        return new Variants(List.copyOf(few), 0, key.weight());
    }

    /** With an answer in the place of another; this if that is not there any more. */
    Variants replacing(StoredAnswer before, StoredAnswer after) {
        int at = answers.indexOf(before);
        if (at < 0) {
            return this;
        }
        List<StoredAnswer> all = new ArrayList<>(answers);
        all.set(at, after);
        return new Variants(List.copyOf(all), passUntil, keyWeight);
    }

    /** Marked: until then its requests run side by side. */
    Variants passing(long until, Resource key) {
        return new Variants(answers, until, key.weight());
    }

    /** Without the answers that are chosen; null if nothing is left, this if none was chosen. */
    @Nullable Variants without(Predicate<StoredAnswer> chosen) {
        List<StoredAnswer> kept = new ArrayList<>(answers.size());
        for (StoredAnswer answer : answers) {
            if (!chosen.test(answer)) {
                kept.add(answer);
            }
        }
        if (kept.size() == answers.size() && !answers.isEmpty()) {
            return this;
        }
        return kept.isEmpty() ? null : new Variants(List.copyOf(kept), passUntil, keyWeight);
    }

    /** With the answers that are chosen stale from now on. */
    Variants expiring(Predicate<StoredAnswer> chosen, long nowMillis) {
        List<StoredAnswer> all = new ArrayList<>(answers.size());
        for (StoredAnswer answer : answers) {
            all.add(chosen.test(answer) ? answer.expired(nowMillis) : answer);
        }
        return new Variants(List.copyOf(all), passUntil, keyWeight);
    }

    @Override
    public int weight() {
        return weight;
    }

    @Override
    public Set<String> tags() {
        return tags;
    }
}
