/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatehouse.http.Completion;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.transport.Exchange;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a peer's disappearance is noticed. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DisconnectTest {

    /** The owner asks just when the loop finds the peer gone: both see it, one of them tells. */
    @Test
    void isToldOnceHoweverItMeetsTheQuestion() throws Exception {
        BlockingQueue<Exchange> asked = new LinkedBlockingQueue<>();
        try (Server server = Server.of(asked::add)) {
            for (int i = 0; i < 300; i++) {
                Exchange exchange;
                try (Socket socket = server.connect()) {
                    Server.send(socket, Server.get("/"));
                    exchange = asked.take();
                    socket.setSoLinger(true, 0);
                }
                AtomicInteger told = new AtomicInteger();
                for (int spin = 0; spin < i * 20; spin++) {
                    Thread.onSpinWait();
                }
                exchange.onDisconnect(told::incrementAndGet);
                assertEquals("disconnected", server.hear());
                assertEquals("closed", server.hear());
                BlockingQueue<Throwable> failed = new LinkedBlockingQueue<>();
                exchange.commit(ResponseHead.of(200), ByteBuffer.allocate(1), false, new Completion() {
                    @Override
                    public void succeeded() {}

                    @Override
                    public void failed(Throwable cause) {
                        failed.add(cause);
                    }
                });
                failed.take();
                try (Socket other = server.connect()) { // the loop has left the turn in which it told
                    Server.send(other, Server.get("/"));
                    Server.answer(asked.take(), "a");
                    Server.read(other);
                }
                server.hear();
                assertEquals(1, told.get(), "round " + i);
            }
        }
    }
}
