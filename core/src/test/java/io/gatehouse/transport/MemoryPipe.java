/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

/** One direction of a connection in memory: a bounded run of bytes from a writer to a reader, either of which may leave. */
final class MemoryPipe {
    private final ByteBuffer bytes = ByteBuffer.allocate(64 * 1024); // between calls ready to be written to
    private Runnable changed = () -> {};
    private boolean ended;
    private boolean reset;
    private boolean deaf;

    /** Sets what runs after every change: the server's way to hear of it. */
    synchronized void onChange(Runnable changed) {
        this.changed = changed;
    }

    /** Takes what there is room for. */
    int write(ByteBuffer from) throws IOException {
        int taken;
        synchronized (this) {
            if (deaf || ended || reset) {
                throw new IOException("the peer is gone");
            }
            taken = Math.min(from.remaining(), bytes.remaining());
            bytes.put(from.slice(from.position(), taken));
            from.position(from.position() + taken);
        }
        if (taken > 0) {
            tell();
        }
        return taken;
    }

    /** Gives what there is: 0 for nothing yet, -1 for the end. */
    int read(ByteBuffer into) throws IOException {
        int given;
        synchronized (this) {
            if (bytes.position() == 0) {
                if (reset) {
                    throw new IOException("the peer has reset the connection");
                }
                return ended ? -1 : 0;
            }
            bytes.flip();
            given = Math.min(into.remaining(), bytes.remaining());
            into.put(bytes.slice(0, given));
            bytes.position(given).compact();
        }
        if (given > 0) {
            tell();
        }
        return given;
    }

    /** The writer ends; what it wrote can still be read. */
    void end() {
        synchronized (this) {
            ended = true;
        }
        tell();
    }

    /** The writer ends in a way that is seen as a cut. */
    void reset() {
        synchronized (this) {
            reset |= !ended;
        }
        tell();
    }

    synchronized boolean isReset() {
        return reset;
    }

    /** The reader leaves: writes fail from now on. */
    void deafen() {
        synchronized (this) {
            deaf = true;
        }
        tell();
    }

    /** Waits until a write or a read would do something, for the peer only, which may block. */
    synchronized boolean await(boolean forRoom, long millis) throws IOException {
        long deadline = System.nanoTime() + millis * 1_000_000;
        while (forRoom ? !bytes.hasRemaining() && !deaf : bytes.position() == 0 && !ended && !reset) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                throw new SocketTimeoutException("interrupted");
            }
        }
        return true;
    }

    private void tell() {
        Runnable hook;
        synchronized (this) {
            notifyAll();
            hook = changed;
        }
        hook.run();
    }
}
