/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import org.jspecify.annotations.Nullable;

/**
 * How callers show who they are, {@code <login-config>}.
 *
 * @param method {@code BASIC}, {@code DIGEST}, {@code FORM}, {@code CLIENT-CERT} or a name of the deployer's; null if it
 *     is not said
 * @param loginPage of FORM
 * @param errorPage of FORM
 */
record LoginSettings(
        @Nullable String method, @Nullable String realm, @Nullable String loginPage, @Nullable String errorPage) {}
