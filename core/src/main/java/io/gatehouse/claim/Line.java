/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import io.gatehouse.claim.ClaimFailure.Code;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One line of the protocol: a verb, and words behind it.
 *
 * @param verb lower-case letters
 * @param words by name, in their order
 */
record Line(String verb, Map<String, String> words) {

    /** Bytes of a line, its LF among them. */
    static final int LIMIT = 4_096;

    private static final int MAX_WORDS = 16;

    /**
     * Reads a line, given without its LF.
     *
     * @throws ClaimFailure if it is none
     */
    static Line parse(String text) throws ClaimFailure {
        int bad = control(text);
        if (bad >= 0) {
            throw malformed(text.charAt(bad) == '\r' && bad == text.length() - 1
                    ? "the line ends in CR LF: end it by LF alone"
                    : "the line has the control character " + (int) text.charAt(bad) + ": leave it out");
        }
        String[] parts = text.split(" ", -1);
        if (!isName(parts[0])) {
            throw malformed("the line begins with no verb: begin it with one such as claim or status");
        }
        if (parts.length > MAX_WORDS + 1) {
            throw malformed("the line has " + (parts.length - 1) + " words: write at most " + MAX_WORDS);
        }
        Map<String, String> words = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            String part = parts[i];
            int equals = part.indexOf('=');
            if (part.isEmpty()) {
                throw malformed("the line has two spaces in a row, or one at its end: write one before each word");
            }
            if (equals < 0 || !isName(part.substring(0, equals)) || equals == part.length() - 1) {
                throw malformed("'" + part + "' is no word: write name=value, without spaces");
            }
            if (words.put(part.substring(0, equals), part.substring(equals + 1)) != null) {
                throw malformed("the word " + part.substring(0, equals) + " comes twice: write it once");
            }
        }
        return new Line(parts[0], words);
    }

    /**
     * Checks that no words stand here but these.
     *
     * @throws ClaimFailure that names the first other one: what is not known must not seem to be obeyed
     */
    Line only(Set<String> known) throws ClaimFailure {
        for (String name : words.keySet()) {
            if (!known.contains(name)) {
                throw new ClaimFailure(Code.UNKNOWN, verb + " has no word " + name
                        + (known.isEmpty() ? ": leave it out" : ": use " + String.join(", ", known.stream().sorted().toList())));
            }
        }
        return this;
    }

    /** The value of a word; null if it is not there. */
    @Nullable String get(String name) {
        return words.get(name);
    }

    /**
     * The value of a word that must be there.
     *
     * @throws ClaimFailure if it is not
     */
    String need(String name) throws ClaimFailure {
        String value = words.get(name);
        if (value == null) {
            throw new ClaimFailure(Code.UNKNOWN, verb + " needs the word " + name + "=...");
        }
        return value;
    }

    /**
     * The whole number of a word.
     *
     * @throws ClaimFailure if it is none, or not between the two
     */
    long number(String name, long from, long to, long fallback) throws ClaimFailure {
        String value = words.get(name);
        if (value == null) {
            return fallback;
        }
        String digits = value.startsWith("-") ? value.substring(1) : value;
        boolean fine = !digits.isEmpty() && digits.length() <= 18 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        long number = fine ? Long.parseLong(value) : 0;
        if (!fine || number < from || number > to) {
            throw new ClaimFailure(Code.UNKNOWN, name + "=" + value + " is wrong: write a number from " + from + " to " + to);
        }
        return number;
    }

    /** A line with words that are given as names and values in turn; what can't stand in a value becomes {@code _}. */
    static String of(String verb, String... namesAndValues) {
        StringBuilder out = new StringBuilder(verb);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String value = printable(namesAndValues[i + 1]).replace(' ', '_');
            out.append(' ').append(namesAndValues[i]).append('=').append(value.isEmpty() ? "-" : value);
        }
        return out.toString();
    }

    /** A text with {@code _} for each character that could end a line or hide in one. */
    static String printable(String text) {
        StringBuilder out = new StringBuilder(text);
        for (int i = control(out); i >= 0; i = control(out)) {
            out.setCharAt(i, '_');
        }
        return out.toString();
    }

    private static int control(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i)) || text.charAt(i) == '\u2028' || text.charAt(i) == '\u2029') {
                return i;
            }
        }
        return -1;
    }

    private static boolean isName(String text) {
        boolean fine = !text.isEmpty() && text.charAt(0) >= 'a' && text.charAt(0) <= 'z';
        for (int i = 1; i < text.length() && fine; i++) {
            char c = text.charAt(i);
            fine = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-';
        }
        return fine;
    }

    private static ClaimFailure malformed(String text) {
        return new ClaimFailure(Code.MALFORMED, text);
    }
}
