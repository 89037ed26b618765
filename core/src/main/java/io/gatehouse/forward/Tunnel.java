/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose two sides have switched to another protocol: bytes go through as they are. On the loop's thread; only demands
 * and completions come from elsewhere, and go to it.
 *
 * <pre>
 *   101 committed ──► OPEN: each direction   READING ──bytes──► WRITING ──taken──► READING
 *                                               └──end: the other side is told──► ENDED
 *   both ENDED ──► over        a failure, the client's disconnect, nothing moved for too long ──► cut on both sides
 * </pre>
 *
 * <p>A direction holds a buffer only while bytes are in it, so that a silent tunnel costs none.
 */
final class Tunnel {

    /** Buffers in one go, so that one fast pair does not keep the loop from all others. */
    private static final int TURN = 16;
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final Passage passage;
    private final ForwardLoop loop;
    private final Request request;
    private final Response response;
    private final OriginConnection target;
    private final Duration silence;
    private @Nullable ByteBuffer first;
    private @Nullable ByteBuffer outward;
    private @Nullable ByteBuffer homeward;
    private @Nullable Completion client;
    private boolean demanded;
    private boolean writing;
    private boolean pumping;
    private boolean outwardEnded;
    private boolean homewardEnded;
    private boolean stopped;

    /**
     * A tunnel.
     *
     * @param silence how long nothing may move in it, which the transport is told as well
     * @param first what the target sent behind its 101; copied
     */
    Tunnel(Passage passage, ForwardLoop loop, Request request, Response response, OriginConnection target, Duration silence,
            ByteBuffer first) {
        this.passage = passage;
        this.loop = loop;
        this.request = request;
        this.response = response;
        this.target = target;
        this.silence = silence;
        this.first = ByteBuffer.allocate(first.remaining()).put(first).flip();
    }

    /** Commits the 101, then opens. */
    void begin(ResponseHead head, String protocol) {
        response.status(101);
        response.fields().addAll(EndToEnd.of(head.fields()).add("Connection", "Upgrade").add("Upgrade", protocol).build());
        writing = true;
        target.wantRead(false);
        response.write(EMPTY, false, new Taken(this::open));
    }

    /** Whether the 101 is with the client, so that the request is over. */
    boolean isOpen() {
        return client != null;
    }

    /** The target has sent something, or ended. */
    void readable() {
        if (writing || !isOpen()) {
            target.wantRead(false);
        } else {
            pumpHome();
        }
    }

    /** The target takes more. */
    void writable() {
        pumpOut();
    }

    /** Nothing more is read or written; what the client's side has on loan is left to the garbage collector. */
    void stop() {
        stopped = true;
        give(outward);
        outward = null;
        if (!writing) {
            give(homeward);
        }
        homeward = null;
    }

    /** Ends the client's side of a stopped tunnel, so that it looks cut. */
    void cut(Throwable cause) {
        Completion open = client;
        if (open != null) {
            open.failed(cause);
        }
    }

    private void open() {
        client = response.detach(silence);
        passage.detached();
        ByteBuffer rest = first;
        first = null;
        if (rest != null && rest.hasRemaining()) {
            writing = true;
            response.write(rest, false, new Taken(this::pumpHome));
        } else {
            pumpHome();
        }
        pumpOut();
    }

    // ---- from the client to the target

    private void pumpOut() {
        try {
            for (int i = 0; i < TURN; i++) {
                if (stopped || outwardEnded || demanded || !isOpen() || !stepOut()) {
                    return;
                }
            }
            loop.execute(this::pumpOut);
        } catch (IOException | RuntimeException | Error e) {
            passage.fail(e);
        }
    }

    private boolean stepOut() throws IOException {
        ByteBuffer data = outward;
        if (data == null) {
            data = loop.takeBuffer().clear();
            int read;
            try {
                read = request.read(data);
            } finally {
                data.flip();
            }
            if (read <= 0) {
                give(data);
                if (read < 0) {
                    outwardEnded = true;
                    passage.progress();
                    target.endOutput();
                    settle();
                } else {
                    demanded = true;
                    request.demand(() -> loop.execute(this::demanded));
                }
                return false;
            }
            outward = data;
        }
        if (target.write(data, null) > 0) {
            passage.progress();
        }
        if (data.hasRemaining()) {
            target.wantWrite(true);
            return false;
        }
        target.wantWrite(false);
        give(data);
        outward = null;
        return true;
    }

    private void demanded() {
        demanded = false;
        pumpOut();
    }

    // ---- from the target to the client

    private void pumpHome() {
        if (pumping) {
            return; // a write that completes inline comes back here, and is gone on with there
        }
        pumping = true;
        try {
            for (int i = 0; i < TURN; i++) {
                if (stopped || writing || homewardEnded || !stepHome()) {
                    return;
                }
            }
            loop.execute(this::pumpHome);
        } catch (IOException | RuntimeException | Error e) {
            passage.fail(e);
        } finally {
            pumping = false;
        }
    }

    private boolean stepHome() throws IOException {
        ByteBuffer data = loop.takeBuffer().clear();
        int read;
        try {
            read = target.read(data);
        } finally {
            data.flip();
        }
        if (read > 0) {
            passage.progress();
            homeward = data;
            writing = true;
            response.write(data, false, new Taken(this::taken));
            return true;
        }
        give(data);
        target.wantRead(read == 0);
        if (read < 0) {
            homewardEnded = true;
            passage.progress();
            Completion open = client;
            if (open != null) {
                open.succeeded();
            }
            settle();
        }
        return false;
    }

    private void taken() {
        give(homeward);
        homeward = null;
        passage.progress();
        pumpHome();
    }

    private void settle() {
        if (outwardEnded && homewardEnded) {
            passage.tunnelIsOver();
        }
    }

    private void give(@Nullable ByteBuffer buffer) {
        if (buffer != null) {
            loop.giveBuffer(buffer);
        }
    }

    /** The client's side has taken what it was given, or will not; inline or on whatever thread. */
    private final class Taken implements Completion {
        private final Runnable then;

        private Taken(Runnable then) {
            this.then = then;
        }

        @Override
        public void succeeded() {
            if (loop.isCurrent()) {
                go();
            } else {
                loop.execute(this::go);
            }
        }

        private void go() {
            writing = false;
            if (!stopped) {
                try {
                    then.run();
                } catch (RuntimeException | Error e) {
                    passage.fail(e);
                }
            }
        }

        @Override
        public void failed(Throwable cause) {
            loop.execute(() -> {
                writing = false;
                passage.fail(cause);
            });
        }
    }
}
