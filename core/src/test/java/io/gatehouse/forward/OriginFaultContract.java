/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.transport.Client;
import io.gatehouse.transport.TransportUnderTest;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * An origin does wrong: the client gets a clear answer or one that is broken off for all to see, nothing hangs, whoever comes next does not
 * notice, and the cache has kept nothing of it.
 */
interface OriginFaultContract {

    /** What carries the requests. */
    TransportUnderTest transport();

    @TestFactory
    default List<DynamicTest> aFaultOfTheOriginCostsItsOwnRequestAtMost() {
        List<DynamicTest> tests = new ArrayList<>();
        for (OriginFault fault : OriginFault.all()) {
            tests.add(DynamicTest.dynamicTest(fault.toString(), () -> fail(fault, false)));
            tests.add(DynamicTest.dynamicTest(fault + ", with the cache in front", () -> fail(fault, true)));
        }
        assertTrue(tests.size() >= 2 * 30, "rows: " + tests.size());
        return tests;
    }

    private void fail(OriginFault fault, boolean cached) throws Exception {
        UnaryOperator<ForwardBuilder> patience = fault.stalls()
                ? forward -> forward.timeouts(t -> t.withAnswer(Duration.ofMillis(1500)).withProgress(Duration.ofMillis(1500)))
                : forward -> forward;
        AtomicInteger faults = new AtomicInteger();
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(site(fault, faults));
                ForwardSite site = ForwardSite.open(transport(), origin.text(), cached, patience)) {
            assertEquals("200 /first", site.get("/first"), "a connection is kept");
            String outcome;
            try (Client client = site.client()) {
                client.sendRefused(fault.request().getBytes(StandardCharsets.ISO_8859_1));
                outcome = ForwardSite.outcome(client, fault.method());
            }
            assertTrue(fault.outcomes().contains(outcome), "the client got: " + outcome);
            int asked = faults.get();
            assertTrue(asked >= 1 && asked <= 2, "asked " + asked + " times");
            assertEquals("200 /next", site.get("/next"), "the next request");
            if (fault.isFailure() && fault.method().equals("GET")) {
                faults.set(Integer.MIN_VALUE);
                assertEquals("200 /fault", site.get("/fault"), "when the origin does right again");
            }
        }
    }

    /** Two requests in one packet: whatever the origin does to the first, the second gets its own answer or none. */
    @TestFactory
    default List<DynamicTest> whoAsksBehindAFaultGetsNothingOfIt() {
        List<DynamicTest> tests = new ArrayList<>();
        for (OriginFault fault : OriginFault.all()) {
            if (!fault.stalls()) {
                tests.add(DynamicTest.dynamicTest(fault.toString(), () -> pipeline(fault)));
            }
        }
        return tests;
    }

    private void pipeline(OriginFault fault) throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(site(fault, new AtomicInteger()));
                ForwardSite site = ForwardSite.open(transport(), origin.text(), false, forward -> forward);
                Client client = site.client()) {
            String expecting = fault.request().contains("Expect") ? "" : "GET /next HTTP/1.1\r\nHost: test\r\n\r\n";
            client.sendRefused((fault.request() + expecting).getBytes(StandardCharsets.ISO_8859_1));
            String outcome = ForwardSite.outcome(client, fault.method());
            assertTrue(fault.outcomes().contains(outcome), "the client got: " + outcome);
            if (!expecting.isEmpty() && !outcome.equals(ForwardSite.CUT)) {
                String next = ForwardSite.outcome(client, "GET");
                assertTrue(next.equals("200 /next") || next.equals(ForwardSite.CUT), "and behind it: " + next);
            }
        }
    }

    /** An origin that does wrong at one path, and right at all others. */
    private static ScriptedOrigin.Script site(OriginFault fault, AtomicInteger faults) {
        return line -> {
            for (String head = line.head(); head != null; head = line.head()) {
                String path = head.split(" ")[1];
                if (path.equals("/fault") && faults.incrementAndGet() > 0) {
                    fault.script().run(line);
                    return;
                }
                line.send("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
            }
        };
    }

    /** What lies on a kept connection before anybody asked is nobody's answer. */
    @Test
    default void anAnswerThatNobodyAskedForIsNobodys() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        ScriptedOrigin.Script poisons = line -> {
            line.head();
            line.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            try {
                line.cut(ScriptedOrigin.Cut.ONE_BYTE).send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
            } finally {
                sent.countDown(); // also if nobody wanted to hear it
            }
            line.ended();
        };
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(poisons, ScriptedOrigin.always("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext"));
                ForwardSite site = ForwardSite.open(transport(), origin.text(), false, forward -> forward)) {
            assertEquals("200 ok", site.get("/a"));
            assertTrue(sent.await(30, TimeUnit.SECONDS));
            assertEquals("200 next", site.get("/b"));
        }
    }

    /** A client of HTTP/1.0 has no chunks to miss: only a reset tells it that the end is none. */
    @Test
    default void anOldClientIsToldByAReset() throws Exception {
        String[] answers = {
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\nxyz",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\nA: b\r\n",
        };
        for (String answer : answers) {
            try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
                line.head();
                line.send(answer);
            }); ForwardSite site = ForwardSite.open(transport(), origin.text(), false, forward -> forward); Client client = site.client()) {
                client.send("GET /fault HTTP/1.0\r\nHost: test\r\n\r\n");
                String outcome = oldOutcome(client);
                assertTrue(outcome.equals(ForwardSite.CUT) || outcome.startsWith("HTTP/1.1 502"), outcome);
            }
        }
    }

    /** All bytes up to an end that is none, or up to a reset. */
    private static String oldOutcome(Client client) {
        StringBuilder all = new StringBuilder();
        try {
            while (true) {
                all.append(client.raw(1));
            }
        } catch (EOFException e) {
            return all.toString();
        } catch (IOException e) {
            return ForwardSite.CUT;
        }
    }

    /** A text for the client names neither the origin nor what it said. */
    @Test
    default void failuresTellTheClientNothingOfTheInside() throws Exception {
        String[] answers = {"", "garbage-of-the-origin\r\n\r\n", "HTTP/1.1 200 OK\r\nX-Inside: secret\0\r\n\r\n"};
        for (String answer : answers) {
            try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
                line.head();
                line.send(answer);
            }); ForwardSite site = ForwardSite.open(transport(), origin.text(), false, forward -> forward); Client client = site.client()) {
                String text = client.get("/fault").text();
                for (String inside : new String[] {"127.0.0.1", origin.authority(), "garbage", "secret", "X-Inside", "xception", "io.gatehouse"}) {
                    assertTrue(!text.contains(inside), text);
                }
                assertTrue(text.startsWith("502 "), text);
            }
        }
    }

    /** Nobody listens: 502 at once, and 200 as soon as somebody does. */
    @Test
    default void anOriginThatIsAwayComesBack() throws Exception {
        String address;
        int port;
        try (ScriptedOrigin gone = ScriptedOrigin.tcp(line -> {})) {
            address = gone.text();
            port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        }
        try (ForwardSite site = ForwardSite.open(transport(), address, true, forward -> forward)) {
            for (int i = 0; i < 3; i++) {
                String away = site.get("/a");
                assertTrue(away.equals("502") || away.equals("503"), away);
            }
            try (ServerSocket server = new ServerSocket()) {
                server.setReuseAddress(true);
                server.bind(new InetSocketAddress("127.0.0.1", port));
                Thread answering = new Thread(() -> answerOnce(server), "origin");
                answering.start();
                String back = site.get("/a");
                while (!back.equals("200 back")) { // it may have been given a rest, which has an end
                    assertTrue(back.equals("502") || back.equals("503"), back);
                    back = site.get("/a");
                }
                answering.join();
            }
        }
    }

    private static void answerOnce(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.getInputStream().read(new byte[4096]);
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nback".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            socket.getInputStream().read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
