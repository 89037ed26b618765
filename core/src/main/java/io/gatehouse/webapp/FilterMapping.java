/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import jakarta.servlet.DispatcherType;
import java.util.List;
import java.util.Set;

/**
 * Where a filter stands, {@code <filter-mapping>}.
 *
 * @param servlets names of servlets, or {@code *} for all
 * @param dispatchers empty for requests alone
 */
record FilterMapping(
        String filter, List<String> patterns, List<String> servlets, Set<DispatcherType> dispatchers, Place place) {}
