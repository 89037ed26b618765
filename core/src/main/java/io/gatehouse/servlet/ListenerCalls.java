/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Which threads are in a call of the container's to a stream's listener. What the specification allows until the dispatch has
 * returned to the container (section 2.3.3.3: addListener, setTimeout) is allowed until such a call has returned as well:
 * frameworks that read the body without blocking can decide no earlier.
 *
 * <p>One reads, one writes, never two of either at once. Any thread asks.
 */
final class ListenerCalls {

    private volatile @Nullable Thread reading;
    private volatile @Nullable Thread writing;

    /** Whether the calling thread is in such a call. */
    boolean current() {
        Thread thread = Thread.currentThread();
        return thread == reading || thread == writing;
    }

    /** The listener, whose calls are noted. */
    ReadListener around(ReadListener listener) {
        return new ReadListener() {
            @Override
            public void onDataAvailable() throws IOException {
                reading = Thread.currentThread();
                try {
                    listener.onDataAvailable();
                } finally {
                    reading = null;
                }
            }

            @Override
            public void onAllDataRead() throws IOException {
                reading = Thread.currentThread();
                try {
                    listener.onAllDataRead();
                } finally {
                    reading = null;
                }
            }

            @Override
            public void onError(Throwable failure) {
                listener.onError(failure);
            }
        };
    }

    /** The listener, whose calls are noted. */
    WriteListener around(WriteListener listener) {
        return new WriteListener() {
            @Override
            public void onWritePossible() throws IOException {
                writing = Thread.currentThread();
                try {
                    listener.onWritePossible();
                } finally {
                    writing = null;
                }
            }

            @Override
            public void onError(Throwable failure) {
                listener.onError(failure);
            }
        };
    }
}
