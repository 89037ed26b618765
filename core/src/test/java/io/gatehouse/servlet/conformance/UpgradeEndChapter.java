/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.WebConnection;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 2.3.3.5, the end: who closes, fails, vanishes or never begins. */
interface UpgradeEndChapter extends UpgradeChapter {

    @Section("ReadListener.onError")
    @Test
    default void aPeerThatVanishesIsAnErrorToTheListener() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = upgraded(notes, UpgradeChapter.listening(notes))) {
            wire.send("abc");
            assertEquals("abc", wire.raw(3));
            wire.peer().reset();
            while (!notes.toString().endsWith("destroy")) {
                Thread.onSpinWait();
            }
        }
        assertTrue(notes.toString().startsWith("init error"), notes.toString());
        assertEquals(1, notes.toString().split("destroy", -1).length - 1);
    }

    @Section("HttpUpgradeHandler.destroy")
    @Test
    default void aPeerThatVanishesEndsAHandlerThatDoesNotListen() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = upgraded(notes, connection -> { })) {
            notes.expect("init");
            wire.peer().reset();
            notes.expect("init destroy");
        }
    }

    @Section("ReadListener.onError")
    @Test
    default void aListenerThatThrowsLosesItsConnection() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = upgraded(notes, connection -> connection.getInputStream().setReadListener(new ReadListener() {
            @Override
            public void onDataAvailable() {
                throw new IllegalStateException("broken");
            }

            @Override
            public void onAllDataRead() {}

            @Override
            public void onError(Throwable failure) {
                notes.add(failure.getMessage());
            }
        }))) {
            wire.send("x");
            assertTrue(wire.ends());
            notes.expect("init broken destroy");
        }
    }

    @Section("HttpUpgradeHandler.init")
    @Test
    default void anInitThatThrowsLosesItsConnection() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = upgraded(notes, connection -> {
            throw new IllegalStateException("broken");
        })) {
            assertTrue(wire.ends());
            notes.expect("init destroy");
        }
    }

    @Section("ServletOutputStream.close")
    @Test
    default void oneDirectionMayEndBeforeTheOther() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = upgraded(notes, connection -> new Thread(() -> {
            try (connection) {
                connection.getOutputStream().print("bye");
                connection.getOutputStream().close();
                // Noted before the end is read, for with both ends destroy comes, on another thread.
                notes.add(new String(connection.getInputStream().readNBytes(9), StandardCharsets.US_ASCII));
                if (connection.getInputStream().read() != -1) {
                    notes.add("more");
                }
            } catch (Exception e) {
                notes.add("failed");
            }
        }).start())) {
            assertEquals("bye", wire.raw(3));
            assertTrue(wire.ends());
            wire.send("stillhere");
            wire.peer().finish();
            notes.expect("init stillhere destroy");
        }
    }

    @Section("2.3.3.5")
    @ParameterizedTest
    @ValueSource(strings = {"error", "status", "throw"})
    default void withoutA101NothingBegins(String how) throws Exception {
        Notes notes = new Notes();
        Reply reply = site().failing((request, response) -> {
            request.upgrade(Talking.class).set(notes, connection -> { });
            switch (how) {
                case "error" -> response.sendError(400);
                case "status" -> response.setStatus(200);
                default -> throw new IllegalStateException("no");
            }
        }, null, "GET /app/case", "Connection: Upgrade", "Upgrade: talk");
        assertEquals(how.equals("error") ? 400 : how.equals("status") ? 200 : 500, reply.status());
        assertEquals("fine", get((request, response) -> response.getWriter().print("fine")).text());
        notes.expect("");
    }

    @Section("HttpServletRequest.upgrade")
    @Test
    default void thereIsOneHandler() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = site().connect()) {
            wire.send(Wire.message("GET /app/case", "Connection: Upgrade", "Upgrade: talk", site().caseField((request, response) -> {
                request.upgrade(Talking.class).set(notes, WebConnection::close);
                assertThrows(IllegalStateException.class, () -> request.upgrade(Talking.class));
            })));
            assertEquals(101, wire.reply(false).status());
            assertTrue(wire.ends());
            notes.expect("init destroy");
        }
    }

    @Section("HttpServletRequest.upgrade")
    @Test
    default void oldClientsAreNotUpgraded() throws Exception {
        run((request, response) -> assertThrows(ServletException.class, () -> request.upgrade(Talking.class)),
                "GET /app/case HTTP/1.0");
    }

    @Section("2.3.3.5")
    @Test
    default void connectionsEndWithTheirApplication() throws Exception {
        Notes notes = new Notes();
        Wire wire;
        try (ContractSite site = open(app("/up").servlet("main", Case.servlet(UpgradeChapter.granting(notes, connection -> { })), "/*"))) {
            wire = site.connect();
            assertEquals(101, wire.ask("GET /up/", "Connection: Upgrade", "Upgrade: talk").status());
            notes.expect("init");
        }
        notes.expect("init destroy");
        assertTrue(wire.ends());
        wire.close();
    }

    @Section("2.3.3.5")
    @Test
    default void upgradedConnectionsHoldNoPlaceOfRequests() throws Exception {
        Notes notes = new Notes();
        Wire[] wires = new Wire[80];
        for (int i = 0; i < wires.length; i++) {
            wires[i] = upgraded(notes, connection -> { });
        }
        assertEquals("fine", get((request, response) -> response.getWriter().print("fine")).text());
        for (Wire wire : wires) {
            wire.peer().reset();
        }
        while (notes.toString().split("destroy", -1).length - 1 < wires.length) {
            Thread.onSpinWait();
        }
    }

    @Section("2.3.3.5")
    @Test
    default void theBytesOfAConnectionHaveNoLimit() throws Exception {
        try (Wire wire = upgraded(new Notes(), connection -> new Thread(() -> {
            try (connection) {
                int count = 0;
                byte[] buffer = new byte[64 << 10];
                for (int n = connection.getInputStream().read(buffer); n >= 0; n = connection.getInputStream().read(buffer)) {
                    count += n;
                }
                connection.getOutputStream().print(String.format("%10d", count));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }).start())) {
            String block = "z".repeat(1 << 20);
            for (int i = 0; i < 12; i++) {
                wire.send(block);
            }
            wire.peer().finish();
            assertEquals(12 << 20, Integer.parseInt(wire.raw(10).trim()));
        }
    }
}
