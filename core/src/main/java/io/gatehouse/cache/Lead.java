/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.cache.CachedHandler.FlightKey;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The flight that a run leads, which others find under its key. */
record Lead(ConcurrentMap<FlightKey, Flight> flights, FlightKey key, Flight flight) {

    /** New requests look into the store again, and those who wait wake. */
    void land(Flight.Outcome outcome, @Nullable StoredAnswer answer) {
        flights.remove(key, flight);
        flight.land(outcome, answer);
    }
}
