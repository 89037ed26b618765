/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

/** What a line of the protocol asked for can't be had: becomes its {@code error} answer. */
final class ClaimFailure extends Exception {

    private static final long serialVersionUID = 1L;

    /** The codes of the protocol. */
    enum Code {
        MALFORMED("malformed"),
        UNKNOWN("unknown"),
        FORBIDDEN("forbidden"),
        CONFLICT("conflict"),
        SOCKET("socket"),
        LIMIT("limit"),
        NOT_CLAIMED("not-claimed"),
        STOPPING("stopping");

        private final String word;

        Code(String word) {
            this.word = word;
        }

        /** As it stands in the line. */
        String word() {
            return word;
        }
    }

    private final Code code;

    /** A failure with a text that says what to do. */
    ClaimFailure(Code code, String text) {
        super(text, null, false, false); // an answer to a peer, not a fault of ours
        this.code = code;
    }

    Code code() {
        return code;
    }

    /** The text for the claimant. */
    String text() {
        String text = getMessage();
        return text == null ? "" : text;
    }

    /** The answer as a line, without what would end it. */
    String line() {
        return "error " + code.word + ' ' + Line.printable(text());
    }
}
