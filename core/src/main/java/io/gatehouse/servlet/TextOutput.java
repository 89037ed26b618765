/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

/**
 * Encodes what a servlet writes as text straight into the response's buffer, without a buffer of its own in between.
 */
final class TextOutput extends Writer {

    private static final int CHUNK = 2 << 10;

    private final OutputBuffer buffer;
    private final CharsetEncoder encoder;
    private final ByteBuffer encoded;

    /** The first half of a character that was cut between two writes; 0 if none was. */
    private char pending;

    private boolean ended;

    TextOutput(OutputBuffer buffer, Charset charset) {
        this.buffer = buffer;
        this.encoder = charset.newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        this.encoded = ByteBuffer.allocate(CHUNK);
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
        encode(CharBuffer.wrap(text, offset, length));
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
        encode(CharBuffer.wrap(text, offset, offset + length));
    }

    private void encode(CharBuffer text) throws IOException {
        if (ended) {
            return;
        }
        CharBuffer rest = text;
        if (pending != 0 && text.hasRemaining()) {
            rest = CharBuffer.allocate(text.remaining() + 1).put(pending).put(text).flip();
            pending = 0;
        }
        CoderResult result;
        do {
            result = encoder.encode(rest, encoded.clear(), false);
            buffer.write(encoded.array(), 0, encoded.position());
        } while (result.isOverflow());
        if (rest.hasRemaining()) {
            pending = rest.get();
        }
    }

    @Override
    public void flush() throws IOException {
        buffer.flush();
    }

    /** Ends the text, once: what a charset has to say at the end, and the half of a character that nothing followed. */
    void end() throws IOException {
        if (ended || buffer.closed()) {
            return;
        }
        ended = true;
        CharBuffer rest = pending == 0 ? CharBuffer.allocate(0) : CharBuffer.wrap(new char[] {pending});
        encoder.encode(rest, encoded.clear(), true);
        encoder.flush(encoded);
        buffer.write(encoded.array(), 0, encoded.position());
    }

    @Override
    public void close() throws IOException {
        end();
        buffer.close();
    }
}
