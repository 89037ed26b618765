/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.util.List;

/** Finds the word that was meant. */
final class Nearest {

    private Nearest() {}

    /** What to write in the place of a word. */
    static String hint(String word, List<String> known) {
        String best = null;
        int least = Math.max(2, word.length() / 3) + 1;
        for (String each : known) {
            int distance = distance(word, each);
            if (distance < least) {
                least = distance;
                best = each;
            }
        }
        return best == null ? "remove it" : "did you mean <" + best + ">? Else remove it";
    }

    /** How many letters are to be put in, taken out or exchanged. */
    static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int exchange = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(exchange, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
