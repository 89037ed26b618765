/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * One exchange from its arrival to its end: target, route, shortcut, admission, hand-off to a worker, body adapters, failure
 * pages.
 *
 * <p>{@link io.gatehouse.engine.Engine} is what transports call; it implements {@code handler}'s request and response over
 * {@code transport}'s exchange. May import {@code transport}, {@code route}, {@code handler} and {@code http}; it knows no
 * servlet, no file and no wire. Data comes in through {@code Exchange.read} and leaves through {@code Exchange.commit} and
 * {@code write}; nothing is kept when the exchange has ended. Not exported.
 */
@NullMarked
package io.gatehouse.engine;

import org.jspecify.annotations.NullMarked;
