/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.tls;

import java.util.Locale;

/** Whether clients are asked for a certificate (RFC 8446 section 4.3.2). */
public enum ClientCertificate {
    /** They are not asked. */
    NONE,
    /** They are asked, and may have none; one that they show must be trusted. */
    WANTED,
    /** The handshake fails without a trusted one. */
    NEEDED;

    /** As it is written in the configuration. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
