/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

/** The weights in fields such as Accept and Accept-Encoding (RFC 9110 section 12.4.2), read without making garbage. */
public final class QualityValues {

    /** What {@link #of} returns for a member that is not in the list. */
    public static final int ABSENT = -1;

    /** The weight of a member that has none written: 1. */
    public static final int FULL = 1000;

    private QualityValues() {}

    /**
     * The weight of a member that the list names itself, in thousandths. Wildcards are members like others here. A
     * member whose weight breaks the grammar counts as not named; of one that is named twice the first counts.
     *
     * @param list the value of the field
     * @param member compared without case: a coding, {@code *}, or a media type without parameters
     * @return 0 to 1000, or {@link #ABSENT}
     */
    public static int of(String list, String member) {
        int from = 0;
        while (from < list.length()) {
            int to = end(list, from, ',');
            int start = from;
            while (start < to && isBlank(list.charAt(start))) {
                start++;
            }
            if (list.regionMatches(true, start, member, 0, member.length()) && start + member.length() <= to) {
                int at = start + member.length();
                while (at < to && isBlank(list.charAt(at))) {
                    at++;
                }
                if (at == to || list.charAt(at) == ';') {
                    return weight(list, at, to);
                }
            }
            from = to + 1;
        }
        return ABSENT;
    }

    /** Looks for the parameter q among those that begin at a semicolon. */
    private static int weight(String list, int semicolon, int to) {
        int at = semicolon;
        while (at < to) {
            int next = end(list, at + 1, ';');
            next = Math.min(next, to);
            int i = at + 1;
            while (i < next && isBlank(list.charAt(i))) {
                i++;
            }
            if (i + 1 < next && (list.charAt(i) | 0x20) == 'q' && list.charAt(i + 1) == '=') {
                return number(list, i + 2, next);
            }
            at = next;
        }
        return FULL;
    }

    /** {@code 0[.ddd]} or {@code 1[.000]}. */
    private static int number(String list, int from, int to) {
        int end = to;
        while (end > from && isBlank(list.charAt(end - 1))) {
            end--;
        }
        if (end == from || end - from > 5 || end - from > 1 && list.charAt(from + 1) != '.') {
            return ABSENT;
        }
        int whole = list.charAt(from) - '0';
        if (whole != 0 && whole != 1) {
            return ABSENT;
        }
        int thousandths = whole * FULL;
        int place = 100;
        for (int i = from + 2; i < end; i++, place /= 10) {
            int digit = list.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return ABSENT;
            }
            thousandths += digit * place;
        }
        return thousandths <= FULL ? thousandths : ABSENT;
    }

    /** Where the member ends: at the separator outside of quotes, or at the end of the list. */
    private static int end(String list, int from, char separator) {
        boolean quoted = false;
        for (int i = from; i < list.length(); i++) {
            char c = list.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (quoted && c == '\\') {
                i++;
            } else if (!quoted && c == separator) {
                return i;
            }
        }
        return list.length();
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
