/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.CachePolicy;
import io.gatehouse.claim.ClaimSettings;
import io.gatehouse.claim.Grant;
import io.gatehouse.claim.PrefixStatus;
import io.gatehouse.handler.Handler;
import io.gatehouse.http.ProxyFields;
import io.gatehouse.http.ProxyRules;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Registration;
import io.gatehouse.route.Route;
import io.gatehouse.route.RouteSettings;
import io.gatehouse.transport.Endpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Claims in the builder and in the configuration: what is opened when, what a transport is told, and what goes when it stops. */
@Timeout(60)
final class ClaimMountTest {

    private static final Handler HANDLER = (request, response) -> response.send("here");

    private final FakeProvider provider = new FakeProvider("fake");

    @TempDir
    private Path directory;

    private GatehouseBuilder builder(Configuration configuration) {
        return Gatehouse.builder().configuration(configuration).transport(provider);
    }

    private GatehouseBuilder claimable() {
        return builder(Configuration.DEFAULTS).claims(c -> c.withSocket(control()).withLinger(Duration.ZERO));
    }

    private Path control() {
        return directory.resolve("g");
    }

    private static Configuration of(String... keysAndValues) {
        Properties file = new Properties();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            file.setProperty(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Configuration.of(file, Map.of(), new Properties());
    }

    /** Says lines at the control socket and returns what comes back, without the greeting, up to the first answer. */
    private String ask(SocketChannel channel, BufferedReader lines, String line) throws IOException {
        channel.write(ByteBuffer.wrap((line + '\n').getBytes(StandardCharsets.UTF_8)));
        return lines.readLine();
    }

    @Test
    void nothingCanBeClaimedUnlessItIsSaid() throws Exception {
        try (Gatehouse gatehouse = builder(Configuration.DEFAULTS).handle("/", HANDLER).start()) {
            assertEquals(List.of(), gatehouse.claims());
            assertEquals(List.of(new Endpoint.Tcp("http", "localhost", 8080)), provider.config().endpoints());
        }
    }

    @Test
    void theControlSocketOpensWithThePortsAndClosesWithThem() throws Exception {
        Gatehouse gatehouse = claimable().deploy();
        assertFalse(Files.exists(control()));
        gatehouse.open();
        assertTrue(Files.exists(control()));
        gatehouse.close();
        assertFalse(Files.exists(control()));
    }

    @Test
    void aPortThatIsTakenLeavesNoControlSocket() {
        provider.failing();
        assertThrows(IOException.class, () -> claimable().start());
        assertFalse(Files.exists(control()));
    }

    @Test
    void aControlSocketThatCantBeOpenedEndsTheStart() throws Exception {
        Files.writeString(control(), "mine");
        IOException failure = assertThrows(IOException.class, () -> claimable().start());
        assertTrue(failure.getMessage().startsWith("claims.socket=" + control()), failure.getMessage());
        assertEquals(List.of("create", "start", "stop PT0S"), provider.events);
        assertEquals("mine", Files.readString(control()));
    }

    @Test
    void aReservedPrefixIsARouteFromTheBeginning() throws Exception {
        Gatehouse gatehouse = claimable().claims(c -> c.withReservations(Map.of(Prefix.parse("/orders/"), Grant.parse("everyone")))).deploy();
        Route route = gatehouse.routes().table().at(Prefix.parse("/orders/"));
        assertEquals("whoever claims it", route.holder());
        assertTrue(gatehouse.explain("http://localhost:8080/orders/x").toString().contains("held by whoever claims it"));
        PrefixStatus status = gatehouse.claims().get(0);
        assertEquals("/orders/  nobody serves  reserved for everyone", status.toString());
        gatehouse.close();
        assertNull(gatehouse.routes().table().at(Prefix.parse("/orders/")));
    }

    @Test
    void aReservationOfWhatIsServedHereFailsTheDeployment() {
        IllegalStateException conflict = assertThrows(IllegalStateException.class, () -> claimable().handle("/orders/", HANDLER)
                .claims(c -> c.withReservations(Map.of(Prefix.parse("/orders/"), Grant.parse("everyone")))).deploy());
        assertTrue(conflict.getMessage().startsWith("reservation./orders/ can't be kept: the prefix /orders/ is held by"),
                conflict.getMessage());
    }

    @Test
    void aClaimIsARouteWithTheSettingsOfItsPrefix() throws Exception {
        Configuration configuration = of("claims.socket", control().toString(), "reservation./orders/", "everyone",
                "limits.body./orders/", "5", "cache./orders/", "10s", "claims.linger", "0s");
        try (Gatehouse gatehouse = builder(configuration).start();
                ServerSocketChannel program = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(control()));
                BufferedReader lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            program.bind(UnixDomainSocketAddress.of(directory.resolve("s")));
            Route route = gatehouse.routes().table().at(Prefix.parse("/orders/"));
            assertEquals(5, route.settings().bodyLimit());
            assertNotNull(route.shortcut(), "the output cache stands in front");
            assertTrue(lines.readLine().startsWith("gatehouse claims=1"));
            assertEquals("ok prefix=/orders/", ask(channel, lines, "claim prefix=/orders/ socket=" + directory.resolve("s")));
            assertEquals("up", gatehouse.claims().get(0).claimants().get(0).state());
            assertEquals("ok prefix=/orders/x/", ask(channel, lines, "claim prefix=/orders/x/ socket=" + directory.resolve("s")));
            assertNull(gatehouse.routes().table().at(Prefix.parse("/orders/x/")).shortcut(), "nothing is said of this one");
            assertEquals("ok", ask(channel, lines, "release"));
            assertEquals(1, gatehouse.routes().table().size());
        }
    }

