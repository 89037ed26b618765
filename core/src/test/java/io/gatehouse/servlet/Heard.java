/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** An asynchronous listener that notes what it is told. */
public final class Heard implements AsyncListener {
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    Consumer<AsyncEvent> onTimeout = event -> {};
    Consumer<AsyncEvent> onError = event -> {};
    Consumer<AsyncEvent> onComplete = event -> {};

    @Override
    public void onComplete(AsyncEvent event) {
        calls.add("complete");
        onComplete.accept(event);
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        calls.add("timeout");
        onTimeout.accept(event);
    }

    @Override
    public void onError(AsyncEvent event) {
        calls.add("error " + event.getThrowable().getMessage());
        onError.accept(event);
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        calls.add("start");
    }
}
