/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

/** How far a parser has come. */
public enum Progress {
    /** More bytes are needed. What is left in the buffer must be there again, in front of them. */
    MORE,
    /** The head is whole; what is left in the buffer comes after it. */
    DONE,
    /** The message is refused; the parser must not be used on. */
    FAULT
}
