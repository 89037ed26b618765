/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.WriteListener;
import java.util.concurrent.Executor;

/**
 * Where the listeners of streams live: an asynchronous request, or an upgraded connection (Servlet 6.1 sections 2.3.3.5 and
 * 3.7).
 */
interface ListenerScope {

    /** Throws unless a listener may be set now. */
    void requireListening(String what);

    /** A listener as it is to be called. */
    default ReadListener called(ReadListener listener) {
        return listener;
    }

    /** A listener as it is to be called. */
    default WriteListener called(WriteListener listener) {
        return listener;
    }

    /** Calls listeners, on a worker. */
    Executor callbacks();

    /** Has a listener called for the first time: at once, or when the application's code that set it has returned. */
    void begin(Runnable first);

    /** Something to be done when the scope ends. */
    void cleanUp(Runnable work);
}
