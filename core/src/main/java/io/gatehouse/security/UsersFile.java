/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** Reads the text of a {@link PropertiesIdentityStore}. What it can't read it refuses, without repeating a secret. */
final class UsersFile {

    private static final String PLAIN = "plain:";

    /** Lines of a user. */
    private static final Set<String> KINDS = Set.of("password", "digest", "certificate", "roles");

    /** Properties without duplicates, of which only the last would count. */
    private static final class Lines extends Properties {
        private static final long serialVersionUID = 1;

        @Override
        public synchronized @Nullable Object put(Object key, Object value) {
            if (containsKey(key)) {
                throw new IllegalArgumentException("the line " + key + " is there twice: keep one");
            }
            return super.put(key, value);
        }
    }

    private UsersFile() {}

    /**
     * The users of a file.
     *
     * @throws IllegalArgumentException if something in it can't be read
     */
    static Users parse(String text) {
        Lines lines = new Lines();
        try {
            lines.load(new StringReader(text));
        } catch (IOException e) {
            throw new IllegalStateException("a text in memory can be read", e);
        }
        Map<String, Map<String, String>> users = new TreeMap<>();
        for (String key : new TreeSet<>(lines.stringPropertyNames())) {
            int dot = key.lastIndexOf('.');
            String kind = key.substring(dot + 1);
            if (dot < 1 || !KINDS.contains(kind)) {
                throw new IllegalArgumentException("the line " + key
                        + " is none of NAME.password, NAME.digest, NAME.certificate and NAME.roles");
            }
            users.computeIfAbsent(key.substring(0, dot), any -> new HashMap<>()).put(kind, lines.getProperty(key).strip());
        }
        List<User> all = new ArrayList<>();
        users.forEach((name, values) -> {
            try {
                all.add(user(name, values));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("user " + name + ": " + e.getMessage(), e);
            }
        });
        return new Users(all);
    }

    private static User user(String name, Map<String, String> values) {
        String password = values.get("password");
        PasswordHash hash = null;
        String plain = null;
        if (password != null && password.startsWith(PLAIN)) {
            plain = password.substring(PLAIN.length());
            if (plain.isEmpty()) {
                throw new IllegalArgumentException("the password is empty: give one");
            }
        } else if (password != null) {
            hash = hash(password);
        }
        String subject = values.get("certificate");
        return new User(Identity.of(name, roles(values.getOrDefault("roles", ""))), hash, plain,
                digests(values.getOrDefault("digest", "")), subject == null ? null : new X500Principal(subject));
    }

    private static PasswordHash hash(String text) {
        try {
            return PasswordHash.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage()
                    + "; a password in plain text must be marked by plain: in front", e);
        }
    }

    private static Set<String> roles(String text) {
        Set<String> roles = new TreeSet<>();
        for (String role : text.split(",", -1)) {
            if (!role.isBlank()) {
                roles.add(role.strip());
            } else if (!text.isBlank()) {
                throw new IllegalArgumentException("a role without a name: take out the comma");
            }
        }
        return roles;
    }

    private static Map<DigestAlgorithm, String> digests(String text) {
        Map<DigestAlgorithm, String> digests = new TreeMap<>();
        for (String word : text.isBlank() ? new String[0] : text.strip().split("\\s+")) {
            int colon = word.indexOf(':');
            DigestAlgorithm algorithm = colon < 0 ? null : DigestAlgorithm.of(word.substring(0, colon));
            String secret = word.substring(colon + 1).toLowerCase(Locale.ROOT);
            int digits = algorithm == DigestAlgorithm.MD5 ? 32 : 64;
            if (algorithm == null || secret.length() != digits || !secret.matches("[0-9a-f]+")
                    || digests.put(algorithm, secret) != null) {
                throw new IllegalArgumentException(
                        "a digest reads SHA-256: or MD5: and the hash of name:realm:password in hexadecimal digits");
            }
        }
        return digests;
    }
}
