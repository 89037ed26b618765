/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.GatehouseBuilder;
import io.gatehouse.cache.CachePolicy;
import io.gatehouse.http.ProxyFields;
import io.gatehouse.http.ProxyRules;
import io.gatehouse.transport.Answer;
import io.gatehouse.transport.Client;
import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.TransportUnderTest;
import io.gatehouse.transport.Variant;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What applications see of a client behind a proxy, the same over every transport: here the test is the proxy. Every transport has a test class that
 * extends this one.
 */
@Timeout(120)
public abstract class TrustedProxiesContract {

    /** What carries the requests. */
    protected abstract TransportUnderTest transport();

    /** Says who asked, as a servlet sees it. */
    private static final class WhoServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("text/plain");
            response.getWriter().print(request.getRemoteAddr() + '|' + request.getRemoteHost() + '|' + request.getScheme() + '|'
                    + request.isSecure() + '|' + request.getServerName() + '|' + request.getServerPort() + '|' + request.getRequestURL());
        }
    }

    private boolean unix() {
        return transport().endpoints().get(0) instanceof Endpoint.Unix;
    }

    private ProxyRules trusting() {
        return unix() ? ProxyRules.NONE.withTrusted("unix:") : ProxyRules.NONE.withTrusted("127.0.0.0/8", "::1");
    }

    private Gatehouse start(ProxyRules rules, Consumer<GatehouseBuilder> routes) throws IOException {
        TransportUnderTest transport = transport();
        GatehouseBuilder builder = Gatehouse.builder()
                .configuration(Configuration.DEFAULTS
                        .withEndpoints(transport.endpoints())
                        .withOptions(Map.of(transport.provider().name(), transport.options())))
                .transport(transport.provider())
                .proxies(before -> rules);
        routes.accept(builder);
        return builder.start();
    }

    private Client client(Gatehouse gatehouse) throws IOException {
        return new Client(transport().connect(gatehouse.endpoints().get(0)), Variant.Cut.WHOLE);
    }

    private static Answer ask(Client client, String path, String... fields) throws IOException {
        String all = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
        return client.send("GET " + path + " HTTP/1.1\r\nHost: own.test:81\r\n" + all + "\r\n").answer();
    }

    @Test
    void servletsSeeTheClient() throws Exception {
        try (Gatehouse gatehouse = start(trusting(), b -> b.servlet("/*", new WhoServlet())); Client client = client(gatehouse)) {
            assertEquals("192.0.2.7|192.0.2.7|https|true|own.test|81|https://own.test:81/a", ask(client, "/a",
                    "X-Forwarded-For: 6.6.6.6, 192.0.2.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: other.test").text());
            assertEquals("2001:db8:0:0:0:0:0:1|2001:db8:0:0:0:0:0:1|http|false|own.test|81|http://own.test:81/a",
                    ask(client, "/a", "X-Forwarded-For: 2001:db8::1").text(), "each request of a connection is somebody's own");
            assertEquals("||http|false|own.test|81|http://own.test:81/a", ask(client, "/a", "X-Forwarded-For: unknown").text());
        }
    }

    @Test
    void servletsSeeTheHostToo() throws Exception {
        ProxyRules rules = trusting().withHost(true).withFields(ProxyFields.FORWARDED);
        try (Gatehouse gatehouse = start(rules, b -> b.servlet("/*", new WhoServlet())); Client client = client(gatehouse)) {
            assertEquals("192.0.2.7|192.0.2.7|https|true|shop.test|443|https://shop.test/a",
                    ask(client, "/a", "Forwarded: for=192.0.2.7;proto=https;host=shop.test").text());
            assertEquals("192.0.2.7|192.0.2.7|http|false|shop.test|8080|http://shop.test:8080/a",
                    ask(client, "/a", "Forwarded: for=192.0.2.7;host=\"shop.test:8080\"").text());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: other.test", "Forwarded: for=192.0.2.7;proto=https;host=x",
        "X-Forwarded-For: nonsense", "Forwarded: nonsense", "X-Real-IP: 192.0.2.7", "X-Forwarded-Ssl: on",
    })
    void nobodyIsTrustedUnlessSet(String field) throws Exception {
        try (Gatehouse gatehouse = start(ProxyRules.NONE.withHost(true), b -> b.servlet("/*", new WhoServlet()));
                Client client = client(gatehouse)) {
            String plain = ask(client, "/a").text();
            assertEquals(plain, ask(client, "/a", field).text());
            assertTrue(plain.endsWith("|http|false|own.test|81|http://own.test:81/a"), plain);
            assertTrue(unix() ? plain.startsWith("|") : plain.startsWith("127.0.0.1|") || plain.startsWith("0:0:0:0:0:0:0:1|"), plain);
        }
    }

    @Test
    void anotherPeerIsNotTrusted() throws Exception {
        ProxyRules others = unix() ? ProxyRules.NONE.withTrusted("0.0.0.0/0", "::/0") : ProxyRules.NONE.withTrusted("10.0.0.0/8", "unix:");
        try (Gatehouse gatehouse = start(others, b -> b.servlet("/*", new WhoServlet())); Client client = client(gatehouse)) {
            String text = ask(client, "/a", "X-Forwarded-For: 10.0.0.1", "X-Forwarded-Proto: https").text();
            assertFalse(text.contains("10.0.0.1") || text.contains("https"), text);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "X_FORWARDED | X-Forwarded-For: nonsense", "X_FORWARDED | X-Forwarded-For: 192.0.2.7, client.test",
        "X_FORWARDED | X-Forwarded-Proto: gopher", "X_FORWARDED | X-Forwarded-Host: a/b", "FORWARDED | Forwarded: for=192.0.2.7; proto=http",
        "FORWARDED | Forwarded: for=\"192.0.2.7", "FORWARDED | Forwarded: for=192.0.2.7;host=\"a b\"",
    })
    void whatIsUnclearReachesNoHandlerAndKeepsTheConnection(ProxyFields kind, String field) throws Exception {
        AtomicInteger handled = new AtomicInteger();
        ProxyRules rules = trusting().withFields(kind).withHost(true);
        try (Gatehouse gatehouse = start(rules, b -> b.handle("/", (request, response) -> {
            handled.incrementAndGet();
            response.send("handled");
        })); Client client = client(gatehouse)) {
            Answer answer = ask(client, "/a", field);
            assertEquals(400, answer.status());
            assertTrue(answer.text().contains("orwarded"), answer.text());
            assertEquals(0, handled.get());
            assertEquals("handled", ask(client, "/a").text());
        }
    }

    /** Prefixes name endpoints; the proxy's host counts among them if it is believed. */
    @Test
    void routesGoByTheHostThatIsBelieved() throws Exception {
        Consumer<GatehouseBuilder> routes = builder -> {
            for (String host : new String[] {"shop.test", "own.test", "*"}) {
                String name = host;
                builder.handle("//" + host + "/", (request, response) ->
                        response.send(name + ' ' + request.head().scheme() + ' ' + request.head().authority()));
            }
        };
        String[] fields = {"X-Forwarded-For: 192.0.2.7", "X-Forwarded-Host: shop.test", "X-Forwarded-Proto: https"};
        try (Gatehouse gatehouse = start(trusting(), routes); Client client = client(gatehouse)) {
            assertEquals("own.test https own.test:81", ask(client, "/", fields).text());
        }
        try (Gatehouse gatehouse = start(trusting().withHost(true), routes); Client client = client(gatehouse)) {
            assertEquals("shop.test https shop.test", ask(client, "/", fields).text());
            assertEquals("own.test http own.test:81", ask(client, "/").text());
            assertEquals("* http other.test", ask(client, "/", "X-Forwarded-Host: other.test").text());
        }
    }

    /** A TCP endpoint has a scheme and a port of its own; a Unix-domain socket has what the proxy says. */
    @Test
    void aSchemeInAPrefixIsTheEndpoints() throws Exception {
        Consumer<GatehouseBuilder> routes = builder -> builder
                .handle("http://own.test/", (request, response) -> response.send("http " + request.head().scheme()))
                .handle("https://own.test/", (request, response) -> response.send("https " + request.head().scheme()));
        try (Gatehouse gatehouse = start(trusting(), routes); Client client = client(gatehouse)) {
            assertEquals("http http", ask(client, "/").text());
            assertEquals(unix() ? "https https" : "http https", ask(client, "/", "X-Forwarded-Proto: https").text());
        }
    }

    @Test
    void handlersSeeTheClientsAddressAndTheConnectionsOwnSide() throws Exception {
        try (Gatehouse gatehouse = start(trusting(), b -> b.handle("/", (request, response) -> {
            InetSocketAddress remote = (InetSocketAddress) request.connection().remote();
            response.send(remote.getAddress().getHostAddress() + ' ' + remote.getPort() + ' ' + request.connection().secure() + ' '
                    + request.connection().protocol() + ' ' + request.fields().all("X-Forwarded-For"));
        })); Client client = client(gatehouse)) {
            assertEquals("192.0.2.7 4711 false HTTP/1.1 [1.1.1.1, 192.0.2.7:4711]",
                    ask(client, "/", "X-Forwarded-For: 1.1.1.1, 192.0.2.7:4711", "X-Forwarded-Proto: https").text());
        }
    }

    /** What was kept for one scheme or host is not the answer for another; the client's address makes no difference. */
    @Test
    void theCacheKeepsSchemesAndHostsApart() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (Gatehouse gatehouse = start(trusting().withHost(true), b -> b
                .handle("/", (request, response) -> response.send(runs.incrementAndGet() + " " + request.head().scheme() + ' '
                        + request.head().authority()))
                .cache("/", CachePolicy.forDuration(Duration.ofHours(1)))); Client client = client(gatehouse)) {
            for (int round = 0; round < 2; round++) {
                assertEquals("1 http own.test:81", ask(client, "/").text());
                assertEquals("2 https own.test:81", ask(client, "/", "X-Forwarded-Proto: https").text());
                assertEquals("3 http shop.test", ask(client, "/", "X-Forwarded-Host: shop.test", "X-Forwarded-For: 192.0.2." + round).text());
            }
            assertEquals(3, runs.get());
        }
    }

    @Test
    void pipelinedRequestsAreEachTheirOwnClients() throws Exception {
        try (Gatehouse gatehouse = start(trusting(), b -> b.servlet("/*", new WhoServlet())); Client client = client(gatehouse)) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 16; i++) {
                all.append("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.").append(i).append("\r\n\r\n");
            }
            client.send(all.toString());
            for (int i = 0; i < 16; i++) {
                assertTrue(client.answer().text().startsWith("192.0.2." + i + '|'));
            }
        }
    }
}
