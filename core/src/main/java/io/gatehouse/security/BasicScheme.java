/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** BASIC authentication in UTF-8 (RFC 7617). Pure. */
public final class BasicScheme {

    private static final String NAME = "Basic";

    private BasicScheme() {}

    /** The value of {@code WWW-Authenticate}. */
    public static String challenge(String realm) {
        return NAME + " realm=" + quoted(realm) + ", charset=\"UTF-8\"";
    }

    /**
     * What a request shows.
     *
     * @param fields all values of {@code Authorization}
     * @return null if it is of another scheme, or malformed, or there is more than one: the request is anonymous then
     */
    public static Credentials.@Nullable Password read(List<String> fields) {
        if (fields.size() != 1) {
            return null;
        }
        String field = fields.get(0);
        int space = field.indexOf(' ');
        if (space < 0 || !field.substring(0, space).equalsIgnoreCase(NAME)) {
            return null;
        }
        String text = decode(field.substring(space).strip());
        int colon = text == null ? -1 : text.indexOf(':');
        if (text == null || colon < 0 || text.chars().anyMatch(Character::isISOControl)) {
            return null;
        }
        return new Credentials.Password(text.substring(0, colon), text.substring(colon + 1));
    }

    private static @Nullable String decode(String base64) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return null;
        }
    }

    /** A quoted-string (RFC 9110 section 5.6.4). */
    static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
