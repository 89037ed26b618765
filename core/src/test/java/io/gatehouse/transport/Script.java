/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

/** What a test does with every exchange. */
interface Script {

    /** Runs on the variant's worker, once per exchange. */
    void run(Turn turn) throws Exception;
}
