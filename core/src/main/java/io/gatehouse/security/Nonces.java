/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Nonces that prove themselves: time and number, signed. Nothing is kept of one until it was used with a right
 * password, so that nobody fills memory by asking for challenges. What is kept then are the counts that were used. Any
 * thread.
 */
final class Nonces {

    /** How long a nonce can be used, in milliseconds. */
    static final long LIFE_MILLIS = 5 * 60_000;

    /** How many used ones are kept; when one makes way, all that are as old or older are void. */
    static final int KEPT = 10_000;

    /** Counts may arrive in another order on several connections: as far behind the highest they are still told apart. */
    static final int WINDOW = 64;

    private static final int SIGNED_BYTES = 16;
    private static final int MAC_BYTES = 16;

    private record Id(long millis, long number) implements Comparable<Id> {
        @Override
        public int compareTo(Id other) {
            int first = Long.compare(millis, other.millis);
            return first != 0 ? first : Long.compare(number, other.number);
        }
    }

    /** The counts that were used: the highest, and which of those below it, bit by bit. */
    private static final class Counts {
        private long highest;
        private long below;

        boolean use(long count) {
            if (count > highest) {
                long step = count - highest;
                below = step >= WINDOW ? 0 : below << step;
                below |= highest > 0 && step <= WINDOW ? 1L << (step - 1) : 0;
                highest = count;
                return true;
            }
            long behind = highest - count;
            if (behind == 0 || behind > WINDOW || (below >>> (behind - 1) & 1) != 0) {
                return false;
            }
            below |= 1L << (behind - 1);
            return true;
        }
    }

    private final Clock clock;
    private final SecretKeySpec key;
    private final AtomicLong numbers = new AtomicLong();

    /** Guarded by itself, and so is the floor. */
    private final TreeMap<Id, Counts> used = new TreeMap<>();

    private Id floor = new Id(Long.MIN_VALUE, 0);

    Nonces(Clock clock, SecureRandom random) {
        this.clock = clock;
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        this.key = new SecretKeySpec(bytes, "HmacSHA256");
    }

    /** A new one, in characters that need no quoting. */
    String make() {
        ByteBuffer out = ByteBuffer.allocate(SIGNED_BYTES + MAC_BYTES)
                .putLong(clock.millis()).putLong(numbers.incrementAndGet());
        out.put(sign(out.array()), 0, MAC_BYTES);
        return text(out.array());
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Uses a count of a nonce, once: false if it was used, or the nonce is too old, forgotten or not from here. */
    boolean use(String nonce, long count) {
        Id id = read(nonce);
        long now = clock.millis();
        if (id == null || count < 1 || now - id.millis() >= LIFE_MILLIS || id.millis() > now) {
            return false;
        }
        synchronized (used) {
            Counts counts = used.get(id);
            if (counts == null) {
                if (id.compareTo(floor) <= 0) {
                    return false;
                }
                counts = new Counts();
                used.put(id, counts);
                trim(now);
                if (id.compareTo(floor) <= 0) {
                    return false;
                }
            }
            return counts.use(count);
        }
    }

    /** How many are kept. */
    int kept() {
        synchronized (used) {
            return used.size();
        }
    }

    /** Guarded by {@link #used}. The oldest go first: the over-aged ones, which are void anyway, before others. */
    private void trim(long now) {
        while (!used.isEmpty() && (used.size() > KEPT || now - used.firstKey().millis() >= LIFE_MILLIS)) {
            floor = used.pollFirstEntry().getKey();
        }
    }

    private @Nullable Id read(String nonce) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(nonce);
        } catch (IllegalArgumentException e) {
            return null;
        }
        // One spelling only: base64 has others for the same bytes.
        if (bytes.length != SIGNED_BYTES + MAC_BYTES || !text(bytes).equals(nonce)) {
            return null;
        }
        byte[] mac = Arrays.copyOf(sign(bytes), MAC_BYTES);
        if (!MessageDigest.isEqual(mac, Arrays.copyOfRange(bytes, SIGNED_BYTES, bytes.length))) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new Id(in.getLong(), in.getLong());
    }

    private byte[] sign(byte[] bytes) {
        try {
            Mac mac = Mac.getInstance(key.getAlgorithm());
            mac.init(key);
            mac.update(bytes, 0, SIGNED_BYTES);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
