/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 2.3.3.5: connections that are handed to an upgrade handler. */
interface UpgradeChapter extends Chapter {

    /** What a test does with a connection. */
    interface Talk {
        void with(WebConnection connection) throws Exception;
    }

    /** A handler whose behaviour the servlet sets, as an application would. */
    class Talking implements HttpUpgradeHandler {
        private Notes notes = new Notes();
        private Talk talk = connection -> { };

        void set(Notes noted, Talk talked) {
            notes = noted;
            talk = talked;
        }

        @Override
        public void init(WebConnection connection) {
            notes.add("init");
            try {
                talk.with(connection);
            } catch (IOException e) {
                notes.add("broken");
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void destroy() {
            notes.add("destroy");
        }
    }

    /** A handler that can't be made. */
    class Closed extends Talking {
        Closed(@SuppressWarnings("unused") String argument) {}
    }

    /** A servlet that grants the upgrade. */
    static Case granting(Notes notes, Talk talk) {
        return (request, response) -> {
            response.setStatus(101);
            response.setHeader("Upgrade", "talk");
            response.setHeader("Connection", "Upgrade");
            request.upgrade(Talking.class).set(notes, talk);
        };
    }

    /** A connection that was upgraded. */
    default Wire upgraded(Notes notes, Talk talk) throws Exception {
        Wire wire = site().connect();
        wire.send(Wire.message("GET /app/case", "Connection: Upgrade", "Upgrade: talk", site().caseField(granting(notes, talk))));
        Reply reply = wire.reply(false);
        assertEquals(101, reply.status());
        assertEquals("talk", reply.field("Upgrade"));
        assertTrue(reply.fields().lists("Connection", "upgrade"));
        return wire;
    }

    /** Echoes until the peer ends, blocking, on a thread of its own. */
    static Talk echoing() {
        return connection -> new Thread(() -> {
            try (connection) {
                byte[] buffer = new byte[100];
                ServletInputStream in = connection.getInputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    connection.getOutputStream().write(buffer, 0, n);
                }
            } catch (Exception e) {
                // the connection has ended
            }
        }, "echo").start();
    }

    @Section("2.3.3.5")
    @Test
    default void bytesGoBothWays() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = upgraded(notes, echoing())) {
            for (String each : new String[] {"hello", "0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "\0\1\u00ff"}) {
                wire.send(each);
                assertEquals(each, wire.raw(each.length()));
            }
            wire.peer().finish();
            assertTrue(wire.ends());
        }
        notes.expect("init destroy");
    }

    @Section("2.3.3.5")
    @Test
    default void whatWasSentWithTheRequestIsTheFirstToBeRead() throws Exception {
        try (Wire wire = site().connect()) {
            wire.send(Wire.message("GET /app/case", "Connection: Upgrade", "Upgrade: talk",
                    site().caseField(granting(new Notes(), echoing()))) + "early");
            assertEquals(101, wire.reply(false).status());
            assertEquals("early", wire.raw(5));
        }
    }

    @Section("HttpServletRequest.upgrade")
    @Test
    default void theHandlerIsOfItsClassAndNeedsAConstructor() throws Exception {
        get((request, response) -> {
            assertThrows(ServletException.class, () -> request.upgrade(Closed.class));
            assertEquals(200, response.getStatus());
        });
    }

    @Section("2.3.3.5")
    @Test
    default void initComesAfterTheFilters() throws Exception {
        Notes notes = new Notes();
        try (ContractSite site = open(app("/up").filter("f", Case.filter((request, response, chain) -> {
            notes.add("in");
            chain.doFilter(request, response);
            notes.add("out");
        }), r -> r.addMappingForUrlPatterns(null, true, "/*"))
                .servlet("main", Case.servlet(granting(notes, WebConnection::close)), "/*")); Wire wire = site.connect()) {
            assertEquals(101, wire.ask("GET /up/", "Connection: Upgrade", "Upgrade: talk").status());
            assertTrue(wire.ends());
            notes.expect("in out init destroy");
        }
    }