    @Test
    void aCacheForWhatNobodyMayClaimIsStillAnError() {
        IllegalArgumentException wrong = assertThrows(IllegalArgumentException.class,
                () -> claimable().cache("/orders/", CachePolicy.untilPurged()).deploy());
        assertTrue(wrong.getMessage().contains("nothing is registered for exactly that prefix"), wrong.getMessage());
    }

    @Test
    void aClaimedRouteLetsGoOfItsPlaceInTheCache() throws Exception {
        try (Gatehouse gatehouse = builder(Configuration.DEFAULTS).start()) {
            Route route = Route.of(Prefix.parse("/a/"), HANDLER).withSettings(RouteSettings.DEFAULTS.withLabel("me"));
            for (int round = 0; round < 3; round++) {
                Registration registration =
                        ClaimedRoute.register(gatehouse.routes(), gatehouse.cache(), route, CachePolicy.untilPurged());
                assertEquals("me", registration.route().holder());
                registration.replace(registration.route());
                assertThrows(IllegalStateException.class,
                        () -> ClaimedRoute.register(gatehouse.routes(), gatehouse.cache(), route, CachePolicy.untilPurged()));
                registration.close();
                assertNull(gatehouse.routes().table().at(Prefix.parse("/a/")));
            }
        }
    }

