/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.transport.TransportUnderTest;
import org.junit.jupiter.api.Timeout;

/**
 * What clients and origins see of a forward, the same over every transport: a whole server between raw sockets on both sides. Every transport has a test class
 * that extends this one.
 *
 * <ul>
 *   <li>{@link OriginFaultContract}: origins that do wrong
 *   <li>{@link SmugglingContract}: clients that do
 *   <li>{@link StreamingContract}: long bodies, and who is slow
 *   <li>{@link FairnessContract}: origins that keep everybody waiting
 * </ul>
 */
@Timeout(120)
public abstract class ForwardContract implements OriginFaultContract, SmugglingContract, StreamingContract, FairnessContract {

    @Override
    public abstract TransportUnderTest transport();
}
