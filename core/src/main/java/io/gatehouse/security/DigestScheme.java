/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * DIGEST authentication (RFC 7616) with SHA-256 and MD5, quality of protection {@code auth}, UTF-8. Any thread.
 *
 * <p>A request is judged in three steps: {@link #read} takes its field apart, a store says whether the proof is right,
 * and {@link #use} whether it is shown for the first time. A proof that is right but was shown before, or is of a nonce
 * that is too old, is answered by a challenge that says {@code stale}: the client tries again without asking its user.
 */
public final class DigestScheme {

    /**
     * What a request shows.
     *
     * @param credentials for the store
     * @param nonce that the proof is made with
     * @param count of requests with that nonce
     */
    public record Attempt(Credentials.Digest credentials, String nonce, long count) {}

    private final String realm;
    private final Nonces nonces;

    /**
     * @param realm of the challenge, part of each proof
     * @param clock by which nonces age
     * @param random of the key that signs nonces
     */
    public DigestScheme(String realm, Clock clock, SecureRandom random) {
        this.realm = realm;
        this.nonces = new Nonces(clock, random);
    }

    /** The values of {@code WWW-Authenticate}, the stronger algorithm first. */
    public List<String> challenges(boolean stale) {
        List<String> all = new ArrayList<>();
        for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
            all.add("Digest realm=" + BasicScheme.quoted(realm) + ", qop=\"auth\", algorithm=" + algorithm.token()
                    + ", nonce=\"" + nonces.make() + "\", charset=UTF-8" + (stale ? ", stale=true" : ""));
        }
        return all;
    }

    /**
     * Takes apart what a request shows.
     *
     * @param fields all values of {@code Authorization}, one character for each byte
     * @param method of the request
     * @param target of the request, as received
     * @return null if it is of another scheme, or malformed, or about another request, or there is more than one field
     */
    public @Nullable Attempt read(List<String> fields, String method, String target) {
        Map<String, String> in = fields.size() == 1 ? AuthorizationField.parse(fields.get(0), "Digest") : null;
        if (in == null) {
            return null;
        }
        DigestAlgorithm algorithm = DigestAlgorithm.of(in.getOrDefault("algorithm", "MD5"));
        String name = name(in);
        String nonce = in.getOrDefault("nonce", "");
        String count = in.getOrDefault("nc", "");
        String client = in.getOrDefault("cnonce", "");
        String response = in.getOrDefault("response", "").toLowerCase(Locale.ROOT);
        boolean fine = algorithm != null && name != null && realm.equals(in.get("realm")) && target.equals(in.get("uri"))
                && "auth".equalsIgnoreCase(in.get("qop")) && count.matches("[0-9a-fA-F]{8}")
                && !nonce.isEmpty() && !client.isEmpty() && !"true".equalsIgnoreCase(in.get("userhash"));
        if (!fine || algorithm == null || name == null) {
            return null;
        }
        String rest = String.join(":", nonce, count, client, String.valueOf(in.get("qop")),
                algorithm.hash(method + ":" + target));
        return new Attempt(new Credentials.Digest(name, realm, algorithm, rest, response), nonce, Long.parseLong(count, 16));
    }

    /** Takes note of a proof that is right; false if it was shown before, or its nonce is too old, forgotten or another's. */
    public boolean use(Attempt attempt) {
        return nonces.use(attempt.nonce(), attempt.count());
    }

    /** The name, in UTF-8; in the extended form too (section 3.4, RFC 8187). */
    private static @Nullable String name(Map<String, String> in) {
        String plain = in.get("username");
        String extended = in.get("username*");
        if ((plain == null) == (extended == null)) {
            return null;
        }
        if (plain != null) {
            return utf8(plain.getBytes(StandardCharsets.ISO_8859_1));
        }
        String prefix = "UTF-8''";
        return extended == null || !extended.regionMatches(true, 0, prefix, 0, prefix.length())
                ? null : percentDecoded(extended.substring(prefix.length()));
    }

    private static @Nullable String percentDecoded(String text) {
        ByteBuffer out = ByteBuffer.allocate(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    return null;
                }
                c = (char) (16 * high + low);
                i += 2;
            }
            out.put((byte) c);
        }
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return utf8(bytes);
    }

    private static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
