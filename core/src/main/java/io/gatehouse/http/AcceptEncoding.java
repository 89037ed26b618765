/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which content coding a client prefers among those at hand (RFC 9110 section 12.5.3). Without garbage; any thread. */
public final class AcceptEncoding {

    /** What {@link #choose} returns for no coding at all. */
    public static final int IDENTITY = -1;

    private AcceptEncoding() {}

    /**
     * The weight of a coding in thousandths; 0 if it is not wanted. {@code x-gzip} names gzip too (section 8.4.1.3).
     *
     * @param field the value of Accept-Encoding, or null: a client that says nothing is sent no coding
     * @param coding in lower case, other than identity
     */
    public static int quality(@Nullable String field, String coding) {
        if (field == null) {
            return 0;
        }
        int named = QualityValues.of(field, coding);
        if (named == QualityValues.ABSENT && coding.equals("gzip")) {
            named = QualityValues.of(field, "x-gzip");
        }
        return Math.max(0, named == QualityValues.ABSENT ? QualityValues.of(field, "*") : named);
    }

    /**
     * The coding with the highest weight; among equals the first. No coding wins over those that weigh less than an
     * {@code identity} that the client names itself. If nothing is wanted, not even identity, it is identity all the
     * same: the section leaves that to the server, and a plain answer helps more than 406.
     *
     * @param codings at hand, the server's favourite first
     * @return an index, or {@link #IDENTITY}
     */
    public static int choose(@Nullable String field, List<String> codings) {
        if (field == null || codings.isEmpty()) {
            return IDENTITY;
        }
        int best = IDENTITY;
        int highest = Math.max(1, QualityValues.of(field, "identity"));
        for (int i = 0; i < codings.size(); i++) {
            int quality = quality(field, codings.get(i));
            if (best == IDENTITY ? quality >= highest : quality > highest) {
                best = i;
                highest = quality;
            }
        }
        return best;
    }
}
