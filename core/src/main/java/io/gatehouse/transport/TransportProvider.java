/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

/**
 * Makes transports of one kind. Found by {@link java.util.ServiceLoader}, and by HK2 as a contract; has a public constructor
 * without parameters.
 */
public interface TransportProvider {

    /** The word that selects it in the configuration: {@code nio}, {@code jetty}. Lower case, always the same. */
    String name();

    /**
     * A transport for this configuration. Checks all of it and opens nothing: no socket, no thread.
     *
     * @throws IllegalArgumentException if a setting is wrong or can't be honoured; the message names the setting and what to
     *     write instead
     */
    Transport create(TransportConfig config);
}
