/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Keeps tasks until the test runs them. */
final class ByHand extends AbstractExecutorService {
    final List<Runnable> tasks = new ArrayList<>();
    RuntimeException refusal;
    Error error;
    boolean shutdown;

    @Override
    public void execute(Runnable task) {
        if (refusal != null) {
            throw refusal;
        }
        if (shutdown) {
            throw new RejectedExecutionException("shut down");
        }
        if (error != null) {
            throw error;
        }
        tasks.add(task);
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
        List<Runnable> left = List.copyOf(tasks);
        tasks.clear();
        return left;
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return shutdown;
    }
}
