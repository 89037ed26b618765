/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import io.gatehouse.forward.ForwardStatus;
import io.gatehouse.route.Prefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the protocol shows of a prefix that this gatehouse forwards by its own configuration. */
final class ForwardLines {

    private ForwardLines() {}

    /** A line for the prefix, and one for each target. */
    static List<String> of(Prefix prefix, ForwardStatus status) {
        List<String> lines = new ArrayList<>();
        lines.add(Line.of("forward", "name", prefix.toString(),
                "queued", Integer.toString(status.held()), "oldest", Long.toString(status.oldestHeld().toMillis()),
                "waiting", Integer.toString(status.waiting()), "oldest-waiting", Long.toString(status.oldestWaiting().toMillis())));
        for (ForwardStatus.Of target : status.targets()) {
            lines.add(Line.of("target", "prefix", prefix.toString(), "origin", target.origin(),
                    "state", target.state().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    "outstanding", Integer.toString(target.outstanding()), "requests", Long.toString(target.counts().requests()),
                    "failures", Long.toString(target.counts().failures())));
        }
        return lines;
    }
}
