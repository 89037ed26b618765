/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

/**
 * What went over one target since it was added, health checks left out.
 *
 * @param requests that were given to it, trials and retries among them
 * @param answers whose final head came from it
 * @param failures that were its own: no connection, a broken or silent one, an answer against the rules
 * @param retries requests that failed here and were sent once more, here or elsewhere
 * @param connects connections that were opened to it
 * @param sent bytes to it, after framing
 * @param received bytes from it, framing included
 */
public record TargetCounts(
        long requests, long answers, long failures, long retries, long connects, long sent, long received) {

    /** The sums of two. */
    public TargetCounts plus(TargetCounts other) {
        return new TargetCounts(requests + other.requests, answers + other.answers, failures + other.failures,
                retries + other.retries, connects + other.connects, sent + other.sent, received + other.received);
    }
}
