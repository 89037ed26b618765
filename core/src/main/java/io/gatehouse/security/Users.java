/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** All users of a store at one time. Immutable. */
final class Users {

    private final Map<String, User> byName = new HashMap<>();
    private final Map<X500Principal, User> bySubject = new HashMap<>();

    /** Of the slowest hash: what every look at a password takes. */
    private final int iterations;

    /**
     * @throws IllegalArgumentException if two have the same name or certificate
     */
    Users(Collection<User> users) {
        int most = 0;
        for (User user : users) {
            if (byName.put(user.identity().name(), user) != null) {
                throw new IllegalArgumentException("two users are named " + user + ": name each once");
            }
            X500Principal subject = user.subject();
            if (subject != null && bySubject.put(subject, user) != null) {
                throw new IllegalArgumentException("two users have the certificate of " + subject + ": give it to one");
            }
            PasswordHash hash = user.hash();
            most = Math.max(most, hash == null ? 0 : hash.iterations());
        }
        iterations = most;
    }

    int size() {
        return byName.size();
    }

    /** Who shows these; null for nobody. */
    @Nullable Identity find(Credentials shown, PasswordCheck check) throws IOException {
        if (shown instanceof Credentials.Password password) {
            User user = byName.get(password.name());
            return check.isRight(user, password, iterations) && user != null ? user.identity() : null;
        }
        if (shown instanceof Credentials.Digest digest) {
            User user = byName.get(digest.name());
            // For a name that nobody has, as much is worked out as for a wrong proof.
            boolean right = user == null ? digest.isOfPassword("") : user.proves(digest);
            return right && user != null ? user.identity() : null;
        }
        if (shown instanceof Credentials.Certificates certificates) {
            User user = bySubject.get(certificates.own().getSubjectX500Principal());
            return user == null ? null : user.identity();
        }
        return null;
    }
}
