/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

/** A value of a descriptor, and where it stands. */
record Said<T>(T value, Place place) {}
