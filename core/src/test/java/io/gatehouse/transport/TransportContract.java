/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;

/**
 * The contract of {@link Exchange} and {@link Transport} as tests. Every transport has a test class that extends this one
 * and says how to make it; nothing can be excluded.
 *
 * <p>Each part is an interface of its own, whose methods are the tests:
 *
 * <ul>
 *   <li>{@link RequestContract}: one handle per well-formed request, heads, connections, pipelining
 *   <li>{@link RefusalContract}: what is malformed is answered, closed, and never seen
 *   <li>{@link ReadingContract}: read and demand, 100-continue, drain, back-pressure
 *   <li>{@link WritingContract}: commit and write, loans, one outstanding, interim answers
 *   <li>{@link FramingContract}: lengths, chunks, HEAD, hop-by-hop fields, trailers, HTTP/1.0
 *   <li>{@link TransferContract}: files
 *   <li>{@link SwitchingContract}: 101 and the raw bytes after it
 *   <li>{@link FailureContract}: abort, peers that vanish or close halfway, handlers that throw
 *   <li>{@link TimeoutContract}: peers that are slow
 *   <li>{@link LifecycleContract}: create, start, stop
 * </ul>
 *
 * <p>{@link Site} is the server side of a test and watches over every call-back, {@link Client} the other side,
 * {@link Variant} the ways to run. The time limit is for hangs alone.
 */
@Timeout(value = 2 * Peer.HANG_SECONDS, unit = TimeUnit.SECONDS)
public abstract class TransportContract
        implements RequestContract,
                RefusalContract,
                ReadingContract,
                WritingContract,
                FramingContract,
                TransferContract,
                SwitchingContract,
                FailureContract,
                TimeoutContract,
                LifecycleContract {}
