/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import io.gatehouse.http.Refusal;
import java.util.ArrayList;
import java.util.List;

/** A job that notes how it was refused. */
class Recorded implements Workers.Job {
    final List<Refusal> refusals = new ArrayList<>();
    String detail = "";

    @Override
    public void run() {}

    @Override
    public void refuse(Refusal refusal, String text) {
        refusals.add(refusal);
        detail = text;
    }
}
