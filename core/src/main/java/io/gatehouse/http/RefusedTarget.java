/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import org.jspecify.annotations.Nullable;

/**
 * A target that two readers could take for different paths, or that is none at all: answered as {@link Refusal#TARGET}.
 *
 * @param raw as received
 * @param sequence the characters that are at fault, printable; {@code %2F} for example
 * @param reason what is wrong with them, in a few words
 * @param setting the setting that allows them, {@code target.encoded-slash} for example; null if nothing does
 */
public record RefusedTarget(String raw, String sequence, String reason, @Nullable String setting) implements Normalised {

    /** The text for the peer and the log: the sequence, the reason, and the setting or what to send instead. */
    public String message() {
        String next = setting == null ? "no setting allows it" : "set " + setting + "=true to allow it";
        return "the target has " + sequence + ", " + reason + ": " + next;
    }
}
