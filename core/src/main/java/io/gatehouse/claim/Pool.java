/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import io.gatehouse.handler.AsyncHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What the table needs of a forward: places for targets, and who waits for one. Any thread. */
interface Pool extends AutoCloseable {

    /** Makes the pool of one prefix. */
    @FunctionalInterface
    interface Maker {
        /**
         * A pool without targets.
         *
         * @param hold how long a request waits while there is none; zero for not at all
         * @param queue how many requests wait at most
         * @param answer how long a target may take for the head of an answer
         * @param wanted called when the first one begins to wait; null if nobody wants to know
         */
        Pool make(Duration hold, int queue, Duration answer, @Nullable Runnable wanted);
    }

    /** One target's place. */
    interface Seat {
        /** {@code up}, {@code down} and so on, for a person. */
        String state();

        /** Requests that it has been given and has not answered yet. */
        int outstanding();

        /** Requests that it was given so far. */
        long requests();

        /** Those of them that it did not answer as it should. */
        long failures();

        /** It gets no new requests; completes when the last answer has left. */
        CompletionStage<Void> drain();

        /** Its connections close, what is in flight fails. Idempotent. */
        void remove();
    }

    /** Answers the requests of the prefix. */
    AsyncHandler handler();

    /**
     * One more target: a socket on which nobody but this user may listen.
     *
     * @param rank 0 or more: it gets requests only while no target of a lower rank is in service
     */
    Seat add(Path socket, String user, int rank);

    /** How many requests wait because there is no target. */
    int held();

    /** How long the first of them has waited; zero if there is none. */
    Duration oldestHeld();

    /** How many requests wait because all connections to the targets are in use. */
    int waiting();

    /** How long the first of them has waited; zero if there is none. */
    Duration oldestWaiting();

    @Override
    void close();
}
