/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.tls;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A file of certificates or keys that can't be used; its message names the setting, the file and what to do. */
final class InvalidTlsException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    InvalidTlsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
