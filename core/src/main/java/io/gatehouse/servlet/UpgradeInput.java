/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/** The bytes that a peer sends on an upgraded connection. A read that fails ends the connection. */
final class UpgradeInput extends ServletInputStream {

    private final Upgrade upgrade;
    private final BodyInput bytes;
    private final Discard rest;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean reading;
    private boolean closed;

    UpgradeInput(Upgrade upgrade, BodyInput bytes, Discard rest) {
        this.upgrade = upgrade;
        this.bytes = bytes;
        this.rest = rest;
    }

    /** The connection is lost: true if there is a listener, which hears of it as a failed read. */
    boolean lost(IOException cause) {
        return bytes.lost(cause);
    }

    /**
     * The connection is closed here: what comes is thrown away until the peer ends too.
     *
     * @return false if a thread is reading, so that only a cut ends its wait
     */
    boolean discard() {
        lock.lock();
        try {
            if (closed) {
                return true;
            }
            closed = true;
            if (reading) {
                return false;
            }
        } finally {
            lock.unlock();
        }
        bytes.discard(rest);
        return true;
    }

    private void enter() throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new IOException("the connection is closed");
            }
            reading = true;
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            reading = false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return checked(() -> bytes.read(into, offset, length));
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return checked(() -> bytes.read(into));
    }

    private interface Read {
        int some() throws IOException;
    }

    private int checked(Read read) throws IOException {
        enter();
        try {
            return read.some();
        } catch (IOException e) {
            upgrade.failed(e);
            throw e;
        } finally {
            leave();
        }
    }

    @Override
    public int available() throws IOException {
        return bytes.available();
    }

    @Override
    public boolean isFinished() {
        return bytes.isFinished();
    }

    @Override
    public boolean isReady() {
        return !upgrade.closed() && bytes.isReady();
    }

    /** A listener that hears of an error has lost its connection, when it returns. */
    @Override
    public void setReadListener(ReadListener listener) {
        if (listener == null) {
            throw new NullPointerException("the read listener is null: give one");
        }
        bytes.setReadListener(new ReadListener() {
            @Override
            public void onDataAvailable() throws IOException {
                listener.onDataAvailable();
            }

            @Override
            public void onAllDataRead() throws IOException {
                listener.onAllDataRead();
            }

            @Override
            public void onError(Throwable failure) {
                try {
                    listener.onError(failure);
                } finally {
                    upgrade.failed(failure);
                }
            }
        });
    }
}
