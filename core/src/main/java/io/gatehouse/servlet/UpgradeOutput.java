/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes that a peer gets on an upgraded connection. A write that fails ends the connection; closing ends this direction
 * only.
 */
final class UpgradeOutput extends ServletOutputStream {

    private final Upgrade upgrade;
    private final BodyOutput bytes;

    UpgradeOutput(Upgrade upgrade, BodyOutput bytes) {
        this.upgrade = upgrade;
        this.bytes = bytes;
    }

    private interface Write {
        void all() throws IOException;
    }

    private void checked(Write write) throws IOException {
        if (upgrade.closed()) {
            throw new IOException("the connection is closed");
        }
        try {
            write.all();
        } catch (IOException e) {
            upgrade.failed(e);
            throw e;
        }
    }

    @Override
    public void write(int b) throws IOException {
        checked(() -> bytes.write(b));
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        checked(() -> bytes.write(from, offset, length));
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        checked(() -> bytes.write(from));
    }

    /** As one write, and so in one packet, where the stream would write each character. */
    @Override
    public void print(String text) throws IOException {
        byte[] latin = new byte[text.length()];
        for (int i = 0; i < latin.length; i++) {
            char c = text.charAt(i);
            if (c > 0xFF) {
                throw new java.io.CharConversionException("not a character of ISO-8859-1: " + (int) c);
            }
            latin[i] = (byte) c;
        }
        write(latin, 0, latin.length);
    }

    @Override
    public void flush() throws IOException {
        if (!upgrade.closed()) {
            checked(bytes::flush);
        }
    }

    @Override
    public void close() throws IOException {
        if (!upgrade.closed()) {
            checked(bytes::close);
        }
    }

    @Override
    public boolean isReady() {
        return bytes.isReady();
    }

    /** A listener that hears of an error has lost its connection, when it returns. */
    @Override
    public void setWriteListener(WriteListener listener) {
        if (listener == null) {
            throw new NullPointerException("the write listener is null: give one");
        }
        bytes.setWriteListener(new WriteListener() {
            @Override
            public void onWritePossible() throws IOException {
                listener.onWritePossible();
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
