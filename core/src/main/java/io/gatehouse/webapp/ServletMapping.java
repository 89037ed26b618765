/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.util.List;

/** Patterns that lead to a servlet, {@code <servlet-mapping>}. */
record ServletMapping(String servlet, List<String> patterns, Place place) {}