    @Test
    void everySettingOfClaimsIsRead() {
        Configuration configuration = of("claims.socket", "/run/g", "claims.mode", "666", "claims.group", "www", "claims.connections", "1",
                "claims.limit", "2", "claims.ping", "3s", "claims.linger", "4s", "claims.hold", "5s", "claims.queue", "6", "claims.answer", "8s",
                "reservation.http://+:80/a/", "user:alice", "start./b", "/bin/b \"x y\"", "hold./b/", "7s");
        Prefix b = Prefix.parse("/b/");
        assertEquals(new ClaimSettings(Path.of("/run/g"), "666", "www", 1, 2, Duration.ofSeconds(3), Duration.ofSeconds(4),
                Duration.ofSeconds(5), 6, Duration.ofSeconds(8), Map.of(Prefix.parse("http://+:80/a/"), List.of(new Grant.User("alice"))),
                Map.of(b, List.of("/bin/b", "x y")), Map.of(b, Duration.ofSeconds(7))), configuration.claims());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "reservation./a/ | alice       | reservation./a/=alice in gatehouse.properties says not who: write user:alice, group:www or everyone",
        "reservation.x   | user:alice  | reservation.x=user:alice in gatehouse.properties is for no prefix",
        "start./a/       | 'run \"x'   | has a quote that is not closed",
        "hold./a/        | soon        | is not a duration",
        "reservations./a/ | everyone   | did you mean reservation.<prefix>?",
        "tenant.claim    | /a/         | did you mean tenant.claims?",
        "claims.sockets  | /a          | did you mean claims.socket?",
    })
    void whatIsWrongNamesItsLine(String key, String value, String part) {
        IllegalArgumentException wrong = assertThrows(IllegalArgumentException.class,
                () -> of("claims.socket", "/run/g", key, value.replace("'", "")));
        assertTrue(wrong.getMessage().contains(part), wrong.getMessage());
    }

    @Test
    void aReservationWithoutASocketIsSaid() {
        IllegalArgumentException wrong = assertThrows(IllegalArgumentException.class, () -> of("reservation./a/", "everyone"));
        assertTrue(wrong.getMessage().contains("set claims.socket, as in claims.socket=/run/gatehouse.sock"), wrong.getMessage());
    }

    // ---- the tenant's side

    @Test
    void aTransportIsGivenAPrivateSocketInThePlaceOfAGatehouse() throws Exception {
        Path private1;
        try (Gatehouse tenant = builder(Configuration.DEFAULTS).listen("http://localhost:0", "gatehouse:" + control())
                .handle("/a/", HANDLER).deploy()) {
            List<Endpoint> given = provider.config().endpoints();
            assertEquals(new Endpoint.Tcp("http", "localhost", 0), given.get(0));
            private1 = ((Endpoint.Unix) given.get(1)).path();
            assertFalse(Files.exists(private1.getParent()), "nothing is made before it opens");
            tenant.open(); // nobody is there, which is no failure
            assertTrue(Files.isDirectory(private1.getParent()));
            assertEquals("[http://localhost:40001, gatehouse:" + control() + "]", tenant.endpoints().toString());
        }
        assertFalse(Files.exists(private1.getParent()));
    }

    @Test
    void aTenantWithoutRoutesSaysWhatToDo() {
        IllegalArgumentException wrong = assertThrows(IllegalArgumentException.class,
                () -> builder(Configuration.DEFAULTS).listen("gatehouse:" + control()).start());
        assertTrue(wrong.getMessage().contains("register a route, or set tenant.claims"), wrong.getMessage());
        assertTrue(provider.events.contains("stop PT0S"));
    }

    @Test
    void aTenantClaimsItsRoutesOrWhatItIsTold() throws Exception {
        try (ServerSocketChannel gatehouse = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            gatehouse.bind(UnixDomainSocketAddress.of(control()));
            assertEquals(List.of("/a/", "/b/"), claims(gatehouse, builder(Configuration.DEFAULTS).handle("/b/", HANDLER).handle("/a/", HANDLER)));
            assertEquals(List.of("http://+:80/a/"), claims(gatehouse, builder(Configuration.DEFAULTS).handle("/a/", HANDLER)
                    .tenant(t -> t.withClaims(List.of(Prefix.parse("http://+:80/a/"))))));
        }
    }

    private List<String> claims(ServerSocketChannel gatehouse, GatehouseBuilder builder) throws Exception {
        List<String> claims = new ArrayList<>();
        Gatehouse tenant = builder.listen("gatehouse:" + control()).deploy();
        Thread opening = new Thread(() -> {
            try {
                tenant.open();
            } catch (IOException e) {
                claims.add(e.getMessage());
            }
        });
        opening.start();
        try (SocketChannel channel = gatehouse.accept();
                BufferedReader lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            channel.write(ByteBuffer.wrap("gatehouse claims=1 user=root ping=5000\n".getBytes(StandardCharsets.UTF_8)));
            for (int i = 0; i < tenant.routes().table().size(); i++) {
                String[] words = lines.readLine().split(" ");
                assertEquals("claim", words[0]);
                claims.add(words[1].substring("prefix=".length()));
                channel.write(ByteBuffer.wrap(("ok " + words[1] + '\n').getBytes(StandardCharsets.UTF_8)));
            }
            opening.join();
            tenant.stop(Duration.ZERO); // before its connection ends, else it may come again
        }
        return claims;
    }

    @Test
    void aRefusalEndsTheStartAndLeavesNothing() throws Exception {
        try (Gatehouse gatehouse = claimable().handle("/taken/", HANDLER).start()) {
            FakeProvider other = new FakeProvider("other");
            // The transport is a fake one: nobody listens at the socket that is claimed for.
            IOException refused = assertThrows(IOException.class, () -> Gatehouse.builder().configuration(Configuration.DEFAULTS)
                    .transport(other).listen("gatehouse:" + control()).handle("/a/", HANDLER).start());
            assertTrue(refused.getMessage().startsWith("listen=gatehouse:" + control() + ": socket the socket "), refused.getMessage());
            Path private1 = ((Endpoint.Unix) other.config().endpoints().get(0)).path();
            assertFalse(Files.exists(private1.getParent()));
            assertEquals(1, gatehouse.routes().table().size());
        }
    }

    @Test
    void theGatehouseIsBelievedWhatItSaysOfClients() {
        ProxyRules none = ProxyRules.NONE;
        assertEquals(none, new Tenancy(Configuration.DEFAULTS).proxies());
        Configuration tenant = Configuration.DEFAULTS.withEndpoints(List.of(new Endpoint.Shared(control())));
        assertEquals(none.withTrusted("unix:").withFields(ProxyFields.FORWARDED), new Tenancy(tenant).proxies());
        ProxyRules own = none.withTrusted("10.0.0.0/8").withHost(true);
        assertEquals(own.withTrusted("10.0.0.0/8", "unix:"), new Tenancy(tenant.withProxies(own)).proxies());
        assertTrue(new Tenancy(Configuration.DEFAULTS).isEmpty() && !new Tenancy(tenant).isEmpty());
    }
}
