/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.HttpFailure;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What an origin did wrong, for the log; the client reads one of the fixed texts here, which tell nothing of what lies behind.
 * Without stack trace: it says what the peer did, and is thrown as often as the peer does it.
 */
final class OriginFailure extends IOException {

    private static final long serialVersionUID = 1L;

    private boolean unseen;

    OriginFailure(String message) {
        this(message, null);
    }

    OriginFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** 502: it can't be reached. */
    HttpFailure unreachable() {
        return new HttpFailure(502, "The server behind this address can't be reached.", this);
    }

    /** The same of a request that went nowhere else: no target has seen anything of it. */
    HttpFailure unseen() {
        unseen = true;
        return unreachable();
    }

    boolean isUnseen() {
        return unseen;
    }

    /** 502: it gave no answer, or none that may be passed on. */
    HttpFailure invalid() {
        return new HttpFailure(502, "The server behind this address gave no valid answer.", this);
    }

    /** 504: it took too long. */
    HttpFailure late() {
        return new HttpFailure(504, "The server behind this address did not answer in time.", this);
    }

    /** 503: no connection to it is free. */
    HttpFailure busy() {
        return new HttpFailure(503, "The server behind this address is busy.", this);
    }

    /** 503: nobody is there to whom it could be passed on. */
    HttpFailure away() {
        return new HttpFailure(503, "The server behind this address is not available now.", this);
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
