/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import io.gatehouse.http.Completion;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

/** A completion, or any other event, that a test waits for. */
final class Outcome implements Completion, Runnable {
    private static final Object SUCCESS = new Object();

    private final CompletableFuture<Object> future = new CompletableFuture<>();

    @Override
    public void succeeded() {
        future.complete(SUCCESS);
    }

    @Override
    public void failed(Throwable cause) {
        future.complete(cause);
    }

    /** For a demand, or a disconnect. */
    @Override
    public void run() {
        succeeded();
    }

    boolean isDone() {
        return future.isDone();
    }

    /** Also tells somebody else. */
    void whenDone(BiConsumer<Object, Throwable> also) {
        future.whenComplete(also);
    }

    /** Waits; the failure, or null. */
    Throwable await() throws InterruptedException {
        try {
            Object outcome = future.get(Peer.HANG_SECONDS, TimeUnit.SECONDS);
            return outcome == SUCCESS ? null : (Throwable) outcome;
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("never completed", e);
        }
    }
}
