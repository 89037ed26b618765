/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.security.Identity;

/**
 * Someone who has logged in.
 *
 * @param identity who
 * @param authType how, for {@code getAuthType}
 */
record Login(Identity identity, String authType) {}
