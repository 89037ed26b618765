/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import io.gatehouse.security.Credentials.Password;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Compares passwords with what is kept of them, within bounds: so many hashes at once, and a wait for one's turn that
 * ends. Any thread.
 *
 * <p>A hash is slow so that guessing is; but BASIC shows its password with each request. So what was right is
 * remembered for a while, by a keyed hash that lives in this process only. What was wrong is not: each guess costs the
 * whole.
 */
final class PasswordCheck {

    /** How long a password that was right is remembered. */
    private static final long REMEMBER_MILLIS = 5 * 60_000;

    /** How many are remembered; the one that was not used for longest makes way. */
    private static final int REMEMBERED = 1_000;

    private static final long WAIT_SECONDS = 10;

    private record Proved(User user, long until) {}

    private final Clock clock;
    private final Semaphore turns;
    private final SecretKeySpec key;

    /** By keyed hash, the one that was used last at the end; guarded by itself. */
    private final Map<String, Proved> proved = new LinkedHashMap<>(16, 0.75f, true);

    PasswordCheck(Clock clock, SecureRandom random) {
        this(clock, random, Math.max(2, Runtime.getRuntime().availableProcessors()));
    }

    /**
     * @param atOnce how many hashes are worked out at the same time
     */
    PasswordCheck(Clock clock, SecureRandom random, int atOnce) {
        this.clock = clock;
        this.turns = new Semaphore(atOnce);
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        this.key = new SecretKeySpec(bytes, "HmacSHA256");
    }

    /**
     * Whether a password is a user's.
     *
     * @param user whose it should be; null for a name that nobody has, which is as slow
     * @param iterations that every answer takes, of hashes in all: the most that a user of the store has
     * @throws IOException if it was not its turn for too long
     */
    boolean isRight(@Nullable User user, Password shown, int iterations) throws IOException {
        if (shown.password().length() > PasswordHash.MAX_PASSWORD) {
            return false;
        }
        PasswordHash hash = user == null ? null : user.hash();
        if (iterations == 0) {
            return plain(user, shown);
        }
        String mark = mark(shown);
        if (user != null && isProved(mark, user)) {
            return true;
        }
        takeTurn();
        try {
            boolean right = hash == null ? plain(user, shown) : hash.matches(shown.password());
            PasswordHash.spend(shown.password(), iterations - (hash == null ? 0 : hash.iterations()));
            if (right && user != null) {
                remember(mark, user);
            }
            return right;
        } finally {
            turns.release();
        }
    }

    private static boolean plain(@Nullable User user, Password shown) {
        String known = user == null ? null : user.password();
        return shown.is(known == null ? "" : known) && known != null;
    }

    private boolean isProved(String mark, User user) {
        synchronized (proved) {
            Proved found = proved.get(mark);
            // A user who was changed meanwhile is another object, and has to show the password again.
            if (found != null && found.user().equals(user) && clock.millis() < found.until()) {
                return true;
            }
            proved.remove(mark);
            return false;
        }
    }

    private void remember(String mark, User user) {
        synchronized (proved) {
            proved.put(mark, new Proved(user, clock.millis() + REMEMBER_MILLIS));
            if (proved.size() > REMEMBERED) {
                proved.remove(proved.keySet().iterator().next());
            }
        }
    }

    /** How many passwords are remembered. */
    int remembered() {
        synchronized (proved) {
            return proved.size();
        }
    }

    private void takeTurn() throws IOException {
        try {
            if (!turns.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("too many logins at once: try later");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while waiting to check a password").initCause(e);
        }
    }

    private String mark(Password shown) {
        try {
            Mac mac = Mac.getInstance(key.getAlgorithm());
            mac.init(key);
            byte[] name = shown.name().getBytes(StandardCharsets.UTF_8);
            mac.update((name.length + ":").getBytes(StandardCharsets.UTF_8));
            mac.update(name);
            return Base64.getEncoder().encodeToString(mac.doFinal(shown.password().getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
