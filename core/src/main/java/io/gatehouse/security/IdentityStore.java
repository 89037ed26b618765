/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Knows callers by what they show. Asked by any number of worker threads at once; may block, as a directory or a
 * database does.
 *
 * <p>An implementation takes as long for a name that it does not know as for a password that is wrong, and bounds what
 * one question may cost: anybody may ask.
 */
@FunctionalInterface
public interface IdentityStore {

    /** Knows nobody. */
    IdentityStore NOBODY = shown -> null;

    /**
     * Who shows these credentials; null if they are nobody's, or of a kind that this store can't judge.
     *
     * @throws IOException if the store can't tell at the moment: the request is answered with 503, and nobody is let in
     */
    @Nullable Identity find(Credentials shown) throws IOException;
}
