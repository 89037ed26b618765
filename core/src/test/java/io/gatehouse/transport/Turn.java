/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatehouse.http.Completion;
import io.gatehouse.http.ResponseHead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;

/** One exchange in the hands of a script, with what scripts do again and again. */
final class Turn {
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final Site site;
    private final CheckedExchange exchange;

    Turn(Site site, CheckedExchange exchange) {
        this.site = site;
        this.exchange = exchange;
    }

    CheckedExchange exchange() {
        return exchange;
    }

    String path() {
        return exchange.head().target();
    }

    /** Goes on after a success as the variant says; a failure fails the test. */
    Completion then(Runnable next) {
        return then(next, cause -> site.violated(path() + " failed", cause));
    }

    Completion then(Runnable next, Consumer<Throwable> failed) {
        return new Completion() {
            @Override
            public void succeeded() {
                site.later(next);
            }

            @Override
            public void failed(Throwable cause) {
                site.later(() -> failed.accept(cause));
            }
        };
    }

    /** Ends the exchange with a text. */
    void answer(int status, String text) {
        answer(ResponseHead.of(status, "Content-Type", "text/plain"), text);
    }

    void answer(ResponseHead head, String text) {
        exchange.commit(head, ByteBuffer.wrap(text.getBytes(ISO_8859_1)), true, then(() -> {}));
    }

    /** Reads the whole body. */
    void readAll(Consumer<byte[]> whole, Consumer<IOException> failed) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        read(ByteBuffer.allocate(1500), part -> {
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            body.writeBytes(bytes);
        }, () -> whole.accept(body.toByteArray()), failed);
    }

    void readAll(Consumer<byte[]> whole) {
        readAll(whole, cause -> site.violated(path() + " can't be read", cause));
    }

    /** Reads piece by piece. */
    void read(ByteBuffer buffer, Consumer<ByteBuffer> part, Runnable end, Consumer<IOException> failed) {
        try {
            while (true) {
                buffer.clear();
                int read = exchange.read(buffer);
                if (read < 0) {
                    break;
                }
                if (read == 0) {
                    exchange.demand(() -> site.later(() -> read(buffer, part, end, failed)));
                    return;
                }
                part.accept(buffer.flip());
            }
        } catch (IOException e) {
            failed.accept(e);
            return;
        }
        end.run();
    }

    /** Sends what comes in as it comes in, then ends. The one buffer is used for every part, and filled anew at once. */
    void echo(ResponseHead head) {
        exchange.commit(head, EMPTY, false, then(() -> echo(ByteBuffer.allocate(8192))));
    }

    /** The same on a connection that may be silent for so long. */
    void echo(ResponseHead head, Duration silence) {
        exchange.commit(head, EMPTY, false, then(() -> {
            exchange.silence(silence);
            echo(ByteBuffer.allocate(8192));
        }));
    }

    private void echo(ByteBuffer buffer) {
        try {
            while (true) {
                buffer.clear();
                int read = exchange.read(buffer);
                if (read == 0) {
                    exchange.demand(() -> site.later(() -> echo(buffer)));
                    return;
                }
                buffer.flip();
                if (read < 0) {
                    exchange.trailers(exchange.trailers());
                    exchange.write(EMPTY, true, then(() -> {}));
                    return;
                }
                Inline inline = new Inline(() -> echo(buffer));
                exchange.write(buffer, false, inline);
                if (!inline.goOn()) {
                    return;
                }
            }
        } catch (IOException e) {
            site.violated(path() + " can't be echoed", e);
        }
    }

    /** Sends so many bytes, each the low byte of its index, with writes of a size. */
    void stream(ResponseHead head, long count, int size, Completion done) {
        exchange.commit(head, EMPTY, false, then(() -> stream(0, count, size, done), done::failed));
    }

    private void stream(long sent, long count, int size, Completion done) {
        while (sent < count) {
            int part = (int) Math.min(size, count - sent);
            long next = sent + part;
            Inline inline = new Inline(() -> stream(next, count, size, done));
            inline.failed = done::failed;
            exchange.write(pattern(sent, part), false, inline);
            if (!inline.goOn()) {
                return;
            }
            sent = next;
        }
        exchange.write(EMPTY, true, done);
    }

    /** Bytes of the endless body whose every byte is the low byte of its index. */
    static ByteBuffer pattern(long from, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (from + i);
        }
        return ByteBuffer.wrap(bytes);
    }

    /** Lets a loop go on when its write completed inline, and calls it again when it did not. */
    private final class Inline implements Completion {
        private final Runnable again;
        private Consumer<Throwable> failed = cause -> site.violated(path() + " failed", cause);
        private boolean left;
        private boolean completed;

        Inline(Runnable again) {
            this.again = again;
        }

        synchronized boolean goOn() {
            left = !completed;
            return completed && !site.delays();
        }

        @Override
        public void succeeded() {
            boolean call;
            synchronized (this) {
                completed = true;
                call = left || site.delays();
            }
            if (call) {
                site.later(again);
            }
        }

        @Override
        public void failed(Throwable cause) {
            failed.accept(cause);
        }
    }
}
