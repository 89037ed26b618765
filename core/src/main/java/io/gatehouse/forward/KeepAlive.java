/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import java.util.concurrent.TimeUnit;

/** What an origin says of how long it keeps a connection: {@code Keep-Alive: timeout=5}. */
final class KeepAlive {

    private KeepAlive() {}

    /** Less by a second than it says, so that a request does not cross its end; the most there is if it says nothing. */
    static long nanos(Fields fields) {
        for (String value : fields.all("Keep-Alive")) {
            for (String parameter : value.split(",", -1)) {
                String text = FieldSyntax.trim(parameter);
                if (text.regionMatches(true, 0, "timeout=", 0, 8)) {
                    return nanos(FieldSyntax.trim(text.substring(8)));
                }
            }
        }
        return Long.MAX_VALUE;
    }

    private static long nanos(String seconds) {
        int end = 0;
        while (end < seconds.length() && seconds.charAt(end) >= '0' && seconds.charAt(end) <= '9') {
            end++;
        }
        if (end == 0 || end < seconds.length() || end > 9) {
            return Long.MAX_VALUE;
        }
        return TimeUnit.SECONDS.toNanos(Math.max(0, Integer.parseInt(seconds) - 1));
    }
}
