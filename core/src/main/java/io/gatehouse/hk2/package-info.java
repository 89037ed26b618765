/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * HK2, for those who have it on their class path: servlets, filters, listeners and handlers that are given as classes are
 * made with injection, and transports are found by their names as HK2's contract.
 *
 * <p>May import the root and all below, and is the one package in whose signatures HK2's types stand. Nothing imports it:
 * the root finds {@link io.gatehouse.hk2.LocatorSource} by {@link java.util.ServiceLoader}, and a program that has a locator of
 * its own hands a {@link io.gatehouse.hk2.LocatorComponents} over.
 */
@NullMarked
package io.gatehouse.hk2;

import org.jspecify.annotations.NullMarked;