    @Section("WebConnection.close")
    @Test
    default void closingInInitEndsTheConnection() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = upgraded(notes, connection -> {
            connection.getOutputStream().print("bye");
            connection.close();
            connection.close();
            notes.add("closed");
        })) {
            assertEquals("bye", wire.raw(3));
            assertTrue(wire.ends());
            notes.expect("init closed destroy");
        }
    }

    @Section("WebConnection.close")
    @Test
    default void closingLaterEndsTheConnectionAndAWaitingRead() throws Exception {
        Notes notes = new Notes();
        CountDownLatch reading = new CountDownLatch(1);
        try (Wire wire = upgraded(notes, connection -> {
            Thread reader = new Thread(() -> {
                try {
                    connection.getInputStream().read();
                    reading.countDown();
                    connection.getInputStream().read();
                    notes.add("read");
                } catch (IOException e) {
                    notes.add("failed");
                }
            });
            reader.start();
            reading.await(30, TimeUnit.SECONDS);
            connection.close();
            reader.join();
        })) {
            wire.send("x");
            assertTrue(wire.ends());
            notes.expect("init failed destroy");
        }
    }

    @Section("WebConnection.close")
    @Test
    default void aClosedConnectionRefusesReadsAndWrites() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = upgraded(notes, connection -> {
            connection.close();
            assertThrows(IOException.class, () -> connection.getInputStream().read());
            assertThrows(IOException.class, () -> connection.getOutputStream().write(1));
            assertThrows(IllegalStateException.class,
                    () -> connection.getInputStream().setReadListener(new RequestBodyChapter.Silent()));
            notes.add("refused");
        })) {
            assertTrue(wire.ends());
            notes.expect("init refused destroy");
        }
    }

    @Section("WebConnection")
    @Test
    default void theStreamsAreTheSameEachTime() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = upgraded(notes, connection -> {
            assertSame(connection.getInputStream(), connection.getInputStream());
            assertSame(connection.getOutputStream(), connection.getOutputStream());
            assertTrue(connection.getInputStream().isReady());
            assertTrue(connection.getOutputStream().isReady());
            assertFalse(connection.getInputStream().isFinished());
            notes.add("same");
            connection.close();
        })) {
            assertTrue(wire.ends());
            notes.expect("init same destroy");
        }
    }

    @Section("2.3.3.5")
    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 300_000})
    default void buffersGoBothWays(int size) throws Exception {
        try (Wire wire = upgraded(new Notes(), connection -> new Thread(() -> {
            try (connection) {
                ByteBuffer buffer = ByteBuffer.allocateDirect(size);
                while (buffer.hasRemaining() && connection.getInputStream().read(buffer) >= 0) {
                    Thread.onSpinWait();
                }
                connection.getOutputStream().write(buffer.flip());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }).start())) {
            String text = "x".repeat(size);
            wire.send(text);
            assertEquals(text, wire.raw(size));
            assertTrue(wire.ends());
        }
    }

    /** Echoes without blocking. */
    final class Listening implements ReadListener, WriteListener {
        private final WebConnection connection;
        private final ServletInputStream in;
        private final ServletOutputStream out;
        private final Notes notes;

        Listening(WebConnection connection, Notes notes) throws IOException {
            this.connection = connection;
            this.in = connection.getInputStream();
            this.out = connection.getOutputStream();
            this.notes = notes;
        }

        private synchronized void move() throws IOException {
            byte[] buffer = new byte[1000];
            while (out.isReady() && in.isReady()) {
                int n = in.read(buffer);
                if (n < 0) {
                    return;
                }
                out.write(buffer, 0, n);
            }
        }

        @Override
        public void onDataAvailable() throws IOException {
            move();
        }

        @Override
        public void onWritePossible() throws IOException {
            move();
        }

        @Override
        public void onAllDataRead() throws IOException {
            notes.add("all");
            try {
                connection.close();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }

        @Override
        public void onError(Throwable failure) {
            notes.add("error");
        }
    }

    static Talk listening(Notes notes) {
        return connection -> {
            Listening listener = new Listening(connection, notes);
            connection.getInputStream().setReadListener(listener);
            connection.getOutputStream().setWriteListener(listener);
        };
    }

    @Section("3.7")
    @Test
    default void listenersEchoWithoutBlocking() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = upgraded(notes, listening(notes))) {
            for (int size : new int[] {1, 10, 5_000}) {
                String text = "y".repeat(size);
                wire.send(text);
                assertEquals(text, wire.raw(size));
            }
            wire.peer().finish();
            assertTrue(wire.ends());
            notes.expect("init all destroy");
        }
    }
}
